// Package alert decides who is told of whom, and when: crossing into a band with hysteresis, once per crossing; quiet
// hours, a daily cap per owner, and digests above it. It is pure: channels deliver, the worker keeps the outbox.
package alert

import (
	"slices"
	"time"
)

// Level is what a record shows: what a rule looks at.
type Level struct {
	Scored bool    `json:"scored"`
	Score  float64 `json:"score"`
	Grade  string  `json:"grade,omitempty"`
	Label  string  `json:"label,omitempty"`
}

// The channels a rule can name. Webhook goes to a program: quiet hours, caps and digests are for people, so they do not
// hold it back.
const (
	Task    = "task"
	Slack   = "slack"
	Webhook = "webhook"
	Email   = "email"
)

// Channels lists them, in order.
func Channels() []string { return []string{Task, Slack, Webhook, Email} }

// forPeople says whether a channel's messages are read by a person.
func forPeople(channel string) bool { return channel != Webhook }

// Rule is one alert of the model file. Either Enters or Score says which band it is about.
type Rule struct {
	Name   string
	Enters []string // labels or grades that are the band
	Keeps  []string // labels or grades that do not end a stay in the band
	Score  *float64 // or: the least score of the band
	Margin float64  // with Score: a stay ends below Score less this

	To       []string      // channels
	CoolDown time.Duration // after an alert, none of the same rule about the same person for so long
	Quiet    *Quiet        // nil: people are told at any hour
	PerOwner int           // the most messages of this rule to one owner a day and channel; what is above goes into the digest; 0: no cap
	Digest   Clock         // when the digest goes out
	Backfill bool          // people who are in the band already are told of, too
	Show     []Shown       // of the person, beside what every alert holds
}

// Shown is a value of the person that alerts of a rule hold: the first of these fields that has one.
type Shown struct {
	Name   string
	Fields []string
}

// in says whether a level is in the band; entered tells whether the person was before.
func (r *Rule) in(l Level, entered bool) bool {
	if !l.Scored {
		return false
	}
	if r.Score != nil {
		least := *r.Score
		if entered {
			least -= r.Margin
		}
		return l.Score >= least
	}
	has := func(names []string) bool {
		return l.Grade != "" && slices.Contains(names, l.Grade) || l.Label != "" && slices.Contains(names, l.Label)
	}
	return has(r.Enters) || entered && has(r.Keeps)
}

// Stay is what a rule remembers of one person.
type Stay struct {
	In   bool      `json:"in,omitempty"`
	Last time.Time `json:"last,omitzero"` // of the last alert
}

// Move is one acknowledged change of what a record shows.
type Move struct {
	Old, New Level
	First    bool // the record showed nothing before
	Loading  bool // during the first load of a connection: everybody is new to us, nobody is news
	At       time.Time
}

// Verdict is what became of a move, by a rule.
type Verdict int

// The verdicts.
const (
	Nothing Verdict = iota // no crossing
	Raised                 // somebody is to be told
	Known                  // they were in the band before this rule looked: nobody is told
	Cooling                // they came back within the cool-down: nobody is told
)

// Cross is the rule's state table:
//
//	was in the band | is in the band | shown in the band before | verdict
//	no              | no             | –                        | Nothing
//	yes             | yes            | –                        | Nothing: once per crossing
//	yes             | no             | –                        | Nothing: the stay ends
//	no              | yes            | yes, or first load       | Known, but with Backfill as below
//	no              | yes            | no                       | Cooling within the cool-down, else Raised
//
// known is false when the rule has never looked at the person.
func (r *Rule) Cross(s Stay, m Move) (Stay, Verdict) {
	inside := r.in(m.New, s.In)
	switch {
	case !inside || s.In:
		s.In = inside
		return s, Nothing
	case !r.Backfill && (m.Loading || !m.First && r.in(m.Old, false)):
		s.In = true
		return s, Known
	case !s.Last.IsZero() && m.At.Sub(s.Last) < r.CoolDown:
		s.In = true
		return s, Cooling
	}
	return Stay{In: true, Last: m.At}, Raised
}

// idle says that a stay holds nothing that would matter at a moment.
func (r *Rule) idle(s Stay, at time.Time) bool {
	return !s.In && (s.Last.IsZero() || at.Sub(s.Last) >= r.CoolDown)
}
