package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What became of an upload.
const (
	Stored    = "stored"
	Duplicate = "duplicate" // it was stored before
	Late      = "late"      // stored, behind a newer one that came first
)

// Save stores uploads of one server, each once, and returns after the commit what became of each.
func (db *DB) Save(ctx context.Context, uploads []Upload, tell Teller) ([]string, error) {
	var outcomes []string
	err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
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

// A Teller says what people are told of changes, in the transaction that stores them.
type Teller func(server string, upload *Upload, changes []Change) []Notice

func (db *DB) save(ctx context.Context, tx *sql.Tx, u *Upload, tell Teller) (string, error) {
	var name, digest string
	var scanned int64
	row := tx.QueryRowContext(ctx, "SELECT name, digest, scanned FROM servers WHERE id = $1"+db.forUpdate(), u.Server)
	if err := row.Scan(&name, &digest, &scanned); err != nil {
		return "", fmt.Errorf("store a report: %w", err)
	}
	t, late := u.Look.totals(), 0
	if millis(u.Look.Scanned) < scanned {
		late = 1
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO reports (server, decision, received, scanned, findings, waived, unknown, coverage,
		worst, fresh, gone, late, bundles, body) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,0,0,$10,$11,$12) ON CONFLICT DO NOTHING`,
		u.Server, u.Decision, millis(u.Received), millis(u.Look.Scanned), t.findings, t.waived, u.Look.Unknown, u.Look.Coverage, t.worst, late,
		u.Bundles, u.Body)
	if err != nil {
		return "", fmt.Errorf("store a report: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return Duplicate, err
	}
	if late == 1 {
		return Late, nil
	}
	fresh, err := u.Look.digest()
	if err != nil {
		return "", err
	}
	if fresh != digest {
		changes, err := db.replace(ctx, tx, u)
		if err != nil {
			return "", err
		}
		if err := db.note(ctx, tx, name, u, changes, tell); err != nil {
			return "", err
		}
	}
	return Stored, db.stamp(ctx, tx, u, t, fresh)
}

// digest is the same for reports that leave the tables below a server as they are.
func (l *Look) digest() (string, error) {
	text, err := json.Marshal([]any{l.Findings, l.Outcomes, l.Gaps, l.Integrations, l.Waivers})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
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
		rows[i] = []any{u.Server, millis(u.Look.Scanned), u.Decision, c.State, c.Rule, c.Subject, c.Stance, c.Severity, c.Clause}
	}
	if err := insert(ctx, tx, "changes (server, at, decision, state, rule, subject, stance, severity, clause)", rows); err != nil {
		return err
	}
	if tell == nil {
		return nil
	}
	return addNotices(ctx, tx, tell(name, u, changes))
}

func (db *DB) stamp(ctx context.Context, tx *sql.Tx, u *Upload, t totals, digest string) error {
	l := &u.Look
	_, err := tx.ExecContext(ctx, `UPDATE servers SET report=$2, scanned=$3, reported=$4, product=$5, build=$6, roles=$7, worst=$8, severity=$9,
		findings=$10, waived=$11, rules=$12, unknown=$13, failed=$14, coverage=$15, unsupported=$16, security=$17, review=$18, deprecated=$19,
		supported=$20, c1=$21, c2=$22, c3=$23, c4=$24, c5=$25, cs=$26, cn=$27, digest=$28,
		agent = CASE WHEN $29 = '' THEN agent ELSE $29 END, ring = CASE WHEN $30 = '' THEN ring ELSE $30 END,
		seen = CASE WHEN seen < $31 THEN $31 ELSE seen END WHERE id=$1`,
		u.Server, u.Decision, millis(l.Scanned), l.Reported, l.Product, l.Build, l.Roles, t.worst, t.severity,
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
	Decision  string    `json:"decision_id"`
	Received  time.Time `json:"received_at"`
	Scanned   time.Time `json:"scanned_at"`
	Findings  int       `json:"findings"`
	Waived    int       `json:"waived"`
	Unknown   int       `json:"unknown"`
	Coverage  float64   `json:"coverage"`
	Worst     int       `json:"-"`
	Fresh     int       `json:"new"`
	Gone      int       `json:"gone"`
	Late      bool      `json:"late"`
	Bundles   string    `json:"-"`
	StanceNow string    `json:"stance"`
}

// Reports lists the newest reports of a server, newest first.
func (db *DB) Reports(ctx context.Context, server int64, most int) ([]Stamp, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT decision, received, scanned, findings, waived, unknown, coverage, worst, fresh, gone, late, bundles
		FROM reports WHERE server = $1 ORDER BY scanned DESC, received DESC LIMIT $2`, server, most)
	return collect(rows, err, func(rows *sql.Rows) (s Stamp, err error) {
		var received, scanned int64
		err = rows.Scan(&s.Decision, &received, &scanned, &s.Findings, &s.Waived, &s.Unknown, &s.Coverage, &s.Worst, &s.Fresh, &s.Gone, &s.Late, &s.Bundles)
		s.Received, s.Scanned, s.StanceNow = moment(received), moment(scanned), string(StanceOf(s.Worst))
		return s, err
	})
}

// Body is the text of a stored report, gzip, or nil where there is none.
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
