package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// SilentServers lists servers that reported once and have not been heard of since a time.
func (db *DB) SilentServers(ctx context.Context, since time.Time, most int) ([]Server, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+serverColumns+" FROM servers WHERE seen > 0 AND seen < $1 ORDER BY seen LIMIT $2", millis(since), most)
	return collect(rows, err, func(rows *sql.Rows) (Server, error) { return scanServer(rows) })
}

// A FleetWaiver is a waiver with how many servers it takes part on.
type FleetWaiver struct {
	Rule        string `json:"rule"`
	Subject     string `json:"subject"`
	Owner       string `json:"owner"`
	Reason      string `json:"reason"`
	Expires     string `json:"expires"`
	Ticket      string `json:"ticket"`
	Disposition string `json:"disposition"`
	Servers     int    `json:"servers"`
	Used        int    `json:"used"`     // servers on which it is about a finding
	Findings    int    `json:"findings"` // over all servers
}

const fleetWaivers = `SELECT rule, subject, owner, MAX(reason), expires, MAX(ticket), MAX(disposition), COUNT(*),
	SUM(CASE WHEN findings > 0 THEN 1 ELSE 0 END), SUM(findings) FROM waivers`

func scanFleetWaiver(rows *sql.Rows) (w FleetWaiver, err error) {
	err = rows.Scan(&w.Rule, &w.Subject, &w.Owner, &w.Reason, &w.Expires, &w.Ticket, &w.Disposition, &w.Servers, &w.Used, &w.Findings)
	return w, err
}

// EndingWaivers lists waivers whose last day lies between two times.
func (db *DB) EndingWaivers(ctx context.Context, from, to time.Time, most int) ([]FleetWaiver, error) {
	rows, err := db.read.QueryContext(ctx, fleetWaivers+` WHERE expires >= $1 AND expires <= $2 GROUP BY rule, subject, owner, expires
		ORDER BY expires, rule, subject LIMIT $3`, from.UTC().Format(time.DateOnly), to.UTC().Format(time.DateOnly), most)
	return collect(rows, err, scanFleetWaiver)
}

// Waivers lists every waiver once, the one that ends first first.
func (db *DB) Waivers(ctx context.Context, most int) ([]FleetWaiver, error) {
	rows, err := db.read.QueryContext(ctx, fleetWaivers+" GROUP BY rule, subject, owner, expires ORDER BY expires, rule, subject LIMIT $1", most)
	return collect(rows, err, scanFleetWaiver)
}

// Count writes today's numbers of findings into the trend: by clause, from what is known of every server now.
func (db *DB) Count(ctx context.Context, now time.Time) error {
	day := now.UTC().Format(time.DateOnly)
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for clause, column := range map[string]string{"C1": "c1", "C2": "c2", "C3": "c3", "C4": "c4", "C5": "c5", "S": "cs", "-": "cn"} {
			if _, err := tx.ExecContext(ctx, `INSERT INTO trend (day, clause, findings, servers)
				SELECT $1, $2, COALESCE(SUM(`+column+`), 0), COALESCE(SUM(CASE WHEN `+column+` > 0 THEN 1 ELSE 0 END), 0) FROM servers WHERE report <> ''
				ON CONFLICT (day, clause) DO UPDATE SET findings = EXCLUDED.findings, servers = EXCLUDED.servers`, day, clause); err != nil {
				return fmt.Errorf("count findings: %w", err)
			}
		}
		return nil
	})
}

// Prune takes out what is older than a time: reports that no kept one stands on and that are not a server's newest, changes, notices, the
// audit log, sessions and codes that are over.
func (db *DB) Prune(ctx context.Context, before, now time.Time) error {
	old := millis(before)
	for {
		var removed int64
		err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, `DELETE FROM reports WHERE (server, decision) IN (
				SELECT r.server, r.decision FROM reports r JOIN servers s ON s.id = r.server WHERE r.received < $1 AND r.decision <> s.report
				AND NOT EXISTS (SELECT 1 FROM reports k WHERE k.server = r.server AND k.base = r.decision AND (k.received >= $1 OR k.decision = s.report))
				LIMIT 500)`, old)
			if err != nil {
				return fmt.Errorf("remove old reports: %w", err)
			}
			removed, err = result.RowsAffected()
			return err
		})
		if err != nil {
			return err
		}
		if removed == 0 {
			break
		}
	}
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, each := range []struct {
			what string
			at   int64
		}{
			{"changes WHERE at < $1", old}, {"notices WHERE made < $1 AND sent <> 0", old}, {"audit WHERE at < $1", old},
			{"sessions WHERE expires < $1", millis(now)}, {"codes WHERE expires < $1", millis(now)},
			{"refusals WHERE last < $1", old}, {"keys WHERE expires < $1", millis(now)},
		} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+each.what, each.at); err != nil {
				return fmt.Errorf("remove what is old: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM rules WHERE seen < $1 AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.rule = rules.id AND o.variant = rules.variant)",
			millis(now.Add(-unusedRule)))
		return err
	})
}
