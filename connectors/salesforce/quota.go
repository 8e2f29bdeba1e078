package salesforce

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const (
	defaultOrgShare = 0.8
	defaultRunShare = 0.25
)

// quota keeps a run within two ceilings: the org's use by all programs together, and this run's own. Salesforce tells the
// use of the last 24 hours with every answer.
type quota struct {
	rest.Day
	orgShare, runShare float64
}

func newQuota(org, run float64) (*quota, error) {
	for share, name := range map[*float64]string{&org: "BAREME_SALESFORCE_ORG_SHARE", &run: "BAREME_SALESFORCE_RUN_SHARE"} {
		if *share < 0 || *share > 1 || *share != *share {
			return nil, &crm.Error{Kind: crm.ErrInvalid, Op: name, Message: "not between 0 and 1"}
		}
	}
	if org == 0 {
		org = defaultOrgShare
	}
	if run == 0 {
		run = defaultRunShare
	}
	return &quota{orgShare: org, runShare: run}, nil
}

var usage = regexp.MustCompile(`api-usage=(\d{1,10})/(\d{1,10})`)

// learn counts a call and reads the header of its answer.
//
// Salesforce: REST API, Limit Info header.
func (q *quota) learn(now time.Time, header string) {
	q.Called()
	m := usage.FindStringSubmatch(header)
	if m == nil {
		return
	}
	used, errUsed := strconv.Atoi(m[1])
	limit, errLimit := strconv.Atoi(m[2])
	if errUsed == nil && errLimit == nil {
		q.set(now, limit, limit-used)
	}
}

// set adopts what Salesforce says.
func (q *quota) set(now time.Time, limit, left int) {
	if limit > 0 {
		q.Told(now, limit, min(limit, left), 0)
	}
}

// rule is how many more calls both ceilings leave.
func (q *quota) rule(d crm.Day) int { return min(q.ofOrg(d), q.ofRun(d)) }

func (q *quota) ofOrg(d crm.Day) int {
	return int(math.Ceil(q.orgShare*float64(d.Limit))) - (d.Limit - d.Left) - d.Ahead
}

func (q *quota) ofRun(d crm.Day) int {
	return int(math.Ceil(q.runShare*float64(d.Limit))) - d.Spent - d.Ahead
}

// allow refuses a call beyond a ceiling. The next run goes on at the cursor.
func (c *Connector) allow(ctx context.Context, req rest.Request) error {
	q := c.quota
	if q.Room(ctx, c.now(), q.rule) > 0 {
		return nil
	}
	return &crm.Error{Kind: crm.ErrQuota, Op: req.Op, Object: req.Object, Message: q.why(),
		Hint:       "The next run goes on where this one stopped. BAREME_SALESFORCE_ORG_SHARE and BAREME_SALESFORCE_RUN_SHARE set the shares",
		RetryAfter: limitPause}
}

// why says which ceiling the next call would break.
func (q *quota) why() string {
	d := q.Known()
	if q.ofOrg(d) <= 0 {
		return fmt.Sprintf("the org has used %d of its %d calls in 24 hours, and this worker stops at %g of them", d.Limit-d.Left, d.Limit, q.orgShare)
	}
	return fmt.Sprintf("this run has made %d calls, its share of the org's %d in 24 hours (%g)", d.Spent, d.Limit, q.runShare)
}

// learnLimits asks for the org's limits at the start of a run. Its answer may show that there is room again, so it is
// asked even when a ceiling has been met.
//
// Salesforce: REST API, Limits.
func (c *Connector) learnLimits(ctx context.Context) error {
	got, err := rest.Call[map[string]wireLimit](ctx, c.rest, rest.Request{
		Op: "read the org's limits", Kind: "limits", Method: http.MethodGet, Path: c.path("/limits"), Header: headers(), Free: true,
	})
	if err == nil {
		c.quota.set(c.now(), got["DailyApiRequests"].Max, got["DailyApiRequests"].Remaining)
	}
	return err
}
