package rest

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

// days is a budget that counts days in memory, and may be away.
type days struct {
	table
	count crm.DayCount
	now   func() time.Time
	away  bool
	asked int
}

// dayOf is one process's way to it.
type dayOf struct {
	*days
	process string
}

func (d dayOf) Day(_ context.Context, n crm.DayNews) (crm.Day, error) {
	if d.away {
		return crm.Day{}, errors.New("away")
	}
	d.asked++
	return d.count.Take(d.now(), "marketing", d.process, n), nil
}

// However many processes take part in a run, in whatever order, and although some are killed: together they make no more
// calls than the run may, nor than the account has left. What a killed one has not told is the exception: at most what it
// was allowed before telling.
func TestDayIsSpentTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		left := rapid.IntRange(0, 400).Draw(r, "left")
		share := rapid.SampledFrom([]float64{0.25, 0.5, 1}).Draw(r, "share")
		rule := func(d crm.Day) int { return min(int(share*float64(d.Began))-d.Spent, d.Left) - d.Ahead }
		shared := &days{now: func() time.Time { return now }}
		next := 'a'
		join := func() *Day {
			d := new(Day)
			d.Share(dayOf{shared, string(next)})
			d.Of("7")
			next++
			return d
		}
		first := join()
		first.Told(now, 1000, left, 5*time.Hour)
		first.Begin()
		processes := []*Day{first}
		for range rapid.IntRange(0, 5).Draw(r, "others") {
			processes = append(processes, join())
		}
		first.Room(t.Context(), now, rule)
		made, killed, began := 0, 0, left
		for range 300 {
			i := rapid.IntRange(0, len(processes)-1).Draw(r, "who")
			d := processes[i]
			if d.Room(t.Context(), now, rule) > 0 {
				d.Called()
				made, left = made+1, left-1
				if rapid.Bool().Draw(r, "told") {
					d.Told(now, 1000, left, 5*time.Hour)
				}
			}
			if i > 0 && rapid.IntRange(0, 50).Draw(r, "kill") == 0 {
				processes[i], killed = join(), killed+1
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(r, "ms")) * time.Millisecond)
		}
		if most := int(share*float64(began)) + killed*mostAhead; made > most {
			r.Fatalf("%d calls of %d", made, most)
		}
		if left < -killed*mostAhead {
			r.Fatalf("%d more than the account had", -left)
		}
	})
}

// A process tells of ten calls at a time, of each when few are left, and of all it made alone once the budget is back.
func TestDayTellsSeldom(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	shared := &days{now: func() time.Time { return now }}
	rule := func(d crm.Day) int { return d.Left - d.Ahead }
	d := new(Day)
	d.Share(dayOf{shared, "a"})
	calls := func(n int) (made int) {
		for range n {
			now = now.Add(time.Second / 10)
			if d.Room(t.Context(), now, rule) <= 0 {
				break
			}
			d.Called()
			made++
		}
		return made
	}
	if calls(3); shared.asked != 0 {
		t.Error("asked before the account was known")
	}
	d.Of("7")
	d.Told(now, 1000, 300, time.Hour)
	if calls(100); shared.asked < 9 || shared.asked > 12 {
		t.Errorf("asked %d times for a hundred calls", shared.asked)
	}
	shared.away = true
	calls(50)
	shared.away = false
	if made := calls(1000); made != 150 {
		t.Errorf("%d more calls of 150", made)
	}
	if left := shared.count.Left; left > 1 {
		t.Errorf("the budget believes that %d are left", left)
	}
	if asked := shared.asked; asked < 30 {
		t.Errorf("asked %d times: towards the end each call is to be told", asked)
	}
}
