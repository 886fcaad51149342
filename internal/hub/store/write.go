package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// How many changes may wait, how many one transaction takes, and how many transactions run side by side in PostgreSQL.
const (
	queueLength     = 512
	batchLength     = 128
	postgresWriters = 6
)

// ErrBusy says that more is waiting to be written than the hub keeps in memory: try again later.
var ErrBusy = errors.New("the hub has more to write than it keeps waiting")

type job struct {
	ctx  context.Context
	key  int64 // of the server it locks, or 0
	do   func(context.Context, *sql.Tx) error
	done chan error
}

// change runs do in a transaction and returns when it is committed. Changes that wait together share one commit.
func (db *DB) change(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return db.changeOf(ctx, 0, do)
}

// changeOf is change for one that locks the row of a server.
func (db *DB) changeOf(ctx context.Context, server int64, do func(context.Context, *sql.Tx) error) error {
	j := &job{ctx: ctx, key: server, do: do, done: make(chan error, 1)}
	select {
	case db.queue <- j:
	case <-db.stopped:
		return errors.New("the database is closed")
	default:
		return ErrBusy
	}
	select {
	case err := <-j.done:
		return err
	case <-db.stopped:
		return errors.New("the database is closed")
	}
}

func (db *DB) runWriters(ctx context.Context) {
	writers := 1
	if db.postgres {
		writers = postgresWriters
	}
	var all sync.WaitGroup
	for range writers {
		all.Go(func() { db.runWriter(ctx) })
	}
	all.Wait()
	close(db.stopped)
}

func (db *DB) runWriter(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-db.queue:
			batch := []*job{first}
		more:
			for len(batch) < batchLength {
				select {
				case next := <-db.queue:
					batch = append(batch, next)
				default:
					break more
				}
			}
			// Every transaction locks servers in the same order, so that none waits for one that waits for it.
			slices.SortStableFunc(batch, func(a, b *job) int { return cmp.Compare(a.key, b.key) })
			db.commit(batch)
		}
	}
}

// commit runs the jobs in one transaction and answers all of them. Jobs that fail are rare, and a savepoint before each has SQLite copy every
// page they touch: they are run without, and all once more, each behind one, when one has failed. Where the transaction itself fails,
// each is tried by itself.
func (db *DB) commit(batch []*job) {
	results, err := db.attempt(batch, false)
	if err != nil && !errors.Is(err, errBegin) && len(batch) > 1 {
		results, err = db.attempt(batch, true)
	}
	if err != nil && !errors.Is(err, errBegin) && (len(batch) > 1 || retryable(err)) {
		for _, j := range batch {
			single, err := db.attempt([]*job{j}, false)
			if err == nil {
				err = single[0]
			}
			j.done <- err
		}
		return
	}
	for i, j := range batch {
		if err != nil {
			j.done <- err
			continue
		}
		j.done <- results[i]
	}
}

// errBegin says that no transaction could be begun: none of the jobs is to blame.
var errBegin = errors.New("write to the database")

// commitTime is how long one transaction may take.
const commitTime = 60 * time.Second

// attempt runs the jobs in one transaction. Behind savepoints one that fails leaves the others as they are; without, it fails all.
func (db *DB) attempt(batch []*job, savepoints bool) ([]error, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTime)
	defer cancel()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBegin, err)
	}
	defer func() { _ = tx.Rollback() }() // says that it is committed, when it is
	results := make([]error, len(batch))
	for i, j := range batch {
		if results[i] = j.ctx.Err(); results[i] != nil {
			continue
		}
		if !savepoints {
			if err := j.do(ctx, tx); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return nil, fmt.Errorf("write to the database: %w", err)
		}
		if results[i] = j.do(ctx, tx); results[i] != nil {
			if retryable(results[i]) {
				return nil, results[i]
			}
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
				return nil, fmt.Errorf("write to the database: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT one"); err != nil {
			return nil, fmt.Errorf("write to the database: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("write to the database: %w", err)
	}
	return results, nil
}

// retryable reports whether two transactions of PostgreSQL stood in each other's way.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// forUpdate makes a read of PostgreSQL keep others from writing the row. SQLite has one writer.
func (db *DB) forUpdate() string {
	if db.postgres {
		return " FOR UPDATE"
	}
	return ""
}
