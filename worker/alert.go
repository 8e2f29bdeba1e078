package worker

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
)

// An alert is raised when the CRM acknowledges a write: what a record shows has crossed into a band. It enters the outbox
// in the transaction that settles the write, so that a crossing is neither lost nor raised twice; see alertsend.go for
// how it leaves.

// Alerts is who is told of whom, through what.
type Alerts struct {
	Rules   []alert.Rule
	Senders map[string]alert.Sender // by channel, one for each that a rule names
	Zone    *time.Location          // of quiet hours, digests and days; nil: UTC
}

// Need is what alerts want of a CRM: the names and addresses of owners, for the channels that tell them by these.
func (a *Alerts) Need() crm.Need {
	if a == nil || !slices.ContainsFunc(a.Rules, func(r alert.Rule) bool { return slices.ContainsFunc(r.To, byName) }) {
		return crm.Need{}
	}
	return crm.Need{Read: map[string][]string{crm.Owners: {}}}
}

// byName says whether a channel tells an owner by name or address, and not by id.
func byName(channel string) bool { return channel == alert.Email || channel == alert.Slack }

// AlertCount is what a run did about alerts. One crossing is as many alerts as its rule has channels.
type AlertCount struct {
	Raised  int       `json:"raised"`
	Known   int       `json:"known"`   // crossings of people who were in the band before: nobody is told
	Cooling int       `json:"cooling"` // crossings within the cool-down: nobody is told
	Sent    int       `json:"sent"`
	Digests int       `json:"digests"` // messages that held several of those sent
	Failed  int       `json:"failed"`  // tried again later
	Unsure  int       `json:"unsure"`  // may have arrived; not sent again by themselves
	Dead    int       `json:"dead"`    // given up
	Held    int       `json:"held"`    // wait for their moment
	Until   time.Time `json:"until,omitzero"`
}

// alerting says whether this worker raises alerts: for people only.
func (w *Worker) alerting() bool { return w.Alerts != nil && w.object != crm.Companies }

func (w *Worker) alertZone() *time.Location {
	if w.Alerts.Zone == nil {
		return time.UTC
	}
	return w.Alerts.Zone
}

// alerts are the counts of the run, made when they are first needed.
func (r *Report) alerts() *AlertCount {
	if r.Alerts == nil {
		r.Alerts = &AlertCount{}
	}
	return r.Alerts
}

// raise decides what the acknowledged updates of a batch mean for alerts, and has it settled with them. run gives the run
// that sent an update: with person, rule and channel it names an alert for good.
func (w *Worker) raise(ctx context.Context, batch []Pending, settled []Settled, run func(Pending) string, r *Report) error {
	if !w.alerting() {
		return nil
	}
	written := map[string]*Settled{}
	ids := make([]string, 0, len(settled))
	for i := range settled {
		if settled[i].Status == crm.Written {
			written[settled[i].ID] = &settled[i]
			ids = append(ids, settled[i].ID)
		}
	}
	standings, err := w.Store.Standings(ctx, w.Connection, ids)
	if err != nil {
		return err
	}
	wrote, err := w.Store.Note(ctx, w.Connection, w.note(noteWritten))
	if err != nil {
		return err
	}
	raising := raising{w: w, count: r.alerts(), loading: wrote == "", gather: wrote != w.ModelHash, link: w.linker(r)}
	for i := range batch {
		s := written[batch[i].ID]
		if s == nil {
			continue
		}
		if err := raising.move(s, &batch[i].Entry, run(batch[i]), standings[s.ID]); err != nil {
			return err
		}
	}
	return raising.save(ctx)
}

// linker tells where a person opens a record; "" where the connector cannot tell.
func (w *Worker) linker(r *Report) func(id string) string {
	l, ok := w.CRM.(crm.Linker)
	if !ok {
		return func(string) string { return "" }
	}
	return func(id string) string { return l.RecordURL(r.account, crm.People, id) }
}

// raising is what one batch raises.
type raising struct {
	w       *Worker
	count   *AlertCount
	loading bool // the first load is under way
	gather  bool // the model is new: people moved because it did
	link    func(id string) string
	raised  []*crossed
}

// crossed is one person who crossed into bands.
type crossed struct {
	settled *Settled
	event   alert.Event
	rules   []*alert.Rule
}

func (b *raising) move(s *Settled, e *Entry, run string, stored []byte) error {
	before, err := alert.ParseStanding(stored)
	if err != nil {
		return err
	}
	rules := b.w.Alerts.Rules
	after, verdicts := alert.Apply(rules, before, alert.Move{Old: level(e.Old), New: level(e.New), First: e.First, Loading: b.loading, At: s.At})
	standing, err := after.Encode()
	if err != nil {
		return err
	}
	c := crossed{settled: s, event: alert.Event{
		Person: s.ID, Connection: b.w.Connection, Link: b.link(s.ID), At: s.At, Old: level(e.Old), New: level(e.New), Reasons: e.Reasons, Run: run,
	}}
	for i, v := range verdicts {
		switch v {
		case alert.Raised:
			c.rules = append(c.rules, &rules[i])
		case alert.Known:
			b.count.Known++
		case alert.Cooling:
			b.count.Cooling++
		}
	}
	if len(c.rules) == 0 && bytes.Equal(standing, stored) {
		return nil
	}
	s.Raised = &Raised{Standing: standing}
	if len(c.rules) > 0 {
		b.raised = append(b.raised, &c)
	}
	return nil
}

func level(p Planned) alert.Level {
	return alert.Level{Scored: p.Scored || p.Label != "", Score: p.Score, Grade: p.Grade, Label: p.Label}
}

// save makes the alerts of those who crossed.
func (b *raising) save(ctx context.Context) error {
	shown, err := b.shown(ctx)
	if err != nil {
		return err
	}
	for _, c := range b.raised {
		for _, rule := range c.rules {
			e := c.event
			e.Rule = rule.Name
			if in, ok := shown[e.Person]; ok {
				e.Show = showOf(rule, in)
			}
			for _, a := range rule.Raise(e, b.gather && !b.loading, e.At.In(b.w.alertZone())) {
				one, err := storedOf(a)
				if err != nil {
					return err
				}
				c.settled.Raised.Alerts = append(c.settled.Raised.Alerts, one)
				b.count.Raised++
			}
		}
	}
	return nil
}

// shown reads those who crossed, as far as a rule shows anything of them.
func (b *raising) shown(ctx context.Context) (map[string]Inputs, error) {
	var ids []string
	for _, c := range b.raised {
		for _, rule := range c.rules {
			if len(rule.Show) > 0 {
				ids = append(ids, c.event.Person)
				break
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := b.w.Store.InputsOf(ctx, b.w.of(), ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Inputs, len(list))
	for _, in := range list {
		found[in.Record.ID] = in
	}
	return found, nil
}

// showOf are the values a rule shows of a person: of the person's own fields, or with "company." before the name the company's.
func showOf(rule *alert.Rule, in Inputs) map[string]string {
	values := map[string]string{}
	for _, show := range rule.Show {
		for _, field := range show.Fields {
			value := in.Record.Fields[field]
			if of, ok := strings.CutPrefix(field, "company."); ok && in.Company != nil {
				value = in.Company.Fields[of]
			}
			if value != "" {
				values[show.Name] = value
				break
			}
		}
	}
	return values
}

func storedOf(a alert.Alert) (StoredAlert, error) {
	body, err := a.Encode()
	return StoredAlert{Key: a.Key, Person: a.Event.Person, State: a.State, Due: a.Due, Body: body}, err
}

// Outbox returns up to limit alerts of the connection in a state, in order of crossing.
func (w *Worker) Outbox(ctx context.Context, state string, limit int) ([]alert.Alert, error) {
	return w.outbox(ctx, state, time.Time{}, 0, limit)
}

func (w *Worker) outbox(ctx context.Context, state string, since time.Time, after int64, limit int) ([]alert.Alert, error) {
	stored, err := w.Store.Alerts(ctx, w.Connection, state, since, after, limit)
	if err != nil {
		return nil, err
	}
	alerts := make([]alert.Alert, len(stored))
	for i, s := range stored {
		if alerts[i], err = alert.ParseAlert(s.Body); err != nil {
			return nil, errors.Join(ErrStoreDamaged, err)
		}
		alerts[i].Seq, alerts[i].Key, alerts[i].State, alerts[i].Due = s.Seq, s.Key, s.State, s.Due
	}
	return alerts, nil
}

// saveAlerts stores what became of alerts.
func (w *Worker) saveAlerts(ctx context.Context, alerts []alert.Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	stored := make([]StoredAlert, len(alerts))
	for i, a := range alerts {
		var err error
		if stored[i], err = storedOf(a); err != nil {
			return err
		}
	}
	return w.Store.SaveAlerts(ctx, w.Connection, stored)
}
