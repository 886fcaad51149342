package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A ruleCache knows which descriptions of rules are stored, so that they are written once and not with every report.
type ruleCache struct {
	mu    sync.Mutex
	known map[[2]string]time.Time // when it was stored, by id and variant
}

// How much is remembered of rules: an agent may name as many as it likes. What was remembered for long is stored again, which keeps it from
// being removed, by this hub or another of the same database, while a report that needs it is on its way.
const (
	maxRules   = 5000
	rememberBy = 12 * time.Hour
	unusedRule = 7 * 24 * time.Hour
)

func newRuleCache() *ruleCache { return &ruleCache{known: map[[2]string]time.Time{}} }

// save stores the descriptions that may not be there, before the transaction of the report that needs them: what two transactions write of the
// same rules would have them wait for each other.
func (c *ruleCache) save(ctx context.Context, db *DB, rules []Rule, now time.Time) error {
	c.mu.Lock()
	var fresh []Rule
	for _, r := range rules {
		if now.Sub(c.known[[2]string{r.ID, r.Variant}]) > rememberBy {
			fresh = append(fresh, r)
		}
	}
	c.mu.Unlock()
	if len(fresh) == 0 {
		return nil
	}
	slices.SortFunc(fresh, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Variant, b.Variant)) }) // the same order for all: no deadlock
	write := func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range fresh {
			if _, err := tx.ExecContext(ctx, `INSERT INTO rules (id, variant, title, stance, severity, clause, remediation, alternative, seen)
				VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT (id, variant) DO UPDATE SET seen = EXCLUDED.seen WHERE rules.seen < EXCLUDED.seen`,
				r.ID, r.Variant, r.Title, r.Stance, r.Severity, r.Clause, r.Remediation, r.Alternative, millis(now)); err != nil {
				return fmt.Errorf("store a rule: %w", err)
			}
		}
		return nil
	}
	if err := db.alone(ctx, write); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range fresh {
		if len(c.known) >= maxRules {
			clear(c.known)
		}
		c.known[[2]string{r.ID, r.Variant}] = now
	}
	return nil
}

// alone runs do in a transaction of its own where the database has many writers; where it has one, with those that wait.
func (db *DB) alone(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if !db.postgres {
		return db.change(ctx, do)
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // says that it is committed, when it is
	if err := do(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}
