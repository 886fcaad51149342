package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// An Agent is who an upload comes from: its credentials say so, and nothing in the upload does.
type Agent struct {
	Server     int64
	Name       string // of the server, as it was enrolled
	Credential string // id
}

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

// AgentNamed gives the agent of a server, by its name in lower case, or nil.
func (db *DB) AgentNamed(ctx context.Context, folded string) (*Agent, error) {
	return oneAgent(db.read.QueryRowContext(ctx, "SELECT id, name, '' FROM servers WHERE folded = $1", folded))
}

// AgentWith gives the agent a credential that is still good belongs to, or nil.
func (db *DB) AgentWith(ctx context.Context, id, digest string, now time.Time) (*Agent, error) {
	return oneAgent(db.agent.QueryRowContext(ctx, id, digest, millis(now)))
}

const agentWith = `SELECT s.id, s.name, c.id FROM credentials c JOIN servers s ON s.id = c.server
	WHERE c.id = $1 AND c.digest = $2 AND c.expires > $3 AND c.revoked = 0`

func oneAgent(row *sql.Row) (*Agent, error) {
	var a Agent
	err := row.Scan(&a.Server, &a.Name, &a.Credential)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a credential: %w", err)
	}
	return &a, nil
}

// Shorten ends a credential at a time, unless it ends before.
func (db *DB) Shorten(ctx context.Context, id string, at time.Time) error {
	return db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE credentials SET expires = $2 WHERE id = $1 AND expires > $2", id, millis(at))
		return err
	})
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
