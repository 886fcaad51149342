package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A Credential is what an agent shows: a token or a certificate.
type Credential struct {
	ID      string    `json:"id"`
	Server  int64     `json:"-"`
	Kind    string    `json:"kind"`
	Digest  string    `json:"-"`
	Made    time.Time `json:"made_at"`
	Expires time.Time `json:"expires_at"`
	Revoked time.Time `json:"revoked_at"`
}

// Kinds of credentials.
const (
	KindToken       = "token"
	KindCertificate = "certificate"
)

// AddCode stores a one-time code of enrolment by its digest.
func (db *DB) AddCode(ctx context.Context, digest, name, maker string, expires time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO codes (digest, name, expires, maker) VALUES ($1,$2,$3,$4)", digest, name, millis(expires), maker)
		return err
	})
}

// UseCode takes a code that is still good, once, and gives the name it is for: "" where there is no such code.
func (db *DB) UseCode(ctx context.Context, digest string, now time.Time) (string, error) {
	var name string
	err := db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		name = ""
		err := tx.QueryRowContext(ctx, "DELETE FROM codes WHERE digest = $1 AND expires > $2 RETURNING name", digest, millis(now)).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return name, err
}

// A Code is an enrolment nobody has used yet.
type Code struct {
	Name    string    `json:"name"`
	Maker   string    `json:"made_by"`
	Expires time.Time `json:"expires_at"`
}

// Codes lists those that are still good.
func (db *DB) Codes(ctx context.Context, now time.Time) ([]Code, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT name, maker, expires FROM codes WHERE expires > $1 ORDER BY expires LIMIT 200", millis(now))
	return collect(rows, err, func(rows *sql.Rows) (c Code, err error) {
		var expires int64
		err = rows.Scan(&c.Name, &c.Maker, &expires)
		c.Expires = moment(expires)
		return c, err
	})
}

// AddCredential stores a credential.
func (db *DB) AddCredential(ctx context.Context, c Credential) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO credentials (id, server, kind, digest, made, expires) VALUES ($1,$2,$3,$4,$5,$6)",
			c.ID, c.Server, c.Kind, c.Digest, millis(c.Made), millis(c.Expires))
		return err
	})
}

const credentialColumns = "id, server, kind, digest, made, expires, revoked"

func scanCredential(row interface{ Scan(...any) error }) (c Credential, err error) {
	var made, expires, revoked int64
	err = row.Scan(&c.ID, &c.Server, &c.Kind, &c.Digest, &made, &expires, &revoked)
	c.Made, c.Expires, c.Revoked = moment(made), moment(expires), moment(revoked)
	return c, err
}

// Credential gives one by its id, or nil.
func (db *DB) Credential(ctx context.Context, id string) (*Credential, error) {
	c, err := scanCredential(db.read.QueryRowContext(ctx, "SELECT "+credentialColumns+" FROM credentials WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a credential: %w", err)
	}
	return &c, nil
}

// Credentials lists those of a server, newest first.
func (db *DB) Credentials(ctx context.Context, server int64) ([]Credential, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+credentialColumns+" FROM credentials WHERE server = $1 ORDER BY made DESC LIMIT 50", server)
	return collect(rows, err, func(rows *sql.Rows) (Credential, error) { return scanCredential(rows) })
}

// Revoke ends a credential, or with id "" all of a server except one.
func (db *DB) Revoke(ctx context.Context, server int64, id, except string, at time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE credentials SET revoked = $1 WHERE server = $2 AND (id = $3 OR $3 = '') AND id <> $4 AND revoked = 0",
			millis(at), server, id, except)
		return err
	})
}

// ServerNamed gives the id of the server of a name, or 0.
func (db *DB) ServerNamed(ctx context.Context, folded string) (int64, error) {
	var id int64
	err := db.read.QueryRowContext(ctx, "SELECT id FROM servers WHERE folded = $1", folded).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Secret gives a secret all hubs of a database share. Where there is none yet, make draws it; the first one stays.
func (db *DB) Secret(ctx context.Context, name string, draw func() ([]byte, error)) ([]byte, error) {
	var value []byte
	err := db.read.QueryRowContext(ctx, "SELECT value FROM secrets WHERE name = $1", name).Scan(&value)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return value, err
	}
	fresh, err := draw()
	if err != nil {
		return nil, err
	}
	err = db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO secrets (name, value) VALUES ($1,$2) ON CONFLICT DO NOTHING", name, fresh); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT value FROM secrets WHERE name = $1", name).Scan(&value)
	})
	return value, err
}
