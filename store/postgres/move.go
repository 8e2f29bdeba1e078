package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/store/move"
)

var _ move.Target = (*Store)(nil)

// dump is the query of a table of package move in one connection, and one population where it has them.
func dump(table move.Table) string {
	skip, where := 1, "conn = $1"
	if table.Keyed() {
		skip, where = 2, "conn = $1 AND object = $2"
	}
	columns := make([]string, 0, len(table.Columns))
	for _, c := range table.Columns[skip:] {
		name := c.Name
		if c.Kind == move.Int {
			name += "::bigint"
		}
		columns = append(columns, name)
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + table.Name + " WHERE " + where + " ORDER BY " + strings.ReplaceAll(table.Order(), "peers", `peers COLLATE "C"`)
}

// Dump implements move.Source.
func (s *Store) Dump(ctx context.Context, row func(table string, values []any) error) error {
	return s.look(ctx, "export", "", func(t *tx) error {
		names := map[int32]string{}
		var conns []int32
		if err := t.each(`SELECT conn, name, account FROM connections ORDER BY name COLLATE "C"`, nil, func(rows pgx.Rows) error {
			var conn int32
			var name, account string
			if err := rows.Scan(&conn, &name, &account); err != nil {
				return err
			}
			names[conn], conns = name, append(conns, conn)
			return row("connections", []any{name, account})
		}); err != nil {
			return err
		}
		for _, table := range move.Tables()[1:] {
			for _, conn := range conns {
				if err := t.dump(table, conn, names[conn], row); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (t *tx) dump(table move.Table, conn int32, name string, row func(table string, values []any) error) error {
	rows := func(first, args []any) error {
		return t.each(dump(table), args, func(rows pgx.Rows) error {
			values, err := rows.Values()
			if err != nil {
				return err
			}
			return row(table.Name, append(slices.Clone(first), values...))
		})
	}
	if !table.Keyed() {
		return rows([]any{name}, []any{conn})
	}
	for _, object := range []int16{companies, people} {
		if err := rows([]any{name, objectName(object)}, []any{conn, object}); err != nil {
			return err
		}
	}
	return nil
}

// Empty implements move.Target.
func (s *Store) Empty(ctx context.Context) (empty bool, err error) {
	err = s.peek(ctx, "look whether it is empty", "", func(t *tx) error { empty, err = t.empty(); return err })
	return empty, err
}

func (t *tx) empty() (empty bool, err error) {
	_, err = t.one("SELECT NOT EXISTS (SELECT FROM connections)", nil, &empty)
	return empty, err
}

// loadAtOnce is how many rows are copied at a time.
const loadAtOnce = 5000

// Load implements move.Target. No other process can begin to use the database meanwhile.
func (s *Store) Load(ctx context.Context, next func() (string, []any, error)) error {
	return s.explain("import", pgx.BeginFunc(ctx, s.pool, func(t pgx.Tx) error {
		l := &loader{tx: &tx{querier: t, ctx: ctx}, copy: t, conns: map[string]int32{}, tables: map[string]move.Table{}}
		for _, table := range move.Tables() {
			l.tables[table.Name] = table
		}
		if _, err := l.exec("LOCK TABLE connections IN ACCESS EXCLUSIVE MODE"); err != nil {
			return err
		}
		if empty, err := l.empty(); err != nil || !empty {
			return noneOr(err, move.ErrNotEmpty)
		}
		for {
			table, values, err := next()
			if err == nil {
				err = l.row(table, values)
			}
			if err != nil {
				return err
			}
			if table == "" {
				break
			}
		}
		_, err := l.exec("SELECT setval('asides', greatest(1, (SELECT coalesce(max(aside), 0) + 1 FROM pending)), false)")
		return err
	}))
}

func noneOr(err, none error) error {
	if err != nil {
		return err
	}
	return none
}

// loader copies rows into the tables, some thousand at a time.
type loader struct {
	*tx
	copy   pgx.Tx
	tables map[string]move.Table
	conns  map[string]int32
	table  string
	rows   [][]any
	links  [][]any
}

func (l *loader) row(table string, values []any) error {
	if table != l.table || len(l.rows) >= loadAtOnce {
		if err := l.flush(); err != nil {
			return err
		}
		l.table = table
	}
	switch table {
	case "":
		return nil
	case "connections":
		return l.connect(values[0].(string), values[1].(string))
	}
	conn, known := l.conns[values[0].(string)]
	if !known {
		return fmt.Errorf("%w: a row of %s names a connection that is not there", move.ErrStream, table)
	}
	row := slices.Clone(values)
	row[0] = conn
	if l.tables[table].Keyed() {
		object, err := objectNumber(values[1].(string))
		if err != nil {
			return fmt.Errorf("%w: %w", move.ErrStream, err)
		}
		row[1] = object
	}
	l.rows = append(l.rows, row)
	if table == "activities" {
		return l.link(conn, values[1].(string), values[2].(string), values[4].([]byte))
	}
	return nil
}

func (l *loader) connect(name, account string) error {
	var conn int32
	if _, err := l.one("INSERT INTO connections (name, account) VALUES ($1, $2) RETURNING conn", []any{name, account}, &conn); err != nil {
		return err
	}
	l.conns[name] = conn
	return nil
}

// link adds the links an activity has in its body.
func (l *loader) link(conn int32, source, id string, body []byte) error {
	var a crm.Activity
	if err := encoding.Activity(body, &a); err != nil {
		return err
	}
	for _, object := range []int16{people, companies} {
		seen := map[string]bool{}
		for _, record := range a.Links[objectName(object)] {
			if !seen[record] {
				seen[record] = true
				l.links = append(l.links, []any{conn, object, record, source, id})
			}
		}
	}
	return nil
}

func (l *loader) flush() error {
	if len(l.rows) > 0 {
		columns := []string{"conn"}
		for _, c := range l.tables[l.table].Columns[1:] {
			columns = append(columns, c.Name)
		}
		if _, err := l.copy.CopyFrom(l.ctx, pgx.Identifier{l.table}, columns, pgx.CopyFromRows(l.rows)); err != nil {
			return fmt.Errorf("table %s: %w", l.table, err)
		}
	}
	if len(l.links) > 0 {
		if _, err := l.copy.CopyFrom(l.ctx, pgx.Identifier{"links"}, []string{"conn", "object", "id", "source", "activity"}, pgx.CopyFromRows(l.links)); err != nil {
			return err
		}
	}
	l.rows, l.links = l.rows[:0], l.links[:0]
	return nil
}
