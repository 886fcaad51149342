// Package store keeps what servers report, who may see it and what is to be told, in SQLite or PostgreSQL.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/exvet/exvet"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is the hub's memory. Its methods may be called from many goroutines.
type DB struct {
	read     *sql.DB
	write    *sql.DB
	postgres bool
	file     string // of SQLite
	queue    chan *job
	stopped  chan struct{}
	stop     context.CancelFunc
	known    *ruleCache
	many     map[string]*many // by table
	agent    *sql.Stmt        // agentWith: asked with every request of an agent
	prepared map[string]*sql.Stmt
}

// Open opens a database and brings its tables up to date: a file of SQLite, or postgres://...
func Open(ctx context.Context, address string) (*DB, error) {
	db := &DB{queue: make(chan *job, queueLength), stopped: make(chan struct{}), known: newRuleCache()}
	var err error
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		err = db.openPostgres(ctx, address)
	} else {
		err = db.openSQLite(ctx, address)
	}
	if err != nil {
		return nil, err
	}
	err = db.migrate(ctx)
	if err == nil {
		err = db.prepare(ctx)
	}
	if err != nil {
		_ = db.closePools()
		return nil, err
	}
	running, stop := context.WithCancel(context.Background())
	db.stop = stop
	go db.runWriters(running)
	return db, nil
}

const postgresConnections = 16

func (db *DB) openPostgres(ctx context.Context, address string) error {
	db.postgres = true
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return exvet.Refuse("hub/database", "%s: %w; write postgres://USER@HOST/NAME", redacted(address), err)
	}
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	db.read, db.write = pool, pool
	if err := pool.PingContext(ctx); err != nil {
		_ = db.closePools()
		return fmt.Errorf("open the database %s: %w", redacted(address), err)
	}
	return nil
}

// redacted is an address without its password.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://..."
	}
	return u.Redacted()
}

func (db *DB) openSQLite(ctx context.Context, file string) error {
	db.file = file
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	made, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if err := made.Close(); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	// Every commit reaches the disk before anything is answered: synchronous(FULL). Reports of many servers change the same pages again and
	// again: 128 MB of them are let gather before they are written to the file itself.
	pragmas := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "wal_autocheckpoint(32000)"}}
	address := "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath() + "?" + pragmas.Encode()
	// The one that writes goes all over the tables of ten thousand servers; those that read follow an index.
	if db.write, err = sql.Open("sqlite", address+"&_txlock=immediate&_pragma=cache_size(-128000)"); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = sql.Open("sqlite", address+"&_pragma=query_only(1)&_pragma=cache_size(-16000)"); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	db.read.SetMaxOpenConns(8)
	db.read.SetMaxIdleConns(8)
	if err := db.write.PingContext(ctx); err != nil {
		_ = db.closePools()
		return fmt.Errorf("open the database %s: %w", file, err)
	}
	return nil
}

func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker() // hubs that start together take turns
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.write, files, options...)
	if err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err == nil && current > target {
		return exvet.Refuse("hub/database-newer", "the database is of version %d, this exvet knows up to %d; start a newer exvet", current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}

// Close waits for what is being written and closes the database.
func (db *DB) Close() error {
	db.stop()
	<-db.stopped
	return db.closePools()
}

func (db *DB) closePools() error {
	err := db.write.Close()
	if db.read != nil && db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Kind names the database for people.
func (db *DB) Kind() string {
	if db.postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Describe says where the data lies.
func (db *DB) Describe() string {
	if db.postgres {
		return "PostgreSQL"
	}
	return "SQLite, " + db.file
}

// newID draws a number that JSON carries without loss. Two alike are refused by the tables' keys.
func newID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint64(b[:]) >> 11)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the time of a stored number: zero for 0.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// LimitSize keeps a database of SQLite from growing beyond so many bytes, or beyond what it has: writes fail as they do on a full disk.
func (db *DB) LimitSize(ctx context.Context, bytes int64) error {
	if db.postgres {
		return errors.New("limit the size: this is for SQLite")
	}
	const page = 4096
	_, err := db.write.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", max(bytes/page, 1)))
	return err
}
