package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

// table is a budget in memory that may be away, and takes its time to answer.
type table struct {
	mu    sync.Mutex
	away  bool
	slow  []time.Duration // of the answers, one after the other
	asked int
	last  crm.Ask
	free  []time.Time
	who   int
}

func (b *table) Take(ctx context.Context, a crm.Ask) (crm.Grant, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return crm.Grant{}, errors.New("away")
	}
	now := time.Now()
	b.asked, b.last = b.asked+1, a
	for _, d := range a.Spent {
		b.free = append(b.free, now.Add(d))
	}
	b.free = slices.DeleteFunc(b.free, func(t time.Time) bool { return !t.After(now) })
	slices.SortFunc(b.free, time.Time.Compare)
	g := crm.Grant{Limit: a.Limit, Sharers: b.who}
	if over := len(b.free) - a.Limit; over >= 0 {
		g.Wait = b.free[over].Sub(now)
	} else {
		g.Calls = 1
		b.free = append(b.free, now.Add(a.Hold))
	}
	if len(b.slow) > 0 {
		d := b.slow[b.asked%len(b.slow)]
		b.mu.Unlock()
		time.Sleep(d) // the answer is on its way
		b.mu.Lock()
	}
	return g, ctx.Err()
}

func (*table) Day(context.Context, crm.DayNews) (crm.Day, error) {
	return crm.Day{}, errors.New("not asked here")
}

// Whatever the limit, the number of processes, and the time that answers of the budget and calls take, the CRM never sees
// more than the limit in any window.
func TestSharersKeepTheLimit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(r, "limit")
		processes := rapid.IntRange(1, 5).Draw(r, "processes")
		slow := rapid.SliceOfN(rapid.IntRange(0, 300), 8, 8).Draw(r, "answers of the budget")
		outward := rapid.SliceOfN(rapid.IntRange(0, 199), 8, 8).Draw(r, "outward")
		const span = 10 * time.Second
		var seen []time.Time
		synctest.Test(t, func(t *testing.T) {
			b := &table{who: processes}
			for _, ms := range slow {
				b.slow = append(b.slow, time.Duration(ms)*time.Millisecond)
			}
			var mu sync.Mutex
			var wg sync.WaitGroup
			for p := range processes {
				w := NewWindow(limit, span)
				w.Share(b, "burst")
				wg.Go(func() {
					for i := range 3 * limit {
						slot, err := w.Wait(t.Context())
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(time.Duration(outward[(i+p)%8]) * time.Millisecond)
						mu.Lock()
						seen = append(seen, time.Now())
						mu.Unlock()
						slot.Answered()
					}
				})
			}
			wg.Wait()
		})
		slices.SortFunc(seen, time.Time.Compare)
		if most := mostInSpan(seen, span); most > limit {
			r.Fatal(fmt.Sprintf("%d calls in one window of %d", most, limit))
		}
	})
}

// While the budget is away, a process stands still for a window, then calls at half of its share; when it is back, the
// budget hears of those calls and of what the others may have made.
func TestBudgetAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, span, hold = 12, 10 * time.Second, 10*time.Second + 400*time.Millisecond
		b := &table{who: 3}
		w := NewWindow(limit, span)
		w.Share(b, "burst")
		pass := func() time.Duration {
			began := time.Now()
			slot, err := w.Wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			slot.Answered()
			return time.Since(began)
		}
		pass()
		b.away = true
		if waited := pass(); waited != hold {
			t.Errorf("the first call without the budget waited %s", waited)
		}
		if waited := pass(); waited != 0 {
			t.Errorf("half of a third of %d is two calls: the second waited %s", limit, waited)
		}
		if waited := pass(); waited < span {
			t.Errorf("the third call went after %s", waited)
		}
		b.away = false
		pass()
		if own, others := 1, 4; len(b.last.Spent) != own+others {
			t.Errorf("the budget was told of %d calls, not of %d own and %d of others", len(b.last.Spent), own, others)
		}
		pass()
		if len(b.last.Spent) != 0 {
			t.Error("it was told twice")
		}
	})
}

// What the CRM tells is told on, once.
func TestNewsAreToldOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &table{who: 1}
		w := NewWindow(10, 10*time.Second)
		w.Of("6") // nobody shares yet
		w.Share(b, "burst")
		wait := func() {
			if _, err := w.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Of("7")
		w.Resize(19)
		w.Used(7)
		w.Refused(3 * time.Second)
		time.Sleep(time.Second / 2)
		wait()
		if a := b.last; a.Account != "7" || a.Adopt != 19 || a.Seen != 7 || a.SeenAgo != time.Second/2 || a.Refused != 2500*time.Millisecond {
			t.Errorf("told %+v", a)
		}
		wait()
		if a := b.last; a.Account != "7" || a.Adopt != 0 || a.Seen != 0 || a.Refused != 0 {
			t.Errorf("told again %+v", a)
		}
	})
}
