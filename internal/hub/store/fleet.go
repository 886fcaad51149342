package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/exvet/exvet"
)

// An Overview counts servers.
type Overview struct {
	Servers  int           `json:"servers"`
	Reported int           `json:"reported"` // at least once
	Silent   int           `json:"silent"`
	Trouble  int           `json:"trouble"` // a bundle was refused, or a scan failed
	Unknown  int           `json:"unknown"` // rules that could not say, over all servers
	Findings int           `json:"findings"`
	Waived   int           `json:"waived"`
	ByStance []StanceCount `json:"by_stance"`
	Rings    []NamedCount  `json:"rings"`
	Cores    []NamedCount  `json:"cores"` // revisions of the core bundle
	Last     time.Time     `json:"last_seen_at"`
}

// A StanceCount counts servers whose worst stance it is, and findings of it. Stance "" is nothing found.
type StanceCount struct {
	Stance   exvet.Stance `json:"stance"`
	Servers  int          `json:"servers"`
	Findings int          `json:"findings"`
}

// A NamedCount counts servers by a name.
type NamedCount struct {
	Name    string `json:"name"`
	Servers int    `json:"servers"`
}

// Overview counts the fleet.
func (db *DB) Overview(ctx context.Context, silent time.Time) (Overview, error) {
	var o Overview
	var last int64
	by := [5]int{}
	err := db.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN report <> '' THEN 1 ELSE 0 END),0),
		COALESCE(SUM(CASE WHEN seen > 0 AND seen < $1 THEN 1 ELSE 0 END),0), COALESCE(SUM(CASE WHEN trouble <> '' OR mishap <> '' THEN 1 ELSE 0 END),0),
		COALESCE(SUM(unknown + failed),0), COALESCE(SUM(findings),0), COALESCE(SUM(waived),0), COALESCE(SUM(unsupported),0), COALESCE(SUM(security),0),
		COALESCE(SUM(review),0), COALESCE(SUM(deprecated),0), COALESCE(SUM(supported),0), COALESCE(MAX(seen),0) FROM servers`, millis(silent)).
		Scan(&o.Servers, &o.Reported, &o.Silent, &o.Trouble, &o.Unknown, &o.Findings, &o.Waived, &by[0], &by[1], &by[2], &by[3], &by[4], &last)
	if err != nil {
		return o, fmt.Errorf("count servers: %w", err)
	}
	o.Last = moment(last)
	worst := map[int]int{}
	rows, err := db.read.QueryContext(ctx, "SELECT worst, COUNT(*) FROM servers WHERE report <> '' GROUP BY worst")
	if _, err := collect(rows, err, func(rows *sql.Rows) (n int, err error) {
		var rank int
		err = rows.Scan(&rank, &n)
		worst[rank] = n
		return n, err
	}); err != nil {
		return o, fmt.Errorf("count servers: %w", err)
	}
	for i, stance := range exvet.Stances() {
		o.ByStance = append(o.ByStance, StanceCount{stance, worst[StanceRank(stance)], by[i]})
	}
	o.ByStance = append(o.ByStance, StanceCount{"", worst[0], 0})
	if o.Rings, err = db.named(ctx, "ring"); err != nil {
		return o, err
	}
	o.Cores, err = db.named(ctx, "core")
	return o, err
}

func (db *DB) named(ctx context.Context, column string) ([]NamedCount, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+column+", COUNT(*) FROM servers WHERE "+column+" <> '' GROUP BY "+column+" ORDER BY COUNT(*) DESC, "+column+" LIMIT 50")
	return collect(rows, err, func(rows *sql.Rows) (n NamedCount, err error) { return n, rows.Scan(&n.Name, &n.Servers) })
}

// Version changes whenever a server was heard of: what the live page asks for.
func (db *DB) Version(ctx context.Context) (string, error) {
	var seen, scanned, n int64
	err := db.read.QueryRowContext(ctx, "SELECT COALESCE(MAX(seen),0), COUNT(*) FROM servers").Scan(&seen, &n)
	if err == nil {
		err = db.read.QueryRowContext(ctx, "SELECT COALESCE(MAX(received),0) FROM reports").Scan(&scanned)
	}
	return strconv.FormatInt(seen, 36) + "-" + strconv.FormatInt(scanned, 36) + "-" + strconv.FormatInt(n, 36), err
}

// A FleetRule is what became of a rule across the fleet.
type FleetRule struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Stance   exvet.Stance   `json:"stance"`
	Severity exvet.Severity `json:"severity"`
	Clause   string         `json:"clause"`
	Found    int            `json:"found"` // servers
	Waived   int            `json:"waived"`
	Unknown  int            `json:"unknown"`
	Error    int            `json:"error"`
	Findings int            `json:"findings"`

	Remediation string `json:"remediation,omitempty"`
	Alternative string `json:"alternative,omitempty"`

	most int // servers of the variant whose words are shown
}

// Rules lists every rule that is not clear everywhere. Where servers describe a rule in different words, those of most are shown.
func (db *DB) Rules(ctx context.Context, only string) ([]FleetRule, error) {
	query := "SELECT rule, variant, status, COUNT(*), SUM(findings), SUM(waived) FROM outcomes GROUP BY rule, variant, status"
	values := []any{}
	if only != "" {
		query, values = "SELECT rule, variant, status, COUNT(*), SUM(findings), SUM(waived) FROM outcomes WHERE rule = $1 GROUP BY rule, variant, status", []any{only}
	}
	about, err := db.about(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]*FleetRule{}
	variants := map[[2]string]int{}
	rows, err := db.read.QueryContext(ctx, query, values...)
	_, err = collect(rows, err, func(rows *sql.Rows) (n int, err error) {
		var id, variant, status string
		var servers, findings, waived int
		if err := rows.Scan(&id, &variant, &status, &servers, &findings, &waived); err != nil {
			return 0, err
		}
		r := byID[id]
		if r == nil {
			r = &FleetRule{ID: id, Title: id, Clause: "-"}
			byID[id] = r
		}
		variants[[2]string{id, variant}] += servers
		r.add(exvet.Status(status), servers, findings)
		return servers, nil
	})
	if err != nil {
		return nil, fmt.Errorf("count rules: %w", err)
	}
	for key, servers := range variants {
		if said, ok := about[key]; ok && servers > byID[key[0]].most {
			byID[key[0]].say(said, servers)
		}
	}
	all := make([]FleetRule, 0, len(byID))
	for _, r := range byID {
		all = append(all, *r)
	}
	return all, nil
}

func (r *FleetRule) add(status exvet.Status, servers, findings int) {
	switch status {
	case exvet.Found:
		r.Found += servers
	case exvet.Waived:
		r.Waived += servers
	case exvet.Unknown:
		r.Unknown += servers
	case exvet.Error:
		r.Error += servers
	}
	r.Findings += findings
}

func (r *FleetRule) say(about Rule, servers int) {
	r.most = servers
	r.Title, r.Stance, r.Severity, r.Clause = about.Title, StanceOf(about.Stance), SeverityOf(about.Severity), about.Clause
	r.Remediation, r.Alternative = about.Remediation, about.Alternative
}

func (db *DB) about(ctx context.Context) (map[[2]string]Rule, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT id, variant, title, stance, severity, clause, remediation, alternative FROM rules LIMIT 20000")
	all, err := collect(rows, err, func(rows *sql.Rows) (r Rule, err error) {
		return r, rows.Scan(&r.ID, &r.Variant, &r.Title, &r.Stance, &r.Severity, &r.Clause, &r.Remediation, &r.Alternative)
	})
	byKey := make(map[[2]string]Rule, len(all))
	for _, r := range all {
		byKey[[2]string{r.ID, r.Variant}] = r
	}
	return byKey, err
}

// A FleetFinding is a finding of a rule on a server.
type FleetFinding struct {
	Server      int64          `json:"server_id,string"`
	Name        string         `json:"server"`
	Subject     string         `json:"subject"`
	Severity    exvet.Severity `json:"severity"`
	Waived      bool           `json:"waived"`
	Integration string         `json:"integration"`
	First       time.Time      `json:"first_seen_at"`
}

// FindingsOf lists what a rule found, by subject and server, and counts it.
func (db *DB) FindingsOf(ctx context.Context, rule, search string, from, most int) ([]FleetFinding, int, error) {
	where, values := " WHERE f.rule = $1", []any{rule}
	if search != "" {
		where += ` AND (LOWER(f.subject) LIKE $2 ESCAPE '\' OR LOWER(f.integration) LIKE $2 ESCAPE '\' OR s.folded LIKE $2 ESCAPE '\')`
		values = append(values, like(search))
	}
	n, total := 0, "COUNT(*) OVER ()" // a search looks through all once, for the rows and their number
	if search == "" || from > 0 {
		count := "SELECT COUNT(*) FROM findings f"
		if search != "" {
			count += " JOIN servers s ON s.id = f.server"
		}
		if err := db.read.QueryRowContext(ctx, count+where, values...).Scan(&n); err != nil {
			return nil, 0, fmt.Errorf("count findings: %w", err)
		}
		total = strconv.Itoa(n)
	}
	rows, err := db.read.QueryContext(ctx, `SELECT f.server, s.name, f.subject, f.severity, f.waived, f.integration, f.first_seen, `+total+`
		FROM findings f JOIN servers s ON s.id = f.server`+where+" ORDER BY f.subject, f.server LIMIT "+strconv.Itoa(most)+" OFFSET "+strconv.Itoa(from), values...)
	all, err := collect(rows, err, func(rows *sql.Rows) (f FleetFinding, err error) {
		var severity int
		var first int64
		err = rows.Scan(&f.Server, &f.Name, &f.Subject, &severity, &f.Waived, &f.Integration, &first, &n)
		f.Severity, f.First = SeverityOf(severity), moment(first)
		return f, err
	})
	return all, n, err
}
