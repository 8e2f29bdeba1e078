package hubspot

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
)

const (
	searchLimit = 200
	// searchesPerPage is how many searches make one page of a pull: their ids fill one request for links.
	searchesPerPage = linkBatch / searchLimit
)

// changes yields what changed in one window of time, in id order.
//
// HubSpot's search stops at 10,000 results, and more than that can change in one millisecond. So no search goes beyond
// its first page: the next one asks for ids above the last, within the same window. The window is closed at its upper
// end, by HubSpot's clock, as soon as the first search has answered: what changes later leaves the window and comes with
// the next one.
//
// HubSpot: search API.
func (p *pull) changes(ctx context.Context, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		total := 0
		for {
			h, err := p.changedPage(ctx, at)
			if err != nil {
				yield(haul{}, err)
				return
			}
			total = max(total, h.total)
			h.total = total
			if !yield(h, nil) || h.next.Until == 0 {
				return
			}
			at = h.next
		}
	}
}

// changedPage searches up to searchesPerPage times and reads what was found.
func (p *pull) changedPage(ctx context.Context, at cursor) (haul, error) {
	var h haul
	var found []wireRecord
	for range searchesPerPage {
		page, date, err := p.searchPage(ctx, at)
		if err != nil {
			return haul{}, err
		}
		h.total = max(h.total, page.Total+len(found))
		if at.Until == 0 {
			at.Until = max(date.UnixMilli(), 1)
		}
		last, err := p.advance(at.ID, page.Results)
		if err != nil {
			return haul{}, err
		}
		found = append(found, page.Results...)
		at.ID = last
		if len(page.Results) == 0 || (page.Paging.after() == "" && page.Total <= len(page.Results)) {
			at = cursor{Mode: searching, Since: at.Until}
			break
		}
	}
	h.next = at
	wanted, skipped, err := p.skim(ctx, found)
	if err != nil {
		return haul{}, err
	}
	h.skipped = skipped
	h.records, h.links, err = p.readWithLinks(ctx, recordIDs(wanted))
	return h, err
}

// advance returns the last id of a page, which must be above all before it: a search that does not advance would never end.
func (p *pull) advance(last string, results []wireRecord) (string, error) {
	for _, r := range results {
		if !isID(r.ID) || (last != "" && compareIDs(r.ID, last) <= 0) {
			return "", stuck(p.op, p.o.ours)
		}
		last = r.ID
	}
	return last, nil
}

// searchPage asks for ids and modified dates alone: HubSpot takes no search of more than 3,000 characters, and what it
// shows of records may lag behind what they are.
func (p *pull) searchPage(ctx context.Context, at cursor) (wirePage, time.Time, error) {
	since := max(0, at.Since-Overlap.Milliseconds())
	window := wireFilter{Property: p.o.modified, Operator: "GTE", Value: millis(fromMillis(since))}
	if at.Until != 0 {
		window.Operator, window.High = "BETWEEN", millis(fromMillis(max(since, at.Until)))
	}
	filters := []wireFilter{window}
	if at.ID != "" {
		filters = append(filters, wireFilter{Property: "hs_object_id", Operator: "GT", Value: at.ID})
	}
	req := rest.Request{Op: p.op, Kind: "search", Object: p.o.ours, Method: http.MethodPost, Path: p.c.dialect.search(p.o),
		Body: wireSearch{
			FilterGroups: []wireFilterGroup{{filters}},
			Sorts:        []wireSort{{"hs_object_id", "ASCENDING"}},
			Properties:   []string{p.o.modified},
			Limit:        searchLimit,
			After:        "0",
		},
		Window: p.c.search}
	answer, err := p.c.rest.Do(ctx, req)
	if err != nil {
		return wirePage{}, time.Time{}, err
	}
	page, err := rest.Decode[wirePage](req, answer)
	return page, p.c.serverTime(answer), err
}
