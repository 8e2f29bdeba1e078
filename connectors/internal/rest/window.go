package rest

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Window lets at most a number of calls pass in any span of time, however that span is laid: a true sliding window,
// because a token bucket of N refilled at N per span lets 2N through. Calls pass in the order they came.
//
// A server counts a call somewhere between our sending it and its answering it. A slot is therefore taken when a call is
// sent and given back one span after it was answered, so that no jitter of the network can make the server see more
// than the limit. Very slow answers would cost rate without need: a slot is never held longer than span + span/25.
//
// Time is the monotonic clock, so a jumping wall clock changes nothing.
type Window struct {
	span   time.Duration
	margin time.Duration
	turn   chan struct{} // whoever holds it is next; channels queue fairly

	mu     sync.Mutex
	full   int // what the server allows
	limit  int // what is used of it: less than full after refusals
	slots  []*Slot
	until  time.Time // nobody passes before
	streak int       // calls since the last refusal
	shared *sharing  // nil: the limit is this process's own
}

// Slot is one call's place in a Window.
type Slot struct {
	window         *Window
	sent, answered time.Time
}

// tick keeps two calls exactly one span apart from sharing a window on a server that counts both ends.
const tick = time.Millisecond

// recovery is how many calls must pass after a refusal before one more per span is tried.
const recovery = 50

// NewWindow allows limit calls in any span.
func NewWindow(limit int, span time.Duration) *Window {
	limit = max(limit, 1)
	return &Window{span: span, margin: max(span/25, tick), turn: make(chan struct{}, 1), full: limit, limit: limit}
}

// Span is the length of the window.
func (w *Window) Span() time.Duration { return w.span }

// sharing is how the window spends from a shared budget, nil when it does not.
func (w *Window) sharing() *sharing {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shared
}

// Limit is how many calls the window lets through now, those of other processes that share it included.
func (w *Window) Limit() int {
	if s := w.sharing(); s != nil {
		return s.now()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.limit
}

// Wait returns when the next call may go, or with ctx's error.
func (w *Window) Wait(ctx context.Context) (*Slot, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-w.turn }()
	if s := w.sharing(); s != nil {
		return s.wait(ctx, w)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slot, wait := w.take(time.Now())
		if slot != nil {
			return slot, nil
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// Answered tells the window that the server has counted this call.
func (s *Slot) Answered() {
	s.window.mu.Lock()
	defer s.window.mu.Unlock()
	s.answered = time.Now()
}

// take occupies a slot, or says how long until one can be free.
func (w *Window) take(now time.Time) (*Slot, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slots = slices.DeleteFunc(w.slots, func(s *Slot) bool { return !w.freeAt(s).After(now) })
	if now.Before(w.until) {
		return nil, w.until.Sub(now)
	}
	if over := len(w.slots) - w.limit; over >= 0 {
		free := make([]time.Time, len(w.slots))
		for i, s := range w.slots {
			free[i] = w.freeAt(s)
		}
		slices.SortFunc(free, time.Time.Compare)
		return nil, free[over].Sub(now)
	}
	slot := &Slot{window: w, sent: now}
	w.slots = append(w.slots, slot)
	w.recover()
	return slot, 0
}

func (w *Window) freeAt(s *Slot) time.Time {
	latest := s.sent.Add(w.span + w.margin)
	if s.answered.IsZero() {
		return latest
	}
	if t := s.answered.Add(w.span + tick); t.Before(latest) {
		return t
	}
	return latest
}

// busy is when the places taken now are free again.
func (w *Window) busy(now time.Time) (free []time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.slots {
		if at := w.freeAt(s); at.After(now) {
			free = append(free, at)
		}
	}
	return free
}

func (w *Window) recover() {
	if w.limit >= w.full {
		return
	}
	if w.streak++; w.streak >= recovery {
		w.streak = 0
		w.limit++
	}
}

// Resize adopts what the server says it allows.
func (w *Window) Resize(limit int) {
	if s := w.sharing(); s != nil {
		s.adopt(limit)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	limit = max(limit, 1)
	if w.limit == w.full || w.limit > limit {
		w.limit = limit
	}
	w.full = limit
}

// Used adopts the server's count of calls in the present window when it is higher than ours: somebody else spends from
// the same allowance.
func (w *Window) Used(count int) {
	if s := w.sharing(); s != nil {
		s.saw(count)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	ours := 0
	for _, s := range w.slots {
		if w.freeAt(s).After(now) {
			ours++
		}
	}
	for range min(count, w.full) - ours {
		w.slots = append(w.slots, &Slot{window: w, sent: now, answered: now})
	}
}

// Refused is told of a rate-limit refusal: nobody passes for the given time, and after it one tenth fewer calls pass
// per span, at least one fewer, until enough have gone through again.
func (w *Window) Refused(pause time.Duration) {
	if s := w.sharing(); s != nil {
		s.refuse(pause)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if !now.Before(w.until) { // one step down for a volley of refusals, not one each
		w.limit = max(1, w.limit-max(1, w.limit/10))
		w.streak = 0
	}
	if until := now.Add(pause); until.After(w.until) {
		w.until = until
	}
}

// sleep waits, or returns ctx's error as soon as there is one.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
