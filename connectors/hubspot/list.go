package hubspot

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/ahead"
	"github.com/bareme/bareme/connectors/internal/rest"
)

const (
	listLimit = "100"
	// longestNames is how many characters of property names a list's address may hold: HubSpot answers 414 to addresses
	// that are too long.
	longestNames = 4000
)

// list yields everything in id order. Its last cursor begins the first window of changes where the list began.
//
// While a page is stored the next one is on its way: each call needs the answer of the one before, and that is what takes
// the time. What is asked of the caller is asked in his turn.
//
// HubSpot: objects API, list.
func (p *pull) list(ctx context.Context, at cursor) iter.Seq2[haul, error] {
	return func(yield func(haul, error) bool) {
		for page, err := range ahead.Run(ctx, func(ctx context.Context) iter.Seq2[listed, error] { return p.listed(ctx, at) }) {
			var h haul
			if err == nil {
				h, err = p.fill(ctx, page)
			}
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
}

// listed is one page of a list as HubSpot sends it, and the cursor after it.
type listed struct {
	wirePage
	next cursor
}

// short reports whether the names of the properties fit into an address.
func (p *pull) short() bool { return len(strings.Join(p.props, ",")) <= longestNames }

func (p *pull) listed(ctx context.Context, at cursor) iter.Seq2[listed, error] {
	names := p.o.modified
	if p.short() {
		names = strings.Join(p.props, ",")
	}
	return func(yield func(listed, error) bool) {
		for {
			page, date, err := p.c.listRecords(ctx, p.op, p.o, url.Values{"properties": {names}}, p.links, at.After)
			if err == nil && at.Since == 0 {
				at.Since = date.UnixMilli()
			}
			if err == nil {
				at, err = nextListed(p.op, p.o, at, page)
			}
			if !yield(listed{page, at}, err) || err != nil || at.Mode == searching {
				return
			}
		}
	}
}

// fill reads what a page of the list does not show.
func (p *pull) fill(ctx context.Context, page listed) (haul, error) {
	h := haul{next: page.next, links: inline(page.Results)}
	var err error
	if h.records, h.skipped, err = p.skim(ctx, page.Results); err != nil {
		return haul{}, err
	}
	if !p.short() {
		if h.records, err = p.c.readAll(ctx, p.op, p.o, recordIDs(h.records), p.props); err != nil {
			return haul{}, err
		}
	}
	return h, p.completeLinks(ctx, &h)
}

// nextListed is the cursor after a page: further down the list, or at its end the search for what changed since it began.
func nextListed(op string, o object, at cursor, page wirePage) (cursor, error) {
	after := page.Paging.after()
	if after == "" {
		return cursor{Mode: searching, Since: at.Since}, nil
	}
	if after == at.After {
		return cursor{}, stuck(op, o.ours)
	}
	return cursor{Mode: listing, After: after, Since: at.Since}, nil
}

// completeLinks reads the links of records that have more of them than a list shows.
func (p *pull) completeLinks(ctx context.Context, h *haul) error {
	for _, to := range p.links {
		var more []string
		for _, r := range h.records {
			if h.links.partial[linkKey{r.ID, to.ours}] {
				more = append(more, r.ID)
			}
		}
		if len(more) == 0 {
			continue
		}
		full, err := p.c.readLinks(ctx, p.op, p.o, to, more)
		if err != nil {
			return err
		}
		for id, ids := range full {
			h.links.ids[linkKey{id, to.ours}] = ids
		}
	}
	return nil
}

// listRecords reads one page of a list and says what time it was at HubSpot.
func (c *Connector) listRecords(ctx context.Context, op string, o object, query url.Values, links []object, after string) (wirePage, time.Time, error) {
	query.Set("limit", listLimit)
	if !query.Has("archived") {
		query.Set("archived", "false")
	}
	if len(links) > 0 {
		names := make([]string, len(links))
		for i, l := range links {
			names[i] = l.name
		}
		query.Set("associations", strings.Join(names, ","))
	}
	if after != "" {
		query.Set("after", after)
	}
	req := rest.Request{Op: op, Kind: "list", Object: o.ours, Method: http.MethodGet, Path: c.dialect.list(o), Query: query, Window: c.burst}
	answer, err := c.rest.Do(ctx, req)
	if err != nil {
		return wirePage{}, time.Time{}, err
	}
	page, err := rest.Decode[wirePage](req, answer)
	return page, c.serverTime(answer), err
}

// propertiesQuery names properties in an address, as many as it may hold.
func propertiesQuery(props []string) url.Values {
	names := strings.Join(props, ",")
	if len(names) > longestNames {
		names = names[:strings.LastIndexByte(names[:longestNames], ',')]
	}
	return url.Values{"properties": {names}}
}

func recordIDs(records []wireRecord) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}

// modified is when a record last changed, by HubSpot's clock.
func (p *pull) modified(r wireRecord) time.Time { return p.o.modifiedAt(r) }

func (o object) modifiedAt(r wireRecord) time.Time {
	if at, ok := parseTime(r.value(o.modified)); ok {
		return at
	}
	at, _ := parseTime(r.UpdatedAt)
	return at
}
