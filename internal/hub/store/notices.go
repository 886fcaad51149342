package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// A Notice is something people are told, once a channel.
type Notice struct {
	ID       int64
	Kind     string
	Key      string // the same kind and key is told once
	Channel  string
	Body     string // JSON
	Made     time.Time
	Attempts int
}

func addNotices(ctx context.Context, tx *sql.Tx, all []Notice) error {
	for _, n := range all {
		if _, err := tx.ExecContext(ctx, `INSERT INTO notices (id, kind, key, channel, body, made, next) VALUES ($1,$2,$3,$4,$5,$6,$6)
			ON CONFLICT (kind, key, channel) DO NOTHING`, newID(), n.Kind, n.Key, n.Channel, n.Body, millis(n.Made)); err != nil {
			return fmt.Errorf("store a notice: %w", err)
		}
	}
	return nil
}

// AddNotices stores what is to be told. What was told before is left out.
func (db *DB) AddNotices(ctx context.Context, all []Notice) error {
	if len(all) == 0 {
		return nil
	}
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error { return addNotices(ctx, tx, all) })
}

// DueNotices takes notices whose time has come for one hub: no other gets them until lease is over.
func (db *DB) DueNotices(ctx context.Context, now time.Time, lease time.Duration, most int) ([]Notice, error) {
	var due []Notice
	err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `UPDATE notices SET next = $2, attempts = attempts + 1 WHERE id IN (
			SELECT id FROM notices WHERE sent = 0 AND next <= $1 ORDER BY next LIMIT $3) AND next <= $1
			RETURNING id, kind, key, channel, body, made, attempts`, millis(now), millis(now.Add(lease)), most)
		due, err = collect(rows, err, func(rows *sql.Rows) (n Notice, err error) {
			var made int64
			err = rows.Scan(&n.ID, &n.Kind, &n.Key, &n.Channel, &n.Body, &made, &n.Attempts)
			n.Made = moment(made)
			return n, err
		})
		return err
	})
	return due, err
}

// Told notes that a notice was delivered.
func (db *DB) Told(ctx context.Context, id int64, at time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE notices SET sent = $2, error = '' WHERE id = $1", id, millis(at))
		return err
	})
}

// NotTold notes why a notice was not delivered, and when it is tried again: never, with the zero time.
func (db *DB) NotTold(ctx context.Context, id int64, reason string, next time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		at, given := millis(next), int64(0)
		if at == 0 {
			given = -1
		}
		_, err := tx.ExecContext(ctx, "UPDATE notices SET error = $2, next = $3, sent = $4 WHERE id = $1", id, reason, at, given)
		return err
	})
}

// A Telling is what became of a notice.
type Telling struct {
	Kind     string    `json:"kind"`
	Title    string    `json:"title"`
	Link     string    `json:"link"`
	Key      string    `json:"key"`
	Channel  string    `json:"channel"`
	Made     time.Time `json:"made_at"`
	Sent     time.Time `json:"sent_at"`
	Next     time.Time `json:"next_at"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
	GivenUp  bool      `json:"given_up"`
}

// Tellings lists the newest notices.
func (db *DB) Tellings(ctx context.Context, most int) ([]Telling, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT kind, key, channel, body, made, sent, next, attempts, error FROM notices ORDER BY made DESC, id LIMIT $1", most)
	return collect(rows, err, func(rows *sql.Rows) (t Telling, err error) {
		var made, sent, next int64
		var body string
		err = rows.Scan(&t.Kind, &t.Key, &t.Channel, &body, &made, &sent, &next, &t.Attempts, &t.Error)
		_ = json.Unmarshal([]byte(body), &struct{ Title, Link *string }{&t.Title, &t.Link}) // written by the hub
		t.GivenUp = sent < 0
		t.Made, t.Sent, t.Next = moment(made), moment(max(sent, 0)), moment(next)
		return t, err
	})
}
