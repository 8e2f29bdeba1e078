// Package plan decides what to write: a pure difference between what each record should show and what was last written
// and acknowledged, and the limit beyond which a plan is too large to be right.
package plan

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Rules say which differences are worth a write.
//
// Every field wanted is of one kind. A quiet field is named in Quiet: reasons, the time of scoring. A score is the field
// Score or one of Scores. Any other field is loud: grade, label, trend. What the fields of a record do decides for the
// whole record:
//
//	| loud field | score                 | quiet field | written                        |
//	|------------|-----------------------|-------------|--------------------------------|
//	| same       | same                  | same        | nothing                        |
//	| same       | same                  | differs     | nothing                        |
//	| same       | moves under MinChange | same        | nothing                        |
//	| same       | moves under MinChange | differs     | nothing                        |
//	| same       | moves MinChange       | same        | score                          |
//	| same       | moves MinChange       | differs     | score, quiet field             |
//	| same       | comes or goes         | same        | score                          |
//	| same       | comes or goes         | differs     | score, quiet field             |
//	| differs    | same                  | same        | loud field                     |
//	| differs    | same                  | differs     | loud field, quiet field        |
//	| differs    | moves under MinChange | same        | loud field, score              |
//	| differs    | moves under MinChange | differs     | loud field, score, quiet field |
//	| differs    | moves MinChange       | same        | loud field, score              |
//	| differs    | moves MinChange       | differs     | loud field, score, quiet field |
//	| differs    | comes or goes         | same        | loud field, score              |
//	| differs    | comes or goes         | differs     | loud field, score, quiet field |
//
// With several scores, one that moves MinChange, comes or goes is enough. Scores that are not both numbers "come or go"
// when they differ. Numbers are equal when their values are ("12.0" and "12"), and absent equals "".
type Rules struct {
	Score     string   // field that holds the score, "" when it is not written
	Scores    []string // fields that hold further scores, such as fit and engagement; they count like Score
	MinChange float64  // a score moving less than this from what is shown is no reason to write; ≤ 0: any move is
	Quiet     []string // fields that alone never cause a write
}

// Diff returns what to write so that a record that shows one thing shows what is wanted, or nil when there is nothing
// worth a write: see Rules. Only fields of wanted are compared and written, only those that differ, and all of those; a
// field wanted as "" is cleared.
func Diff(wanted, shown crm.Fields, r Rules) crm.Fields {
	worth := false
	var diff crm.Fields
	for field, want := range wanted {
		has := shown[field]
		if same(want, has) {
			continue
		}
		if diff == nil {
			diff = make(crm.Fields, len(wanted))
		}
		diff[field] = want
		worth = worth || r.matters(field, want, has)
	}
	if !worth {
		return nil
	}
	return diff
}

// matters reports whether the difference of one field is by itself worth a write.
func (r *Rules) matters(field, want, has string) bool {
	switch {
	case slices.Contains(r.Quiet, field):
		return false
	case field == r.Score || slices.Contains(r.Scores, field):
		return r.moved(want, has)
	}
	return true
}

// moved reports whether a score moved by MinChange or more. The margin is for values binary cannot hold: there,
// 0.3 - 0.2 is less than 0.1.
func (r *Rules) moved(want, has string) bool {
	const margin = 1e-9
	if !decimal(want) || !decimal(has) || !(r.MinChange > 0) {
		return true
	}
	a, errA := strconv.ParseFloat(want, 64)
	b, errB := strconv.ParseFloat(has, 64)
	return errA != nil || errB != nil || math.Abs(a-b) >= r.MinChange-margin
}

// same reports whether two values are equal as text or as numbers. Numbers are compared digit by digit, so that long
// ones, which may be identifiers, are never taken for equal because a float cannot tell them apart.
func same(a, b string) bool {
	return a == b || decimal(a) && decimal(b) && plain(a) == plain(b)
}

// plain is a decimal without needless zeros: "012.50" is "12.5", "-0" is "0".
func plain(s string) string {
	s, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(s, ".")
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	switch {
	case whole == "" && part == "":
		return "0"
	case negative:
		whole = "-" + whole
	}
	if part == "" {
		return whole
	}
	return whole + "." + part
}

// decimal reports whether s is an optional minus, digits, and at most one point between digits.
func decimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' {
		return false
	}
	point := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case c == '.' && !point:
			point = true
		default:
			return false
		}
	}
	return true
}
