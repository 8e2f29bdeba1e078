package salesforce

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

var _ crm.Historian = (*Connector)(nil)

// histories is one reading of what fields were.
type histories struct {
	c       *Connector
	op      string
	o       object
	q       crm.HistoryQuery
	p       *pull
	tracked map[string]map[string]crm.Tracking // by object of Salesforce, then field, those it has
}

func (c *Connector) newHistories(ctx context.Context, q crm.HistoryQuery, again bool) (*histories, error) {
	h := &histories{c: c, op: "read what " + q.Object + " were", q: q, tracked: map[string]map[string]crm.Tracking{}}
	var err error
	if h.o, err = c.objectOf(h.op, q.Object); err != nil {
		return nil, err
	}
	if h.p, err = c.newPull(ctx, h.op, h.o, crm.Query{Object: q.Object, Fields: q.Fields}); err != nil {
		return nil, err
	}
	for _, entity := range h.o.entities() {
		if historyObjects[entity] == "" {
			return nil, &crm.Error{Kind: crm.ErrInvalid, Op: h.op, Object: q.Object, Message: "Salesforce keeps no history of " + q.Object}
		}
		d, ok := h.p.schema.parts[entity]
		if !ok {
			continue
		}
		h.tracked[entity] = map[string]crm.Tracking{}
		names := slices.Clone(q.Fields)
		if entity == contact && slices.ContainsFunc(q.Links, h.linked) {
			names = append(names, colAccount)
		}
		for _, name := range names {
			f, ok := d.fields[name]
			if !ok || strings.Contains(name, ".") {
				continue
			}
			if h.tracked[entity][name], err = c.fieldTracking(ctx, h.op, entity, f, again); err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// linked reports whether the history of links to an object can be told: that of a contact to its account.
func (h *histories) linked(object string) bool {
	return h.o.ours == crm.People && object == crm.Companies
}

// kept are the columns of an object whose history is kept and that are asked for.
func (h *histories) kept(entity string) []string {
	var out []string
	for name, t := range h.tracked[entity] {
		if t.Kept && (name == colAccount || h.together(name).Kept) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// historyIDs is about how many records one query names.
const historyIDs = longestAddress / 32

// HistoryCalls implements crm.Historian: of records and of their changes, page by page, and of people also the leads that
// contacts once were.
func (c *Connector) HistoryCalls(ours string, records int) int {
	queries := (records + historyIDs - 1) / historyIDs
	pages := (records + c.o.PageSize - 1) / c.o.PageSize
	if ours == crm.People {
		return 2*queries + max(pages, queries)
	}
	return queries + max(pages, queries)
}

// Histories implements crm.Historian. Of a contact that was a lead, what the lead was comes before.
func (c *Connector) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	h, err := c.newHistories(ctx, q, false)
	if err != nil {
		return nil, kinded(ctx, "read what "+q.Object+" were", q.Object, err)
	}
	var ids []string
	for _, id := range q.IDs {
		if whole, ok := long(id); ok {
			ids = append(ids, whole)
		}
	}
	var out []crm.History
	for _, part := range h.o.parts {
		if d, ok := h.p.schema.parts[part.entity]; !ok || len(d.fields) == 0 || part.via != nil {
			continue
		}
		found, err := h.read(ctx, part, prefixed(part.prefix, ids...))
		if err == nil && part.entity == contact {
			err = h.wereLeads(ctx, found)
		}
		if err != nil {
			return nil, kinded(ctx, h.op, q.Object, err)
		}
		for _, one := range found {
			out = append(out, h.history(one))
		}
	}
	return out, nil
}

// found is one record with its changes.
type found struct {
	entity  string
	row     row
	created time.Time
	changes map[string][]change // by what a field is called in the history
	lead    *found              // what a contact was before
}

// change is one row of a history.
type change struct {
	at       time.Time
	id       string
	old, now string
}

// read reads records and what is known of their changes.
func (h *histories) read(ctx context.Context, part part, ids []string) ([]*found, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := h.records(part.entity)
	if part.entity == lead && h.p.schema.parts[lead].has(colConverted) {
		q.where = []string{colConverted + " = false"}
	}
	rows, err := h.c.byIDs(ctx, h.op, h.o.ours, q, colID, ids)
	if err != nil {
		return nil, err
	}
	return h.withChanges(ctx, part.entity, rows)
}

// records is the query for records as they are.
func (h *histories) records(entity string) query {
	columns := append([]string{colID, "CreatedDate"}, h.kept(entity)...)
	for _, name := range []string{colPerson, colHeir} {
		if h.p.schema.parts[entity].has(name) {
			columns = append(columns, name)
		}
	}
	slices.Sort(columns)
	return query{columns: slices.Compact(columns), from: entity}
}

// withChanges reads the changes of records of one object.
func (h *histories) withChanges(ctx context.Context, entity string, rows []row) ([]*found, error) {
	out := make([]*found, 0, len(rows))
	byID := make(map[string]*found, len(rows))
	for _, r := range rows {
		one := &found{entity: entity, row: r, changes: map[string][]change{}}
		one.created, _ = parseTime(r["CreatedDate"])
		if byID[r.id()] == nil {
			byID[r.id()] = one
			out = append(out, one)
		}
	}
	var names []string
	for _, name := range h.kept(entity) {
		if !h.tracked[entity][name].Since.IsZero() {
			names = append(names, historyNames(h.p.schema.parts[entity].fields[name])...)
		}
	}
	if len(names) == 0 || len(out) == 0 {
		return out, nil
	}
	parent := entity + "Id"
	changes, err := h.c.byIDs(ctx, h.op, h.o.ours, query{columns: []string{colID, parent, "Field", "OldValue", "NewValue", "CreatedDate"},
		from: historyObjects[entity], where: []string{"Field IN " + quoteAll(names)}, all: true}, parent, idsOf(rows))
	if err != nil {
		return nil, err
	}
	for _, r := range changes {
		id, _ := long(r[parent])
		at, ok := parseTime(r["CreatedDate"])
		if one := byID[id]; one != nil && ok {
			one.changes[r["Field"]] = append(one.changes[r["Field"]], change{at, r.id(), r["OldValue"], r["NewValue"]})
		}
	}
	return out, nil
}

// wereLeads finds the leads that contacts were made of. A lead converted into a contact that was there before adds nothing.
func (h *histories) wereLeads(ctx context.Context, contacts []*found) error {
	d, there := h.p.schema.parts[lead]
	if !there || !d.has(colHeir) || len(contacts) == 0 {
		return nil
	}
	byID := make(map[string]*found, len(contacts))
	ids := make([]string, len(contacts))
	for i, one := range contacts {
		ids[i] = one.row.id()
		byID[ids[i]] = one
	}
	rows, err := h.c.byIDs(ctx, h.op, h.o.ours, h.records(lead), colHeir, ids)
	if err != nil {
		return err
	}
	leads, err := h.withChanges(ctx, lead, rows)
	if err != nil {
		return err
	}
	for _, one := range leads {
		heir, _ := long(one.row[colHeir])
		if c := byID[heir]; c != nil && one.created.Before(c.created) && (c.lead == nil || one.created.Before(c.lead.created)) {
			c.lead = one
		}
	}
	return nil
}

// history is what is told of a record.
func (h *histories) history(one *found) crm.History {
	out := crm.History{ID: one.row.id(), Created: one.created, Fields: map[string]crm.Past{}, Links: map[string]crm.Past{}}
	if one.lead != nil {
		out.Created = one.lead.created
	}
	for _, name := range h.q.Fields {
		if h.together(name).Kept {
			out.Fields[name] = h.past(one, name)
		}
	}
	for _, link := range h.q.Links {
		if h.linked(link) && h.together(colAccount).Kept {
			out.Links[link] = h.past(one, colAccount)
		}
	}
	return out
}
