package salesforce

import (
	"context"
	"iter"
	"slices"

	"github.com/bareme/bareme/crm"
)

// Records yields pages of people or companies: at first all of them, then those that changed. A merged record and a
// converted lead come as what they live on as, with their ids in Absorbed.
func (c *Connector) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	return pages(ctx, c, q, c.recordsOf, func(p *pull, f filled) []crm.Record {
		out := make([]crm.Record, len(f.rows))
		for i, r := range f.rows {
			out[i] = p.record(r)
			out[i].Absorbed = f.absorbed[r.id()]
		}
		return out
	})
}

// Activities yields pages of one source of activity in the same way. Without Query.Links it brings people and companies
// along: activity that concerns nobody scores nobody.
func (c *Connector) Activities(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Activity], error] {
	if q.Links == nil {
		q.Links = []string{crm.People, crm.Companies}
	}
	return pages(ctx, c, q, c.activityOf, func(p *pull, f filled) []crm.Activity {
		out := make([]crm.Activity, len(f.rows))
		for i, r := range f.rows {
			out[i] = p.activity(f.part, r, f.linked[r.id()])
			if stages := f.stages[r.id()]; stages != "" {
				out[i].Fields[stageHistory] = stages
			}
		}
		return out
	})
}

// pages runs a pull and makes items of what it hauls in.
func pages[T any](ctx context.Context, c *Connector, q crm.Query, find func(op, ours string) (object, error),
	items func(*pull, filled) []T) iter.Seq2[crm.Page[T], error] {
	op := "read " + q.Object
	return func(yield func(crm.Page[T], error) bool) {
		o, err := find(op, q.Object)
		var at cursor
		if err == nil {
			at, err = parseCursor(op, q.Object, q.Cursor)
		}
		var p *pull
		if err == nil {
			p, err = c.newPull(ctx, op, o, q)
		}
		if err != nil {
			yield(crm.Page[T]{}, err)
			return
		}
		for h, err := range p.run(ctx, at) {
			var f filled
			if err == nil {
				f, err = p.fill(ctx, h)
			}
			if err != nil {
				yield(crm.Page[T]{}, kinded(ctx, op, q.Object, err))
				return
			}
			page := crm.Page[T]{Items: items(p, f), Next: h.next.next(), Skipped: f.skipped, Total: h.total}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// filled is a haul with all that its items need.
type filled struct {
	part     part
	rows     []row
	skipped  int
	absorbed map[string][]string
	linked   map[string][]string // ids that only other objects tell
	stages   map[string]string
}

// fill leaves out what is no record of its own, follows it to what it lives on as, and reads what the rows do not show.
func (p *pull) fill(ctx context.Context, h haul) (filled, error) {
	f := filled{part: h.part, absorbed: map[string][]string{}}
	var alive []row
	ended := map[string]bool{}
	for _, r := range h.rows {
		if r.id() == "" {
			return filled{}, &crm.Error{Kind: crm.ErrUnavailable, Op: p.op, Object: p.o.ours, Message: "a row of the answer has no id"}
		}
		gone, heir := r.gone()
		if !gone {
			alive = append(alive, r)
			continue
		}
		if heir != "" && h.part.merges {
			p.heirs[r.id()], ended[r.id()] = heir, true
		}
	}
	var err error
	if f.rows, f.skipped, err = p.skim(ctx, alive); err != nil {
		return filled{}, err
	}
	if p.o.ours == crm.Emails && h.part.entity == task {
		if f.rows, err = p.withoutTwins(ctx, f.rows); err != nil {
			return filled{}, err
		}
	}
	if h.part.merges {
		if err := p.inherit(ctx, &f, ended); err != nil {
			return filled{}, err
		}
	}
	if slices.Contains(p.links, crm.People) {
		if f.linked, err = p.outsideLinks(ctx, h.part, f.rows); err != nil {
			return filled{}, err
		}
	}
	if p.staged {
		f.stages, err = p.stages(ctx, f.rows)
	}
	p.remember(h.part, f.rows)
	return f, err
}

// inherit adds the survivors of the records that ended on this page, and tells each survivor whom it took in.
func (p *pull) inherit(ctx context.Context, f *filled, ended map[string]bool) error {
	here := make(map[string]bool, len(f.rows))
	for _, r := range f.rows {
		here[r.id()] = true
	}
	var away []string
	for id := range ended {
		if heir := p.heirOf(id); !here[heir] && !slices.Contains(away, heir) {
			away = append(away, heir)
		}
	}
	slices.Sort(away)
	found, err := p.c.follow(ctx, p.op, p.o, away, p.cols)
	if err != nil {
		return err
	}
	for _, id := range away {
		r, ok := found[id]
		if !ok {
			continue // the survivor is gone, too
		}
		if r.id() != id {
			p.heirs[id] = r.id()
		}
		if !here[r.id()] {
			here[r.id()] = true
			f.rows = append(f.rows, r)
		}
	}
	for id := range p.heirs {
		if heir := p.heirOf(id); here[heir] {
			f.absorbed[heir] = append(f.absorbed[heir], id)
		}
	}
	for _, ids := range f.absorbed {
		slices.Sort(ids)
	}
	return nil
}

// heirOf follows what this pull has met of merges to their end.
func (p *pull) heirOf(id string) string {
	for range depth {
		next, ok := p.heirs[id]
		if !ok || next == id {
			break
		}
		id = next
	}
	return id
}

// skim asks Unseen which of the rows are worth handing over.
func (p *pull) skim(ctx context.Context, rows []row) (keep []row, skipped int, err error) {
	if p.unseen == nil || len(rows) == 0 {
		return rows, 0, nil
	}
	versions := make([]crm.Version, len(rows))
	for i, r := range rows {
		versions[i] = crm.Version{ID: r.id(), Modified: r.modified()}
	}
	ids, err := p.unseen(ctx, versions)
	if err != nil {
		return nil, 0, err
	}
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for _, r := range rows {
		if wanted[r.id()] {
			keep = append(keep, r)
		}
	}
	return keep, len(rows) - len(keep), nil
}

func (p *pull) record(r row) crm.Record {
	out := crm.Record{ID: r.id(), Fields: r.values(p.fields, p.types), Modified: r.modified(), Links: map[string][]string{}}
	if p.o.ours == crm.People && slices.Contains(p.links, crm.Companies) && !r.is(colPerson) {
		put(out.Links, crm.Companies, prefixed(accountPrefix, r[colAccount]))
	}
	if slices.Contains(p.links, crm.Owners) {
		put(out.Links, crm.Owners, prefixed(userPrefix, r[colOwner]))
	}
	return out
}

func (p *pull) activity(part part, r row, more []string) crm.Activity {
	out := crm.Activity{ID: r.id(), Time: r.when(part.when), Fields: r.values(p.fields, p.types), Modified: r.modified(),
		Links: map[string][]string{}}
	ids := more
	for _, column := range part.links {
		if id, ok := long(r[column]); ok {
			ids = append(ids, id)
		}
	}
	for _, ours := range p.links {
		switch ours {
		case crm.People:
			put(out.Links, ours, append(prefixed(contactPrefix, ids...), prefixed(leadPrefix, ids...)...))
		case crm.Companies:
			put(out.Links, ours, prefixed(accountPrefix, ids...))
		case crm.Deals:
			put(out.Links, ours, prefixed(opportunityPrefix, ids...))
		case crm.Owners:
			put(out.Links, ours, prefixed(userPrefix, r[colOwner]))
		}
	}
	return out
}

func put(links map[string][]string, object string, ids []string) {
	if len(ids) > 0 {
		links[object] = ids
	}
}
