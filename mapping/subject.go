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

// Input is everything known of one person or company.
type Input struct {
	Person     crm.Fields            // nil for a company
	Memory     []byte                // what Remember returned for these fields
	Company    crm.Fields            // of a company its own fields; of a person nil when there is none
	Members    []Member              // of a company: its people, in id order
	Owner      *crm.Owner            // nil when the person has none
	Owners     map[string]*crm.Owner // instead of Owner when several connections are joined: by connection
	Activities []Activity            // that concern the person, in any order
}

// Activity is a CRM's activity and the source it came from.
type Activity struct {
	Source string
	crm.Activity
}

// ClockSkew is how far ahead of ours a CRM's clock may be: an event that near in the future is taken to happen now.
const ClockSkew = time.Hour

// Subject maps one person or company into dst, whose memory it reuses. What could not be mapped as it stands is left unknown and
// comes back as a warning; the same trouble with many events is one warning.
func (m *Mapper) Subject(in Input, now time.Time, dst *scoring.Subject) (warnings []Warning) {
	dst.Values = dst.Values[:0]
	for i := range m.attributes {
		if r := m.attributes[i].rollUp; r > 0 {
			dst.Values = append(dst.Values, m.rolledUp(r-1, in.Members))
			continue
		}
		value, warning := m.attributes[i].value(&in)
		dst.Values = append(dst.Values, value)
		if warning.Message != "" {
			warnings = append(warnings, warning)
		}
	}
	e := eventMaker{mapper: m, now: now.UnixMilli(), events: dst.Events[:0]}
	if retain := m.Retain(); retain > 0 {
		e.oldest = now.Add(-retain).UnixMilli()
	}
	e.counters(in.Memory, in.Person)
	e.activities(in.Activities)
	dst.Events = e.events
	return append(warnings, e.warnings()...)
}

// value finds an attribute's value: the first place that gives one. The warning is about the first that could not be
// read, when none could.
func (a *attribute) value(in *Input) (scoring.Value, Warning) {
	var warning Warning
	fallback := a.fallback
	for i, p := range a.from {
		raw := p.get(in)
		if raw == "" {
			continue
		}
		value, trouble := a.convert(raw, in)
		if value.Estimated { // what is known wins, wherever it stands
			fallback = value
			continue
		}
		if value.Type != scoring.Unknown {
			if trouble != "" {
				warning = Warning{a.spec.Name, a.from[i].String(), trouble}
			}
			return value, warning
		}
		if trouble != "" && warning.Message == "" {
			warning = Warning{a.spec.Name, a.from[i].String(), "not used: " + trouble}
		}
	}
	return fallback, warning
}

// convert transforms, looks up and reads one text. An Unknown value without trouble is one the transform or the table
// does not know, which is no fault of the data.
func (a *attribute) convert(raw string, in *Input) (scoring.Value, string) {
	limit := maxText
	if a.typ == scoring.List {
		limit = maxList
	}
	text, long := cut(raw, limit)
	text = strings.TrimSpace(clean(text))
	if text == "" || slices.ContainsFunc(a.spec.Empty, func(e string) bool { return strings.EqualFold(e, text) }) {
		return scoring.Value{}, ""
	}
	if a.age != nil {
		return a.age.value(text, in)
	}
	if a.apply != nil {
		if text = a.apply(text); text == "" {
			return scoring.Value{}, shortened(long, limit)
		}
	}
	if a.lookup != nil {
		found, ok := a.lookup[fold(text)]
		if !ok {
			return scoring.Value{}, ""
		}
		text = found
	}
	if a.typ == scoring.Money {
		return a.money(text, in)
	}
	value, trouble := parse(a.typ, text, a.spec.Currency)
	if trouble == "" {
		trouble = shortened(long, limit)
	}
	return value, trouble
}

// money reads an amount, in the attribute's currency.
func (a *attribute) money(text string, in *Input) (scoring.Value, string) {
	code := ""
	if a.currency.field != "" {
		code = a.currency.get(in)
	}
	amount, _, trouble := a.rates.money(text, code, a.spec.Currency)
	if trouble != "" {
		return scoring.Value{}, trouble
	}
	return scoring.Value{Type: scoring.Money, Num: amount}, ""
}

// shortened tells that a text was cut, "" when it was not.
func shortened(long bool, limit int) string {
	if !long {
		return ""
	}
	return fmt.Sprintf("longer than %d bytes: the rest is left out", limit)
}

// eventMaker gathers the events of one person.
type eventMaker struct {
	mapper      *Mapper
	now, oldest int64 // Unix milliseconds; oldest 0: keep all
	events      []scoring.Event
	trouble     []eventTrouble
}

// eventTrouble is one kind of trouble with the events of one activity, and how many have it.
type eventTrouble struct {
	warning Warning
	times   int
}

func (e *eventMaker) counters(memory []byte, person crm.Fields) {
	all := decodeMemory(memory)
	for i := range e.mapper.counters {
		c := &e.mapper.counters[i]
		if _, ok := c.read(person); !ok {
			e.warn(c.spec.Name, c.spec.Count+c.lastWhenAlone(), "not used: it is no count or no date")
		}
		for _, r := range all {
			if r.key != c.key {
				continue
			}
			for _, b := range r.buckets {
				e.add(scoring.Event{Kind: c.slot, At: b.at, Amount: math.NaN()}, b.n, c.spec.Name, c.spec.Last)
			}
			if r.undated > 0 {
				e.add(scoring.Event{Kind: c.slot, Amount: math.NaN()}, r.undated, c.spec.Name, c.spec.Count)
			}
		}
	}
}

func (c *counter) lastWhenAlone() string {
	if c.spec.Count == "" {
		return c.spec.Last
	}
	return ""
}

func (e *eventMaker) activities(all []Activity) {
	for i := range all {
		a := &all[i]
		kinds := e.mapper.sources[a.Source]
		for k := range kinds {
			if kinds[k].holds(a.Fields) {
				e.activity(&kinds[k], a)
			}
		}
	}
}

func (k *activity) holds(f crm.Fields) bool {
	for _, c := range k.when {
		if !c.holds(f) {
			return false
		}
	}
	for _, e := range k.not {
		if e.holds(f) {
			return false
		}
	}
	return true
}

func (e *eventMaker) activity(k *activity, a *Activity) {
	event := scoring.Event{Kind: k.slot, Amount: math.NaN()}
	if !a.Time.IsZero() {
		event.At = moment(a.Time)
	}
	if text := a.Fields[k.spec.Time]; k.spec.Time != "" {
		event.At = 0
		if text != "" {
			ms, trouble := parseDate(text)
			if trouble != "" {
				e.warn(k.spec.Name, k.spec.Time, "taken as undated: "+trouble)
			} else {
				event.At = moment(time.UnixMilli(int64(ms)))
			}
		}
	}
	if text := a.Fields[k.spec.Amount]; k.spec.Amount != "" && text != "" {
		amount, _, trouble := e.mapper.rates.money(clean(text), a.Fields[k.spec.CurrencyFrom], k.spec.Currency)
		if trouble == "" {
			event.Amount = amount
		} else {
			e.warn(k.spec.Name, k.spec.Amount, "amount not used: "+trouble)
		}
	}
	e.add(event, 1, k.spec.Name, k.spec.Time)
}

// moment is a time as an event keeps it: never 0, which stands for "undated".
func moment(t time.Time) int64 {
	if ms := t.UnixMilli(); ms != 0 {
		return ms
	}
	return 1
}

// add appends an event that happened n times.
func (e *eventMaker) add(event scoring.Event, n uint64, name, field string) {
	event.Count = uint32(min(n, math.MaxUint32))
	switch {
	case event.Undated():
	case event.At < e.oldest:
		return
	case event.At > e.now+ClockSkew.Milliseconds():
		e.warn(name, field, "dated in the future: not counted until then")
	case event.At > e.now:
		event.At = e.now
	}
	e.events = append(e.events, event)
}

func (e *eventMaker) warn(name, field, message string) {
	w := Warning{name, field, message}
	for i := range e.trouble {
		if e.trouble[i].warning == w {
			e.trouble[i].times++
			return
		}
	}
	e.trouble = append(e.trouble, eventTrouble{w, 1})
}

func (e *eventMaker) warnings() []Warning {
	out := make([]Warning, 0, len(e.trouble))
	for _, t := range e.trouble {
		if t.times > 1 {
			t.warning.Message += fmt.Sprintf(" (%d times)", t.times)
		}
		out = append(out, t.warning)
	}
	return out
}
