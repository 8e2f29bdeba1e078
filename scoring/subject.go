// Package scoring computes scores. It is pure: (model, subject, now) gives a result, with no clock, no I/O and no
// randomness, so that the same inputs give the same bytes. It knows no CRM.
package scoring

import "time"

// Type is the type of an attribute.
type Type uint8

// The types of attributes.
const (
	Unknown Type = iota // no value is known
	Number
	Text
	Bool
	Date  // a point in time; a calendar day is its midnight in UTC
	List  // several texts
	Money // an amount in the attribute's one currency
)

// Value is one typed value of one attribute. The zero Value is "not known", which is neither zero nor "".
type Value struct {
	Type Type
	Num  float64  // Number and Money; 1 for a true Bool; Unix milliseconds for a Date
	Str  string   // Text
	List []string // List

	// Estimated marks a Date that was guessed from something else, so that what rests on it is told as such.
	Estimated bool
}

// Schema names what a subject may hold, in slot order.
type Schema struct {
	Attributes []Attribute
	Activities []string // kinds of activity

	// What is known of where they come from, by slot, for the families of criteria. May be shorter than the lists above.
	Company []bool `json:"-"` // the attribute is a fact about the company
	Money   []bool `json:"-"` // the activity carries amounts: purchases and orders
}

// Attribute is one named, typed fact.
type Attribute struct {
	Name string
	Type Type
}

// Subject is what is known of one person or company when it is scored.
type Subject struct {
	Values []Value // by slot of Schema.Attributes
	Events []Event // in any order
}

// Event is activity of one kind at one moment.
type Event struct {
	Kind   uint16  // slot in Schema.Activities
	Count  uint32  // how many times, at least 1
	At     int64   // Unix milliseconds; 0 when the date is not known
	Amount float64 // money, in the kind's one currency; NaN when none
}

// Undated reports whether the moment of the event is unknown. Such events count only where no window or decay applies.
func (e Event) Undated() bool { return e.At == 0 }

// Time is when the event happened.
func (e Event) Time() time.Time { return time.UnixMilli(e.At).UTC() }

// times is how often the event stands for: at least once.
func (e *Event) times() int64 { return max(1, int64(e.Count)) }
