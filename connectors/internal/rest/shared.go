package rest

import (
	"context"
	"sync"
	"time"

	"github.com/bareme/bareme/crm"
)

// sharing makes a Window a place where calls of a shared budget are asked for. A place is granted at some moment between
// asking and being answered, and the CRM counts the call some time after that: places are held a margin longer than the
// window, and a grant that took more than half of the margin to arrive is not used.
//
// While the budget cannot be asked, nobody calls for one whole window, so that all that was granted has passed; then this
// process calls at half of its equal share. When the budget is back, it is told of the calls that were made without it,
// and as many are set aside for each of the others, who may not have told of theirs.
type sharing struct {
	budget crm.Budget
	window string
	span   time.Duration
	least  time.Duration // the margin, when answers come quickly

	mu      sync.Mutex
	account string // "": not known yet
	margin  time.Duration
	news    crm.Ask // what is to be told
	seenAt  time.Time
	refused time.Time // until when
	limit   int
	sharers int
	told    time.Time // when the budget last answered
	alone   *Window   // while it does not
}

// retryBudget is how often a budget that is away is asked again, at least.
const retryBudget = time.Second

// freshness is how old a count of the CRM may be to be believed.
const freshness = time.Second

// Share has the window's calls asked for at a budget that other processes spend from, too. It is called before the first
// call.
func (w *Window) Share(b crm.Budget, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shared = &sharing{budget: b, window: name, span: w.span, least: w.margin, margin: w.margin, limit: w.full, sharers: 1}
}

// Of tells whose calls the window is for, once that is known or has changed: what is asked for from now on, and what was
// asked for before it was known, comes out of that account's budget. Without a shared budget it does nothing.
func (w *Window) Of(account string) {
	if s := w.sharing(); s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.account = account
	}
}

// wait returns when a call may go. It is called by one at a time.
func (s *sharing) wait(ctx context.Context, w *Window) (*Slot, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		began := time.Now()
		grant, err := s.ask(ctx, began)
		var slot *Slot
		pause := grant.Wait
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			slot, pause = s.without(time.Now())
			pause = min(pause, retryBudget)
		case grant.Calls > 0 && s.inTime(time.Since(began)):
			slot = &Slot{window: w, sent: time.Now()}
		}
		if slot != nil {
			return slot, nil
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// ask asks for one call and tells the news.
func (s *sharing) ask(ctx context.Context, now time.Time) (crm.Grant, error) {
	s.mu.Lock()
	a := s.news
	a.Account, a.Window, a.Want, a.Limit, a.Span, a.Hold = s.account, s.window, 1, s.limit, s.span, s.span+s.margin
	if a.SeenAgo = now.Sub(s.seenAt); a.SeenAgo > freshness {
		a.Seen, a.SeenAgo = 0, 0
	}
	a.Refused = max(0, s.refused.Sub(now))
	a.Spent = s.spent(now)
	before := s.news
	s.mu.Unlock()
	grant, err := s.budget.Take(ctx, a)
	if err != nil {
		return crm.Grant{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.news.Adopt == before.Adopt {
		s.news.Adopt = 0
	}
	if !s.seenAt.After(now) {
		s.news.Seen = 0
	}
	if !s.refused.After(now.Add(a.Refused)) {
		s.refused = time.Time{}
	}
	s.limit, s.sharers, s.told, s.alone = grant.Limit, max(1, grant.Sharers), time.Now(), nil
	return grant, nil
}

// spent are the calls made without the budget: this process's own, and as many as each other may have made.
func (s *sharing) spent(now time.Time) (left []time.Duration) {
	if s.alone == nil {
		return nil
	}
	for _, at := range s.alone.busy(now) {
		left = append(left, at.Sub(now))
	}
	for range s.alone.Limit() * (s.sharers - 1) {
		left = append(left, s.span+s.margin)
	}
	return left
}

// inTime reports whether a grant that took so long to arrive may be used, and has the next one held longer when it took
// too long.
func (s *sharing) inTime(took time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if took <= s.margin/2 {
		s.margin = max(s.least, s.margin-s.least/4)
		return true
	}
	s.margin = min(2*s.margin, 2*s.span)
	return false
}

// without takes a place while the budget is away, or says how long until there may be one.
func (s *sharing) without(now time.Time) (*Slot, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told.IsZero() {
		s.told = now
	}
	if quiet := s.told.Add(s.span + s.margin); now.Before(quiet) {
		return nil, quiet.Sub(now)
	}
	if now.Before(s.refused) {
		return nil, s.refused.Sub(now)
	}
	if s.alone == nil {
		share, span := s.limit/(2*s.sharers), s.span
		if share == 0 {
			share, span = 1, s.span*time.Duration(2*s.sharers)/time.Duration(s.limit)
		}
		s.alone = NewWindow(share, span)
	}
	return s.alone.take(now)
}

// adopt, saw and refuse note what is to be told with the next question.

func (s *sharing) adopt(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit != s.limit {
		s.news.Adopt = limit
	}
}

func (s *sharing) saw(count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news.Seen, s.seenAt = count, time.Now()
}

func (s *sharing) refuse(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := time.Now().Add(pause); until.After(s.refused) {
		s.refused = until
	}
}

func (s *sharing) now() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}
