package soql

import "time"

// query is a parsed query, not yet checked against a schema.
type query struct {
	text    string
	items   []item
	object  string
	alias   string
	pos     int // of the object's name
	where   node
	groupBy []operand
	having  node
	orderBy []ordering
	limit   int // -1: none
	offset  int
	allRows bool
	count   bool // SELECT COUNT() FROM …
}

// item is one thing selected.
type item struct {
	operand
	as  string
	sub *query // a child sub-query
}

// operand is a field path, or a function of one.
type operand struct {
	pos  int
	fn   string // upper case; "" for a plain field
	path string
}

type ordering struct {
	operand
	descending bool
	nullsLast  bool
}

// node is a condition: *junction, *negation or *comparison.
type node interface{}

type junction struct {
	or    bool
	terms []node
}

type negation struct{ term node }

type comparison struct {
	operand
	op     string // = != < <= > >= LIKE IN NOT IN INCLUDES EXCLUDES
	values []literal
	sub    *query // of a semi-join
}

// literalKind is what a literal was written as.
type literalKind uint8

const (
	nullLiteral literalKind = iota
	textLiteral
	numberLiteral
	boolLiteral
	dateLiteral
	dateTimeLiteral
	rangeLiteral // TODAY, LAST_N_DAYS:7
)

type literal struct {
	pos    int
	kind   literalKind
	text   string // a string decoded; a range's name in upper case
	raw    string // a string as written, for LIKE
	number float64
	truth  bool
	time   time.Time
	n      int // of LAST_N_DAYS:n
}
