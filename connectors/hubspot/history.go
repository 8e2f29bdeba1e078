package hubspot

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

var _ crm.Historian = (*Connector)(nil)

const (
	// historyBatch is how many records one batch may name when it asks for histories.
	historyBatch = 50
	// historyDepth is how many values of a property HubSpot is known to keep at least. A history of so many may have lost
	// its beginning.
	historyDepth = 20
)

// HistoryCalls implements crm.Historian.
func (c *Connector) HistoryCalls(_ string, records int) int {
	return (records + historyBatch - 1) / historyBatch
}

// Tracked implements crm.Historian. HubSpot keeps the history of every property that is not calculated: of those it dates
// the values by when it came round to calculating them.
func (c *Connector) Tracked(ctx context.Context, q crm.HistoryQuery) (crm.Tracked, error) {
	h, err := c.newHistories(ctx, q)
	if err != nil {
		return crm.Tracked{}, err
	}
	out := crm.Tracked{Fields: map[string]crm.Tracking{}, Links: map[string]crm.Tracking{}}
	for _, name := range q.Fields {
		out.Fields[name] = h.tracking(name)
	}
	for _, link := range q.Links {
		if out.Links[link] = h.tracking(companyProperty); !h.linked(link) {
			out.Links[link] = crm.Tracking{Why: "is linked without a history in HubSpot"}
		}
	}
	return out, nil
}

// Histories implements crm.Historian.
//
// HubSpot: objects API, read a batch, propertiesWithHistory.
func (c *Connector) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	h, err := c.newHistories(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(distinct(q.IDs), func(id string) bool { return !isID(id) })
	chunks := slices.Collect(slices.Chunk(ids, historyBatch))
	parts := make([][]crm.History, len(chunks))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(abreast)
	for i, chunk := range chunks {
		group.Go(func() (err error) {
			parts[i], err = h.read(gctx, chunk)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, kinded(ctx, h.op, q.Object, err)
	}
	return slices.Concat(parts...), nil
}

// histories is one reading of histories.
type histories struct {
	c      *Connector
	op     string
	o      object
	q      crm.HistoryQuery
	schema schema
	names  []string // of the properties to read
}

func (c *Connector) newHistories(ctx context.Context, q crm.HistoryQuery) (*histories, error) {
	h := &histories{c: c, op: "read what " + q.Object + " were", q: q}
	var err error
	if h.o, err = objectOf(h.op, q.Object); err != nil {
		return nil, err
	}
	if h.schema, err = c.describe(ctx, h.o); err != nil {
		return nil, err
	}
	for _, name := range q.Fields {
		if _, ok := h.schema.wire[name]; !ok {
			return nil, unknownField(h.op, h.schema.Schema, name)
		}
		if h.tracking(name).Kept {
			h.names = append(h.names, name)
		}
	}
	if slices.ContainsFunc(q.Links, h.linked) {
		h.names = append(h.names, companyProperty)
	}
	h.names = distinct(h.names)
	return h, nil
}

func (h *histories) tracking(name string) crm.Tracking {
	if h.schema.wire[name].Calculated {
		return crm.Tracking{Why: "is calculated by HubSpot, which does not say when its value came about"}
	}
	return crm.Tracking{Kept: true}
}

// linked reports whether a property names the linked record of an object: the primary company of a contact.
func (h *histories) linked(object string) bool {
	return h.o.ours == crm.People && object == crm.Companies
}

type wireWas struct {
	Value     string `json:"value"`
	Timestamp string `json:"timestamp"`
}

type wireHistories struct {
	Results []struct {
		ID      string               `json:"id"`
		Created string               `json:"createdAt"`
		History map[string][]wireWas `json:"propertiesWithHistory"`
	} `json:"results"`
	Errors []envelope `json:"errors"`
}

// read reads one batch. Who was merged comes under another id, and is left out with those that are missing.
func (h *histories) read(ctx context.Context, ids []string) ([]crm.History, error) {
	inputs := make([]wireID, len(ids))
	for i, id := range ids {
		inputs[i].ID = id
	}
	got, err := rest.Call[wireHistories](ctx, h.c.rest, rest.Request{
		Op: h.op, Kind: "history", Object: h.o.ours, Method: http.MethodPost, Path: h.c.dialect.batchRead(h.o),
		Body: wireBatchRead{Properties: []string{}, History: h.names, Inputs: inputs}, Window: h.c.burst,
	})
	if err != nil {
		return nil, err
	}
	for _, e := range got.Errors {
		if !e.notFound() {
			return nil, e.valueError(h.op, h.o.ours, "")
		}
	}
	var out []crm.History
	for _, r := range got.Results {
		if !slices.Contains(ids, r.ID) {
			continue
		}
		one := crm.History{ID: r.ID, Fields: make(map[string]crm.Past, len(h.q.Fields)), Links: map[string]crm.Past{}}
		one.Created, _ = parseTime(r.Created)
		for _, name := range h.q.Fields {
			if h.tracking(name).Kept {
				one.Fields[name] = past(h.schema.types[name], r.History[name])
			}
		}
		for _, link := range h.q.Links {
			if h.linked(link) {
				one.Links[link] = past(crm.Number, r.History[companyProperty]) // ids are numbers there, at times with a fraction
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// past is a property's history in canonical text, oldest first; values set again as they were are no changes. HubSpot
// begins it with the first value: before, there was none.
func past(t crm.Type, entries []wireWas) crm.Past {
	p := crm.Past{Whole: len(entries) < historyDepth, Cut: len(entries) >= historyDepth}
	for _, e := range slices.Backward(entries) {
		if at, ok := parseTime(e.Timestamp); ok {
			p.Values = append(p.Values, crm.Was{From: at, Value: canonical(t, e.Value)})
		}
	}
	slices.SortStableFunc(p.Values, func(a, b crm.Was) int { return a.From.Compare(b.From) })
	p.Values = slices.CompactFunc(p.Values, func(a, b crm.Was) bool { return a.Value == b.Value })
	return p
}
