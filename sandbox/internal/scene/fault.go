package scene

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is a planned misbehaviour. The first fault that matches a request and is due decides its answer.
type Fault struct {
	Method    string `json:"method,omitempty"`    // "": any
	Path      string `json:"path,omitempty"`      // part of the path, or a pattern with * within segments; "": any
	Operation string `json:"operation,omitempty"` // as in the request log: search, query, batch_update …; "": any
	After     int    `json:"after,omitempty"`     // let this many matching requests pass first
	Count     int    `json:"count,omitempty"`     // how many requests to spoil; 0: one, negative: all

	Kind       FaultKind `json:"kind"`
	Status     int       `json:"status,omitempty"`     // of kinds status, empty and html
	Code       string    `json:"code,omitempty"`       // of kind status, where the CRM's errors have codes
	Message    string    `json:"message,omitempty"`    // of kind status, likewise
	RetryAfter int       `json:"retryAfter,omitempty"` // seconds, sent as Retry-After
	Scope      string    `json:"scope,omitempty"`      // of kind missing_scopes
	Latency    int       `json:"latency,omitempty"`    // milliseconds to wait first
	Apply      bool      `json:"apply,omitempty"`      // do the work before spoiling the answer
}

// FaultKind names a way to misbehave.
type FaultKind string

// The kinds of fault every CRM has; each has more of its own.
const (
	FaultStatus    FaultKind = "status"    // any status, with the CRM's error body
	FaultHTML      FaultKind = "html"      // a page of HTML, as gateways send
	FaultReset     FaultKind = "reset"     // the connection breaks without an answer
	FaultTruncated FaultKind = "truncated" // the connection breaks in the middle of the right answer
	FaultSlow      FaultKind = "slow"      // the right answer, late
)

func commonKinds() []FaultKind {
	return []FaultKind{FaultStatus, FaultHTML, FaultReset, FaultTruncated, FaultSlow}
}

// planned is a Fault and how far it is.
type planned struct {
	Fault
	seen, used int
}

// Inject plans faults; they are tried in the order given. None is planned if the kind of one is unknown.
func (s *Scene) Inject(faults ...Fault) error {
	for _, f := range faults {
		if !slices.Contains(s.kinds, f.Kind) {
			return fmt.Errorf("unknown fault kind %q: there are %v", f.Kind, s.kinds)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &planned{Fault: f})
	}
	return nil
}

// ClearFaults drops every planned fault.
func (s *Scene) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Spoil gives the answer to a request: the one work comes to, unless a fault is due, which may break it or put a refusal in
// its place. It says which fault it was, "" if none.
func (s *Scene) Spoil(r *http.Request, operation string, work func() *Answer, refuse func(Fault) *Answer) (*Answer, string) {
	f, due := s.due(r, operation)
	if !due {
		return work(), ""
	}
	if !wait(r, time.Duration(f.Latency)*time.Millisecond) {
		return &Answer{Cut: Reset}, string(f.Kind)
	}
	var done *Answer
	if f.Apply || f.Kind == FaultTruncated || f.Kind == FaultSlow {
		done = work()
	}
	return f.spoiled(done, refuse), string(f.Kind)
}

func (f Fault) spoiled(done *Answer, refuse func(Fault) *Answer) *Answer {
	switch f.Kind {
	case FaultSlow:
		return done
	case FaultTruncated:
		done.Cut = HalfBody
		return done
	case FaultReset:
		return &Answer{Cut: Reset}
	}
	a := refuse(f)
	if f.RetryAfter > 0 {
		a.Header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return a
}

// StatusOr is the status the fault asks for, or another.
func (f Fault) StatusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}

// due finds the fault that is due for a request, and counts it.
func (s *Scene) due(r *http.Request, operation string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !f.matches(r, operation) {
			continue
		}
		f.seen++
		if f.seen <= f.After || f.Count >= 0 && f.used >= max(1, f.Count) {
			continue
		}
		f.used++
		return f.Fault, true
	}
	return Fault{}, false
}

func (f *planned) matches(r *http.Request, operation string) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) || f.Operation != "" && f.Operation != operation {
		return false
	}
	if strings.Contains(f.Path, "*") {
		ok, err := path.Match(f.Path, r.URL.Path)
		return ok && err == nil
	}
	return strings.Contains(r.URL.Path, f.Path)
}
