package salesforce

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// longestAddress is how many bytes of query an address may hold: Salesforce answers 414 or 431 beyond 16,384 with headers.
const longestAddress = 14_000

// answered is one page of a query by REST.
type answered struct {
	rows  []row
	total int
	next  string // where the next page is, "" after the last
	date  time.Time
}

// ask runs a query by REST and returns its first page.
//
// Salesforce: REST API, Query and QueryAll.
func (c *Connector) ask(ctx context.Context, op, ours string, q query) (answered, error) {
	resource := "/query"
	if q.all {
		resource = "/queryAll"
	}
	return c.page(ctx, c.queryRequest(op, ours, c.path(resource), url.Values{"q": {q.String()}}))
}

// more reads the next page of a query. Its address must be at the same host.
func (c *Connector) more(ctx context.Context, op, ours, next string) (answered, error) {
	req, err := c.linked(c.queryRequest(op, ours, "", nil), next)
	if err != nil {
		return answered{}, err
	}
	return c.page(ctx, req)
}

func (c *Connector) queryRequest(op, ours, path string, query url.Values) rest.Request {
	return rest.Request{Op: op, Kind: "query", Object: ours, Method: http.MethodGet, Path: path, Query: query,
		Header: headers("Sforce-Query-Options", "batchSize="+strconv.Itoa(max(200, c.o.PageSize)))}
}

func (c *Connector) page(ctx context.Context, req rest.Request) (answered, error) {
	answer, err := c.rest.Do(ctx, req)
	if err != nil {
		return answered{}, err
	}
	got, err := rest.Decode[wirePage](req, answer)
	if err != nil {
		return answered{}, err
	}
	out := answered{total: got.Total, date: c.serverTime(answer), rows: make([]row, len(got.Records))}
	for i, record := range got.Records {
		if out.rows[i], err = restRow(record); err != nil {
			return answered{}, &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object,
				Message: "the answer does not have the documented shape"}
		}
	}
	if !got.Done {
		out.next = got.Next
		if got.Next == "" {
			return answered{}, stuck(req.Op, req.Object)
		}
	}
	return out, nil
}

// whole reads every page of a query whose answer is small.
func (c *Connector) whole(ctx context.Context, op, ours string, q query) ([]row, error) {
	page, err := c.ask(ctx, op, ours, q)
	if err != nil {
		return nil, err
	}
	rows := page.rows
	for page.next != "" {
		before := page.next
		if page, err = c.more(ctx, op, ours, page.next); err != nil {
			return nil, err
		}
		if page.next == before {
			return nil, stuck(op, ours)
		}
		rows = append(rows, page.rows...)
	}
	return rows, nil
}

// byIDs runs a query for the rows whose column is one of the ids, as many ids at a time as an address holds.
func (c *Connector) byIDs(ctx context.Context, op, ours string, q query, column string, ids []string) ([]row, error) {
	var out []row
	const perID = 27 // an id in quotes and a comma, escaped for an address
	size := max(1, (longestAddress-len(url.QueryEscape(q.String())))/perID)
	for len(ids) > 0 {
		n := min(size, len(ids))
		part := q
		part.where = append([]string{column + " IN " + quoteAll(ids[:n])}, q.where...)
		rows, err := c.whole(ctx, op, ours, part)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		ids = ids[n:]
	}
	return out, nil
}

// stuck is the error of a page whose successor is itself.
func stuck(op, object string) error {
	return &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: object, Message: "Salesforce's pages do not advance"}
}
