// Package move writes everything a store keeps to a stream, and fills an empty store from one: to go from SQLite to
// PostgreSQL and back, and for backups that outlive both.
//
// The stream is gzip of JSON lines: a header, then for each table a line that names its columns, its rows, and a line
// with their count and SHA-256. A stream cut short or changed is noticed. Version 1 is what this package describes; a
// version that adds tables or columns gets the next number and still reads this one.
package move

import "context"

// Kind is the type of a column.
type Kind int

// The kinds of columns. Row values are string, int64, float64, []byte and bool; nil where a column may hold nothing.
const (
	Text  Kind = iota
	Int        // 64 bits
	Real       // finite
	Bytes      // as package encoding makes them
	Bool
)

// Column is one value of every row of a table.
type Column struct {
	Name string
	Kind Kind
	Null bool // may hold nothing
}

// Table is a part of the state in the form both databases share. Objects are named as in package crm, connections by their
// name, moments are nanoseconds since 1970. Links of activity are not moved: they are read from its body. Nor are heirs: they are asked for again.
type Table struct {
	Name    string
	Columns []Column
}

// Tables are all tables, in the order of the stream. Rows come by connection, then object (companies first) where there is
// one, then key, all as plain bytes; those of ledger, runs and alerts in order of writing instead of by key.
func Tables() []Table {
	const null = true
	text := func(names ...string) (columns []Column) {
		for _, name := range names {
			columns = append(columns, Column{Name: name})
		}
		return columns
	}
	with := func(columns []Column, more ...Column) []Column { return append(columns, more...) }
	record := []string{"connection", "object", "id"}
	return []Table{
		{"connections", text("name", "account")},
		{"cursors", text("connection", "object", "cursor", "shape")},
		{"notes", text("connection", "name", "value")},
		{"records", with(text(record...), Column{"hash", Int, !null}, Column{"modified", Int, !null}, Column{"identity", Text, !null},
			Column{"company", Text, !null}, Column{"owner", Text, !null}, Column{"fields", Bytes, !null}, Column{"memory", Bytes, null}, Column{"reload", Text, !null})},
		{"kin", text("connection", "object", "id", "peers", "peer")},
		{"activities", with(text("connection", "source", "id"), Column{"modified", Int, !null}, Column{"body", Bytes, !null})},
		{"dirty", text(record...)},
		{"subjects", with(text(record...), Column{"score", Real, null}, Column{"rows", Real, !null}, Column{"cols", Real, !null},
			Column{"grade", Text, !null}, Column{"label", Text, !null}, Column{"trend", Text, !null}, Column{"aside", Bool, !null},
			Column{"shown", Bytes, null}, Column{"share", Bytes, null}, Column{"blob", Bytes, !null})},
		{"pending", with(text(record...), Column{"fields", Bytes, !null}, Column{"entry", Bytes, !null}, Column{"sent", Text, !null},
			Column{"tries", Int, !null}, Column{"aside", Int, null}, Column{"at", Int, !null}, Column{"retry", Int, !null}, Column{"reason", Text, !null})},
		{"ledger", with(text(record...), Column{"at", Int, !null}, Column{"run", Text, !null}, Column{"entry", Bytes, !null})},
		{"runs", with(text("connection", "id", "kind"), Column{"started", Int, !null}, Column{"finished", Int, !null}, Column{"status", Text, !null}, Column{"report", Bytes, null})},
		{"suppressed", with(text("connection", "key"), Column{"at", Int, !null})},
		{"overrides", with(text(record...), Column{"body", Bytes, !null})},
		{"standings", with(text(record...), Column{"body", Bytes, !null})},
		{"alerts", with(text(record...), Column{"name", Text, !null}, Column{"state", Text, !null}, Column{"due", Int, !null}, Column{"body", Bytes, !null})},
	}
}

// Keyed says whether rows name the object of a record in their second column.
func (t Table) Keyed() bool {
	return len(t.Columns) > 2 && t.Columns[1].Name == "object" && t.Columns[2].Name == "id"
}

// Order is the column by which rows come after connection and object: "seq" where it is the order of writing.
func (t Table) Order() string {
	switch {
	case t.Name == "ledger", t.Name == "runs", t.Name == "alerts":
		return "seq"
	case t.Name == "activities":
		return "source, id"
	case t.Name == "kin":
		return "id, peers, peer"
	case t.Keyed():
		return "id"
	default:
		return t.Columns[1].Name
	}
}

// Source is a store that can be moved away from.
type Source interface {
	// Dump calls row for every row of a table of Tables, in its order; all calls of one Dump see one state. row keeps
	// nothing of what it is given.
	Dump(ctx context.Context, row func(table string, values []any) error) error
}

// Target is a store that can be moved to.
type Target interface {
	Source

	// Empty says whether nothing was ever stored.
	Empty(ctx context.Context) (bool, error)

	// Load stores every row next returns, in the order of Tables, until it returns an empty table: all of them or, after
	// an error, none.
	Load(ctx context.Context, next func() (table string, values []any, err error)) error
}
