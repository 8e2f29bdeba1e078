package hubspot

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/internal/rest"
)

const (
	recordBatch = 100
	// abreast is how many calls of one kind are under way at a time.
	abreast = 4
)

// readAll reads records by id, in batches side by side, in the order of the ids; those that no longer exist are left out.
//
// HubSpot: objects API, read a batch.
func (c *Connector) readAll(ctx context.Context, op string, o object, ids, props []string) ([]wireRecord, error) {
	chunks := slices.Collect(slices.Chunk(ids, recordBatch))
	parts := make([][]wireRecord, len(chunks))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(abreast)
	for i, chunk := range chunks {
		group.Go(func() (err error) {
			parts[i], err = c.readBatch(gctx, op, o, chunk, props)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

func (c *Connector) readBatch(ctx context.Context, op string, o object, ids, props []string) ([]wireRecord, error) {
	inputs := make([]wireID, len(ids))
	for i, id := range ids {
		inputs[i].ID = id
	}
	batch, err := rest.Call[wireBatch](ctx, c.rest, rest.Request{
		Op: op, Kind: "batch read", Object: o.ours, Method: http.MethodPost, Path: c.dialect.batchRead(o),
		Body: wireBatchRead{Properties: props, History: []string{}, Inputs: inputs}, Window: c.burst,
	})
	if err != nil {
		return nil, err
	}
	for _, e := range batch.Errors {
		if !e.notFound() {
			return nil, e.valueError(op, o.ours, "")
		}
	}
	// HubSpot promises no order; ours is the caller's, and records under other ids (merged ones) come last.
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i + 1
	}
	slices.SortStableFunc(batch.Results, func(a, b wireRecord) int {
		pa, pb := place[a.ID], place[b.ID]
		if pa == 0 || pb == 0 {
			return pb - pa
		}
		return pa - pb
	})
	return batch.Results, nil
}

// readWithLinks reads records and, side by side, their links.
func (p *pull) readWithLinks(ctx context.Context, ids []string) ([]wireRecord, linkSet, error) {
	links := newLinkSet()
	if len(ids) == 0 {
		return nil, links, p.stopped(ctx)
	}
	group, gctx := errgroup.WithContext(ctx)
	var records []wireRecord
	group.Go(func() (err error) {
		records, err = p.c.readAll(gctx, p.op, p.o, ids, p.props)
		return err
	})
	found := make([]map[string][]string, len(p.links))
	for i, to := range p.links {
		group.Go(func() (err error) {
			found[i], err = p.c.readLinks(gctx, p.op, p.o, to, ids)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, links, err
	}
	for i, to := range p.links {
		for id, linked := range found[i] {
			links.ids[linkKey{id, to.ours}] = linked
		}
	}
	return records, links, nil
}

// one reads a single record. HubSpot follows a merged id to the record it lives on in.
//
// HubSpot: objects API, read.
func (c *Connector) one(ctx context.Context, op string, o object, id string, props []string) (wireRecord, bool, error) {
	r, err := rest.Call[wireRecord](ctx, c.rest, rest.Request{
		Op: op, Kind: "read", Object: o.ours, Method: http.MethodGet, Path: c.dialect.record(o, id),
		Query: propertiesQuery(props), Window: c.burst,
	})
	if missing(err) {
		return wireRecord{}, false, nil
	}
	return r, err == nil && r.ID != "", err
}
