package rest

import (
	"context"
	"sync"
	"time"

	"github.com/bareme/bareme/crm"
)

// Day counts an account's calls of a day and a run's part in them: its own and, where a budget is shared, those of all
// processes. It tells them every few calls, and before each one when few are left. The zero Day is ready.
type Day struct {
	mu      sync.Mutex
	shared  crm.Budget // nil: this process is alone
	account string
	own     crm.DayCount // what this process knows by itself
	known   crm.Day      // as last taken
	news    crm.DayNews  // since then
	toldAt  time.Time    // when the CRM told what is in the news
	untold  crm.DayNews  // what the budget has not heard because it was away
	ahead   int          // calls that may be made before it is due to tell
	asked   time.Time    // when it last told
}

// mostAhead is how many calls a process makes at most before it tells of them.
const mostAhead = 10

// A process that may make no call asks after askAgain whether it may again; what was granted is not used longer than
// aheadFor, because then others count on it.
const (
	askAgain = time.Second
	aheadFor = 30 * time.Second
)

// Share has the day counted together with other processes, once the account is known. It is called before the first call.
func (d *Day) Share(b crm.Budget) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shared = b
}

// Of says whose calls are counted.
func (d *Day) Of(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.account = account
}

// Begin starts a run.
func (d *Day) Begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.news.Begin = true
}

// Called counts a call.
func (d *Day) Called() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.news.Spent++
	d.ahead--
}

// Told takes in what the CRM tells: its limit, what is left of it, and in how long the count begins anew for all, 0 if it
// does not.
func (d *Day) Told(now time.Time, limit, left int, turns time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.news.Limit, d.news.Left, d.news.Turns, d.toldAt = limit, left, turns, now
}

// Left is the limit and what is left of it, as last told; the limit is 0 before that.
func (d *Day) Left() (limit, left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.news.Limit > 0 {
		return d.news.Limit, d.news.Left
	}
	return d.known.Limit, d.known.Left
}

// Known is the day as far as it is known, this process's calls of the last moments included.
func (d *Day) Known() crm.Day {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now()
}

// Room is how many calls may still be made, by the rule that says it of a day; the rule is not asked before the CRM has
// told its limit: until then there is room.
func (d *Day) Room(ctx context.Context, now time.Time, rule func(crm.Day) int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	room := d.room(rule)
	if d.due(now, room) {
		d.take(ctx, now, min(mostAhead, max(1, room/8)))
		room = d.room(rule)
	}
	return room
}

func (d *Day) room(rule func(crm.Day) int) int {
	if d.known.Limit == 0 {
		return mostAhead
	}
	return rule(d.now())
}

func (d *Day) now() crm.Day {
	now := d.known
	now.Left, now.Spent = now.Left-d.news.Spent, now.Spent+d.news.Spent
	if d.news.Limit > 0 {
		now.Left = min(now.Left, d.news.Left)
	}
	return now
}

// due says whether to tell now.
func (d *Day) due(now time.Time, room int) bool {
	since := now.Sub(d.asked)
	switch {
	case d.alone(), d.known.Limit == 0 && d.news.Limit > 0, d.news.Begin, since > aheadFor:
		return true
	case room <= 0:
		return since > askAgain
	}
	return d.ahead <= 0
}

func (d *Day) alone() bool { return d.shared == nil || d.account == "" }

// take tells the news and learns what is known. While the budget is away, that is what this process knows.
func (d *Day) take(ctx context.Context, now time.Time, ahead int) {
	n := d.news
	n.Ahead, n.Ago = ahead, max(0, now.Sub(d.toldAt))
	d.known, d.news, d.ahead, d.asked = d.own.Take(now, "", "", n), crm.DayNews{}, ahead, now
	if d.alone() {
		return
	}
	n.Account = d.account
	if n.Begin {
		d.untold = crm.DayNews{}
	}
	n.Begin, n.Spent = n.Begin || d.untold.Begin, n.Spent+d.untold.Spent
	all, err := d.shared.Day(ctx, n)
	if err != nil {
		d.untold = crm.DayNews{Begin: n.Begin, Spent: n.Spent}
		return
	}
	d.known, d.untold = all, crm.DayNews{}
}
