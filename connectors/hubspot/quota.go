package hubspot

import (
	"context"
	"fmt"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const defaultShare = 0.5

func shareOf(share float64) (float64, error) {
	if share == 0 {
		return defaultShare, nil
	}
	if !(share > 0 && share <= 1) {
		return 0, &crm.Error{Kind: crm.ErrInvalid, Op: "daily share", Message: "not between 0 and 1",
			Hint: "0.5 lets a run spend half of the calls left today"}
	}
	return share, nil
}

// quota keeps a run within its share of the calls the account has left today. Other programs spend from the same
// allowance, so what is left is as HubSpot last told it.
type quota struct {
	rest.Day
	share float64
}

// rule is how many more calls a run may make.
func (q *quota) rule(d crm.Day) int {
	return min(int(q.share*float64(d.Began))-d.Spent, d.Left) - d.Ahead
}

// spare reports whether another call may be made.
func (q *quota) spare(ctx context.Context, now time.Time) bool { return q.Room(ctx, now, q.rule) > 0 }

func (c *Connector) learn(limit, left int) {
	c.quota.Told(c.now(), limit, left, c.untilMidnight())
}

// allow refuses a call beyond the run's share.
func (c *Connector) allow(ctx context.Context, req rest.Request) error {
	if c.quota.spare(ctx, c.now()) {
		return nil
	}
	return c.overspent(req.Op, req.Object)
}

func (c *Connector) overspent(op, object string) error {
	limit, left := c.quota.Left()
	return &crm.Error{Kind: crm.ErrQuota, Op: op, Object: object,
		Message: fmt.Sprintf("this run's share of HubSpot's daily calls is spent (%d of %d are left today, share %g)",
			left, limit, c.quota.share),
		Hint:       "The next run goes on where this one stopped. The quota turns over at midnight in the account's time zone; BAREME_HUBSPOT_DAILY_SHARE sets the share",
		RetryAfter: c.untilMidnight()}
}

// untilMidnight is how long HubSpot's day still lasts: the quota turns over at midnight in the account's time zone. By
// HubSpot's own clock, and in UTC as long as the zone is not known.
func (c *Connector) untilMidnight() time.Duration {
	zone := time.UTC
	if account, ok := c.account.Peek(); ok {
		if z, err := time.LoadLocation(account.TimeZone); err == nil {
			zone = z
		}
	}
	now := c.now().Add(time.Duration(c.clock.Load())).In(zone)
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).Sub(now)
}
