package scorecard

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Kind is the kind of fact an attribute holds.
type Kind uint8

// The kinds of attributes.
const (
	Number Kind = iota
	Text
	Bool
	Date // a moment, in Unix milliseconds; what is learnt from is how many days it lies before the scoring
	List // several texts; what is learnt from is whether a text is among them
)

// String is the kind's name, as in the JSON of a card.
func (k Kind) String() string {
	return [...]string{"number", "text", "bool", "date", "list"}[min(int(k), 4)]
}

// kindOf is the kind of that name.
func kindOf(name string) (Kind, bool) {
	for k := Number; k <= List; k++ {
		if k.String() == name {
			return k, true
		}
	}
	return Number, false
}

// Column holds one attribute of every row. Use Numbers, Dates, Texts, Bools or Lists to make one.
type Column struct {
	Name    string
	Kind    Kind
	Numbers []float64 // Number and Date; NaN is missing
	Levels  []string  // Text, Bool and List: the texts there are, each once
	Codes   []int32   // Text and Bool: by row the level, -1 where missing
	Members [][]int32 // List: by row the levels; nil where missing, empty where none
}

// Numbers makes a column of numbers; NaN, and the infinities, count as missing.
func Numbers(name string, values []float64) Column {
	return Column{Name: name, Kind: Number, Numbers: finite(values)}
}

// Dates makes a column of moments in Unix milliseconds; NaN counts as missing.
func Dates(name string, values []float64) Column {
	return Column{Name: name, Kind: Date, Numbers: finite(values)}
}

func finite(values []float64) []float64 {
	out := slices.Clone(values)
	for i, v := range out {
		if math.IsInf(v, 0) {
			out[i] = math.NaN()
		}
	}
	return out
}

// Texts makes a column of texts; known tells of a row whether it has a value (nil: all have). "" may be a value.
func Texts(name string, values []string, known func(row int) bool) Column {
	c := Column{Name: name, Kind: Text, Codes: make([]int32, len(values))}
	codes := map[string]int32{}
	for i, v := range values {
		if known != nil && !known(i) {
			c.Codes[i] = -1
			continue
		}
		c.Codes[i] = c.code(codes, v)
	}
	return c
}

// Bools makes a column of yes and no: 1 is yes, 0 no, anything below 0 missing.
func Bools(name string, values []int8) Column {
	c := Column{Name: name, Kind: Bool, Levels: []string{no, yes}, Codes: make([]int32, len(values))}
	for i, v := range values {
		c.Codes[i] = int32(min(1, max(-1, v)))
	}
	return c
}

// Lists makes a column of lists of texts; nil is missing.
func Lists(name string, values [][]string) Column {
	c := Column{Name: name, Kind: List, Members: make([][]int32, len(values))}
	codes := map[string]int32{}
	for i, list := range values {
		if list == nil {
			continue
		}
		c.Members[i] = make([]int32, 0, len(list))
		for _, v := range list {
			if code := c.code(codes, v); !slices.Contains(c.Members[i], code) {
				c.Members[i] = append(c.Members[i], code)
			}
		}
	}
	return c
}

// The levels of a column of kind Bool, and of whether a text is in a list.
const (
	no  = "no"
	yes = "yes"
)

// code is the number of a text; bytes that are no text become the replacement character, so that JSON keeps it.
func (c *Column) code(codes map[string]int32, v string) int32 {
	v = strings.ToValidUTF8(v, "\uFFFD")
	code, ok := codes[v]
	if !ok {
		code = int32(len(c.Levels))
		codes[v] = code
		c.Levels = append(c.Levels, v)
	}
	return code
}

// Len is how many rows the column has.
func (c *Column) Len() int { return max(len(c.Numbers), len(c.Codes), len(c.Members)) }

// Missing reports whether the row has no value.
func (c *Column) Missing(row int) bool {
	switch c.Kind {
	case Number, Date:
		return math.IsNaN(c.Numbers[row])
	case List:
		return c.Members[row] == nil
	default:
		return c.Codes[row] < 0
	}
}

// Pick is the column of these rows, in this order. Its levels are shared.
func (c *Column) Pick(rows []int) Column {
	out := Column{Name: c.Name, Kind: c.Kind, Levels: c.Levels}
	for _, r := range rows {
		switch c.Kind {
		case Number, Date:
			out.Numbers = append(out.Numbers, c.Numbers[r])
		case List:
			out.Members = append(out.Members, c.Members[r])
		default:
			out.Codes = append(out.Codes, c.Codes[r])
		}
	}
	return out
}

// Valid reports what is wrong with the column, for a table of n rows.
func (c *Column) Valid(n int) error {
	if c.Len() != n {
		return fmt.Errorf("attribute %q has %d values for %d rows", c.Name, c.Len(), n)
	}
	if len(c.Numbers) > 0 != (c.Kind == Number || c.Kind == Date) && n > 0 || c.Kind > List {
		return fmt.Errorf("attribute %q: its values are not of its kind, %s", c.Name, c.Kind)
	}
	for _, code := range c.Codes {
		if int(code) >= len(c.Levels) {
			return fmt.Errorf("attribute %q: a code without a level", c.Name)
		}
	}
	for _, row := range c.Members {
		for _, code := range row {
			if code < 0 || int(code) >= len(c.Levels) {
				return fmt.Errorf("attribute %q: a code without a level", c.Name)
			}
		}
	}
	for _, v := range c.Numbers {
		if math.IsInf(v, 0) {
			return fmt.Errorf("attribute %q holds an infinite value", c.Name)
		}
	}
	return nil
}

// Value is one fact of one person, to be scored. The zero Value is "not known".
type Value struct {
	Known  bool
	Number float64  // Number; Date in Unix milliseconds; 1 for a true Bool
	Text   string   // Text
	List   []string // List
}

// MarshalText is the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name.
func (k *Kind) UnmarshalText(text []byte) error {
	kind, ok := kindOf(string(text))
	if !ok {
		return fmt.Errorf("%q is no kind of attribute", text)
	}
	*k = kind
	return nil
}
