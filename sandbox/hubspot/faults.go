package hubspot

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// Fault is a planned misbehaviour. The first fault that matches a request and is due decides its answer.
type Fault struct {
	Method    string `json:"method,omitempty"`    // "": any
	Path      string `json:"path,omitempty"`      // part of the path, or a pattern with * within segments; "": any
	Operation string `json:"operation,omitempty"` // as in the request log: search, batch_update …; "": any
	After     int    `json:"after,omitempty"`     // let this many matching requests pass first
	Count     int    `json:"count,omitempty"`     // how many requests to spoil; 0: one, negative: all

	Kind       FaultKind `json:"kind"`
	Status     int       `json:"status,omitempty"`     // of kinds status and html
	RetryAfter int       `json:"retryAfter,omitempty"` // seconds, sent as Retry-After
	Scope      string    `json:"scope,omitempty"`      // of kind missing_scopes
	Latency    int       `json:"latency,omitempty"`    // milliseconds to wait first
	Apply      bool      `json:"apply,omitempty"`      // do the work before spoiling the answer
}

// FaultKind names a way to misbehave.
type FaultKind string

// The kinds of fault.
const (
	FaultDaily         FaultKind = "daily"          // 429: the day's requests are spent
	FaultTenSecondly   FaultKind = "ten_secondly"   // 429: too many in ten seconds
	FaultSecondly      FaultKind = "secondly"       // 429: too many searches in a second
	FaultLocked        FaultKind = "locked"         // 423: writes came too fast
	FaultMigrating     FaultKind = "migrating"      // 477 with Retry-After
	FaultStatus        FaultKind = "status"         // any status, with HubSpot's error body
	FaultExpired       FaultKind = "expired"        // 401: the token was good and no longer is
	FaultMissingScopes FaultKind = "missing_scopes" // 403 naming the scope
	FaultReset         FaultKind = "reset"          // the connection breaks without an answer
	FaultTruncated     FaultKind = "truncated"      // the connection breaks in the middle of the right answer
	FaultHTML          FaultKind = "html"           // a page of HTML, as gateways send
	FaultSlow          FaultKind = "slow"           // the right answer, late
)

// fault is a planned Fault and how far it is.
type fault struct {
	Fault
	seen, used int
}

// Inject plans faults; they are tried in the order given.
func (s *Sandbox) Inject(faults ...Fault) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	for _, f := range faults {
		if !slices.Contains(faultKinds(), f.Kind) {
			return badRequest("unknown fault kind %q", f.Kind)
		}
		s.faults = append(s.faults, &fault{Fault: f})
	}
	return nil
}

func faultKinds() []FaultKind {
	return []FaultKind{FaultDaily, FaultTenSecondly, FaultSecondly, FaultLocked, FaultMigrating, FaultStatus, FaultExpired,
		FaultMissingScopes, FaultReset, FaultTruncated, FaultHTML, FaultSlow}
}

// ClearFaults drops every planned fault.
func (s *Sandbox) ClearFaults() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.faults = nil
}

// nextFault finds the fault that is due for a call, and counts it.
func (s *Sandbox) nextFault(c *call) *fault {
	s.gate.Lock()
	defer s.gate.Unlock()
	for _, f := range s.faults {
		if !f.matches(c) {
			continue
		}
		f.seen++
		if f.seen <= f.After || f.Count >= 0 && f.used >= max(1, f.Count) {
			continue
		}
		f.used++
		c.fault = string(f.Kind)
		return f
	}
	return nil
}

func (f *fault) matches(c *call) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, c.r.Method) || f.Operation != "" && f.Operation != c.op {
		return false
	}
	if strings.Contains(f.Path, "*") {
		ok, err := path.Match(f.Path, c.r.URL.Path)
		return ok && err == nil
	}
	return strings.Contains(c.r.URL.Path, f.Path)
}

// needsWork says whether the request is carried out although its answer will be spoiled.
func (f *fault) needsWork() bool {
	return f.Apply || f.Kind == FaultTruncated || f.Kind == FaultSlow
}

// answer spoils an answer; done is the right one, when the work was done.
func (f *fault) answer(c *call, done *answer) *answer {
	switch f.Kind {
	case FaultSlow:
		return done
	case FaultTruncated:
		done.cut = halfBody
		return done
	case FaultReset:
		return &answer{cut: reset, header: http.Header{}}
	case FaultHTML:
		return htmlPage(f.statusOr(http.StatusBadGateway))
	}
	e := f.problem()
	if f.RetryAfter > 0 {
		e.retryAfter = f.RetryAfter
	}
	return c.problem(e)
}

func (f *fault) statusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}

func (f *fault) problem() *apiError {
	switch f.Kind {
	case FaultDaily:
		return dailyLimit()
	case FaultTenSecondly:
		return tenSecondlyLimit()
	case FaultSecondly:
		return secondlyLimit()
	case FaultLocked:
		return fail(http.StatusLocked, "LOCKED", "The resource is locked by another operation. Wait at least 2 seconds before trying again.")
	case FaultMigrating:
		e := fail(477, "MIGRATION_IN_PROGRESS", "This account is being migrated between data centers.")
		e.retryAfter = 1
		return e
	case FaultExpired:
		return expired()
	case FaultMissingScopes:
		return missingScopes(f.Scope)
	}
	status := f.statusOr(http.StatusInternalServerError)
	return fail(status, "", "%s", serverWords(status))
}

func serverWords(status int) string {
	if status >= 500 {
		return "internal error"
	}
	return strings.ToLower(http.StatusText(status))
}

func htmlPage(status int) *answer {
	a := &answer{status: status, header: http.Header{}}
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	text := http.StatusText(status)
	a.body = []byte("<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n")
	return a
}
