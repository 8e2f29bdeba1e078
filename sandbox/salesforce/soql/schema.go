package soql

import (
	"iter"
	"time"
)

// Schema is what the asking user may see of the org.
type Schema interface {
	// Object finds an object by its name, in any case; nil when there is none that the user may see.
	Object(name string) Object
}

// Object describes one sObject.
type Object interface {
	// Name is the API name in its proper case: "Lead".
	Name() string
	// Field finds a field by its name, in any case; nil when there is none that the user may see. The same field is
	// always the same pointer.
	Field(name string) *Field
	// Fields lists all visible fields in the order of describe, for FIELDS() and for relationship names.
	Fields() []*Field
	// Child finds the child relationship of that name, in any case ("Contacts" of Account): the object of the children
	// and their field that refers here. object is "" when there is none.
	Child(relationship string) (object, field string)
}

// Kind is how the values of a field compare.
type Kind uint8

// The kinds, with the Go type of their values. A missing value of any kind is nil.
const (
	Text     Kind = iota // string: text, e-mail, phone, picklist; compared without regard to case
	ID                   // string of 18 characters, also references; compared with regard to case, 15 characters suffice
	Multi                // string: the chosen values of a multi-select picklist, joined by ";"
	Bool                 // bool
	Int                  // float64 without a fraction
	Double               // float64, also currency and percent
	Date                 // time.Time at midnight UTC
	DateTime             // time.Time, UTC, whole milliseconds
	Compound             // map[string]any or any other value that encoding/json can write: an address, a geolocation
)

// Field describes one field of an object.
type Field struct {
	Name         string   // API name in its proper case
	Kind         Kind     // of its values
	Slot         int      // the source's own number; this package only hands it back in Row.Value
	Relationship string   // of a reference: the name to reach the parent by, "Account" of AccountId; else ""
	Targets      []string // of a reference: the objects it may point to; more than one makes it polymorphic
	Custom       bool     // FIELDS(CUSTOM)
	Unfilterable bool     // refused in WHERE, ORDER BY and GROUP BY, as long text areas are
}

// Row is one record of the source. It should not change under a query: a source that changes records in place must be
// locked until the records of the result have been built.
type Row interface {
	// Value is the value of a field, of the Go type its Kind names, nil when it has none.
	Value(f *Field) any
}

// Source holds the rows.
type Source interface {
	// Rows yields the rows of an object. It may leave out rows that Ask excludes; all others must come. ordered tells
	// that they come in the order asked for, which lets a query with a LIMIT stop early.
	Rows(object string, ask Ask) (rows iter.Seq[Row], ordered bool)
	// Find is the row of an id, which may be a deleted one; row is nil when there is none. object is its proper name.
	Find(id string) (object string, row Row)
}

// Ask is what a query can tell a source beforehand about the rows it wants. Everything but Deleted is a hint: the query
// checks each row itself.
type Ask struct {
	Deleted  bool      // deleted and archived rows as well (queryAll)
	From, To time.Time // SystemModstamp in [From, To]; zero: open
	FromID   string    // of the rows stamped exactly From: those with a greater Id alone; "": all
	AfterID  string    // Id > AfterID; "": from the first
	IDs      []string  // these ids alone; nil: any
	Order    Order     // the order that allows an early stop
}

// Order is an order of rows.
type Order uint8

// The orders a source may have an index for, all ascending.
const (
	AnyOrder Order = iota
	ByID
	ByStamp // SystemModstamp, then Id
)

// Scope says whether deleted rows take part.
type Scope uint8

// Live is query, All is queryAll.
const (
	Live Scope = iota
	All
)
