package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"

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
	orgShare, runShare float64

	mu          sync.Mutex
	limit, used int // as last told; limit 0: not yet
	spent       int // by this run
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

// begin starts a new run.
func (q *quota) begin() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = 0
}

var usage = regexp.MustCompile(`api-usage=(\d{1,10})/(\d{1,10})`)

// learn reads the header of an answer, and counts the call when there is none.
//
// Salesforce: REST API, Limit Info header.
func (q *quota) learn(header string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent++
	m := usage.FindStringSubmatch(header)
	if m == nil {
		q.used++
		return
	}
	used, errUsed := strconv.Atoi(m[1])
	limit, errLimit := strconv.Atoi(m[2])
	if errUsed == nil && errLimit == nil && limit > 0 {
		q.used, q.limit = used, limit
	}
}

// set adopts what /limits says.
func (q *quota) set(limit, left int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if limit > 0 {
		q.limit, q.used = limit, max(0, limit-left)
	}
}

// told returns the limit and what is left of it, as last told.
func (q *quota) told() (limit, left int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.limit, max(0, q.limit-q.used)
}

// over says which ceiling the next call would break, "" when none.
func (q *quota) over() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.limit == 0:
		return ""
	case float64(q.used) >= q.orgShare*float64(q.limit):
		return fmt.Sprintf("the org has used %d of its %d calls in 24 hours, and this worker stops at %g of them", q.used, q.limit, q.orgShare)
	case float64(q.spent) >= q.runShare*float64(q.limit):
		return fmt.Sprintf("this run has made %d calls, its share of the org's %d in 24 hours (%g)", q.spent, q.limit, q.runShare)
	}
	return ""
}

// allow refuses a call beyond a ceiling. The next run goes on at the cursor.
func (c *Connector) allow(req rest.Request) error {
	why := c.quota.over()
	if why == "" {
		return nil
	}
	return &crm.Error{Kind: crm.ErrQuota, Op: req.Op, Object: req.Object, Message: why,
		Hint:       "The next run goes on where this one stopped. BAREME_SALESFORCE_ORG_SHARE and BAREME_SALESFORCE_RUN_SHARE set the shares",
		RetryAfter: limitPause}
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
		c.quota.set(got["DailyApiRequests"].Max, got["DailyApiRequests"].Remaining)
	}
	return err
}
