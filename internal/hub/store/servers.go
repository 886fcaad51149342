package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// A Server is one agent, with the newest it reported.
type Server struct {
	ID       int64          `json:"id,string"`
	Name     string         `json:"name"`
	Reported string         `json:"reported_name"`
	Enrolled time.Time      `json:"enrolled_at"`
	Seen     time.Time      `json:"seen_at"`
	Ring     string         `json:"ring"`
	Agent    string         `json:"agent"`
	Trouble  string         `json:"trouble"` // why a bundle was refused
	Bundles  string         `json:"-"`       // JSON of []BundleState
	Core     string         `json:"core"`
	Report   string         `json:"report"` // decision id
	Scanned  time.Time      `json:"scanned_at"`
	Mishap   string         `json:"mishap"` // why the newest scan gave no report
	Product  string         `json:"product"`
	Build    string         `json:"build"`
	Roles    string         `json:"roles"`
	Stance   exvet.Stance   `json:"stance"`
	Severity exvet.Severity `json:"severity"`
	Findings int            `json:"findings"`
	Waived   int            `json:"waived"`
	Rules    int            `json:"rules"`
	Unknown  int            `json:"unknown"`
	Failed   int            `json:"failed"`
	Coverage float64        `json:"coverage"`
	ByStance [5]int         `json:"by_stance"` // unsupported, security, review, deprecated, supported
	Digest   string         `json:"-"`
}

const serverColumns = `id, name, reported, enrolled, seen, ring, agent, trouble, bundles, core, report, scanned, mishap, product, build, roles, worst,
	severity, findings, waived, rules, unknown, failed, coverage, unsupported, security, review, deprecated, supported, digest`

func scanServer(row interface{ Scan(...any) error }) (s Server, err error) {
	var enrolled, seen, scanned int64
	var worst, severity int
	err = row.Scan(&s.ID, &s.Name, &s.Reported, &enrolled, &seen, &s.Ring, &s.Agent, &s.Trouble, &s.Bundles, &s.Core, &s.Report, &scanned, &s.Mishap,
		&s.Product, &s.Build, &s.Roles, &worst, &severity, &s.Findings, &s.Waived, &s.Rules, &s.Unknown, &s.Failed, &s.Coverage,
		&s.ByStance[0], &s.ByStance[1], &s.ByStance[2], &s.ByStance[3], &s.ByStance[4], &s.Digest)
	s.Enrolled, s.Seen, s.Scanned = moment(enrolled), moment(seen), moment(scanned)
	s.Stance, s.Severity = StanceOf(worst), SeverityOf(severity)
	return s, err
}

// A ServerQuery chooses and sorts servers. Empty fields choose all.
type ServerQuery struct {
	Search   string
	Stance   exvet.Stance
	Ring     string
	Core     string // revision
	State    string // silent, trouble, unknown, never
	Silent   time.Time
	Sort     string // worst, name, seen, coverage
	From, To int    // rows
}

// Servers lists those a query chooses, and how many there are.
func (db *DB) Servers(ctx context.Context, q ServerQuery) ([]Server, int, error) {
	where, values := q.where()
	order := map[string]string{
		"name": "folded", "seen": "seen", "coverage": "coverage, folded",
	}[q.Sort]
	if order == "" {
		order = "worst DESC, severity DESC, findings DESC, folded"
	}
	var n int
	if err := db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM servers"+where, values...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("list servers: %w", err)
	}
	rows, err := db.read.QueryContext(ctx, "SELECT "+serverColumns+" FROM servers"+where+" ORDER BY "+order+
		" LIMIT "+strconv.Itoa(q.To-q.From)+" OFFSET "+strconv.Itoa(q.From), values...)
	all, err := collect(rows, err, func(rows *sql.Rows) (Server, error) { return scanServer(rows) })
	if err != nil {
		return nil, 0, fmt.Errorf("list servers: %w", err)
	}
	return all, n, nil
}

func (q ServerQuery) where() (string, []any) {
	var parts []string
	var values []any
	add := func(part string, value any) {
		values = append(values, value)
		parts = append(parts, strings.ReplaceAll(part, "?", "$"+strconv.Itoa(len(values))))
	}
	if q.Search != "" {
		add(`(folded LIKE ? ESCAPE '\' OR LOWER(reported) LIKE ? ESCAPE '\' OR LOWER(product) LIKE ? ESCAPE '\' OR build LIKE ? ESCAPE '\')`, like(q.Search))
	}
	if q.Stance != "" {
		add("worst = ?", StanceRank(q.Stance))
	}
	if q.Ring != "" {
		add("ring = ?", q.Ring)
	}
	if q.Core != "" {
		add("core = ?", q.Core)
	}
	switch q.State {
	case "silent":
		add("seen < ?", millis(q.Silent))
	case "trouble":
		add("(trouble <> ? OR mishap <> '')", "")
	case "unknown":
		add("unknown + failed > ?", 0)
	case "never":
		add("report = ?", "")
	case "clean":
		add("findings = ? AND report <> ''", 0)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), values
}

// like is a pattern that finds a text anywhere, without regard to case.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
}

// Server gives one, or nil where there is none.
func (db *DB) Server(ctx context.Context, id int64) (*Server, error) {
	s, err := scanServer(db.read.QueryRowContext(ctx, "SELECT "+serverColumns+" FROM servers WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a server: %w", err)
	}
	return &s, nil
}

// AddServer enrols a server, or finds the one of that name, whatever the case of its letters.
func (db *DB) AddServer(ctx context.Context, name string, now time.Time) (int64, error) {
	id := newID()
	err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO servers (id, name, folded, enrolled) VALUES ($1,$2,$3,$4) ON CONFLICT (folded) DO NOTHING",
			id, name, strings.ToLower(name), millis(now)); err != nil {
			return fmt.Errorf("enrol %q: %w", name, err)
		}
		return tx.QueryRowContext(ctx, "SELECT id FROM servers WHERE folded = $1", strings.ToLower(name)).Scan(&id)
	})
	return id, err
}

// RemoveServer forgets a server and all it reported.
func (db *DB) RemoveServer(ctx context.Context, id int64) error {
	return db.changeOf(ctx, id, func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range []string{"statuses", "reports", "findings", "outcomes", "gaps", "integrations", "waivers", "changes", "credentials", "refusals"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE server = $1", id); err != nil {
				return fmt.Errorf("remove a server: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM servers WHERE id = $1", id)
		return err
	})
}

// A BundleState is what an agent says of one of its bundles.
type BundleState struct {
	Name     string `json:"name"`
	Revision string `json:"revision"`         // the one that answers
	Code     string `json:"code,omitempty"`   // bundle_error where the newest was refused
	Reason   string `json:"reason,omitempty"` // why
}

// A Beat is a status message of an agent.
type Beat struct {
	Server   int64
	Received time.Time
	Ring     string
	Agent    string
	Core     string
	Trouble  string
	Bundles  string // JSON of []BundleState
	Body     string
}

const (
	updateBeat = `UPDATE servers SET seen = CASE WHEN seen < $2 THEN $2 ELSE seen END, trouble = $3, bundles = $4, core = $5,
		agent = CASE WHEN $6 = '' THEN agent ELSE $6 END, ring = CASE WHEN $7 = '' THEN ring ELSE $7 END WHERE id = $1`
	upsertStatus = `INSERT INTO statuses (server, received, body) VALUES ($1,$2,$3) ON CONFLICT (server) DO UPDATE SET received = $2, body = $3`
)

// SaveBeat stores a status message: the last one counts.
func (db *DB) SaveBeat(ctx context.Context, b Beat, notices []Notice) error {
	return db.changeOf(ctx, b.Server, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := db.exec(ctx, tx, updateBeat, b.Server, millis(b.Received), b.Trouble, b.Bundles, b.Core, b.Agent, b.Ring); err != nil {
			return fmt.Errorf("store a status: %w", err)
		}
		if _, err := db.exec(ctx, tx, upsertStatus, b.Server, millis(b.Received), b.Body); err != nil {
			return fmt.Errorf("store a status: %w", err)
		}
		return addNotices(ctx, tx, notices)
	})
}

// Refuse counts an upload of a server that was refused. Server 0 stands for those that nobody is known for.
func (db *DB) Refuse(ctx context.Context, server int64, reason, detail string, now time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO refusals (server, reason, count, last, detail) VALUES ($1,$2,1,$3,$4)
			ON CONFLICT (server, reason) DO UPDATE SET count = refusals.count + 1, last = $3, detail = $4`, server, reason, millis(now), detail)
		return err
	})
}
