package worker

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/scoring"
)

// crew is a scorer for each core.
type crew []*scorer

func (w *Worker) crew(ctx context.Context) (crew, error) {
	overrides, err := w.loadOverrides(ctx)
	if err != nil {
		return nil, err
	}
	c := make(crew, runtime.GOMAXPROCS(0))
	for i := range c {
		c[i] = w.scorer()
		c[i].overrides = overrides
	}
	return c, nil
}

// fresh maps and scores a page of people, each scorer its part; the results are in the order of the page.
func (c crew) fresh(page []Inputs, owners owners) ([]Scored, error) {
	scored := make([]Scored, len(page))
	var g errgroup.Group
	for i, s := range c {
		from, to := i*len(page)/len(c), (i+1)*len(page)/len(c)
		g.Go(func() (err error) {
			for j := from; j < to && err == nil; j++ {
				scored[j], err = s.fresh(page[j], owners)
			}
			return err
		})
	}
	return scored, g.Wait()
}

// scorer scores one person after another with memory it reuses. Each core has its own.
type scorer struct {
	w        *Worker
	now      time.Time
	headline headline
	subject  scoring.Subject
	result   scoring.Result
	past     scoring.Result
	scored   int
	clearing int

	overrides map[string]Override // set on the command line, by person
	hand      byHand              // what holds for the person being scored
	who       string              // the person being scored, in all connections

	warnings map[string]int
}

func (w *Worker) scorer() *scorer {
	return &scorer{w: w, now: w.Now().UTC(), headline: w.headline(), warnings: map[string]int{}}
}

// add takes over what a scorer counted, and empties its counters.
func (r *Report) add(s *scorer) {
	for what, n := range s.warnings {
		r.Warnings[what] += n
	}
	r.clearing += s.clearing
	s.clearing, s.scored = 0, 0
	clear(s.warnings)
}

// drain scores chunk after chunk and passes on what moved; the capacity of what it passes on is the chunk's size.
func (s *scorer) drain(ctx context.Context, chunks <-chan []Subject, moved chan<- []Scored) error {
	for batch := range chunks {
		out := make([]Scored, 0, len(batch))
		for i := range batch {
			one, changed, err := s.again(&batch[i])
			if err != nil {
				return err
			}
			if changed {
				out = append(out, one)
			}
		}
		s.scored += len(batch)
		select {
		case moved <- out:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// fresh maps and scores a person whose inputs changed.
func (s *scorer) fresh(in Inputs, owners owners) (Scored, error) {
	out := Scored{ID: in.Record.ID, Hash: in.Record.Hash, Mark: in.Mark}
	skip, err := s.mapped(in, owners, &out)
	if err != nil {
		return out, err
	}
	planned := s.compute(skip, in.Shown)
	out.Share = s.share()
	if s.hand.frozen != nil && in.Shown != nil {
		s.keep(&out, in.Planned, in.Shown)
		return out, nil
	}
	s.words(&out, planned, in.Shown, skip)
	if out.Pending != nil {
		out.Pending.Entry.Since = since(&in)
	}
	return out, nil
}

// mapped leaves the mapped inputs in s.subject and their encoding in out.Blob.
func (s *scorer) mapped(in Inputs, owners owners, out *Scored) (skip string, err error) {
	s.hand, s.who = byHand{}, s.w.person(in)
	input := s.w.input(in, owners)
	facts := facts(in, input)
	if reason, no := s.w.Mapper.Skip(facts); no {
		out.Blob = encodeSkip(reason)
		return reason, nil
	}
	if in.Record.Identity == "" && s.w.Mapper.Identity() != "" && s.w.object != crm.Companies {
		s.warnings["no "+s.w.Mapper.Identity()+": explain finds such a person by record id only"]++
	}
	if in.Disputed {
		s.warnings[disputed[s.w.object == crm.Companies]]++
	}
	for _, warning := range s.w.Mapper.Subject(input, s.now, &s.subject) {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	if reason, lapsed := s.w.Mapper.Lapsed(&input, &s.subject, s.now); lapsed {
		out.Blob = encodeSkip(reason)
		return reason, nil
	}
	field, warning := s.w.Mapper.Override(facts)
	if warning.Message != "" {
		s.warnings[warning.Name+": "+warning.Message]++
	}
	s.hand = s.handOf(in.Record.ID, field)
	if out.Blob, err = encode(&s.subject, field); err != nil {
		return "", fmt.Errorf("%s %s: %w", s.w.who(), in.Record.ID, err)
	}
	return "", nil
}

// facts are the fields by which rules about a record go: its own, or what all connections know of the person.
func facts(in Inputs, input mapping.Input) crm.Fields {
	if input.Person != nil {
		return input.Person
	}
	return in.Record.Fields
}

// disputed is the warning about people, or companies (true), whom an identity or links would join with too many others.
var disputed = map[bool]string{ //nolint:gochecknoglobals // two texts
	false: "identity: several records could be the same person, and none was joined; bareme identity lists them",
	true:  "companies: several records could be the same company, and none was joined; bareme identity lists them",
}

func (w *Worker) input(in Inputs, owners owners) mapping.Input {
	if len(w.others()) > 0 {
		return w.Mapper.Join(w.parts(in, owners))
	}
	m := mapping.Input{Person: in.Record.Fields, Memory: in.Record.Memory}
	if w.object == crm.Companies {
		m = mapping.Input{Company: in.Record.Fields, Members: members(in.Members)}
	} else if in.Company != nil {
		m.Company = in.Company.Fields
	}
	m.Owner = owners.of(w.Connection, in.Record.Owner)
	m.Activities = activities(in)
	return m
}

// again scores a person from the snapshot and reports whether anything there is to store. Most people have not moved:
// for them it stops at the numbers, before any words are made.
func (s *scorer) again(p *Subject) (Scored, bool, error) {
	skip, err := s.standing(p.ID, p.Blob)
	if err != nil {
		return Scored{}, false, fmt.Errorf("%s %s: %w", s.w.who(), p.ID, err)
	}
	s.who = s.w.personIn(p.Share)
	out := Scored{ID: p.ID}
	planned := s.compute(skip, p.Shown)
	out.Share = s.share()
	same := bytes.Equal(out.Share, p.Share)
	if s.hand.frozen != nil && p.Shown != nil {
		s.keep(&out, p.Planned, p.Shown)
		return out, !same, nil
	}
	if same && p.Shown != nil && s.headline.still(planned, p.Planned, s.w.Rules.MinChange) {
		return out, false, nil
	}
	s.words(&out, planned, p.Shown, skip)
	return out, true, nil
}

// compute scores the person in s.subject at now. The stage of the lifecycle depends on the one the record shows.
func (s *scorer) compute(skip string, shown crm.Fields) Planned {
	if skip != "" {
		s.result = scoring.Result{Scores: s.result.Scores[:0], Lines: s.result.Lines[:0]}
		return Planned{}
	}
	s.w.Model.ScoreFrom(&s.subject, s.w.Mapper.Stage(shown), s.now, &s.result)
	trend := s.w.Model.Trend(&s.subject, s.now, &s.result, &s.past)
	s.w.Model.Override(&s.result, s.hand.score, s.now) // after the trend, which compares what is computed
	return s.headline.of(&s.result, string(trend))
}

// words turns the result into what the record should show, and its difference from what it shows into an update.
func (s *scorer) words(out *Scored, planned Planned, shown crm.Fields, skip string) {
	old := s.headline.shown(shown)
	var reasons []scoring.Reason
	if skip == "" {
		reasons = s.w.Model.Reasons(&s.result, s.now, s.w.Mapper.Language())
	}
	wanted := s.w.Mapper.ShowReasons(s.w.Model, &s.result, reasons, planned.Trend, s.now, skip)
	s.w.Mapper.ShowHistory(wanted, shown, planned.Score, planned.Scored, skip != "", s.now)
	fields := plan.Diff(wanted, shown, s.w.Rules)
	if fields == nil {
		out.Planned = s.headline.unmoved(planned, old)
		return
	}
	if s.w.Mapper.ShowsChanges() && planned.Scored { // only for those who are written: it is tried out
		s.w.Mapper.ShowChanges(wanted, s.w.Model.WhatWouldChange(&s.subject, s.now, &s.result, s.w.Mapper.Language()))
		fields = plan.Diff(wanted, shown, s.w.Rules)
	}
	if old.Scored && !planned.Scored {
		s.clearing++
	}
	if skip != "" {
		old = Planned{} // what a person who said no once had is not written down again
	}
	out.Planned = planned
	out.Pending = &Pending{ID: out.ID, Fields: fields, Entry: Entry{
		Model: s.w.ModelHash, Old: old, New: planned, First: shown == nil, Reasons: s.w.told(&s.result, reasons, skip),
	}}
}

// reasonsKept is how many reasons the ledger keeps of each change, the strongest first.
const reasonsKept = 8

// told is what the ledger keeps of why a record shows what it shows.
func (w *Worker) told(r *scoring.Result, reasons []scoring.Reason, skip string) []string {
	if skip != "" {
		return []string{skip}
	}
	if !r.Scored {
		return []string{w.Model.Unscored(r, w.Mapper.Language())}
	}
	out := make([]string, 0, min(len(reasons), reasonsKept))
	for _, reason := range reasons[:min(len(reasons), reasonsKept)] {
		out = append(out, reason.Points.String()+" "+reason.Text)
	}
	return out
}
