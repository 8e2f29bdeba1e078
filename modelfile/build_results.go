package modelfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// results reads what is made of the scores: the overall score, what moves it, stages, routes, and what is left out before.
func (b *builder) results(p *Part, root *node) {
	s := &p.Scoring
	overall(s, root.get("overall"))
	for i, n := range itemsOf(root.get("adjust")) {
		s.Adjust = append(s.Adjust, scoring.AdjustSpec{
			Name: textOf(n.get("name")), Path: index("$.adjust", i), When: textOf(n.get("when")), Points: numberOf(n.get("points")),
		})
	}
	s.Lifecycle = stages(root.get("lifecycle"), "$.lifecycle")
	s.Routing = stages(root.get("routing"), "$.routing")
	b.filters(p, root.get("filters"))
}

func itemsOf(n *node) []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// overall reads weights by score, or the long form.
func overall(s *scoring.Spec, n *node) {
	if n == nil {
		return
	}
	weights := n
	if overallShapes.form(n) == overallShape {
		weights = n.get("weights")
		s.Total = scoring.TotalSpec{Path: "$.overall", Sum: textOf(n.get("method")) == "sum", Max: optional(n.get("max")), Scale: numberOf(n.get("scale"))}
	}
	for _, e := range entriesOf(weights) {
		s.Overall = append(s.Overall, scoring.Weight{Score: e.key.text, Weight: numberOf(e.value)})
	}
}

// scaled fits the defaults that are points of the overall score to its scale: on a scale of 10, half a point is what 5 are
// on one of 100, and decimals matter.
func scaled(p *Part, root, write *node) {
	scale := p.Scoring.Total.Scale
	if scale == 0 {
		return
	}
	if root.get("trend").get("move") == nil {
		p.Scoring.Trend.Move = defaultTrendMove * scale / 100
	}
	const small = 20
	if write.get("decimals") == nil && scale <= small {
		p.Mapping.Write.Decimals = 1
	}
}

// leastChange is the least move of a score that is written.
func (p *Part) leastChange(write *node) float64 {
	if v := write.get("min_change"); v != nil {
		return numberOf(v)
	}
	if scale := p.Scoring.Total.Scale; scale != 0 {
		return min(defaultMinChange, defaultMinChange*scale/100)
	}
	return defaultMinChange
}

func stages(n *node, path string) []scoring.StageSpec {
	var list []scoring.StageSpec
	for _, e := range entriesOf(n) {
		s := scoring.StageSpec{Name: e.key.text, Path: child(path, e.key.text), Enter: e.value.text}
		if e.value.kind == mapNode {
			s.Enter, s.Leave, s.EnterPath = textOf(e.value.get("enter")), textOf(e.value.get("leave")), s.Path+".enter"
		}
		list = append(list, s)
	}
	return list
}

// forgottenStages warns where leaving a stage depends on having been in it, and nothing remembers that: the stage before
// is read from the field that shows it.
func (p *Part) forgottenStages() []scoring.Problem {
	if slices.ContainsFunc(p.Mapping.Write.Fields, func(w mapping.WriteField) bool { return w.Key == mapping.KeyLifecycle }) {
		return nil
	}
	for _, s := range p.Scoring.Lifecycle {
		if s.Leave != "" {
			return []scoring.Problem{{
				Path: s.Path + ".leave", Warning: true, Message: "the stage is written nowhere, so nobody is known to be in " + strconv.Quote(s.Name),
				Hint: "add lifecycle: and a field under write.people",
			}}
		}
	}
	return nil
}

// grade reads the one kind of grade a file has.
func (b *builder) grade(s *scoring.Spec, n *node) {
	if n == nil {
		return
	}
	kinds := []string{"matrix", "scale", "bands", "thirds"}
	var has []*node
	for _, e := range n.entries {
		if slices.Contains(kinds, e.key.text) {
			has = append(has, e.key)
		}
	}
	switch {
	case len(has) == 0:
		b.add(n.span(b.src), "grade lacks a way to grade", "Add one of "+listing(kinds)+", as in matrix: {rows: fit, columns: engagement}.")
		return
	case len(has) > 1:
		b.add(has[1].span(b.src), "grade has both "+has[0].text+" and "+has[1].text, "Keep one of them.")
		return
	}
	if score := n.get("score"); score != nil && has[0].text != "scale" && has[0].text != "bands" {
		b.add(score.span(b.src), "grade: score only makes sense beside scale or bands", "Remove it.")
	}
	s.Grade = gradeOf(n)
	s.Labels = labels(n.get("label"))
	for _, e := range entriesOf(n.get("next")) {
		s.Next = append(s.Next, scoring.NextSpec{For: e.key.text, Path: child("$.grade.next", e.key.text), Do: e.value.text})
	}
}

func gradeOf(n *node) *scoring.GradeSpec {
	if matrix := n.get("matrix"); matrix != nil {
		return grade(matrix)
	}
	g := &scoring.GradeSpec{Path: "$.grade", Scale: textOf(n.get("scale")), Score: textOf(n.get("score"))}
	for _, e := range entriesOf(n.get("bands")) {
		g.Bands = append(g.Bands, scoring.BandSpec{Grade: e.key.text, From: numberOf(e.value)})
	}
	if t := n.get("thirds"); t != nil {
		g.Thirds = &scoring.ThirdsSpec{Start: textOf(t.get("start"))}
		for i, c := range itemsOf(t.get("criteria")) {
			g.Thirds.Criteria = append(g.Thirds.Criteria, scoring.ThirdSpec{
				Name: textOf(c.get("name")), Path: index("$.grade.thirds.criteria", i), When: textOf(c.get("when")), Thirds: signedOf(c.get("thirds")),
			})
		}
	}
	return g
}

func signedOf(n *node) int {
	v, _ := strconv.Atoi(textOf(n)) // checked with the shape
	return v
}

func (b *builder) filters(p *Part, n *node) {
	if n == nil {
		return
	}
	s := &p.Scoring.Filters
	s.Opens = textOf(n.get("opens"))
	if v := n.get("bursts"); v != nil {
		s.Bursts = &scoring.BurstSpec{Path: "$.filters.bursts", Times: signedOf(v.get("times")), Seconds: numberOf(v.get("seconds")), Of: textsOf(v.get("of"))}
	}
	if v := n.get("scanners"); v != nil {
		s.Scanners = &scoring.ScannerSpec{Path: "$.filters.scanners", Clicks: textOf(v.get("clicks")), Opens: textOf(v.get("opens")), Delivered: textOf(v.get("delivered")), Seconds: 1}
		if seconds := v.get("seconds"); seconds != nil {
			s.Scanners.Seconds = numberOf(seconds)
		}
	}
	b.ignore(p, n.get("ignore"))
}

// ignore reads who is not scored. Domains and addresses become conditions on the attributes that hold them, so that an
// address is kept only where the model says so itself.
func (b *builder) ignore(p *Part, n *node) {
	s := &p.Scoring.Filters
	add := func(key, when string) {
		s.Ignore = append(s.Ignore, scoring.IgnoreSpec{Path: "$.filters.ignore." + key, When: when})
	}
	if v := n.get("domains"); v != nil {
		name := b.holds(p, v, "domain", "email_domain: {from: email, transform: domain}")
		for _, domain := range textsOf(v) {
			domain = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@"))
			if name != "" {
				add("domains", fmt.Sprintf("%s == %q || %s endsWith %q", name, domain, name, "."+domain))
			}
		}
	}
	if v := n.get("emails_matching"); v != nil {
		name := b.holds(p, v, "", "email: {from: email}")
		for _, pattern := range textsOf(v) {
			if name != "" {
				add("emails_matching", fmt.Sprintf("lower(%s) matches %q", name, wildcard(pattern)))
			}
		}
	}
	if v := n.get("where"); v != nil {
		add("where", v.text)
	}
}

// holds finds the attribute with the address, or with what a transform makes of it, and says so when there is none.
func (b *builder) holds(p *Part, n *node, transform, example string) string {
	identity := p.Mapping.Identity
	if identity == "" {
		identity = defaultIdentity
	}
	for _, a := range p.Mapping.Attributes {
		if a.Transform == transform && a.Lookup == nil && slices.Contains(a.From, identity) && (a.Type == scoring.Unknown || a.Type == scoring.Text) {
			return a.Name
		}
	}
	b.add(n.span(b.src), "no attribute holds this part of the address", "Map it first, under people.attributes: "+strings.ReplaceAll(example, "from: email", "from: "+identity)+".")
	return ""
}

// wildcard is the regular expression of a pattern in which * is anything.
func wildcard(pattern string) string {
	parts := strings.Split(strings.ToLower(strings.TrimSpace(pattern)), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return "^" + strings.Join(parts, ".*") + "$"
}
