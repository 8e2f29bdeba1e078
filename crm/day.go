package crm

import (
	"maps"
	"time"
)

// DayNews is what a process tells of an account's calls of a day since it told last.
type DayNews struct {
	Account string        // the CRM's id of it
	Begin   bool          // a run of the connection begins: its share is counted from here
	Spent   int           // calls made
	Ahead   int           // calls it may make before it tells again: nobody else counts on them
	Limit   int           // calls the account may make, as the CRM told; 0: it has told nothing new
	Left    int           // of them, when it told
	Ago     time.Duration // when that was
	Turns   time.Duration // when the count begins anew for all, as with a new day; 0: it falls by itself
}

// Day is what all processes know of an account's calls of a day.
type Day struct {
	Limit, Left int // as the CRM last told any of them, less what was spent since; Limit 0: nobody was told
	Began       int // what was left when the connection's run began; 0 with Limit 0
	Spent       int // calls of that run, by all processes
	Ahead       int // calls that other processes may be making just now, for whatever connection
}

// DayCount is the count a Day is taken from: what a store of several processes keeps. The zero value knows nothing.
type DayCount struct {
	Limit int                 `json:"limit,omitempty"`
	Left  int                 `json:"left,omitempty"`
	Told  time.Time           `json:"told,omitzero"`
	Turns time.Time           `json:"turns,omitzero"`
	Runs  map[string]DayRun   `json:"runs,omitempty"`  // by connection
	Ahead map[string]DayAhead `json:"ahead,omitempty"` // by process
}

// DayRun is a run's part in a day.
type DayRun struct {
	Began int  `json:"began"`
	Known bool `json:"known"` // what was left when it began
	Spent int  `json:"spent"`
}

// DayAhead are calls a process may make: it is believed dead after a while, and its calls come back.
type DayAhead struct {
	Calls int       `json:"calls"`
	Until time.Time `json:"until"`
}

// aheadFor is for how long calls are kept for a process that is not heard of.
const aheadFor = time.Minute

// Take takes in what a process of a connection tells, and returns what is known then.
func (c *DayCount) Take(now time.Time, connection, process string, n DayNews) Day {
	if c.Runs == nil {
		c.Runs = map[string]DayRun{}
	}
	if !c.Turns.IsZero() && !now.Before(c.Turns) { // what is known is over with the day
		c.Limit, c.Left, c.Turns = 0, 0, time.Time{}
		clear(c.Runs)
	}
	run := c.Runs[connection]
	run.Spent += n.Spent
	c.Left = max(0, c.Left-n.Spent)
	if told := now.Add(-n.Ago); n.Limit > 0 && !told.Before(c.Told) {
		if c.learn(n, told) {
			run = DayRun{}
		}
	}
	if n.Begin {
		run = DayRun{}
	}
	if !run.Known && c.Limit > 0 {
		run.Began, run.Known = c.Left+run.Spent, true
	}
	c.Runs[connection] = run
	c.keep(now, process, n.Ahead)
	return Day{Limit: c.Limit, Left: c.Left, Began: run.Began, Spent: run.Spent, Ahead: c.others(process)}
}

// learn adopts what the CRM told, and reports whether a new day has begun with it: then much more is left than before.
// Answers may overtake each other: a few calls more are not a new day.
func (c *DayCount) learn(n DayNews, told time.Time) (turned bool) {
	turned = n.Turns > 0 && c.Limit > 0 && n.Left > c.Left+n.Limit/100+100
	c.Limit, c.Left, c.Told, c.Turns = n.Limit, n.Left, told, time.Time{}
	if n.Turns > 0 {
		c.Turns = told.Add(n.Turns)
	}
	if turned {
		clear(c.Runs)
	}
	return turned
}

func (c *DayCount) keep(now time.Time, process string, calls int) {
	maps.DeleteFunc(c.Ahead, func(_ string, a DayAhead) bool { return !now.Before(a.Until) })
	delete(c.Ahead, process)
	if calls > 0 && c.Ahead == nil {
		c.Ahead = map[string]DayAhead{}
	}
	if calls > 0 {
		c.Ahead[process] = DayAhead{Calls: calls, Until: now.Add(aheadFor)}
	}
}

func (c *DayCount) others(process string) (sum int) {
	for who, a := range c.Ahead {
		if who != process {
			sum += a.Calls
		}
	}
	return sum
}
