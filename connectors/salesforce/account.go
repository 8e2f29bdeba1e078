package salesforce

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

var zoneShape = regexp.MustCompile(`^[A-Za-z_+-]{1,30}(/[A-Za-z0-9_+-]{1,40}){0,2}$`)

// Account says which org the credential opens: its id in 18 characters. It asks each time: the credential may open
// another one by now.
func (c *Connector) Account(ctx context.Context) (crm.Account, error) {
	const op = "read the org"
	req := rest.Request{Op: op, Kind: "account", Method: http.MethodGet, Path: c.path("/query"), Header: headers(), Free: true,
		Query: url.Values{"q": {"SELECT Id, TimeZoneSidKey FROM Organization"}}}
	page, err := c.page(ctx, req)
	if err != nil {
		return crm.Account{}, err
	}
	odd := &crm.Error{Kind: crm.ErrUnavailable, Op: op, Message: "the answer does not name an org"}
	if len(page.rows) != 1 || page.rows[0].id() == "" {
		return crm.Account{}, odd
	}
	out := crm.Account{ID: page.rows[0].id()}
	g, ok := c.login.current()
	if !ok || g.org != out.ID {
		odd.Message = "the login and the org's own record name different orgs"
		return crm.Account{}, odd
	}
	c.quota.Of(out.ID)
	if zone := page.rows[0]["TimeZoneSidKey"]; zoneShape.MatchString(zone) {
		out.TimeZone = zone
	}
	if g.instance.Scheme == "https" {
		// My Domain as people open it: example.my.salesforce.com is example.lightning.force.com.
		host := strings.Replace(g.instance.Hostname(), ".my.salesforce.com", ".lightning.force.com", 1)
		out.URL = "https://" + host
	}
	return out, nil
}

// Owners lists the active users.
func (c *Connector) Owners(ctx context.Context) ([]crm.Owner, error) {
	const op = "list owners"
	rows, err := c.whole(ctx, op, crm.Owners, query{columns: []string{colID, "Email", "Name"}, from: "User", where: []string{"IsActive = true"}})
	if err != nil {
		return nil, kinded(ctx, op, crm.Owners, err)
	}
	out := make([]crm.Owner, len(rows))
	for i, r := range rows {
		out[i] = crm.Owner{ID: r.id(), Email: r["Email"], Name: r["Name"]}
	}
	return out, nil
}
