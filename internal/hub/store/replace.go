package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// replace makes the tables below a server say what its newest report says, and gives what changed of the findings.
func (db *DB) replace(ctx context.Context, tx *sql.Tx, u *Upload) ([]Change, error) {
	l := &u.Look
	if err := db.known.save(ctx, tx, l.About); err != nil {
		return nil, err
	}
	changes, err := replaceFindings(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"outcomes", "gaps", "integrations", "waivers"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE server = $1", u.Server); err != nil {
			return nil, fmt.Errorf("store a report: %w", err)
		}
	}
	if err := insert(ctx, tx, "outcomes (server, rule, variant, status, findings, waived)", rowsOf(l.Outcomes, func(o Outcome) []any {
		return []any{u.Server, o.Rule, o.Variant, o.Status, o.Findings, o.Waived}
	})); err != nil {
		return nil, err
	}
	if err := insert(ctx, tx, "gaps (server, section, scope, reason, place, facts)", rowsOf(l.Gaps, func(g Gap) []any {
		return []any{u.Server, g.Section, g.Scope, g.Reason, g.Place, g.Facts}
	})); err != nil {
		return nil, err
	}
	if err := insert(ctx, tx, "integrations (server, title, vendor, product, version, signer, owner, confidence, stance, methods, waived)",
		rowsOf(l.Integrations, func(i Integration) []any {
			return []any{u.Server, i.Title, i.Vendor, i.Product, i.Version, i.Signer, i.Owner, i.Confidence, i.Stance, i.Methods, i.Waived}
		})); err != nil {
		return nil, err
	}
	return changes, insert(ctx, tx, "waivers (server, rule, subject, owner, reason, expires, ticket, disposition, state, findings)",
		rowsOf(l.Waivers, func(w Waiver) []any {
			return []any{u.Server, w.Rule, w.Subject, w.Owner, w.Reason, w.Expires, w.Ticket, w.Disposition, w.State, w.Findings}
		}))
}

type findingKey struct{ rule, subject string }

// replaceFindings writes only what differs: most reports change little.
func replaceFindings(ctx context.Context, tx *sql.Tx, u *Upload) ([]Change, error) {
	before, err := findingsOf(ctx, tx, u.Server)
	if err != nil {
		return nil, err
	}
	var changes []Change
	var fresh [][]any
	change := func(state string, f Finding) {
		changes = append(changes, Change{State: state, Rule: f.Rule, Subject: f.Subject, Stance: f.Stance, Severity: f.Severity, Clause: f.Clause})
	}
	for _, f := range u.Look.Findings {
		key := findingKey{f.Rule, f.Subject}
		old, was := before[key]
		delete(before, key)
		if !was {
			fresh = append(fresh, []any{u.Server, f.Rule, f.Subject, f.Stance, f.Severity, f.Clause, number(f.Waived), f.Integration, millis(u.Scanned)})
			if !f.Waived {
				change(ChangeNew, f)
			}
			continue
		}
		if old == f {
			continue
		}
		switch {
		case f.Waived && !old.Waived:
			change(ChangeWaived, f)
		case old.Waived && !f.Waived:
			change(ChangeUnwaived, f)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE findings SET stance=$4, severity=$5, clause=$6, waived=$7, integration=$8
			WHERE server=$1 AND rule=$2 AND subject=$3`, u.Server, f.Rule, f.Subject, f.Stance, f.Severity, f.Clause, number(f.Waived), f.Integration); err != nil {
			return nil, fmt.Errorf("store a finding: %w", err)
		}
	}
	for key, old := range before {
		if _, err := tx.ExecContext(ctx, "DELETE FROM findings WHERE server=$1 AND rule=$2 AND subject=$3", u.Server, key.rule, key.subject); err != nil {
			return nil, fmt.Errorf("store a finding: %w", err)
		}
		switch {
		case old.Waived:
		case u.Look.Unsure[key.rule]:
			change(ChangeUnknown, old)
		default:
			change(ChangeFixed, old)
		}
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(b.Stance-a.Stance, b.Severity-a.Severity, cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	return changes, insert(ctx, tx, "findings (server, rule, subject, stance, severity, clause, waived, integration, first_seen)", fresh)
}

func findingsOf(ctx context.Context, tx *sql.Tx, server int64) (map[findingKey]Finding, error) {
	rows, err := tx.QueryContext(ctx, "SELECT rule, subject, stance, severity, clause, waived, integration FROM findings WHERE server = $1", server)
	all, err := collect(rows, err, func(rows *sql.Rows) (f Finding, err error) {
		err = rows.Scan(&f.Rule, &f.Subject, &f.Stance, &f.Severity, &f.Clause, &f.Waived, &f.Integration)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	byKey := make(map[findingKey]Finding, len(all))
	for _, f := range all {
		byKey[findingKey{f.Rule, f.Subject}] = f
	}
	return byKey, nil
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rowsOf[T any](all []T, row func(T) []any) [][]any {
	rows := make([][]any, len(all))
	for i, each := range all {
		rows[i] = row(each)
	}
	return rows
}

// insertRows is how many rows one statement takes.
const insertRows = 50

// insert writes rows, many a statement. Into names a table and its columns.
func insert(ctx context.Context, tx *sql.Tx, into string, rows [][]any) error {
	for chunk := range slices.Chunk(rows, insertRows) {
		var text strings.Builder
		text.WriteString("INSERT INTO " + into + " VALUES ")
		var values []any
		for i, row := range chunk {
			if i > 0 {
				text.WriteByte(',')
			}
			for j, value := range row {
				values = append(values, value)
				text.WriteString([]string{"(", ","}[min(j, 1)] + "$" + strconv.Itoa(len(values)))
			}
			text.WriteByte(')')
		}
		if _, err := tx.ExecContext(ctx, text.String(), values...); err != nil {
			table, _, _ := strings.Cut(into, " ")
			return fmt.Errorf("write %s: %w", table, err)
		}
	}
	return nil
}

// collect reads all rows.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below says what went wrong
	all := []T{}
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// A ruleCache knows which descriptions of rules are stored, so that they are written once and not with every report.
type ruleCache struct {
	mu    sync.Mutex
	known map[string]bool // by id and variant
}

// maxRules bounds what is remembered of rules: an agent may name as many as it likes.
const maxRules = 5000

func newRuleCache() *ruleCache { return &ruleCache{known: map[string]bool{}} }

// forget is called when a transaction was rolled back: what it wrote is not there.
func (c *ruleCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.known)
}

func (c *ruleCache) save(ctx context.Context, tx *sql.Tx, rules []Rule) error {
	c.mu.Lock()
	var fresh []Rule
	for _, r := range rules {
		if !c.known[r.ID+" "+r.Variant] {
			fresh = append(fresh, r)
		}
	}
	c.mu.Unlock()
	slices.SortFunc(fresh, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Variant, b.Variant)) }) // the same order for all: no deadlock
	for _, r := range fresh {
		if _, err := tx.ExecContext(ctx, `INSERT INTO rules (id, variant, title, stance, severity, clause, remediation, alternative)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING`, r.ID, r.Variant, r.Title, r.Stance, r.Severity, r.Clause, r.Remediation, r.Alternative); err != nil {
			return fmt.Errorf("store a rule: %w", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range fresh {
		if len(c.known) < maxRules {
			c.known[r.ID+" "+r.Variant] = true
		}
	}
	return nil
}
