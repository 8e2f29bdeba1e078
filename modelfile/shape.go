package modelfile

import "fmt"

// kind is what a value of the model file must be.
type kind uint8

const (
	anyText    kind = iota // text; numbers and true/false are taken as text
	name                   // an identifier that conditions can use
	texts                  // one text or a list of them
	number                 // 12, -40, 0.5
	whole                  // 12
	yesNo                  // true or false
	duration               // 12h, 30d, 2w, 3mo, 1y
	percent                // 30%
	cronLine               // 0 3 * * *
	clock                  // 08:30
	timeZone               // Europe/Paris
	choice                 // one of shape.choices
	condition              // expr-lang syntax
	numbers                // a list of numbers
	object                 // shape.fields
	list                   // of shape.item
	dictionary             // names chosen by the author, with values of shape.item
	table                  // a CSV file's name, or a dictionary of texts
	target                 // a field's name, or the fields of a connection by what they show
	either                 // shape.item, or the keys of shape.long
	fieldRules             // a dictionary of texts, or a list of such dictionaries
)

// shape is what a part of the model file may hold. Shapes are the one source of the structure check, of the JSON Schema
// for editors and of the configuration reference.
type shape struct {
	kind    kind
	title   string   // objects: their heading in the reference
	about   string   // objects: what they are
	fields  []field  // objects
	item    *shape   // lists, dictionaries and the short form of either
	long    *shape   // the long form of either, an object
	key     keyKind  // dictionaries
	choices []string // choices
	filled  bool     // lists and dictionaries: not empty
	most    int      // lists: the most items; 0: any number
	within  *bounds  // numbers; nil: any
	zero    bool     // durations: 0d is allowed
	empty   bool     // texts: "" is allowed
}

// bounds are the least and the most a number may be.
type bounds struct {
	least, most float64
	above       bool // more than least
}

// keyKind is what the keys of a dictionary must be.
type keyKind uint8

const (
	anyKey      keyKind = iota // any text: a CRM's field names
	nameKey                    // an identifier
	titleKey                   // a name in words
	wholeKey                   // 1, 3, 10
	durationKey                // 30d
)

// field is one key of an object.
type field struct {
	key      string
	shape    *shape
	required bool
	fallback string // the default in words, "" when there is none
	about    string // what it means
	example  string
}

// field returns the field of that key, nil when there is none.
func (s *shape) field(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

func (s *shape) keys() []string {
	out := make([]string, 0, len(s.fields))
	for _, f := range s.fields {
		out = append(out, f.key)
	}
	return out
}

// words says what a value of the shape is, as an error and the reference name it.
func (s *shape) words() string {
	switch s.kind {
	case name:
		return "name"
	case texts:
		return "text or list of texts"
	case number, whole:
		return s.numberWords()
	case yesNo:
		return "true or false"
	case duration:
		return "duration"
	case percent:
		return "percentage"
	case cronLine:
		return "schedule"
	case clock:
		return "time of day"
	case timeZone:
		return "time zone"
	case choice:
		return "one of " + listing(s.choices)
	case condition:
		return "condition"
	case numbers:
		return "list of numbers"
	case object:
		return "set of keys"
	case list:
		return "list"
	case dictionary:
		return "set of names"
	case table:
		return "CSV file or set of texts"
	case target:
		return "field, or set of fields of a connection"
	case either:
		return s.item.words() + " or " + s.long.words()
	case fieldRules:
		return "set of names or list of sets"
	default:
		return "text"
	}
}

func (s *shape) numberWords() string {
	word := "number"
	if s.kind == whole {
		word = "whole number"
	}
	switch b := s.within; {
	case b == nil:
		return word
	case b.most < maxNumber:
		return fmt.Sprintf("%s from %g to %g", word, b.least, b.most)
	case b.above:
		return fmt.Sprintf("%s above %g", word, b.least)
	default:
		return fmt.Sprintf("%s from %g on", word, b.least)
	}
}

// form is the one of two forms a value has: the long one when it holds any of its keys, or when it holds keys where the
// short form is one value.
func (s *shape) form(n *node) *shape {
	if n.kind != mapNode {
		return s.item
	}
	for _, key := range n.keys() {
		if s.long.field(key) != nil {
			return s.long
		}
	}
	if s.item.kind == dictionary {
		return s.item
	}
	return s.long
}
