package mapping

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// concept is something a score goes by, and how CRMs and spreadsheets call it.
type concept struct {
	name      string
	objects   []string     // where to look, the better source first
	typ       scoring.Type // Unknown: by the field's own type
	transform string
	types     []crm.Type // types of field it can be read from; nil: any
	banded    bool       // a choice of it is a band of sizes
	shares    bool       // may use a field another concept uses
	exact     []string   // names that leave no doubt
	also      []string   // fields that stand in where the best is empty, because people are of several objects
	alike     []string   // folded words; a name or label made of them alone is near certain, one that has them likely
	unlike    []string   // folded words that make it something else
	why       string
}

func (c concept) fits(t crm.Type) bool { return len(c.types) == 0 || slices.Contains(c.types, t) }

// kindOf is the type of attribute to suggest for a field.
func (c concept) kindOf(f crm.Field) scoring.Type {
	if c.banded && isChoice(f.Type) {
		return scoring.Text
	}
	if c.typ != scoring.Unknown {
		return c.typ
	}
	if t, ok := findTransform(c.transform); ok {
		return t.Type
	}
	switch f.Type {
	case crm.Number:
		return scoring.Number
	case crm.Bool:
		return scoring.Bool
	case crm.Date, crm.DateTime:
		return scoring.Date
	case crm.Choices:
		return scoring.List
	}
	return scoring.Text
}

// confidence says how sure it is that a field holds the concept, from 0 to 1.
func (c concept) confidence(f crm.Field) float64 {
	if i := slices.Index(c.exact, f.Name); i >= 0 {
		return 0.98 - 0.01*float64(i)
	}
	internal := strings.HasPrefix(f.Name, "hs_") // a CRM's own field of another meaning, whatever its words
	best := 0.0
	for _, text := range []string{f.Name, f.Label} {
		list := words(fold(spaced(text)))
		if len(list) == 0 || hasAny(list, c.unlike...) {
			continue
		}
		for _, phrase := range c.alike {
			n := strings.Count(phrase, " ") + 1
			switch at := find(list, phrase); {
			case at < 0:
			case n == len(list):
				best = max(best, 0.9)
			case !internal:
				best = max(best, 0.55+0.3*float64(n)/float64(len(list)))
			}
		}
	}
	return best
}

// spaced parts the words of names such as TotalVisits, total_visits and HTTPReferrer.
func spaced(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
