package salesforce

import (
	"fmt"
	"net/http"
	"time"
)

// Limits are the request limits of an org. The zero value stands for those of a Developer Edition.
type Limits struct {
	Daily       int           `json:"daily"`       // requests in any 24 hours; 15,000
	Concurrent  int           `json:"concurrent"`  // long requests at once; 5
	LongRequest time.Duration `json:"longRequest"` // from when a request is a long one; 20 s
	BulkBatches int           `json:"bulkBatches"` // bulk ingest batches in any 24 hours; 15,000
	BulkQueries int           `json:"bulkQueries"` // bulk query jobs in any 24 hours; 10,000
}

func (l Limits) orDefaults() Limits {
	set := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	set(&l.Daily, 15_000)
	set(&l.Concurrent, 5)
	set(&l.BulkBatches, 15_000)
	set(&l.BulkQueries, 10_000)
	if l.LongRequest == 0 {
		l.LongRequest = 20 * time.Second
	}
	return l
}

// quota counts requests. Salesforce's window rolls over 24 hours; the sandbox counts it by the hour.
type quota struct {
	limits         Limits
	hours          map[int64]int // requests, by hour
	batches, query map[int64]int // bulk batches and query jobs, by hour
	spent          int           // what others have used, see LeaveDaily
}

func newQuota(l Limits) quota {
	return quota{limits: l.orDefaults(), hours: map[int64]int{}, batches: map[int64]int{}, query: map[int64]int{}}
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// within is how many are counted in the 24 hours before now; older ones are forgotten.
func within(hours map[int64]int, now time.Time) int {
	n := 0
	for h, k := range hours {
		if h <= hourOf(now)-24 {
			delete(hours, h)
			continue
		}
		n += k
	}
	return n
}

func (q *quota) used(now time.Time) int { return within(q.hours, now) + q.spent }

// take counts one request, or refuses it.
func (q *quota) take(now time.Time, inFlight map[*call]struct{}, c *call) *apiError {
	if q.used(now) >= q.limits.Daily {
		return tooManyRequests()
	}
	long := 0
	for other := range inFlight {
		if other != c && now.Sub(other.at) >= q.limits.LongRequest {
			long++
		}
	}
	if long >= q.limits.Concurrent {
		return tooManyAtOnce()
	}
	q.hours[hourOf(now)]++
	return nil
}

func tooManyRequests() *apiError {
	return fail(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
}

func tooManyAtOnce() *apiError {
	return fail(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
}

func (q *quota) header(now time.Time) string {
	return fmt.Sprintf("api-usage=%d/%d", q.used(now), q.limits.Daily)
}

// SetLimits changes the org's limits. What is used stays used.
func (s *Sandbox) SetLimits(l Limits) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.quota.limits = l.orDefaults()
}

// LeaveDaily spends the day's requests, as other programs do, save for some.
func (s *Sandbox) LeaveDaily(left int) {
	s.gate.Lock()
	defer s.gate.Unlock()
	q := &s.quota
	q.spent += q.limits.Daily - left - q.used(s.Now())
}

// limits serves GET /limits, to those who may see the set-up.
func (s *Sandbox) limits(c *call) (int, any, *apiError) {
	s.mu.RLock()
	allowed := s.access.rights[ViewSetup]
	s.mu.RUnlock()
	if !allowed {
		return 0, nil, fail(http.StatusForbidden, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	q := &s.quota
	type limit struct{ Max, Remaining int }
	of := func(most, used int) limit { return limit{most, max(0, most-used)} }
	out := map[string]limit{
		"DailyApiRequests":               of(q.limits.Daily, q.used(c.at)),
		"DailyBulkApiBatches":            of(q.limits.BulkBatches, within(q.batches, c.at)),
		"DailyBulkV2QueryJobs":           of(q.limits.BulkQueries, within(q.query, c.at)),
		"DailyBulkV2QueryFileStorageMB":  of(976_562, 0),
		"DailyAsyncApexExecutions":       of(250_000, 0),
		"DailyStreamingApiEvents":        of(10_000, 0),
		"DailyGenericStreamingApiEvents": of(10_000, 0),
		"DataStorageMB":                  of(5, 0),
		"FileStorageMB":                  of(20, 0),
		"SingleEmail":                    of(15, 0),
		"MassEmail":                      of(10, 0),
		"HourlyTimeBasedWorkflow":        of(1000, 0),
	}
	return http.StatusOK, out, nil
}
