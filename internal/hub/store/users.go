package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A User is a person who may look.
type User struct {
	ID       int64     `json:"id,string"`
	Name     string    `json:"name"`
	Role     string    `json:"role"`
	Password string    `json:"-"` // argon2id, or "" for one that comes by OIDC
	Origin   string    `json:"origin"`
	Epoch    int64     `json:"-"`
	Disabled bool      `json:"disabled"`
	Made     time.Time `json:"made_at"`
	Seen     time.Time `json:"seen_at"`
}

// OriginLocal marks users whose password the hub keeps.
const OriginLocal = "local"

const userColumns = "id, name, role, password, origin, epoch, disabled, made, seen"

func scanUser(row interface{ Scan(...any) error }) (u User, err error) {
	var made, seen int64
	err = row.Scan(&u.ID, &u.Name, &u.Role, &u.Password, &u.Origin, &u.Epoch, &u.Disabled, &made, &seen)
	u.Made, u.Seen = moment(made), moment(seen)
	return u, err
}

func (db *DB) user(ctx context.Context, where string, value any) (*User, error) {
	u, err := scanUser(db.read.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users WHERE "+where+" = $1", value))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a user: %w", err)
	}
	return &u, nil
}

// User gives one by id, or nil.
func (db *DB) User(ctx context.Context, id int64) (*User, error) { return db.user(ctx, "id", id) }

// UserNamed gives one by name, whatever the case of its letters, or nil.
func (db *DB) UserNamed(ctx context.Context, name string) (*User, error) {
	return db.user(ctx, "folded", strings.ToLower(name))
}

// UserFrom gives the one that comes from an issuer of OIDC, or nil.
func (db *DB) UserFrom(ctx context.Context, origin string) (*User, error) {
	return db.user(ctx, "origin", origin)
}

// Users lists all, by name.
func (db *DB) Users(ctx context.Context) ([]User, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+userColumns+" FROM users ORDER BY folded LIMIT 1000")
	return collect(rows, err, func(rows *sql.Rows) (User, error) { return scanUser(rows) })
}

// ErrNameTaken says that there is a user of that name.
var ErrNameTaken = errors.New("there is a user of that name")

// AddUser stores a new user and gives its id. With first, only where there is none yet: else id 0.
func (db *DB) AddUser(ctx context.Context, u User, first bool) (int64, error) {
	id := newID()
	err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if first {
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM users").Scan(&n); err != nil || n > 0 {
				id = 0
				return err
			}
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO users (id, name, folded, role, password, origin, epoch, made)
			VALUES ($1,$2,$3,$4,$5,$6,1,$7) ON CONFLICT DO NOTHING`, id, u.Name, strings.ToLower(u.Name), u.Role, u.Password, u.Origin, millis(u.Made))
		if err != nil {
			return fmt.Errorf("add the user %q: %w", u.Name, err)
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		if first {
			id = 0 // another hub was first
			return nil
		}
		return ErrNameTaken
	})
	return id, err
}

// ChangeUser sets role, password and whether a user is disabled, and ends its sessions.
func (db *DB) ChangeUser(ctx context.Context, u User) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE users SET role = $2, password = $3, disabled = $4, epoch = epoch + 1 WHERE id = $1",
			u.ID, u.Role, u.Password, number(u.Disabled)); err != nil {
			return fmt.Errorf("change the user %q: %w", u.Name, err)
		}
		if u.Disabled {
			_, err := tx.ExecContext(ctx, "DELETE FROM keys WHERE account = $1", u.ID)
			return err
		}
		return nil
	})
}

// SawUser notes when a user logged in.
func (db *DB) SawUser(ctx context.Context, id int64, at time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE users SET seen = $2 WHERE id = $1", id, millis(at))
		return err
	})
}

// A Key lets a program read as a user does.
type Key struct {
	ID      string    `json:"id"`
	User    int64     `json:"-"`
	Name    string    `json:"name"`
	Digest  string    `json:"-"`
	Made    time.Time `json:"made_at"`
	Expires time.Time `json:"expires_at"`
}

// AddKey stores a key.
func (db *DB) AddKey(ctx context.Context, k Key) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO keys (id, account, name, digest, made, expires) VALUES ($1,$2,$3,$4,$5,$6)",
			k.ID, k.User, k.Name, k.Digest, millis(k.Made), millis(k.Expires))
		return err
	})
}

const keyColumns = "id, account, name, digest, made, expires"

func scanKey(row interface{ Scan(...any) error }) (k Key, err error) {
	var made, expires int64
	err = row.Scan(&k.ID, &k.User, &k.Name, &k.Digest, &made, &expires)
	k.Made, k.Expires = moment(made), moment(expires)
	return k, err
}

// Key gives one by its id, or nil.
func (db *DB) Key(ctx context.Context, id string) (*Key, error) {
	k, err := scanKey(db.read.QueryRowContext(ctx, "SELECT "+keyColumns+" FROM keys WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	return &k, nil
}

// Keys lists those of a user.
func (db *DB) Keys(ctx context.Context, user int64) ([]Key, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+keyColumns+" FROM keys WHERE account = $1 ORDER BY made DESC LIMIT 100", user)
	return collect(rows, err, func(rows *sql.Rows) (Key, error) { return scanKey(rows) })
}

// RemoveKey ends a key of a user.
func (db *DB) RemoveKey(ctx context.Context, user int64, id string) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM keys WHERE account = $1 AND id = $2", user, id)
		return err
	})
}
