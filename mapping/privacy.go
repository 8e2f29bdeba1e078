package mapping

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// Skip reports whether privacy.skip_if says to leave this person alone, and why, naming the fields and not their values.
func (m *Mapper) Skip(person crm.Fields) (reason string, skip bool) {
	for _, set := range m.skip {
		if slices.ContainsFunc(set, func(c condition) bool { return !c.holds(person) }) {
			continue
		}
		names := make([]string, len(set))
		for i, c := range set {
			names[i] = c.field
		}
		if m.Language() == "fr" {
			return "exclu par la règle de confidentialité sur " + strings.Join(names, " et "), true
		}
		return "left out by the privacy rule on " + strings.Join(names, " and "), true
	}
	return "", false
}

// Bare keeps of a person's fields those that tell whether they are still to be left alone: Skip says of them what it says
// of all.
func (m *Mapper) Bare(person crm.Fields) crm.Fields {
	out := crm.Fields{}
	for _, field := range m.skipFields() {
		field, _ := m.ours(field)
		if value, ok := person[field]; ok {
			out[field] = value
		}
	}
	return out
}

func (m *Mapper) skipFields() []string {
	fields := map[string]bool{}
	for _, set := range m.skip {
		for _, c := range set {
			fields[c.field] = true
		}
	}
	return sortedKeys(fields)
}

// Lapsed reports whether a person's last active contact is longer ago than privacy.retain, and says so. s is the mapped
// person; in, when there, is what s was mapped from: it still has the contacts too old to be mapped. Someone without any
// dated active contact has not lapsed: nothing is known.
func (m *Mapper) Lapsed(in *Input, s *scoring.Subject, now time.Time) (reason string, lapsed bool) {
	if m.Retain() <= 0 || m.own() != crm.People {
		return "", false
	}
	last, ever := m.lastActive(s.Events, now)
	if !ever && in != nil {
		e := eventMaker{mapper: m, now: now.UnixMilli(), oldest: math.MinInt64}
		e.activities(in.Activities)
		for _, c := range m.counters { // what they count was forgotten; the field still has the date of the latest
			if r, ok := c.read(in.Person); ok && r.last != 0 {
				e.events = append(e.events, scoring.Event{Kind: c.slot, At: r.last})
			}
		}
		last, ever = m.lastActive(e.events, now)
	}
	if !ever || now.Sub(time.UnixMilli(last)) <= m.Retain() {
		return "", false
	}
	days := int(m.Retain() / (24 * time.Hour))
	if m.Language() == "fr" {
		return fmt.Sprintf("dernier contact actif il y a plus de %d jours", days), true
	}
	return fmt.Sprintf("the last active contact was more than %d days ago", days), true
}

// lastActive is the moment of the latest active contact up to now.
func (m *Mapper) lastActive(events []scoring.Event, now time.Time) (last int64, ever bool) {
	for i := range events {
		e := &events[i]
		if e.Undated() || e.At > now.UnixMilli() || !m.active[e.Kind] {
			continue
		}
		if !ever || e.At > last {
			last, ever = e.At, true
		}
	}
	return last, ever
}

// compileSkip puts both forms of skip_if into one: any set, all of a set.
func compileSkip(s Spec) [][]condition {
	var sets [][]condition
	for _, c := range compileConditions(s.SkipIf) {
		sets = append(sets, []condition{c})
	}
	for _, set := range s.SkipSets {
		sets = append(sets, compileConditions(set))
	}
	return sets
}

// active says by slot which kinds of activity are something a person did by choice. A mail program opens e-mails on its
// own, so openings are none unless the author lists them.
func (c *compiler) active(s Spec) []bool {
	out := make([]bool, len(s.Activities))
	for i, a := range s.Activities {
		out[i] = !opening(a)
		if s.Active != nil {
			out[i] = slices.Contains(s.Active, a.Name)
		}
	}
	return out
}

// opening tells a count of opened e-mails by its name or its fields.
func opening(a ActivitySpec) bool {
	for _, text := range []string{a.Name, a.Count, a.Last} {
		for _, word := range nameWords(text) {
			if strings.HasPrefix(word, "open") || strings.HasPrefix(word, "ouvert") {
				return true
			}
		}
	}
	return false
}

func (c *compiler) privacy(s Spec) {
	const path = "$.privacy.skip_if"
	c.conditions(s.SkipIf, path)
	for i, set := range s.SkipSets {
		c.conditions(set, fmt.Sprintf("%s[%d]", path, i))
		if len(set) == 0 {
			c.problem(path, "a set without conditions would leave everybody out", "write field: value")
		}
	}
	for _, name := range s.Active {
		if !slices.Contains(c.mapper.schema.Activities, name) {
			c.problem("$.privacy.active", fmt.Sprintf("there is no kind of activity %q", name), didYouMean(name, c.mapper.schema.Activities)+"name those of people.activity")
		}
	}
	if s.Active != nil && s.Retain == 0 {
		c.problem("$.privacy.active", "active only makes sense beside retain", "say how long after the last active contact people are scored: retain: 3y")
	}
	c.denied(s)
}

// validatePrivacy checks skip_if against a CRM's fields, and the labels of the fields that attributes are read from: a
// field may be called custom_17 and labelled Religion.
func (m *Mapper) validatePrivacy(v *validator) {
	const path = "$.privacy.skip_if"
	for _, c := range m.spec.SkipIf {
		v.condition(crm.People, c, path)
	}
	for i, set := range m.spec.SkipSets {
		for _, c := range set {
			v.condition(crm.People, c, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	for _, a := range m.attributes {
		for i, p := range a.from {
			schema, known := v.schemas[p.object]
			if !known {
				continue
			}
			name, ours := m.ours(p.field)
			field, ok := schema.Field(name)
			if !ok || !ours {
				continue
			}
			if kind := sensitive(field.Label, p.object == crm.Companies); kind != "" {
				at := a.spec.Path + ".from"
				if len(a.from) > 1 {
					at = fmt.Sprintf("%s[%d]", at, i)
				}
				v.add(at, fmt.Sprintf("field %q of %s is labelled %q: %s", p.field, p.object, field.Label, kind.refusal()), refusalHint)
			}
		}
	}
}

// scoreWords begin the words by which a CRM's own scores are called.
var scoreWords = []string{"score", "scoring", "hubspotscore", "grade", "rating", "likelihood", "probability", "predictive", "notation"}

// rates tells a field that holds somebody's judgement in numbers rather than a fact.
func rates(field string) bool {
	return slices.ContainsFunc(nameWords(field), func(word string) bool {
		return slices.ContainsFunc(scoreWords, func(begin string) bool { return strings.HasPrefix(word, begin) })
	})
}

// IsScore reports whether an attribute is read from scores of the CRM and from nothing else.
func (m *Mapper) IsScore(attribute string) bool {
	for i := range m.attributes {
		if a := &m.attributes[i]; a.spec.Name == attribute {
			return !slices.ContainsFunc(a.from, func(p place) bool { return p.object == crm.Owners || !rates(p.field) })
		}
	}
	return false
}

// SkipsByScore reports whether a rule of skip_if leaves people out by scores of the CRM alone.
func (m *Mapper) SkipsByScore() bool {
	return slices.ContainsFunc(m.skip, func(set []condition) bool {
		return !slices.ContainsFunc(set, func(c condition) bool { return !rates(c.field) })
	})
}

// Expired names, by index, the activities of one person that are older than privacy.retain. The latest active contact is
// not among them: it shows how long ago it was. What has no date stays.
func (m *Mapper) Expired(activities []Activity, now time.Time) []int {
	if m.Retain() <= 0 {
		return nil
	}
	oldest := now.Add(-m.Retain()).UnixMilli()
	latest, last := -1, int64(0)
	var old []int
	for i := range activities {
		at, active := m.momentOf(activities[i:i+1], now)
		if at == 0 {
			continue
		}
		if active && at <= now.UnixMilli() && (latest < 0 || at > last) {
			latest, last = i, at
		}
		if at < oldest {
			old = append(old, i)
		}
	}
	return slices.DeleteFunc(old, func(i int) bool { return i == latest })
}

// momentOf is when one activity happened, in Unix milliseconds, 0 when that is not known, and whether it was active
// contact. As several kinds it has the latest of their moments.
func (m *Mapper) momentOf(one []Activity, now time.Time) (at int64, active bool) {
	e := eventMaker{mapper: m, now: now.UnixMilli(), oldest: math.MinInt64}
	e.activities(one)
	for _, event := range e.events {
		at, active = max(at, event.At), active || m.active[event.Kind]
	}
	if len(e.events) == 0 && !one[0].Time.IsZero() {
		at = moment(one[0].Time)
	}
	return at, active
}
