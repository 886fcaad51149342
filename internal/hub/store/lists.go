package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// A FleetIntegration is a product across the fleet.
type FleetIntegration struct {
	Title    string         `json:"title"`
	Vendor   string         `json:"vendor"`
	Signer   string         `json:"signer"`
	Owner    string         `json:"owner"`
	Stance   exvet.Stance   `json:"stance"` // the worst on any server
	Servers  int            `json:"servers"`
	Methods  int            `json:"methods"` // over all servers
	Waived   int            `json:"waived"`
	Versions []VersionCount `json:"versions"`
}

// A VersionCount counts servers that have one version of a product.
type VersionCount struct {
	Version string `json:"version"` // "" where it is not known
	Servers int    `json:"servers"`
}

// Integrations lists the products of the fleet whose title, vendor, signer or owner holds a text, the worst and most frequent first.
func (db *DB) Integrations(ctx context.Context, search string, most int) ([]FleetIntegration, error) {
	where, values := "", []any{}
	if search != "" {
		where = ` WHERE (LOWER(title) LIKE $1 ESCAPE '\' OR LOWER(vendor) LIKE $1 ESCAPE '\' OR LOWER(signer) LIKE $1 ESCAPE '\' OR LOWER(owner) LIKE $1 ESCAPE '\')`
		values = append(values, like(search))
	}
	rows, err := db.read.QueryContext(ctx, `SELECT title, MAX(vendor), MAX(signer), MAX(owner), MAX(stance), COUNT(DISTINCT server), SUM(methods), SUM(waived)
		FROM integrations`+where+" GROUP BY title ORDER BY 5 DESC, 6 DESC, title LIMIT $"+fmt.Sprint(len(values)+1), append(values, most)...)
	all, err := collect(rows, err, func(rows *sql.Rows) (i FleetIntegration, err error) {
		var stance int
		err = rows.Scan(&i.Title, &i.Vendor, &i.Signer, &i.Owner, &stance, &i.Servers, &i.Methods, &i.Waived)
		i.Stance, i.Versions = StanceOf(stance), []VersionCount{}
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("list integrations: %w", err)
	}
	at := map[string]int{}
	for i := range all {
		at[all[i].Title] = i
	}
	rows, err = db.read.QueryContext(ctx, "SELECT title, version, COUNT(DISTINCT server) FROM integrations"+where+" GROUP BY title, version ORDER BY title, 3 DESC, version", values...)
	_, err = collect(rows, err, func(rows *sql.Rows) (v VersionCount, err error) {
		var title string
		err = rows.Scan(&title, &v.Version, &v.Servers)
		if i, ok := at[title]; ok {
			all[i].Versions = append(all[i].Versions, v)
		}
		return v, err
	})
	return all, err
}

// ProductWords gives the words a product may be found by, in lower case, by its title: nil where
// there are more than so many different ones.
func (db *DB) ProductWords(ctx context.Context, most int) (map[string]string, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT DISTINCT title, vendor, signer, owner FROM integrations LIMIT $1", most+1)
	words := map[string]string{}
	all, err := collect(rows, err, func(rows *sql.Rows) (title string, err error) {
		var vendor, signer, owner string
		err = rows.Scan(&title, &vendor, &signer, &owner)
		words[title] += strings.ToLower(strings.Join([]string{title, vendor, signer, owner, ""}, "\n"))
		return title, err
	})
	if err != nil {
		return nil, fmt.Errorf("list integrations: %w", err)
	}
	if len(all) > most {
		return nil, nil
	}
	return words, nil
}

// A Holder is a server that has a product.
type Holder struct {
	Server  int64        `json:"server_id,string"`
	Name    string       `json:"server"`
	Version string       `json:"version"`
	Stance  exvet.Stance `json:"stance"`
	Methods int          `json:"methods"`
	Waived  int          `json:"waived"`
}

// Holders lists servers that have a product, worst first, and counts them.
func (db *DB) Holders(ctx context.Context, title, version string, from, most int) ([]Holder, int, error) {
	where, values := " WHERE i.title = $1", []any{title}
	if version != "" {
		where, values = where+" AND i.version = $2", append(values, strings.TrimPrefix(version, "="))
	}
	var n int
	if err := db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM integrations i"+where, values...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count servers: %w", err)
	}
	rows, err := db.read.QueryContext(ctx, fmt.Sprintf(`SELECT i.server, s.name, i.version, i.stance, i.methods, i.waived FROM integrations i
		JOIN servers s ON s.id = i.server%s ORDER BY i.stance DESC, s.folded LIMIT %d OFFSET %d`, where, most, from), values...)
	all, err := collect(rows, err, func(rows *sql.Rows) (h Holder, err error) {
		var stance int
		err = rows.Scan(&h.Server, &h.Name, &h.Version, &stance, &h.Methods, &h.Waived)
		h.Stance = StanceOf(stance)
		return h, err
	})
	return all, n, err
}

// A FleetGap is a part that was not seen, and on how many servers.
type FleetGap struct {
	Section string `json:"section"`
	Scope   string `json:"scope"`
	Reason  string `json:"reason"`
	Servers int    `json:"servers"`
	One     int64  `json:"example_id,string"` // one of the servers
	Name    string `json:"example"`
}

// Gaps lists what was not seen, the most frequent first.
func (db *DB) Gaps(ctx context.Context, section, search string, most int) ([]FleetGap, error) {
	var parts []string
	var values []any
	if section != "" {
		values = append(values, section)
		parts = append(parts, "section = $1")
	}
	if search != "" {
		values = append(values, like(search))
		n := fmt.Sprint(len(values))
		parts = append(parts, "(LOWER(reason) LIKE $"+n+` ESCAPE '\' OR LOWER(scope) LIKE $`+n+` ESCAPE '\')`)
	}
	where := ""
	if len(parts) > 0 {
		where = " WHERE " + strings.Join(parts, " AND ")
	}
	rows, err := db.read.QueryContext(ctx, fmt.Sprintf(`SELECT g.section, g.scope, g.reason, g.n, g.one, s.name FROM (
		SELECT section, MIN(scope) AS scope, reason, COUNT(DISTINCT server) AS n, MIN(server) AS one FROM gaps%s GROUP BY section, reason
		ORDER BY n DESC, section, reason LIMIT %d) g JOIN servers s ON s.id = g.one ORDER BY g.n DESC, g.section, g.reason`, where, most), values...)
	all, err := collect(rows, err, func(rows *sql.Rows) (g FleetGap, err error) {
		return g, rows.Scan(&g.Section, &g.Scope, &g.Reason, &g.Servers, &g.One, &g.Name)
	})
	if err != nil {
		return nil, fmt.Errorf("list what was not seen: %w", err)
	}
	return all, nil
}

// A TrendPoint counts findings of a clause on a day.
type TrendPoint struct {
	Day      string `json:"day"`
	Clause   string `json:"clause"`
	Findings int    `json:"findings"`
	Servers  int    `json:"servers"`
}

// Trend lists the numbers since a day, by day.
func (db *DB) Trend(ctx context.Context, since string) ([]TrendPoint, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT day, clause, findings, servers FROM trend WHERE day >= $1 ORDER BY day, clause LIMIT 4000", since)
	return collect(rows, err, func(rows *sql.Rows) (p TrendPoint, err error) {
		return p, rows.Scan(&p.Day, &p.Clause, &p.Findings, &p.Servers)
	})
}

// A FleetChange is something that came or went on a server.
type FleetChange struct {
	Server   int64          `json:"server_id,string"`
	Name     string         `json:"server"`
	At       time.Time      `json:"at"`
	Decision string         `json:"decision_id"`
	State    string         `json:"state"`
	Rule     string         `json:"rule"`
	Subject  string         `json:"subject"`
	Stance   exvet.Stance   `json:"stance"`
	Severity exvet.Severity `json:"severity"`
	Clause   string         `json:"clause"`
}

// Changes lists the newest changes, of one server or with 0 of all.
func (db *DB) Changes(ctx context.Context, server int64, from, most int) ([]FleetChange, error) {
	where, values := "", []any{}
	if server != 0 {
		where, values = " WHERE c.server = $1", []any{server}
	}
	// The newest are taken first, by their index, and then named and put in order.
	rows, err := db.read.QueryContext(ctx, fmt.Sprintf(`SELECT c.server, s.name, c.at, c.decision, c.state, c.rule, c.subject, c.stance, c.severity, c.clause
		FROM (SELECT * FROM changes c%s ORDER BY c.at DESC LIMIT %d OFFSET %d) c JOIN servers s ON s.id = c.server
		ORDER BY c.at DESC, c.server, c.stance DESC, c.rule, c.subject`, where, most, from), values...)
	return collect(rows, err, func(rows *sql.Rows) (c FleetChange, err error) {
		var at int64
		var stance, severity int
		err = rows.Scan(&c.Server, &c.Name, &at, &c.Decision, &c.State, &c.Rule, &c.Subject, &stance, &severity, &c.Clause)
		c.At, c.Stance, c.Severity = moment(at), StanceOf(stance), SeverityOf(severity)
		return c, err
	})
}

// A RingSummary says how the servers of a ring are.
type RingSummary struct {
	Ring     string  `json:"ring"`
	Servers  int     `json:"servers"`
	Reported int     `json:"reported"`
	Trouble  int     `json:"trouble"`
	Findings float64 `json:"findings"` // the mean of a server
	Unknown  float64 `json:"unknown"`
	Failed   float64 `json:"failed"`
	Coverage float64 `json:"coverage"`
}

// RingSummaries lists the rings.
func (db *DB) RingSummaries(ctx context.Context) ([]RingSummary, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT ring, COUNT(*), SUM(CASE WHEN report <> '' THEN 1 ELSE 0 END), SUM(CASE WHEN trouble <> '' THEN 1 ELSE 0 END),
		CAST(COALESCE(AVG(CASE WHEN report <> '' THEN findings END),0) AS DOUBLE PRECISION), CAST(COALESCE(AVG(CASE WHEN report <> '' THEN unknown END),0) AS DOUBLE PRECISION),
		CAST(COALESCE(AVG(CASE WHEN report <> '' THEN failed END),0) AS DOUBLE PRECISION),
		CAST(COALESCE(AVG(CASE WHEN report <> '' THEN coverage END),0) AS DOUBLE PRECISION) FROM servers GROUP BY ring ORDER BY ring LIMIT 50`)
	return collect(rows, err, func(rows *sql.Rows) (r RingSummary, err error) {
		return r, rows.Scan(&r.Ring, &r.Servers, &r.Reported, &r.Trouble, &r.Findings, &r.Unknown, &r.Failed, &r.Coverage)
	})
}

// A RingRule is on how many servers of a ring a rule ended how.
type RingRule struct {
	Ring, Rule, Status string
	Servers            int
}

// RingRules counts outcomes in two rings.
func (db *DB) RingRules(ctx context.Context, a, b string) ([]RingRule, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT s.ring, o.rule, o.status, COUNT(*) FROM servers s JOIN outcomes o ON o.server = s.id
		WHERE s.ring = $1 OR s.ring = $2 GROUP BY s.ring, o.rule, o.status`, a, b)
	return collect(rows, err, func(rows *sql.Rows) (r RingRule, err error) {
		return r, rows.Scan(&r.Ring, &r.Rule, &r.Status, &r.Servers)
	})
}

// A Refusal counts uploads of a server that were refused for one reason.
type Refusal struct {
	Server int64     `json:"server_id,string"` // 0: of nobody that is known
	Reason string    `json:"reason"`
	Count  int       `json:"count"`
	Last   time.Time `json:"last_at"`
	Detail string    `json:"detail"`
}

// Refusals lists those of a server.
func (db *DB) Refusals(ctx context.Context, server int64) ([]Refusal, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT server, reason, count, last, detail FROM refusals WHERE server = $1 ORDER BY last DESC LIMIT 50", server)
	return collect(rows, err, func(rows *sql.Rows) (r Refusal, err error) {
		var last int64
		err = rows.Scan(&r.Server, &r.Reason, &r.Count, &last, &r.Detail)
		r.Last = moment(last)
		return r, err
	})
}

// ServerStatus gives the last status message of an agent, or "".
func (db *DB) ServerStatus(ctx context.Context, server int64) (string, error) {
	var body string
	err := db.read.QueryRowContext(ctx, "SELECT body FROM statuses WHERE server = $1", server).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return body, err
}
