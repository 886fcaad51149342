package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// insertRows is how many rows one statement takes.
const insertRows = 50

// many is how rows are written to a table that gets many with every report.
type many struct {
	columns []string
	texts   []bool // whether a column holds texts, and not numbers

	keys int // how many columns, from the first, name a row; 0 where rows are only written all together

	unnest, removeAll string    // PostgreSQL: one statement for any number of rows, a list a column
	one, all          *sql.Stmt // SQLite: for one row, and for insertRows
	removeOne         *sql.Stmt // SQLite
}

// manyTables says which tables those are, and their columns: a quote behind a name marks texts, and a bar ends the key.
func manyTables() map[string]*many {
	tables := map[string]string{
		"findings":     "server rule' subject' | stance severity clause' waived integration' first_seen",
		"outcomes":     "server rule' | variant' status' findings waived",
		"gaps":         "server section' scope' reason' place' facts'",
		"integrations": "server title' vendor' product' version' signer' owner' confidence' stance methods waived",
		"waivers":      "server rule' subject' owner' reason' expires' ticket' disposition' state' findings",
		"changes":      "server at decision' state' rule' subject' stance severity clause'",
	}
	all := map[string]*many{}
	for table, columns := range tables {
		m := &many{}
		var lists []string
		for _, column := range strings.Fields(columns) {
			if column == "|" {
				m.keys = len(m.columns)
				continue
			}
			name, text := strings.CutSuffix(column, "'")
			m.columns, m.texts = append(m.columns, name), append(m.texts, text)
			lists = append(lists, "$"+strconv.Itoa(len(m.columns))+"::"+map[bool]string{true: "text[]", false: "bigint[]"}[text])
		}
		m.unnest = "INSERT INTO " + table + " (" + strings.Join(m.columns, ", ") + ") SELECT * FROM unnest(" + strings.Join(lists, ", ") + ")"
		keys := strings.Join(m.columns[:m.keys], ", ")
		m.removeAll = "DELETE FROM " + table + " WHERE server = $" + strconv.Itoa(m.keys+1) + " AND (" + keys + ") IN (SELECT * FROM unnest(" +
			strings.Join(lists[:m.keys], ", ") + "))" // the server: no plan looks through those of others
		all[table] = m
	}
	return all
}

// prepare has the database read statements once: reading one of fifty rows takes SQLite longer than carrying it out.
func (db *DB) prepare(ctx context.Context) error {
	var err error
	if db.agent, err = db.read.PrepareContext(ctx, agentWith); err != nil {
		return fmt.Errorf("prepare to read credentials: %w", err)
	}
	db.many, db.prepared = manyTables(), map[string]*sql.Stmt{}
	if db.postgres {
		return nil // pgx remembers statements by itself
	}
	for _, text := range []string{updateBeat, upsertStatus, insertReport, updateServer} {
		if db.prepared[text], err = db.write.PrepareContext(ctx, text); err != nil {
			return fmt.Errorf("prepare to write: %w", err)
		}
	}
	for table, m := range db.many {
		into := table + " (" + strings.Join(m.columns, ", ") + ")"
		if m.one, err = db.write.PrepareContext(ctx, insertText(into, 1, len(m.columns), "")); err == nil {
			// OR FAIL: SQLite need not be able to take back a part of the statement, as the whole transaction is when one fails.
			m.all, err = db.write.PrepareContext(ctx, strings.Replace(insertText(into, insertRows, len(m.columns), ""), "INSERT", "INSERT OR FAIL", 1))
		}
		if err == nil && m.keys > 0 {
			m.removeOne, err = db.write.PrepareContext(ctx, "DELETE FROM "+table+" WHERE "+strings.Join(m.columns[:m.keys], " = ? AND ")+" = ?")
		}
		if err != nil {
			return fmt.Errorf("prepare to write %s: %w", table, err)
		}
	}
	return nil
}

// exec runs a statement, the one that was prepared where it was.
func (db *DB) exec(ctx context.Context, tx *sql.Tx, text string, values ...any) (sql.Result, error) {
	if stmt := db.prepared[text]; stmt != nil {
		return tx.StmtContext(ctx, stmt).ExecContext(ctx, values...)
	}
	return tx.ExecContext(ctx, text, values...)
}

// insertText is a statement that inserts rows. Parameters are numbered behind a prefix; where that is empty, they have no names: SQLite
// looks names up one by one.
func insertText(into string, rows, columns int, prefix string) string {
	var text strings.Builder
	text.WriteString("INSERT INTO " + into + " VALUES ")
	for i := range rows {
		for j := range columns {
			switch {
			case j > 0:
				text.WriteByte(',')
			case i > 0:
				text.WriteString(",(")
			default:
				text.WriteByte('(')
			}
			if prefix == "" {
				text.WriteByte('?')
			} else {
				text.WriteString(prefix + strconv.Itoa(i*columns+j+1))
			}
		}
		text.WriteByte(')')
	}
	return text.String()
}

// insert writes rows to one of manyTables.
func (db *DB) insert(ctx context.Context, tx *sql.Tx, table string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	m := db.many[table]
	write := m.insertSQLite
	if db.postgres {
		write = m.insertPostgres
	}
	if err := write(ctx, tx, rows); err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func (m *many) insertSQLite(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	for len(rows) >= insertRows {
		if _, err := tx.StmtContext(ctx, m.all).ExecContext(ctx, slices.Concat(rows[:insertRows]...)...); err != nil {
			return err
		}
		rows = rows[insertRows:]
	}
	one := tx.StmtContext(ctx, m.one)
	for _, row := range rows {
		if _, err := one.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func (m *many) insertPostgres(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	lists, err := m.lists(rows, len(m.columns))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, m.unnest, lists...)
	return err
}

// lists turns rows into a list for each of the first columns.
func (m *many) lists(rows [][]any, columns int) ([]any, error) {
	lists := make([]any, columns)
	for i := range lists {
		texts, numbers := []string{}, []int64{}
		for _, row := range rows {
			switch value := row[i].(type) {
			case string:
				texts = append(texts, value)
			case int:
				numbers = append(numbers, int64(value))
			case int64:
				numbers = append(numbers, value)
			}
		}
		lists[i] = numbers
		if m.texts[i] {
			lists[i] = texts
		}
		if len(texts)+len(numbers) != len(rows) || (len(texts) > 0) != m.texts[i] {
			return nil, fmt.Errorf("the column %s takes other values", m.columns[i])
		}
	}
	return lists, nil
}

// remove deletes rows of one of manyTables that has a key, by their keys: all of one server.
func (db *DB) remove(ctx context.Context, tx *sql.Tx, table string, keys [][]any) error {
	if len(keys) == 0 {
		return nil
	}
	m := db.many[table]
	if err := m.remove(ctx, tx, keys, db.postgres); err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func (m *many) remove(ctx context.Context, tx *sql.Tx, keys [][]any, postgres bool) error {
	if postgres {
		lists, err := m.lists(keys, m.keys)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, m.removeAll, append(lists, keys[0][0])...)
		return err
	}
	one := tx.StmtContext(ctx, m.removeOne)
	for _, key := range keys {
		if _, err := one.ExecContext(ctx, key...); err != nil {
			return err
		}
	}
	return nil
}
