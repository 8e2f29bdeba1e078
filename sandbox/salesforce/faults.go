package salesforce

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Fault is a planned misbehaviour. The first fault that matches a request and is due decides its answer.
type Fault struct {
	Method    string `json:"method,omitempty"`    // "": any
	Path      string `json:"path,omitempty"`      // part of the path, or a pattern with * within segments; "": any
	Operation string `json:"operation,omitempty"` // as in the request log: query, collections_update …; "": any
	After     int    `json:"after,omitempty"`     // let this many matching requests pass first
	Count     int    `json:"count,omitempty"`     // how many requests to spoil; 0: one, negative: all

	Kind       FaultKind `json:"kind"`
	Status     int       `json:"status,omitempty"`     // of kinds status, empty and html
	Code       string    `json:"code,omitempty"`       // of kind status: the errorCode
	Message    string    `json:"message,omitempty"`    // of kind status
	RetryAfter int       `json:"retryAfter,omitempty"` // seconds, sent as Retry-After
	Latency    int       `json:"latency,omitempty"`    // milliseconds to wait first
	Apply      bool      `json:"apply,omitempty"`      // do the work before spoiling the answer
}

// FaultKind names a way to misbehave.
type FaultKind string

// The kinds of fault.
const (
	FaultStatus     FaultKind = "status"     // any status with code and message; 500 UNKNOWN_EXCEPTION unless told
	FaultHTML       FaultKind = "html"       // a page of HTML, as gateways send; 503 unless told
	FaultEmpty      FaultKind = "empty"      // no body at all; 406 unless told (420 and 503 come so too)
	FaultExpired    FaultKind = "expired"    // 401 INVALID_SESSION_ID: the session was good and no longer is
	FaultNotValid   FaultKind = "not_valid"  // 403: the session is not valid for use with the REST API
	FaultDaily      FaultKind = "daily"      // 403 REQUEST_LIMIT_EXCEEDED: the day's requests are spent
	FaultConcurrent FaultKind = "concurrent" // 403 REQUEST_LIMIT_EXCEEDED: too many long requests at once
	FaultDisabled   FaultKind = "disabled"   // 403 API_DISABLED_FOR_ORG
	FaultSecurity   FaultKind = "security"   // 400 TXN_SECURITY_METERING_ERROR
	FaultUnready    FaultKind = "unready"    // 503 SERVER_UNAVAILABLE
	FaultTimeout    FaultKind = "timeout"    // 400 QUERY_TIMEOUT
	FaultLocator    FaultKind = "locator"    // 400 INVALID_QUERY_LOCATOR: the cursor is gone
	FaultReset      FaultKind = "reset"      // the connection breaks without an answer
	FaultTruncated  FaultKind = "truncated"  // the connection breaks in the middle of the right answer
	FaultSlow       FaultKind = "slow"       // the right answer, late
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
			return refuse("INVALID_FIELD", nil, "unknown fault kind %q", f.Kind)
		}
		s.faults = append(s.faults, &fault{Fault: f})
	}
	return nil
}

func faultKinds() []FaultKind {
	return []FaultKind{FaultStatus, FaultHTML, FaultEmpty, FaultExpired, FaultNotValid, FaultDaily, FaultConcurrent, FaultDisabled,
		FaultSecurity, FaultUnready, FaultTimeout, FaultLocator, FaultReset, FaultTruncated, FaultSlow}
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
	a := &answer{header: http.Header{}}
	switch f.Kind {
	case FaultSlow:
		return done
	case FaultTruncated:
		done.cut = halfBody
		return done
	case FaultReset:
		a.cut = reset
		return a
	case FaultHTML:
		a = htmlPage(f.statusOr(http.StatusServiceUnavailable))
	case FaultEmpty:
		a.status = f.statusOr(http.StatusNotAcceptable)
	default:
		a = c.problem(f.problem())
	}
	if f.RetryAfter > 0 {
		a.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return a
}

func (f *fault) statusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}

func (f *fault) problem() *apiError {
	switch f.Kind {
	case FaultExpired:
		return sessionExpired()
	case FaultNotValid:
		return fail(http.StatusForbidden, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
	case FaultDaily:
		return tooManyRequests()
	case FaultConcurrent:
		return tooManyAtOnce()
	case FaultDisabled:
		return fail(http.StatusForbidden, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
	case FaultSecurity:
		return fail(http.StatusBadRequest, "TXN_SECURITY_METERING_ERROR",
			"We can't complete the action because enabled transaction security policies took too long to complete.")
	case FaultUnready:
		return fail(http.StatusServiceUnavailable, "SERVER_UNAVAILABLE", "Server is temporarily unavailable. Please try again.")
	case FaultTimeout:
		return fail(http.StatusBadRequest, "QUERY_TIMEOUT", "Your query request was running for too long.")
	case FaultLocator:
		return badLocator()
	}
	code, message := f.Code, f.Message
	if code == "" {
		code = "UNKNOWN_EXCEPTION"
	}
	if message == "" {
		message = "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-1234567890)"
	}
	return fail(f.statusOr(http.StatusInternalServerError), code, "%s", message)
}

func htmlPage(status int) *answer {
	a := &answer{status: status, header: http.Header{}}
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	text := http.StatusText(status)
	if status == 420 {
		text = "Setting things up"
	}
	a.body = []byte("<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n")
	return a
}
