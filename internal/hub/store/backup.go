package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// tables lists every table, in the order a backup holds them.
func tables() []string {
	return []string{"secrets", "servers", "statuses", "reports", "rules", "findings", "outcomes", "gaps", "integrations", "waivers", "changes",
		"trend", "codes", "credentials", "users", "keys", "audit", "refusals", "notices"} // sessions are not kept
}

const backupFormat = "exvet hub backup 1"

// A backupHead begins each table: rows follow, an array a line, and a line with null ends it.
type backupHead struct {
	Format  string   `json:"format,omitempty"`
	Table   string   `json:"table,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Rows    int      `json:"rows,omitempty"` // of the last line: how many there are in all
	End     bool     `json:"end,omitempty"`
}

// Backup writes every table as it is at one moment, and gives the number of rows.
func (db *DB) Backup(ctx context.Context, w io.Writer) (int, error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: db.postgres, Isolation: db.snapshot()})
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	zip := gzip.NewWriter(w)
	out := json.NewEncoder(zip)
	if err := out.Encode(backupHead{Format: backupFormat}); err != nil {
		return 0, err
	}
	total := 0
	for _, table := range tables() {
		n, err := dump(ctx, tx, out, table)
		if err != nil {
			return total, fmt.Errorf("back up %s: %w", table, err)
		}
		total += n
	}
	if err := out.Encode(backupHead{End: true, Rows: total}); err != nil {
		return total, err
	}
	return total, zip.Close()
}

func (db *DB) snapshot() sql.IsolationLevel {
	if db.postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // SQLite reads one moment in any transaction
}

func dump(ctx context.Context, tx *sql.Tx, out *json.Encoder, table string) (int, error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // Err below says what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	if err := out.Encode(backupHead{Table: table, Columns: columns}); err != nil {
		return 0, err
	}
	n := 0
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		for i, value := range values {
			if bytes, ok := value.([]byte); ok {
				values[i] = map[string]string{"b": base64.StdEncoding.EncodeToString(bytes)}
			}
		}
		if err := out.Encode(values); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, out.Encode(nil)
}

// Restore fills an empty database, wholly or not at all, and gives the number of rows.
func (db *DB) Restore(ctx context.Context, r io.Reader) (int, error) {
	zip, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return 0, malformed(err)
	}
	in := json.NewDecoder(zip)
	in.UseNumber()
	var head backupHead
	if err := in.Decode(&head); err != nil || head.Format != backupFormat {
		return 0, malformed(errors.Join(err, fmt.Errorf("it does not begin with %q", backupFormat)))
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // says that it is committed, when it is
	for _, table := range tables() {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			return 0, err
		}
		if n > 0 {
			return 0, exvet.Refuse("hub/not-empty", "the database is in use already: %s holds %d rows; restore into a new one", table, n)
		}
	}
	total := 0
	for {
		head = backupHead{}
		if err := in.Decode(&head); err != nil {
			return 0, malformed(err)
		}
		if head.End {
			if head.Rows != total {
				return 0, malformed(fmt.Errorf("it says that it holds %d rows, and holds %d", head.Rows, total))
			}
			return total, tx.Commit()
		}
		n, err := db.load(ctx, tx, in, head)
		if err != nil {
			return 0, err
		}
		total += n
	}
}

func malformed(err error) error {
	return exvet.Refuse("hub/backup", "this is no backup of a hub, or it is cut off: %w", err)
}

// load fills one table. A column the database does not know is refused: the backup is of a newer exvet.
func (db *DB) load(ctx context.Context, tx *sql.Tx, in *json.Decoder, head backupHead) (int, error) {
	if !slices.Contains(tables(), head.Table) {
		return 0, malformed(fmt.Errorf("unknown table %q", head.Table))
	}
	known, err := columnsOf(ctx, tx, head.Table)
	if err != nil {
		return 0, err
	}
	for _, column := range head.Columns {
		if !slices.Contains(known, column) {
			return 0, malformed(fmt.Errorf("%s has no column %q: the backup is of a newer exvet", head.Table, column))
		}
	}
	into := head.Table + " (" + strings.Join(head.Columns, ", ") + ")"
	n := 0
	var waiting [][]any
	for {
		var values []any
		if err := in.Decode(&values); err != nil {
			return n, malformed(err)
		}
		if values == nil {
			return n, db.insertAny(ctx, tx, into, waiting)
		}
		row, err := restored(values, len(head.Columns))
		if err != nil {
			return n, malformed(err)
		}
		n++
		if waiting = append(waiting, row); len(waiting) == insertRows {
			if err := db.insertAny(ctx, tx, into, waiting); err != nil {
				return n, err
			}
			waiting = nil
		}
	}
}

// insertAny writes rows of any table. Into names it and its columns.
func (db *DB) insertAny(ctx context.Context, tx *sql.Tx, into string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	prefix := ""
	if db.postgres {
		prefix = "$"
	}
	if _, err := tx.ExecContext(ctx, insertText(into, len(rows), len(rows[0]), prefix), slices.Concat(rows...)...); err != nil {
		table, _, _ := strings.Cut(into, " ")
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // there are none
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err())
}

func restored(values []any, columns int) ([]any, error) {
	if len(values) != columns {
		return nil, fmt.Errorf("a row of %d values in a table of %d columns", len(values), columns)
	}
	for i, value := range values {
		switch value := value.(type) {
		case json.Number:
			if n, err := value.Int64(); err == nil {
				values[i] = n
			} else if f, err := value.Float64(); err == nil {
				values[i] = f
			} else {
				return nil, err
			}
		case map[string]any:
			text, _ := value["b"].(string)
			bytes, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return nil, err
			}
			values[i] = bytes
		}
	}
	return values, nil
}
