package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
)

// What people were at the moment they are looked at is asked of the CRM's field history, for a page of people at a time.
// Nothing of it is stored: it is used to map them as of then, and let go.

// attributePast is what is known of the past of one attribute.
type attributePast struct {
	origins []mapping.Origin
	kept    bool   // the CRM keeps the history of every field it is made from
	partly  bool   // of some: that says when they changed, and not what the attribute was
	why     string // why it is not kept, "" when nobody was asked
}

// recall is what the connections of a worker can tell of the past.
type recall struct {
	w           *Worker
	connections map[string]*recalled
	attributes  map[string]attributePast
	spent       int // calls made
}

// recalled is what one connection can tell.
type recalled struct {
	crm    crm.Historian
	people crm.HistoryQuery // of the fields whose history is kept
	firms  crm.HistoryQuery
	deals  crm.HistoryQuery
	linked bool // it tells which company a person belonged to
}

// recalling finds out of which attributes the past is known. wanted are the attributes it matters for; with none of them
// kept by a CRM, nothing is read.
func (w *Worker) recalling(ctx context.Context, wanted func(attribute string) bool) (*recall, error) {
	r := &recall{w: w, connections: map[string]*recalled{}, attributes: map[string]attributePast{}}
	before := w.calls()
	tracked := map[string]map[string]crm.Tracked{}
	for _, connection := range w.connections() {
		one, found, err := w.tracked(ctx, connection)
		if err != nil {
			return nil, err
		}
		r.connections[connection], tracked[connection] = one, found
	}
	some := false
	for _, a := range w.Model.Schema().Attributes {
		past := r.attribute(a.Name, tracked)
		r.attributes[a.Name] = past
		some = some || wanted(a.Name) && (past.kept || past.partly)
	}
	if !some {
		for _, one := range r.connections {
			one.crm = nil
		}
	}
	r.spent = w.calls() - before
	return r, nil
}

// connections are those a person's records come from, the worker's own first.
func (w *Worker) connections() []string { return append([]string{w.Connection}, w.others()...) }

// historian is what a connection's CRM tells of the past; nil when it does not, or was not asked.
func (w *Worker) historian(connection string) crm.Historian {
	c := w.CRM
	if connection != w.Connection {
		c = w.Siblings[connection]
	}
	h, _ := c.(crm.Historian)
	if w.Learn.Offline {
		return nil
	}
	return h
}

// tracked asks a connection for which of the mapped fields it keeps a history.
func (w *Worker) tracked(ctx context.Context, connection string) (*recalled, map[string]crm.Tracked, error) {
	need := w.Mapper.For(connection).Need()
	one := &recalled{crm: w.historian(connection)}
	if one.crm == nil {
		return one, nil, nil
	}
	if err := w.sameAccount(ctx, connection); err != nil {
		return nil, nil, err
	}
	found := map[string]crm.Tracked{}
	for object, q := range map[string]*crm.HistoryQuery{crm.People: &one.people, crm.Companies: &one.firms, crm.Deals: &one.deals} {
		fields, mapped := need.Read[object]
		if q.Object = object; !mapped || object == crm.Deals && !w.countsDeals(connection) {
			continue
		}
		ask := crm.HistoryQuery{Object: object, Fields: fields}
		if _, firms := need.Read[crm.Companies]; object == crm.People && firms {
			ask.Links = []string{crm.Companies}
		}
		t, err := one.crm.Tracked(ctx, ask)
		if err != nil {
			return nil, nil, fmt.Errorf("field history of %s: %w", object, err)
		}
		found[object] = t
		q.Fields = slices.DeleteFunc(slices.Clone(fields), func(name string) bool { return !t.Fields[name].Kept })
	}
	if one.linked = found[crm.People].Links[crm.Companies].Kept; one.linked {
		one.people.Links = []string{crm.Companies}
	}
	return one, found, nil
}

// countsDeals reports whether anything is learnt from the deals of a connection, apart from the outcome.
func (w *Worker) countsDeals(connection string) bool {
	return slices.ContainsFunc(w.Model.Schema().Activities, func(kind string) bool {
		from, source := w.Mapper.SourceOf(kind)
		return source == crm.Deals && (from == "" || from == connection) && kind != w.Learn.Activity &&
			(w.Learn.Activities == nil || slices.Contains(w.Learn.Activities, kind))
	})
}

// sameAccount makes sure that the past is that of the account the state belongs to.
func (w *Worker) sameAccount(ctx context.Context, connection string) error {
	c := w.CRM
	if connection != w.Connection {
		c = w.Siblings[connection]
	}
	account, err := c.Account(ctx)
	if err != nil {
		return err
	}
	return w.Store.Bind(ctx, connection, account)
}

// attribute says what is known of the past of an attribute.
func (r *recall) attribute(name string, tracked map[string]map[string]crm.Tracked) attributePast {
	p := attributePast{origins: r.w.Mapper.Origins(name)}
	p.kept = len(p.origins) > 0
	for _, o := range p.origins {
		kept, why := r.origin(o, tracked)
		p.kept, p.partly = p.kept && kept, p.partly || kept
		if !kept && p.why == "" {
			p.why = why
		}
	}
	return p
}

func (r *recall) connectionOf(o mapping.Origin) string {
	if o.Connection == "" {
		return r.w.Connection
	}
	return o.Connection
}

// origin says whether the history of one field is kept, or why not.
func (r *recall) origin(o mapping.Origin, tracked map[string]map[string]crm.Tracked) (kept bool, why string) {
	connection := r.connectionOf(o)
	objects := tracked[connection]
	switch {
	case objects == nil && len(r.connections) > 1:
		return false, "comes from " + connection + ", which was not asked what its records were"
	case objects == nil:
		return false, ""
	case o.Object == crm.Owners:
		return false, "comes from the owner, and who that was is not read"
	case o.Object == crm.Companies:
		if link := objects[crm.People].Links[crm.Companies]; !link.Kept {
			return false, "comes from the company, which " + link.Why
		}
	}
	t := objects[o.Object].Fields[o.Field]
	if t.Kept {
		return true, ""
	}
	return false, "comes from " + o.Field + ", which " + t.Why
}

// looks reports whether anything is asked of the CRMs.
func (r *recall) looks() bool {
	for _, one := range r.connections {
		if one.crm != nil {
			return true
		}
	}
	return false
}

// foretold is about how many calls it takes in all for so many people, at most.
func (r *recall) foretold(people int) int {
	n := r.spent
	for _, one := range r.connections {
		if one.crm == nil {
			continue
		}
		n += one.crm.HistoryCalls(crm.People, people)
		if len(one.firms.Fields) > 0 {
			n += one.crm.HistoryCalls(crm.Companies, people/4) // several people of a page share a company
		}
		if len(one.deals.Fields) > 0 {
			n += one.crm.HistoryCalls(crm.Deals, people/4)
		}
	}
	return n
}

// calls are those made so far, by all connections.
func (w *Worker) calls() int {
	n := 0
	for _, connection := range w.connections() {
		c := w.CRM
		if connection != w.Connection {
			c = w.Siblings[connection]
		}
		if m, ok := c.(crm.Metered); ok {
			for _, calls := range m.Usage().Calls {
				n += calls
			}
		}
	}
	return n
}

// whyUnknown says in words why nobody knows what an attribute was.
func (p attributePast) whyUnknown() string {
	if p.why != "" {
		return strings.TrimRight(p.why, ".") + ": list it under learn.fixed if it cannot change or is set when people come"
	}
	return "is known as it stands today, and nobody kept what it was: list it under learn.fixed if it cannot change or is set when people come"
}

// memories are the histories of one connection's records of a page of people.
type memories struct {
	people, firms, deals map[string]crm.History
}

// remember reads the histories of a page of people, and of the companies and deals they had.
func (r *recall) remember(ctx context.Context, page []*looked) (map[string]memories, error) {
	before := r.w.calls()
	defer func() { r.spent += r.w.calls() - before }()
	out := map[string]memories{}
	for connection, one := range r.connections {
		if one.crm == nil {
			continue
		}
		m, err := r.rememberOne(ctx, connection, one, page)
		if err != nil {
			return nil, fmt.Errorf("field history: %w", err)
		}
		out[connection] = m
	}
	return out, nil
}

func (r *recall) rememberOne(ctx context.Context, connection string, one *recalled, page []*looked) (m memories, err error) {
	var people, firms, deals []string
	for _, l := range page {
		if in := l.part(r.w.Connection, connection); in != nil {
			people = append(people, in.Record.ID)
			for _, a := range in.Activities {
				if a.Source == crm.Deals {
					deals = append(deals, a.ID)
				}
			}
		}
	}
	if m.people, err = histories(ctx, one.crm, one.people, people); err != nil {
		return m, err
	}
	for _, l := range page {
		if in := l.part(r.w.Connection, connection); in != nil && one.linked {
			if id, known := m.people[in.Record.ID].Links[crm.Companies].At(l.at); known && id != "" {
				firms = append(firms, id)
			}
		}
	}
	if m.firms, err = histories(ctx, one.crm, one.firms, firms); err != nil {
		return m, err
	}
	m.deals, err = histories(ctx, one.crm, one.deals, deals)
	return m, err
}

// histories reads those of some records, by id. Where there is nothing to be told nothing is asked.
func histories(ctx context.Context, c crm.Historian, q crm.HistoryQuery, ids []string) (map[string]crm.History, error) {
	if len(ids) == 0 || len(q.Fields)+len(q.Links) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	q.IDs = slices.Compact(ids)
	list, err := c.Histories(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make(map[string]crm.History, len(list))
	for _, h := range list {
		out[h.ID] = h
	}
	return out, nil
}

// stood is the value of one of the fields of a history at a moment. cut tells that it is not known because the record
// changed too often since.
func stood(h crm.History, there bool, field string, at time.Time) (value string, known, cut bool) {
	past, kept := h.Fields[field]
	if !there || !kept || at.Before(h.Created) {
		return "", false, false
	}
	value, known = past.At(at)
	return value, known, !known && past.Cut
}
