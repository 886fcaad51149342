package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// replace makes the tables below a server say what its newest report says, where that differs from what they say, and gives what changed of
// the findings. Old and now are what digests gave for the report before and for this one.
func (db *DB) replace(ctx context.Context, tx *sql.Tx, u *Upload, old, now []string) ([]Change, error) {
	l := &u.Look
	differs := func(table int) bool { return len(old) != len(now) || old[table] != now[table] }
	var changes []Change
	var err error
	if differs(digestFindings) {
		if changes, err = db.replaceFindings(ctx, tx, u); err != nil {
			return nil, err
		}
	}
	if differs(digestOutcomes) {
		if err := db.replaceOutcomes(ctx, tx, u); err != nil {
			return nil, err
		}
	}
	if differs(digestGaps) {
		if err := db.replaceAll(ctx, tx, "gaps", u.Server, rowsOf(l.Gaps, func(g Gap) []any {
			return []any{u.Server, g.Section, g.Scope, g.Reason, g.Place, g.Facts}
		})); err != nil {
			return nil, err
		}
	}
	if differs(digestIntegrations) {
		if err := db.replaceAll(ctx, tx, "integrations", u.Server, rowsOf(l.Integrations, func(i Integration) []any {
			return []any{u.Server, i.Title, i.Vendor, i.Product, i.Version, i.Signer, i.Owner, i.Confidence, i.Stance, i.Methods, i.Waived}
		})); err != nil {
			return nil, err
		}
	}
	if differs(digestWaivers) {
		err = db.replaceAll(ctx, tx, "waivers", u.Server, rowsOf(l.Waivers, func(w Waiver) []any {
			return []any{u.Server, w.Rule, w.Subject, w.Owner, w.Reason, w.Expires, w.Ticket, w.Disposition, w.State, w.Findings}
		}))
	}
	return changes, err
}

// replaceAll writes every row of a server anew.
func (db *DB) replaceAll(ctx context.Context, tx *sql.Tx, table string, server int64, rows [][]any) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE server = $1", server); err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return db.insert(ctx, tx, table, rows)
}

// replaceOutcomes writes only what differs.
func (db *DB) replaceOutcomes(ctx context.Context, tx *sql.Tx, u *Upload) error {
	rows, err := tx.QueryContext(ctx, "SELECT rule, variant, status, findings, waived FROM outcomes WHERE server = $1", u.Server)
	all, err := collect(rows, err, func(rows *sql.Rows) (o Outcome, err error) {
		return o, rows.Scan(&o.Rule, &o.Variant, &o.Status, &o.Findings, &o.Waived)
	})
	if err != nil {
		return fmt.Errorf("read outcomes: %w", err)
	}
	before := make(map[string]Outcome, len(all))
	for _, o := range all {
		before[o.Rule] = o
	}
	var fresh, gone [][]any
	for _, o := range u.Look.Outcomes {
		old, was := before[o.Rule]
		delete(before, o.Rule)
		if was && old == o {
			continue
		}
		if was {
			gone = append(gone, []any{u.Server, o.Rule})
		}
		fresh = append(fresh, []any{u.Server, o.Rule, o.Variant, o.Status, o.Findings, o.Waived})
	}
	for rule := range before {
		gone = append(gone, []any{u.Server, rule})
	}
	if err := db.remove(ctx, tx, "outcomes", gone); err != nil {
		return err
	}
	return db.insert(ctx, tx, "outcomes", fresh)
}

type findingKey struct{ rule, subject string }

// A keptFinding is one that is stored.
type keptFinding struct {
	Finding

	first int64 // when it was first seen
}

// replaceFindings writes only what differs: most reports change little.
func (db *DB) replaceFindings(ctx context.Context, tx *sql.Tx, u *Upload) ([]Change, error) {
	before, err := findingsOf(ctx, tx, u.Server)
	if err != nil {
		return nil, err
	}
	var changes []Change
	var fresh, gone [][]any
	change := func(state string, f Finding) {
		changes = append(changes, Change{State: state, Rule: f.Rule, Subject: f.Subject, Stance: f.Stance, Severity: f.Severity, Clause: f.Clause})
	}
	for _, f := range u.Look.Findings {
		key := findingKey{f.Rule, f.Subject}
		old, was := before[key]
		delete(before, key)
		switch {
		case was && old.Finding == f:
			continue
		case !was:
			old.first = millis(u.Scanned)
			if !f.Waived {
				change(ChangeNew, f)
			}
		case f.Waived && !old.Waived:
			change(ChangeWaived, f)
		case old.Waived && !f.Waived:
			change(ChangeUnwaived, f)
		}
		if was {
			gone = append(gone, []any{u.Server, f.Rule, f.Subject})
		}
		fresh = append(fresh, []any{u.Server, f.Rule, f.Subject, f.Stance, f.Severity, f.Clause, number(f.Waived), f.Integration, old.first})
	}
	for key, old := range before {
		gone = append(gone, []any{u.Server, key.rule, key.subject})
		switch {
		case old.Waived:
		case u.Look.Unsure[key.rule]:
			change(ChangeUnknown, old.Finding)
		default:
			change(ChangeFixed, old.Finding)
		}
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(b.Stance-a.Stance, b.Severity-a.Severity, cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	if err := db.remove(ctx, tx, "findings", gone); err != nil {
		return nil, err
	}
	return changes, db.insert(ctx, tx, "findings", fresh)
}

func findingsOf(ctx context.Context, tx *sql.Tx, server int64) (map[findingKey]keptFinding, error) {
	rows, err := tx.QueryContext(ctx, "SELECT rule, subject, stance, severity, clause, waived, integration, first_seen FROM findings WHERE server = $1", server)
	all, err := collect(rows, err, func(rows *sql.Rows) (f keptFinding, err error) {
		return f, rows.Scan(&f.Rule, &f.Subject, &f.Stance, &f.Severity, &f.Clause, &f.Waived, &f.Integration, &f.first)
	})
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	byKey := make(map[findingKey]keptFinding, len(all))
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
