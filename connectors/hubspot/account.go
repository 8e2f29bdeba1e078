package hubspot

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

var domainShape = regexp.MustCompile(`^[a-z0-9.-]{1,100}$`)

// Account says which HubSpot account the credential opens. It asks each time: the token may be another one by now.
func (c *Connector) Account(ctx context.Context) (crm.Account, error) {
	account, err := c.account.Renew(ctx, c.readAccount)
	if err == nil {
		c.asked.Store(time.Now().UnixNano())
		c.quota.Of(account.ID)
		for _, w := range c.windows() {
			w.Of(account.ID)
		}
	}
	return account, err
}

// lately reports whether the account was asked for within the last moments, as a run does before it checks.
func (c *Connector) lately() bool {
	return time.Since(time.Unix(0, c.asked.Load())).Abs() < 10*time.Second
}

// readAccount may be called even when the run's share of the daily quota is spent: its answer tells how many calls are
// left, and that may be more than was last known.
//
// HubSpot: account information API, details.
func (c *Connector) readAccount(ctx context.Context) (crm.Account, error) {
	const op = "read the account"
	got, err := rest.Call[wireAccount](ctx, c.rest, rest.Request{
		Op: op, Kind: "account", Method: http.MethodGet, Path: c.dialect.account + "/details", Window: c.burst, Free: true,
	})
	if err != nil {
		return crm.Account{}, err
	}
	if got.PortalID == "" {
		return crm.Account{}, &crm.Error{Kind: crm.ErrUnavailable, Op: op, Message: "the answer does not name an account"}
	}
	out := crm.Account{ID: string(got.PortalID), TimeZone: got.TimeZone, Currency: got.Currency}
	if domain := shaped(domainShape, got.UIDomain); domain != "" {
		out.URL = "https://" + domain + "/contacts/" + string(got.PortalID)
	}
	return out, nil
}

// learnQuota reads today's use of the account, unless answers have told it already.
//
// HubSpot: account information API, daily usage of private apps.
func (c *Connector) learnQuota(ctx context.Context) error {
	if limit, _ := c.quota.Left(); limit > 0 {
		return nil
	}
	got, err := rest.Call[wireUsage](ctx, c.rest, rest.Request{
		Op: "read the daily usage", Kind: "account", Method: http.MethodGet,
		Path: c.dialect.account + "/api-usage/daily/private-apps", Window: c.burst,
	})
	if err != nil {
		return err
	}
	for _, r := range got.Results {
		if r.Limit > 0 {
			c.learn(r.Limit, max(0, r.Limit-r.Current))
			return nil
		}
	}
	return nil
}

// kinded gives an error of ours its kind when it is only ctx's.
func kinded(ctx context.Context, op, object string, err error) error {
	var ours *crm.Error
	if err != nil && !errors.As(err, &ours) && ctx.Err() != nil {
		return rest.Stopped(ctx, op, object)
	}
	return err
}
