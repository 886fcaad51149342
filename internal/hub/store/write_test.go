package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// TestCommit: of jobs that share a transaction one that fails is undone, told, and leaves the others as they are. Each is run as often as
// it takes, and counts once.
func TestCommit(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "hub.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	wrong := errors.New("wrong")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	insert := func(name string) func(context.Context, *sql.Tx) error {
		return func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO secrets (name, value) VALUES (?, ?)", name, []byte(name))
			return err
		}
	}
	for _, fails := range []bool{false, true} {
		var batch []*job
		add := func(ctx context.Context, do func(context.Context, *sql.Tx) error) {
			batch = append(batch, &job{ctx: ctx, do: do, done: make(chan error, 1)})
		}
		add(ctx, insert(fmt.Sprintf("first %t", fails)))
		add(cancelled, insert("cancelled"))
		add(ctx, func(ctx context.Context, tx *sql.Tx) error {
			if err := insert(fmt.Sprintf("second %t", fails))(ctx, tx); err != nil || !fails {
				return err
			}
			return wrong
		})
		add(ctx, insert(fmt.Sprintf("third %t", fails)))
		db.commit(batch)
		for i, want := range []error{nil, context.Canceled, nil, nil} {
			if fails && i == 2 {
				want = wrong
			}
			if got := <-batch[i].done; !errors.Is(got, want) {
				t.Errorf("fails %t, job %d: got %v, want %v", fails, i, got, want)
			}
		}
	}
	rows, err := db.read.QueryContext(ctx, "SELECT name FROM secrets ORDER BY name")
	got, err := collect(rows, err, func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) })
	if want := "[first false first true second false third false third true]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("stored %v (%v), want %s", got, err, want)
	}
}
