package worker

import (
	"encoding/json"
	"time"

	"github.com/bareme/bareme/crm"
)

// Report is what a run did, in numbers. It names no person.
type Report struct {
	Run        string    `json:"run"`
	Connection string    `json:"connection"`
	Kind       Kind      `json:"kind"`
	Account    string    `json:"account"`
	Started    time.Time `json:"started"`
	Finished   time.Time `json:"finished"`
	Status     string    `json:"status"` // done, refused, stopped, failed
	Error      string    `json:"error,omitempty"`
	Model      string    `json:"model"`

	Read    map[string]Count `json:"read"`    // by object
	Removed int              `json:"removed"` // records that left the CRM

	Outcome            // of people
	Companies *Outcome `json:"companies,omitempty"` // nil when companies are not scored

	Alerts *AlertCount `json:"alerts,omitempty"` // nil when none are asked for

	Calls      map[string]int `json:"calls"` // API calls by kind
	Retried    int            `json:"retried"`
	Waited     time.Duration  `json:"waited_ns"` // for rate limits
	DailyLimit int            `json:"daily_limit,omitempty"`
	DailyLeft  int            `json:"daily_left,omitempty"`

	Stages []Stage `json:"stages"` // how long each step took

	Learnt *Learnt `json:"learnt,omitempty"` // what was found about the learnt score, when it was looked at

	Warnings map[string]int `json:"warnings,omitempty"` // by what was found, with how often

	account   crm.Account
	usage     crm.Usage // at the start
	firms     *Worker   // of companies, and what it did
	ofFirms   *Report
	crew      crew
	owners    owners
	early     bool          // people are scored as they are pulled
	earlyTook time.Duration // what that took of the pull
	clearing  int           // planned updates that take a score away
	people    int           // in all, when the plan was looked at
	lastGood  time.Time     // when the last good pull before this run began; zero: there was none
}

// Outcome is what a run did with one population.
type Outcome struct {
	NewModel  bool `json:"new_model"` // everybody was scored because the model changed
	NewFit    bool `json:"new_fit"`   // everybody was scored because the scores learnt anew
	Accepted  bool `json:"accepted"`  // the plan was larger than allowed, and accepted
	Mapped    int  `json:"mapped"`    // records whose inputs changed
	Scored    int  `json:"scored"`    // records scored
	Unmoved   int  `json:"unmoved"`   // of those, with nothing to write
	Moved     int  `json:"moved"`     // of those, with an update
	Planned   int  `json:"planned"`   // updates waiting to be written, those of earlier runs included
	Written   int  `json:"written"`   // acknowledged by the CRM
	Rejected  int  `json:"rejected"`  // refused by the CRM for this record alone; set aside
	Gone      int  `json:"gone"`      // deleted or merged before the write arrived
	Recovered int  `json:"recovered"` // sent by a run that died, found to have arrived

	Again Again `json:"again,omitzero"` // of these, updates that had been refused before

	Freshness  Freshness   `json:"freshness,omitempty"`
	Rejections []Rejection `json:"rejections,omitempty"`
	Population Tally       `json:"population"`
}

// Stage is one step of the walk.
type Stage struct {
	Name string        `json:"name"`
	Took time.Duration `json:"took_ns"`
}

// took notes how long a step took; scoring done during the pull counts as scoring.
func (r *Report) took(step string, d time.Duration) {
	for i := range r.Stages { // a step that is taken in two parts
		if r.Stages[i].Name == step {
			r.Stages[i].Took += d
			return
		}
	}
	switch step {
	case "pull":
		d -= r.earlyTook
	case "score":
		d += r.earlyTook
	}
	r.Stages = append(r.Stages, Stage{Name: step, Took: d})
}

// Count is what came of the records read of one object: Read = Unchanged + Changed.
type Count struct {
	Read      int `json:"read"`
	Unchanged int `json:"unchanged"`
	Changed   int `json:"changed"`
}

func (r *Report) count(object string, read, changed int) {
	c := r.Read[object]
	c.Read += read
	c.Changed += changed
	c.Unchanged += read - changed
	r.Read[object] = c
}

func (r *Report) warn(what string) { r.Warnings[what]++ }

// spent sets what the run cost: the usage now less the usage at its start.
func (r *Report) spent(u crm.Usage) {
	r.Calls = map[string]int{}
	for kind, n := range u.Calls {
		if n -= r.usage.Calls[kind]; n > 0 {
			r.Calls[kind] = n
		}
	}
	r.Retried = u.Retried - r.usage.Retried
	r.Waited = u.Waited - r.usage.Waited
	r.DailyLimit, r.DailyLeft = u.DailyLimit, u.DailyLeft
}

// Took is how long all steps took together, by a clock that --now does not stop.
func (r *Report) Took() time.Duration {
	var sum time.Duration
	for _, s := range r.Stages {
		sum += s.Took
	}
	return sum
}

// AllCalls is the number of API calls of every kind.
func (r *Report) AllCalls() int {
	sum := 0
	for _, n := range r.Calls {
		sum += n
	}
	return sum
}

func (r *Report) asRun() Run {
	report, err := json.Marshal(r)
	if err != nil { // every field is plain data
		report = nil
	}
	return Run{
		ID: r.Run, Connection: r.Connection, Kind: string(r.Kind),
		Started: r.Started, Finished: r.Finished, Status: r.Status, Report: report,
	}
}
