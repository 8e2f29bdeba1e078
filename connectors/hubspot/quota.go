package hubspot

import (
	"fmt"
	"sync"
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
	share float64

	mu          sync.Mutex
	known       bool
	limit, left int
	budget      int       // calls this run may still make
	spent       int       // calls made before the budget was known
	turns       time.Time // when what is known is over, with the day
}

// begin starts a new run.
func (q *quota) begin() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = 0
	if q.known {
		q.budget = int(q.share * float64(q.left))
	}
}

// spend notes calls made.
func (q *quota) spend(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.known {
		q.budget -= n
		return
	}
	q.spent += n
}

// learn adopts what HubSpot tells. When more is left than before, a new day has begun and with it a new share.
func (q *quota) learn(limit, left int, turns time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// Answers may overtake each other: a few calls more than last time are not a new day.
	turned := q.known && left > q.left+limit/100+100
	if !q.known {
		q.budget = int(q.share*float64(left+q.spent)) - q.spent
	}
	if turned {
		q.budget = int(q.share * float64(left))
	}
	q.known, q.limit, q.left, q.turns = true, limit, left, turns
}

// spare reports whether another call may be made.
func (q *quota) spare(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.known && !now.Before(q.turns) {
		q.known, q.spent = false, 0
	}
	return !q.known || (q.budget > 0 && q.left > 0)
}

// told returns the limit and what is left of it, as last told.
func (q *quota) told() (limit, left int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.limit, q.left
}

func (c *Connector) learn(limit, left int) {
	c.quota.learn(limit, left, c.now().Add(c.untilMidnight()))
}

// allow refuses a call beyond the run's share.
func (c *Connector) allow(req rest.Request) error {
	if c.quota.spare(c.now()) {
		return nil
	}
	return c.overspent(req.Op, req.Object)
}

func (c *Connector) overspent(op, object string) error {
	limit, left := c.quota.told()
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
