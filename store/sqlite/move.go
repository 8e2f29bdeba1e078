package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/internal/encoding"
	"github.com/bareme/bareme/store/move"
	"github.com/bareme/bareme/worker"
)

var _ move.Target = (*Store)(nil)

// errCount is a row of another form than its table.
var errCount = errors.New("a row has the wrong values")

// dump is the query of a table of package move in one connection; n is the population, nil where it has none.
func dump(table move.Table, n *tables) string {
	skip, from := 1, table.Name
	if n != nil {
		skip, from = 2, n.of(table.Name)
	}
	columns := make([]string, 0, len(table.Columns))
	for _, c := range table.Columns[skip:] {
		columns = append(columns, c.Name)
	}
	if table.Name == "subjects" {
		columns = []string{"id", "head", "share", "blob"}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + from + " WHERE conn = ? ORDER BY " + table.Order()
}

// of is the table of a population that holds a table of package move; "" when it has none: companies raise no
// alerts.
func (n *tables) of(name string) string {
	if n.object == crm.People && (name == "standings" || name == "alerts") {
		return name
	}
	return map[string]string{"records": n.records, "dirty": n.dirty, "subjects": n.subjects, "pending": n.pending, "ledger": n.ledger, "overrides": n.override, "kin": n.kin}[name]
}

// Dump implements move.Source.
func (s *Store) Dump(ctx context.Context, row func(table string, values []any) error) error {
	return s.look(ctx, "export", "", func(r *reader) error {
		names := map[int64]string{}
		var conns []int64
		if err := r.each("SELECT conn, name, account FROM connections ORDER BY name", nil, func(rows *sql.Rows) error {
			var conn int64
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
				r.conn = conn
				if err := r.dump(table, names[conn], row); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (r *reader) dump(table move.Table, name string, row func(table string, values []any) error) error {
	w := words{}
	rows := func(n *tables, first ...any) error {
		return r.each(dump(table, n), []any{r.conn}, func(rows *sql.Rows) error {
			values, err := scanRow(rows, table, len(first), w)
			if err != nil {
				return err
			}
			return row(table.Name, append(first[:len(first):len(first)], values...))
		})
	}
	if !table.Keyed() {
		return rows(nil, name)
	}
	for _, n := range []*tables{companies(), people()} {
		if n.of(table.Name) == "" {
			continue
		}
		if err := rows(n, name, n.object); err != nil {
			return err
		}
	}
	return nil
}

// scanRow reads one row into the values of package move, but for the first ones.
func scanRow(rows *sql.Rows, table move.Table, skip int, w words) ([]any, error) {
	if table.Name == "subjects" {
		return scanSubject(rows, w)
	}
	columns := table.Columns[skip:]
	dest, values := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		switch c.Kind {
		case move.Text:
			dest[i] = new(string)
		case move.Bytes:
			dest[i] = new([]byte)
		default:
			dest[i] = new(sql.NullInt64)
		}
	}
	if err := rows.Scan(dest...); err != nil {
		return nil, err
	}
	for i := range values {
		switch v := dest[i].(type) {
		case *string:
			values[i] = *v
		case *[]byte:
			if *v != nil {
				values[i] = *v
			}
		case *sql.NullInt64:
			if v.Valid {
				values[i] = v.Int64
			}
		}
	}
	return values, nil
}

func scanSubject(rows *sql.Rows, w words) ([]any, error) {
	var id string
	var top, share, blob []byte
	if err := rows.Scan(&id, &top, &share, &blob); err != nil {
		return nil, err
	}
	h, err := decodeHead(top, w)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", id, err)
	}
	p := h.planned
	out := []any{id, nil, p.Rows, p.Cols, p.Grade, p.Label, p.Trend, h.aside, nil, nil, blob}
	if p.Scored {
		out[1] = p.Score
	}
	if h.shown != nil {
		out[8] = h.shown
	}
	if len(share) > 0 {
		out[9] = share
	}
	return out, nil
}

// Empty implements move.Target.
func (s *Store) Empty(ctx context.Context) (empty bool, err error) {
	err = s.look(ctx, "look whether it is empty", "", func(r *reader) error {
		_, err := r.one("SELECT NOT EXISTS (SELECT 1 FROM connections)", nil, &empty)
		return err
	})
	return empty, err
}

// Load implements move.Target. All of it is one transaction: the log beside the file grows to the size of the state.
func (s *Store) Load(ctx context.Context, next func() (string, []any, error)) error {
	l := loader{tables: map[string]move.Table{}, conns: map[string]int64{}}
	for _, table := range move.Tables() {
		l.tables[table.Name] = table
	}
	return s.explain("import", s.withWriter(ctx, func(w *writer) error {
		return w.transaction(ctx, func() error {
			l.tx = &tx{writer: w, ctx: ctx}
			taken := 0
			if err := l.each("SELECT count(*) FROM connections", nil, func(rows *sql.Rows) error { return rows.Scan(&taken) }); err != nil {
				return err
			}
			if taken > 0 {
				return move.ErrNotEmpty
			}
			for {
				table, values, err := next()
				if err == nil {
					err = ctx.Err()
				}
				if err != nil || table == "" {
					return err
				}
				if err := l.row(table, values); err != nil {
					return err
				}
			}
		})
	}))
}

// loader inserts rows.
type loader struct {
	*tx
	tables map[string]move.Table
	conns  map[string]int64
}

func (l *loader) row(name string, values []any) error {
	table := l.tables[name]
	if name == "connections" {
		_, err := l.exec("INSERT INTO connections (conn, name, account) VALUES (?, ?, ?)", len(l.conns)+1, values[0], values[1])
		l.conns[values[0].(string)] = int64(len(l.conns) + 1)
		return err
	}
	conn, known := l.conns[values[0].(string)]
	if !known {
		return fmt.Errorf("%w: a row of %s names a connection that is not there", move.ErrStream, name)
	}
	l.conn = conn
	if table.Keyed() {
		n, err := tablesOf(values[1].(string))
		if err != nil {
			return fmt.Errorf("%w: %w", move.ErrStream, err)
		}
		switch {
		case name == "subjects":
			return l.subject(n, values)
		case n.of(name) == "":
			return fmt.Errorf("%w: %s of %s", move.ErrStream, name, n.object)
		}
		return l.insert(n.of(name), table.Columns[2:], values[2:])
	}
	if err := l.insert(name, table.Columns[1:], values[1:]); err != nil || name != "activities" {
		return err
	}
	return l.links(values[1].(string), values[2].(string), values[4].([]byte))
}

func (l *loader) insert(table string, columns []move.Column, values []any) error {
	if len(columns) != len(values) {
		return errCount
	}
	names := "conn"
	for _, c := range columns {
		names += ", " + c.Name
	}
	_, err := l.exec("INSERT INTO "+table+" ("+names+") VALUES (?"+strings.Repeat(", ?", len(columns))+")", append([]any{l.conn}, values...)...)
	return err
}

func (l *loader) subject(n *tables, v []any) error {
	h := head{aside: v[9].(bool), planned: plannedOf(v)}
	if shown, ok := v[10].([]byte); ok {
		h.shown = shown
	}
	_, err := l.exec("INSERT INTO "+n.subjects+" (conn, id, score, class, head, share, blob) VALUES (?, ?, ?, ?, ?, ?, ?)",
		l.conn, v[2], scoreColumn(h.planned), class(h.planned), h.encode(), v[11], v[12])
	return err
}

// plannedOf reads what is planned from the values of a subject.
func plannedOf(v []any) worker.Planned {
	p := worker.Planned{Rows: v[4].(float64), Cols: v[5].(float64), Grade: v[6].(string), Label: v[7].(string), Trend: v[8].(string)}
	p.Score, p.Scored = v[3].(float64)
	return p
}

// links stores the links an activity has in its body.
func (l *loader) links(source, id string, body []byte) error {
	var a crm.Activity
	if err := encoding.Activity(body, &a); err != nil {
		return err
	}
	for _, n := range []*tables{people(), companies()} {
		for _, record := range a.Links[n.object] {
			if _, err := l.exec("INSERT INTO "+n.links+" (conn, "+n.linked+", source, activity) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", l.conn, record, source, id); err != nil {
				return err
			}
		}
	}
	return nil
}
