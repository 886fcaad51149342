package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Sessions is the store of sessions for scs.
type Sessions struct{ DB *DB }

// Delete ends a session.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// Find gives the data of a session that has not ended.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit stores a session.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE token = $1", token)
		return err
	})
}

// FindCtx gives the data of a session that has not ended.
func (s Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	err := s.DB.read.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = $1 AND expires > $2", token, millis(time.Now())).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx stores a session.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.DB.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (token, data, expires) VALUES ($1,$2,$3) ON CONFLICT (token) DO UPDATE SET data = $2, expires = $3",
			token, data, millis(expiry))
		return err
	})
}

// An Entry is a line of the audit log.
type Entry struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Origin string    `json:"origin"` // address it came from
	Action string    `json:"action"`
	Target string    `json:"target"`
	Detail string    `json:"detail"`
}

// Audit writes a line of the audit log.
func (db *DB) Audit(ctx context.Context, e Entry) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO audit (id, at, actor, origin, action, target, detail) VALUES ($1,$2,$3,$4,$5,$6,$7)",
			newID(), millis(e.At), e.Actor, e.Origin, e.Action, e.Target, e.Detail)
		if err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
		return nil
	})
}

// Entries lists the newest lines of the audit log.
func (db *DB) Entries(ctx context.Context, from, most int) ([]Entry, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT at, actor, origin, action, target, detail FROM audit ORDER BY at DESC, id LIMIT $1 OFFSET $2", most, from)
	return collect(rows, err, func(rows *sql.Rows) (e Entry, err error) {
		var at int64
		err = rows.Scan(&at, &e.Actor, &e.Origin, &e.Action, &e.Target, &e.Detail)
		e.At = moment(at)
		return e, err
	})
}
