package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// What became of an upload.
const (
	Stored    = "stored"
	Duplicate = "duplicate" // it was stored before
	Late      = "late"      // stored, behind a newer one that came first
	Waits     = "waiting"   // stored: changes whose base has not come
)

// Save stores uploads of one server, each once, and returns after the commit what became of each.
func (db *DB) Save(ctx context.Context, uploads []Upload, tell Teller) ([]string, error) {
	if len(uploads) == 0 {
		return nil, nil
	}
	for i := range uploads {
		if err := db.known.save(ctx, db, uploads[i].Look.About, time.Now()); err != nil {
			return nil, err
		}
	}
	var outcomes []string
	err := db.changeOf(ctx, uploads[0].Server, func(ctx context.Context, tx *sql.Tx) error {
		outcomes = outcomes[:0] // a transaction may be tried twice
		for i := range uploads {
			outcome, err := db.save(ctx, tx, &uploads[i], tell)
			if err != nil {
				return err
			}
			outcomes = append(outcomes, outcome)
		}
		return nil
	})
	return outcomes, err
}

const insertReport = `INSERT INTO reports (server, decision, kind, base, waiting, cause, error, received, scanned, findings, waived, unknown, coverage,
	worst, fresh, gone, late, bundles, body) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,0,0,$15,$16,$17) ON CONFLICT DO NOTHING`

// A Teller says what people are told of changes, in the transaction that stores them.
type Teller func(server string, upload *Upload, changes []Change) []Notice

func (db *DB) save(ctx context.Context, tx *sql.Tx, u *Upload, tell Teller) (string, error) {
	at, err := db.lockServer(ctx, tx, u.Server)
	if err != nil {
		return "", err
	}
	t, late := u.Look.totals(), millis(u.Scanned) < at.scanned
	result, err := db.exec(ctx, tx, insertReport, u.Server, u.Decision, u.Kind, u.Base, number(u.Waiting), u.Cause, u.Error, millis(u.Received), millis(u.Scanned), t.findings,
		t.waived, u.Look.Unknown, u.Look.Coverage, t.worst, number(late), u.Bundles, u.Body)
	if err != nil {
		return "", fmt.Errorf("store a report: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return Duplicate, err
	}
	switch {
	case late || u.Waiting:
		return map[bool]string{true: Late, false: Waits}[late], nil
	case u.Error != "":
		u.After = at.report
		_, err := tx.ExecContext(ctx, "UPDATE servers SET mishap = $2, scanned = $3, seen = CASE WHEN seen < $4 THEN $4 ELSE seen END WHERE id = $1",
			u.Server, u.Error, millis(u.Scanned), millis(u.Received))
		if err != nil {
			return "", fmt.Errorf("store a report: %w", err)
		}
		return Stored, db.tellAll(ctx, tx, at.name, u, nil, tell)
	}
	return Stored, db.apply(ctx, tx, at, u, t, tell)
}

// Resolve makes the state of a server follow changes that were stored before the whole they stand on.
func (db *DB) Resolve(ctx context.Context, u *Upload, tell Teller) error {
	if err := db.known.save(ctx, db, u.Look.About, time.Now()); err != nil {
		return err
	}
	return db.changeOf(ctx, u.Server, func(ctx context.Context, tx *sql.Tx) error {
		at, err := db.lockServer(ctx, tx, u.Server)
		if err != nil {
			return err
		}
		t := u.Look.totals()
		result, err := tx.ExecContext(ctx, `UPDATE reports SET waiting = 0, findings = $3, waived = $4, unknown = $5, coverage = $6, worst = $7
			WHERE server = $1 AND decision = $2 AND waiting = 1`, u.Server, u.Decision, t.findings, t.waived, u.Look.Unknown, u.Look.Coverage, t.worst)
		if err != nil {
			return fmt.Errorf("store a report: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 || millis(u.Scanned) < at.scanned {
			return err
		}
		return db.apply(ctx, tx, at, u, t, tell)
	})
}

// A state is what is known of a server before an upload.
type state struct {
	name, digest, report string
	scanned              int64
}

func (db *DB) lockServer(ctx context.Context, tx *sql.Tx, server int64) (s state, err error) {
	row := tx.QueryRowContext(ctx, "SELECT name, digest, report, scanned FROM servers WHERE id = $1"+db.forUpdate(), server)
	if err := row.Scan(&s.name, &s.digest, &s.report, &s.scanned); err != nil {
		return s, fmt.Errorf("store a report: %w", err)
	}
	return s, nil
}

// apply makes the tables say what the newest report of a server says.
func (db *DB) apply(ctx context.Context, tx *sql.Tx, at state, u *Upload, t totals, tell Teller) error {
	digests, err := u.Look.digests()
	if err != nil {
		return err
	}
	digest := strings.Join(digests, " ")
	if digest != at.digest {
		changes, err := db.replace(ctx, tx, u, strings.Fields(at.digest), digests)
		if err != nil {
			return err
		}
		if err := db.note(ctx, tx, at.name, u, changes, tell); err != nil {
			return err
		}
	}
	return db.stamp(ctx, tx, u, t, digest)
}

// What digests gives a digest of, in this order.
const (
	digestFindings = iota
	digestOutcomes
	digestGaps
	digestIntegrations
	digestWaivers
)

// digests are the same for reports that leave a table below a server as it is.
func (l *Look) digests() ([]string, error) {
	var all []string
	for _, rows := range []any{l.Findings, l.Outcomes, l.Gaps, l.Integrations, l.Waivers} {
		text, err := json.Marshal(rows)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all = append(all, hex.EncodeToString(sum[:16]))
	}
	return all, nil
}

// note stores what changed, and what people are told of it.
func (db *DB) note(ctx context.Context, tx *sql.Tx, name string, u *Upload, changes []Change, tell Teller) error {
	fresh, gone := 0, 0
	for _, c := range changes {
		switch c.State {
		case ChangeNew, ChangeUnwaived:
			fresh++
		case ChangeFixed, ChangeWaived, ChangeUnknown:
			gone++
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE reports SET fresh = $1, gone = $2 WHERE server = $3 AND decision = $4", fresh, gone, u.Server, u.Decision); err != nil {
		return fmt.Errorf("store a report: %w", err)
	}
	rows := make([][]any, len(changes))
	for i, c := range changes {
		rows[i] = []any{u.Server, millis(u.Scanned), u.Decision, c.State, c.Rule, c.Subject, c.Stance, c.Severity, c.Clause}
	}
	if err := db.insert(ctx, tx, "changes", rows); err != nil {
		return err
	}
	return db.tellAll(ctx, tx, name, u, changes, tell)
}

func (db *DB) tellAll(ctx context.Context, tx *sql.Tx, name string, u *Upload, changes []Change, tell Teller) error {
	if tell == nil {
		return nil
	}
	return addNotices(ctx, tx, tell(name, u, changes))
}

const updateServer = `UPDATE servers SET report=$2, scanned=$3, mishap='', reported=$4, product=$5, build=$6, roles=$7, worst=$8, severity=$9,
		findings=$10, waived=$11, rules=$12, unknown=$13, failed=$14, coverage=$15, unsupported=$16, security=$17, review=$18, deprecated=$19,
		supported=$20, c1=$21, c2=$22, c3=$23, c4=$24, c5=$25, cs=$26, cn=$27, digest=$28,
		agent = CASE WHEN $29 = '' THEN agent ELSE $29 END, ring = CASE WHEN $30 = '' THEN ring ELSE $30 END,
		seen = CASE WHEN seen < $31 THEN $31 ELSE seen END WHERE id=$1`

func (db *DB) stamp(ctx context.Context, tx *sql.Tx, u *Upload, t totals, digest string) error {
	l := &u.Look
	_, err := db.exec(ctx, tx, updateServer,
		u.Server, u.Decision, millis(u.Scanned), l.Reported, l.Product, l.Build, l.Roles, t.worst, t.severity,
		t.findings, t.waived, l.Rules, l.Unknown, l.Failed, l.Coverage, t.stances[5], t.stances[4], t.stances[3], t.stances[2],
		t.stances[1], t.clauses["C1"], t.clauses["C2"], t.clauses["C3"], t.clauses["C4"], t.clauses["C5"], t.clauses["S"], t.clauses["-"], digest,
		u.Agent, u.Ring, millis(u.Received))
	if err != nil {
		return fmt.Errorf("store a report: %w", err)
	}
	return nil
}

// A Stamp is a stored report without its text.
type Stamp struct {
	Decision string       `json:"decision_id"`
	Kind     string       `json:"kind"`
	Base     string       `json:"base,omitempty"`
	Waiting  bool         `json:"waiting"` // for the whole it stands on
	Cause    string       `json:"cause"`
	Error    string       `json:"error,omitempty"`
	Received time.Time    `json:"received_at"`
	Scanned  time.Time    `json:"scanned_at"`
	Findings int          `json:"findings"`
	Waived   int          `json:"waived"`
	Unknown  int          `json:"unknown"`
	Coverage float64      `json:"coverage"`
	Stance   exvet.Stance `json:"stance"`
	Fresh    int          `json:"new"`
	Gone     int          `json:"gone"`
	Late     bool         `json:"late"`
	Bundles  string       `json:"-"`
}

const stampColumns = "decision, kind, base, waiting, cause, error, received, scanned, findings, waived, unknown, coverage, worst, fresh, gone, late, bundles"

func scanStamp(row interface{ Scan(...any) error }) (s Stamp, err error) {
	var received, scanned int64
	var worst int
	err = row.Scan(&s.Decision, &s.Kind, &s.Base, &s.Waiting, &s.Cause, &s.Error, &received, &scanned, &s.Findings, &s.Waived, &s.Unknown, &s.Coverage,
		&worst, &s.Fresh, &s.Gone, &s.Late, &s.Bundles)
	s.Received, s.Scanned, s.Stance = moment(received), moment(scanned), StanceOf(worst)
	return s, err
}

// Reports lists the newest reports of a server, newest first.
func (db *DB) Reports(ctx context.Context, server int64, most int) ([]Stamp, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+stampColumns+" FROM reports WHERE server = $1 ORDER BY scanned DESC, received DESC LIMIT $2", server, most)
	return collect(rows, err, func(rows *sql.Rows) (Stamp, error) { return scanStamp(rows) })
}

// Waiting lists the changes of a server that wait for a base, oldest first.
func (db *DB) Waiting(ctx context.Context, server int64, base string) ([]Stamp, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+stampColumns+" FROM reports WHERE server = $1 AND base = $2 AND waiting = 1 ORDER BY scanned LIMIT 1000",
		server, base)
	return collect(rows, err, func(rows *sql.Rows) (Stamp, error) { return scanStamp(rows) })
}

// ReportStamp gives one report without its text, or nil.
func (db *DB) ReportStamp(ctx context.Context, server int64, decision string) (*Stamp, error) {
	return oneStamp(db.read.QueryRowContext(ctx, "SELECT "+stampColumns+" FROM reports WHERE server = $1 AND decision = $2", server, decision))
}

func oneStamp(row *sql.Row) (*Stamp, error) {
	s, err := scanStamp(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a report: %w", err)
	}
	return &s, nil
}

// Body is the result of a stored decision, gzip, or nil where there is none.
func (db *DB) Body(ctx context.Context, server int64, decision string) ([]byte, error) {
	var body []byte
	err := db.read.QueryRowContext(ctx, "SELECT body FROM reports WHERE server = $1 AND decision = $2", server, decision).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, err
}

// CountReports counts what is stored of every server.
func (db *DB) CountReports(ctx context.Context) (int, error) {
	var n int
	err := db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM reports").Scan(&n)
	return n, err
}
