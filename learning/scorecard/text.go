package scorecard

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Label says in words what a bin of the attribute holds; -1 is what nothing was learnt about.
func (a *Attribute) Label(bin int) string {
	switch {
	case bin < 0 || bin >= len(a.Bins):
		return "anything else"
	case bin == a.Missing:
		return "not known"
	case a.ordered():
		return a.between(bin)
	}
	levels := make([]string, 0, len(a.Bins[bin].Levels))
	for _, l := range a.Bins[bin].Levels {
		if l == "" {
			l = "(empty)"
		}
		levels = append(levels, l)
	}
	if bin == a.Other {
		levels = append(levels, "anything else")
	}
	if a.Member != nil && len(levels) == 1 {
		return map[string]string{yes: "has ", no: "has not "}[levels[0]] + *a.Member
	}
	return strings.Join(levels, ", ")
}

func (a *Attribute) between(bin int) string {
	unit := ""
	if a.Kind == Date {
		unit = " days ago"
	}
	switch {
	case len(a.Cuts) == 0:
		return "any" + unit
	case bin == 0:
		return "under " + number(a.Cuts[0]) + unit
	case bin == len(a.Cuts):
		return number(a.Cuts[bin-1]) + unit + " or more"
	}
	return number(a.Cuts[bin-1]) + " to under " + number(a.Cuts[bin]) + unit
}

// number writes thousands apart and no more digits than there are.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if len(s) > 16 {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, part, _ := strings.Cut(s, ".")
	if n, err := strconv.Atoi(whole); err == nil && len(whole) > 4 {
		whole = thousands(n)
	}
	if part != "" {
		whole += "." + part
	}
	return sign + whole
}

// String is the card as tables an admin can read: what each attribute's bins hold, how many rows they had, how many of
// these converted, and their points with a bar.
func (c *Card) String() string {
	var b strings.Builder
	least, most := c.Range()
	fmt.Fprintf(&b, "Scorecard of %d attributes, from %s rows of which %s converted (%.1f %%)\n",
		len(c.Attributes), thousands(c.Rows), thousands(c.Events), 100*float64(c.Events)/float64(max(1, c.Rows)))
	fmt.Fprintf(&b, "score %d to %d: probability %.1f %% to %.1f %%", least, most, 100*c.Probability(least), 100*c.Probability(most))
	if c.Base != 0 {
		fmt.Fprintf(&b, "; everybody starts at %d", c.Base)
	}
	b.WriteString("\n")
	top, width := c.widths()
	for i := range c.Attributes {
		c.Attributes[i].write(&b, top, width)
	}
	return b.String()
}

// widths are the largest points of a bin, and the width of the labels.
func (c *Card) widths() (top, width int) {
	const widest = 44
	for i := range c.Attributes {
		a := &c.Attributes[i]
		for k := range a.Bins {
			top = max(top, abs(a.Bins[k].Points))
			width = max(width, utf8.RuneCountInString(a.Label(k)))
		}
	}
	return max(1, top), max(12, min(width, widest))
}

// String is the attribute's own table.
func (a *Attribute) String() string {
	c := Card{Attributes: []Attribute{*a}}
	top, width := c.widths()
	var b strings.Builder
	a.write(&b, top, width)
	return b.String()
}

func (a *Attribute) write(b *strings.Builder, top, width int) {
	fmt.Fprintf(b, "\n%s  (information value %.2f)\n", a.Title(), a.IV)
	fmt.Fprintf(b, "  %-*s %8s %9s %7s\n", width, "", "rows", "converted", "points")
	for k := range a.Bins {
		bin := &a.Bins[k]
		line := fmt.Sprintf("  %s %8s %7.1f %% %+7d %s", pad(a.Label(k), width), thousands(bin.Rows), 100*bin.Rate(), bin.Points, bar(bin.Points, top))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if a.neutral() {
		fmt.Fprintf(b, "  %s %8s %9s %+7d\n", pad("not known, or never seen", width), "", "", a.Neutral)
	}
}

// pad cuts a text, or fills it up, to a width.
func pad(s string, width int) string {
	n := utf8.RuneCountInString(s)
	if n <= width {
		return s + strings.Repeat(" ", width-n)
	}
	return string([]rune(s)[:width-1]) + "…"
}

// bar is points as a bar of at most twenty blocks.
func bar(points, top int) string {
	const widest = 20
	n := (abs(points)*widest + top/2) / top
	block := "█"
	if points < 0 {
		block = "▒"
	}
	return strings.Repeat(block, n)
}
