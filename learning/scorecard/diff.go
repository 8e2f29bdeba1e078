package scorecard

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Change is one line of a card whose points differ from those of another card.
type Change struct {
	Attribute string `json:"attribute"` // its Title
	Line      string `json:"line"`      // its Label
	Was       *int   `json:"was"`       // nil: the line is new
	Is        *int   `json:"is"`        // nil: the line is gone
}

// Diff lists the lines whose points differ, in the order of the new card, then what is gone. A line is known by its
// words: where bins have moved, the old lines are gone and the new ones are new. old may be nil.
func Diff(old, now *Card) []Change {
	was := map[[2]string]int{}
	var order [][2]string
	if old != nil {
		old.lines(func(attribute, line string, points int) {
			key := [2]string{attribute, line}
			was[key] = points
			order = append(order, key)
		})
	}
	var out []Change
	there := map[[2]string]bool{}
	now.lines(func(attribute, line string, points int) {
		key := [2]string{attribute, line}
		there[key] = true
		before, ok := was[key]
		switch {
		case !ok:
			out = append(out, Change{attribute, line, nil, &points})
		case before != points:
			out = append(out, Change{attribute, line, &before, &points})
		}
	})
	for _, key := range order {
		if points := was[key]; !there[key] {
			out = append(out, Change{key[0], key[1], &points, nil})
		}
	}
	return out
}

// lines goes through every line of a card that has points.
func (c *Card) lines(each func(attribute, line string, points int)) {
	for i := range c.Attributes {
		a := &c.Attributes[i]
		for k := range a.Bins {
			each(a.Title(), a.Label(k), a.Bins[k].Points)
		}
		if a.neutral() {
			each(a.Title(), "not known, or never seen", a.Neutral)
		}
	}
}

// neutral reports whether anybody can get the neutral points.
func (a *Attribute) neutral() bool {
	return a.Missing < 0 || a.Other < 0 && !a.ordered() && a.Kind != Bool && a.Kind != List
}

// Table writes changes as a table.
func Table(changes []Change) string {
	if len(changes) == 0 {
		return "No points change.\n"
	}
	var b strings.Builder
	width, last := 12, ""
	for _, c := range changes {
		width = min(44, max(width, utf8.RuneCountInString(c.Line)))
	}
	for _, c := range changes {
		if c.Attribute != last {
			fmt.Fprintf(&b, "%s\n", c.Attribute)
			last = c.Attribute
		}
		fmt.Fprintf(&b, "  %s %5s → %-5s\n", pad(c.Line, width), points(c.Was), strings.TrimRight(points(c.Is), " "))
	}
	return b.String()
}

func points(p *int) string {
	if p == nil {
		return "–"
	}
	return fmt.Sprintf("%+d", *p)
}
