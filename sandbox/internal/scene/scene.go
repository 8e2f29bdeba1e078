// Package scene is what both sandboxes are played on: a clock that can be put forward, the log of requests, planned
// faults, answers that break on their way, and the endpoints that steer it all. It knows no CRM.
package scene

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Scene is the part of a sandbox that is the same for every CRM. It is safe for use by many goroutines.
type Scene struct {
	base  func() time.Time
	ahead atomic.Int64
	kinds []FaultKind // those the CRM knows, beside the common ones

	mu      sync.Mutex // guards what follows
	hook    func(n int, r *http.Request, phase Phase)
	latency time.Duration
	arrived int
	faults  []*planned
	log     []Request
	counts  map[string]int
	bodies  bool
}

// New builds a scene with the time of now, time.Now if nil. Every answer takes latency longer. Faults may be of the common
// kinds and of those given.
func New(now func() time.Time, latency time.Duration, kinds ...FaultKind) *Scene {
	if now == nil {
		now = time.Now
	}
	return &Scene{base: now, latency: latency, kinds: append(commonKinds(), kinds...), counts: map[string]int{}}
}

// Now is the sandbox's time, in UTC: that of its clock, and as far ahead as it was told to pass.
func (s *Scene) Now() time.Time { return s.base().Add(time.Duration(s.ahead.Load())).UTC() }

// Pass lets time pass at once: nothing happens meanwhile, but limits, sessions, cursors and the search index catch up.
func (s *Scene) Pass(d time.Duration) { s.ahead.Add(int64(d)) }

// SetLatency adds a delay to every answer.
func (s *Scene) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// Phase says where in the life of a request a hook is called.
type Phase uint8

// Before: nothing has happened yet. After: the work is done, the answer is not sent yet.
const (
	Before Phase = iota
	After
)

// OnRequest sets a function to be called around every API request, with the request's number, counted from 1.
// nil removes it.
func (s *Scene) OnRequest(hook func(n int, r *http.Request, phase Phase)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// Play takes a request that came at the given time through its life: the hook, the latency, the CRM's own answer with what
// the log shall say of it, the log, the hook again, and the way back to the client.
func (s *Scene) Play(w http.ResponseWriter, r *http.Request, at time.Time, answer func() (*Answer, Request)) {
	s.mu.Lock()
	s.arrived++
	number, hook, latency := s.arrived, s.hook, s.latency
	s.mu.Unlock()
	if hook == nil {
		hook = func(int, *http.Request, Phase) {}
	}
	hook(number, r, Before)
	if !wait(r, latency) {
		return
	}
	a, line := answer()
	line.Number, line.At, line.Method, line.Path = number, at, r.Method, r.URL.RequestURI()
	line.Status, line.Took = a.Status, s.Now().Sub(at)
	s.remember(line)
	hook(number, r, After)
	w.Header().Set("Date", at.UTC().Format(http.TimeFormat)) // the sandbox's clock, which clients go by
	a.send(w, r)
}

// wait lets time pass for a request; false: its client left meanwhile.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
