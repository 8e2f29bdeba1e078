package hubspot

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Owners lists the users records can belong to.
//
// HubSpot: owners API.
func (c *Connector) Owners(ctx context.Context) ([]crm.Owner, error) {
	var out []crm.Owner
	after := ""
	for {
		query := url.Values{"limit": {"100"}, "archived": {"false"}}
		if after != "" {
			query.Set("after", after)
		}
		page, err := rest.Call[wireOwners](ctx, c.rest, rest.Request{
			Op: "list owners", Kind: "owners", Object: crm.Owners, Method: http.MethodGet,
			Path: c.dialect.owners, Query: query, Window: c.burst,
		})
		if err != nil {
			return nil, err
		}
		for _, o := range page.Results {
			out = append(out, crm.Owner{ID: o.ID, Email: o.Email, Name: strings.TrimSpace(o.FirstName + " " + o.LastName)})
		}
		next := page.Paging.after()
		if next == "" {
			return out, nil
		}
		if next == after {
			return nil, stuck("list owners", crm.Owners)
		}
		after = next
	}
}

// stuck is the error of a page whose successor is itself.
func stuck(op, object string) error {
	return &crm.Error{Kind: crm.ErrUnavailable, Op: op, Object: object, Message: "HubSpot's pages do not advance"}
}
