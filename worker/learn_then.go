package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// ErrPastUnknown says that people cannot be compared with those a score was learnt from: it was learnt by what they were, and
// nobody tells that of them.
var ErrPastUnknown = errors.New("the score was learnt by the CRM's field history, which was not asked or is no longer kept")

// LearnHistory makes the history of everybody in the store, or of a sample of them where they are more than are held in
// memory: each person as they stood at the moment they are looked at. What fields were then is asked of the CRM where it keeps
// their history, and not stored.
func (w *Worker) LearnHistory(ctx context.Context) (*History, error) {
	return w.lookBackAt(ctx, nil)
}

// lookBackAt is LearnHistory; of somebody given, it is that of the people who were looked at after those a proposal was
// learnt from, as far as it asks for their attributes.
func (w *Worker) lookBackAt(ctx context.Context, p *Proposal) (*History, error) {
	t, err := w.Store.Tally(ctx, w.of())
	if err != nil {
		return nil, err
	}
	v, err := w.look(ctx, p, t.People, p == nil) // of those who came since there are few
	if err != nil {
		return nil, err
	}
	return v.g.history(v.r.spent, v.who)
}

// look looks back at everybody in the store, of so many people in all; announced, it tells first how many calls it may take.
func (w *Worker) look(ctx context.Context, p *Proposal, people int, announced bool) (*view, error) {
	v, err := w.view(ctx, p, people)
	if err != nil {
		return nil, err
	}
	if announced {
		w.announce(v)
	}
	return v, w.lookAtAll(ctx, v)
}

// view begins to look back, as of now, at so many people or a part of them.
func (w *Worker) view(ctx context.Context, p *Proposal, people int) (*view, error) {
	if w.Learn == nil {
		return nil, fmt.Errorf("the model file has no section learn: nothing says what counts as converted")
	}
	if err := w.LoadFits(ctx); err != nil {
		return nil, err
	}
	r, err := w.recalling(ctx, func(name string) bool { return w.Learn.wants(name, p) })
	if err != nil {
		return nil, err
	}
	if name := r.forgot(p); name != "" {
		return nil, fmt.Errorf("%w: %s", ErrPastUnknown, name)
	}
	g, err := newGathering(w.Model, *w.Learn, false, w.Now(), r.attributes)
	if err != nil {
		return nil, err
	}
	if p != nil {
		g.after, g.whole = p.Fitted.To, true
	}
	return &view{g: g, r: r, who: sampleOf(people, mostHistory), people: people, stage: "looking back"}, nil
}

// history is what was gathered, at the cost of so many calls, of those a sample holds.
func (g *Gathering) history(calls int, of sample) (*History, error) {
	g.out.Calls = calls
	h, err := g.Finish()
	if words := of.words(); err == nil && words != "" {
		h.Notes = append(h.Notes, words)
	}
	return h, err
}

// view is one look back at a population.
type view struct {
	g      *Gathering
	r      *recall
	who    sample
	people int // in all
	stage  string
}

// forgot names an attribute that a score was learnt by as it was, and whose past nobody tells any more; "" for none.
func (r *recall) forgot(p *Proposal) string {
	if p == nil {
		return ""
	}
	for _, a := range p.AsOf {
		asked := slices.ContainsFunc(p.Fitted.Card.Attributes, func(c scorecard.Attribute) bool { return c.Name == a.Name })
		if asked && a.By == ByHistory && !r.attributes[a.Name].kept {
			return a.Name
		}
	}
	return ""
}

// wants reports whether an attribute's past matters: to learn from it, or to compare it with what was learnt by its past.
func (l *Learn) wants(name string, p *Proposal) bool {
	if p != nil {
		return slices.ContainsFunc(p.AsOf, func(a AsOf) bool { return a.Name == name && a.By == ByHistory })
	}
	return name != l.Start && (l.Attributes == nil || slices.Contains(l.Attributes, name))
}

// announce tells how many calls it may take before they are made.
func (w *Worker) announce(v *view) {
	if !v.r.looks() {
		return
	}
	people := v.people >> v.who
	calls := v.r.foretold(people)
	if w.Log != nil {
		w.Log.WithField("people", people).WithField("calls", calls).Info("reading field histories, which takes about so many calls of the CRM's API at most")
	}
	v.stage = fmt.Sprintf("%s (up to about %d calls)", v.stage, calls)
}

// lookAtAll takes in everybody, page by page. Of people who are not scored by choice no history is read.
func (w *Worker) lookAtAll(ctx context.Context, v *view) error {
	w.step(v.stage, 0, v.people)
	done, after := 0, ""
	for {
		page, err := w.inputsPage(ctx, after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Record.ID
		done += len(page)
		page = slices.DeleteFunc(page, func(in Inputs) bool { return !v.who.holds(in.Record.ID) })
		if err := w.lookAt(ctx, v.g, v.r, page); err != nil {
			return err
		}
		w.step(v.stage, done, v.people)
	}
}

func (w *Worker) lookAt(ctx context.Context, g *Gathering, r *recall, page []Inputs) error {
	var due []*looked
	for _, in := range page {
		input := w.input(in, nil)
		if _, skip := w.Mapper.Skip(facts(in, input)); skip {
			g.notes["are not scored by choice"]++
			continue
		}
		if l, ok := g.look(in.Record.ID, func(at time.Time, s *scoring.Subject) { w.Mapper.Subject(input, at, s) }); ok {
			l.in = in
			due = append(due, l)
		}
	}
	memory, err := r.remember(ctx, due)
	if err != nil {
		return err
	}
	for _, l := range due {
		input := w.input(r.then(l, memory), nil)
		g.take(l, func(at time.Time, s *scoring.Subject) { w.Mapper.Subject(input, at, s) },
			func(a *standing) fact { return r.fact(l, a, memory) })
	}
	return nil
}

// part is what one connection knows of somebody; nil when it does not know them.
func (l *looked) part(own, connection string) *Inputs {
	if connection == own {
		return &l.in
	}
	for i := range l.in.Peers {
		if l.in.Peers[i].Connection == connection {
			return &l.in.Peers[i].Inputs
		}
	}
	return nil
}

// then is what was known of somebody at the moment they are looked at: fields by their history, and as they stand today
// where there is none. The mapping and the scoring that follow are those of every day, with the clock in the past.
func (r *recall) then(l *looked, memory map[string]memories) Inputs {
	in := r.thenOf(l.in, r.w.Connection, l.at, memory)
	in.Peers = nil
	for _, p := range l.in.Peers {
		in.Peers = append(in.Peers, Peer{p.Connection, r.thenOf(p.Inputs, p.Connection, l.at, memory)})
	}
	return in
}

func (r *recall) thenOf(in Inputs, connection string, at time.Time, memory map[string]memories) Inputs {
	m, asked := memory[connection]
	if !asked {
		return in
	}
	h, there := m.people[in.Record.ID]
	in.Record.Fields = overlaid(in.Record.Fields, h, there, at)
	if connection != r.w.Connection && there && at.Before(h.Created) {
		in.Record.Fields, in.Company = crm.Fields{}, nil // this CRM did not know them yet
		return in
	}
	if id, known := h.Links[crm.Companies].At(at); r.connections[connection].linked && there && known {
		in.Company = companyThen(in.Company, id, m, at)
	}
	in.Activities = dealsThen(in.Activities, m, at)
	return in
}

// companyThen is the company somebody belonged to, as it stood then.
func companyThen(today *Snapshot, id string, m memories, at time.Time) *Snapshot {
	if id == "" {
		return nil
	}
	then := Snapshot{ID: id, Fields: crm.Fields{}}
	if today != nil && today.ID == id {
		then = *today
	}
	h, there := m.firms[id]
	if there && at.Before(h.Created) {
		return nil // nobody knew anything of it
	}
	then.Fields = overlaid(then.Fields, h, there, at)
	return &then
}

// dealsThen are the activities as they stood then: deals by their fields of then, and none that nobody had entered yet.
func dealsThen(all []SourceActivity, m memories, at time.Time) []SourceActivity {
	if m.deals == nil {
		return all
	}
	out := make([]SourceActivity, 0, len(all))
	for _, a := range all {
		if a.Source == crm.Deals {
			h, there := m.deals[a.ID]
			if there && at.Before(h.Created) {
				continue
			}
			a.Fields = overlaid(a.Fields, h, there, at)
		}
		out = append(out, a)
	}
	return out
}

// overlaid are fields with what a history says they were.
func overlaid(today crm.Fields, h crm.History, there bool, at time.Time) crm.Fields {
	if !there {
		return today
	}
	then := maps.Clone(today)
	if then == nil {
		then = crm.Fields{}
	}
	for name := range h.Fields {
		value, known, _ := stood(h, there, name, at)
		switch {
		case known && value != "":
			then[name] = value
		case known:
			delete(then, name)
		}
	}
	return then
}

// fact is what is known of an attribute of somebody: it is known when each of its fields is.
func (r *recall) fact(l *looked, a *standing, memory map[string]memories) fact {
	out := fact{known: a.past.kept}
	if !a.past.partly {
		return out
	}
	for _, o := range a.past.origins {
		known, cut, changed := r.field(l, o, memory)
		out.known, out.cut = out.known && known, out.cut || cut
		if changed.After(out.changed) {
			out.changed = changed
		}
	}
	return out
}

// field is what is known of one field.
func (r *recall) field(l *looked, o mapping.Origin, memory map[string]memories) (known, cut bool, changed time.Time) {
	connection := r.connectionOf(o)
	m, asked := memory[connection]
	in := l.part(r.w.Connection, connection)
	if !asked || in == nil {
		return asked, false, changed // who has no record there had no value there
	}
	h, there := m.people[in.Record.ID]
	if there && connection != r.w.Connection && l.at.Before(h.Created) {
		return true, false, changed
	}
	if o.Object == crm.Companies {
		id, linked := h.Links[crm.Companies].At(l.at)
		if !there || l.at.Before(h.Created) || !linked {
			return false, false, changed
		}
		changed = h.Links[crm.Companies].Changed()
		if id == "" {
			return true, false, changed
		}
		if h, there = m.firms[id]; there && l.at.Before(h.Created) {
			return true, false, changed
		}
	}
	_, known, cut = stood(h, there, o.Field, l.at)
	if own := h.Fields[o.Field].Changed(); own.After(h.Created) && own.After(changed) { // else it came with the record
		changed = own
	}
	return known, cut, changed
}
