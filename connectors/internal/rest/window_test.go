package rest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// mostInSpan is the highest number of moments in any window of the span, both ends counted.
func mostInSpan(at []time.Time, span time.Duration) int {
	most, from := 0, 0
	for to := range at {
		for at[to].Sub(at[from]) > span {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

// Whatever the limit and however slow and uneven the answers, the server never sees more than the limit in any window,
// and the calls take at most 5 % longer than the limit allows.
func TestWindowKeepsTheLimitAndUsesIt(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 40).Draw(r, "limit")
		calls := rapid.IntRange(1, 12).Draw(r, "windows") * limit
		workers := rapid.IntRange(1, 8).Draw(r, "workers")
		outward := rapid.SliceOfN(rapid.IntRange(0, 30), 8, 8).Draw(r, "outward") // ms to the server
		back := rapid.SliceOfN(rapid.IntRange(0, 30), 8, 8).Draw(r, "back")
		const span = 10 * time.Second
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			w := NewWindow(limit, span)
			var mu sync.Mutex
			var seen []time.Time
			began := time.Now()
			var wg sync.WaitGroup
			for worker := range workers {
				wg.Go(func() {
					for i := worker; i < calls; i += workers {
						slot, err := w.Wait(t.Context())
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(time.Duration(outward[i%8]) * time.Millisecond)
						mu.Lock()
						seen = append(seen, time.Now())
						mu.Unlock()
						time.Sleep(time.Duration(back[i%8]) * time.Millisecond)
						slot.Answered()
					}
				})
			}
			wg.Wait()
			if most := mostInSpan(seen, span); most > limit {
				wrong = fmt.Sprintf("%d calls in one window of %d", most, limit)
			}
			// The last call of each full window waits for nothing but the windows before it, its worker's answers aside.
			least := time.Duration(calls/limit-1) * span
			answers := time.Duration(calls/workers+1) * 60 * time.Millisecond
			if took := time.Since(began); took > least+least/20+answers {
				wrong = fmt.Sprintf("%s for %d calls at %d per window: least is %s", took, calls, limit, least)
			}
		})
		if wrong != "" {
			r.Fatal(wrong)
		}
	})
}

// A slot of a call that was answered late is not held forever, and one answered at once is held a full span.
func TestWindowFreesSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(1, time.Second)
		take := func() *Slot {
			slot, err := w.Wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return slot
		}
		slow := take()
		began := time.Now()
		quick := take() // the first is not answered yet
		if waited := time.Since(began); waited != time.Second+time.Second/25 {
			t.Errorf("waited %s behind an unanswered call", waited)
		}
		slow.Answered()
		quick.Answered()
		began = time.Now()
		take()
		if waited := time.Since(began); waited != time.Second+tick {
			t.Errorf("waited %s behind an answered call", waited)
		}
	})
}

func TestWindowIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(1, time.Second)
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := w.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			})
			synctest.Wait()
		}
		wg.Wait()
		for i, who := range order {
			if i != who {
				t.Fatalf("served in the order %v", order)
			}
		}
	})
}

func TestWindowObeysCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(1, time.Hour)
		if _, err := w.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 3 { // one sleeps, the others queue behind it
			wg.Go(func() {
				if _, err := w.Wait(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		began := time.Now()
		cancel()
		wg.Wait()
		if took := time.Since(began); took != 0 {
			t.Errorf("left after %s", took)
		}
	})
}

func TestWindowAdapts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(100, 10*time.Second)
		w.Resize(190)
		if got := w.Limit(); got != 190 {
			t.Errorf("limit %d after the server said 190", got)
		}
		w.Refused(10 * time.Second)
		w.Refused(10 * time.Second) // of the same volley
		if got := w.Limit(); got != 171 {
			t.Errorf("limit %d after a refusal", got)
		}
		began := time.Now()
		for range 19 * recovery {
			slot, err := w.Wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			slot.Answered()
		}
		if got := w.Limit(); got != 190 {
			t.Errorf("limit %d after %d calls without refusal", got, 19*recovery)
		}
		if time.Since(began) < 10*time.Second {
			t.Error("the pause was not kept")
		}
	})
}

// Somebody else spends from the same allowance: what the server counts beyond our own calls is not spent again.
func TestWindowSharesItsAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(10, time.Second)
		w.Used(8)
		began := time.Now()
		for range 3 {
			if _, err := w.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited < time.Second {
			t.Errorf("the third call waited %s although 8 of 10 were spent", waited)
		}
	})
}
