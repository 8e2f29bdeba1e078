package worker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

// postbox keeps what was sent, each key once, as a webhook's receiver does.
type postbox struct {
	got  []alert.Message
	fail func(alert.Message) error // decides what the sender hears; nil: all went well
}

var errDied = errors.New("the process died")

func (p *postbox) Send(_ context.Context, m alert.Message) error {
	if p.fail != nil {
		if err := p.fail(m); err != nil {
			return err
		}
	}
	p.got = append(p.got, m)
	return nil
}

// told is whom each message was about, in the order they came.
func (p *postbox) told() []string {
	var all []string
	for _, m := range p.got {
		for _, e := range m.Events {
			all = append(all, fmt.Sprintf("%s by %s: %s → %s", e.Person, m.Channel, e.Old.Label, e.New.Label))
		}
	}
	return all
}

// alerted opens a worker with one rule, whose channel is the postbox.
func (w *world) alerted(box alert.Sender, rules ...alert.Rule) *worker.Worker {
	one := w.open()
	one.Alerts = &worker.Alerts{Rules: rules, Senders: map[string]alert.Sender{}}
	for _, name := range alert.Channels() {
		one.Alerts.Senders[name] = box
	}
	return one
}

func (w *world) runAlerted(box alert.Sender, rules ...alert.Rule) worker.Report {
	w.t.Helper()
	one := w.alerted(box, rules...)
	report, err := one.RunOnce(w.t.Context(), worker.Options{Kind: worker.Sync, Accept: true})
	if cerr := one.Store.Close(); cerr != nil {
		w.t.Fatal(cerr)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.crm.Settle()
	return report
}

// warm makes a person of a matching company click so often that they are hot.
func (w *world) warm(id string, clicks int) {
	w.t.Helper()
	w.crm.Put(crm.People, id, crm.Fields{"email": id + "@example.com", "jobtitle": "Director", "clicks": fmt.Sprint(clicks),
		"last_click": w.at.Format(time.RFC3339)}, map[string][]string{crm.Companies: {"c"}})
}

// meet gives a person a meeting that was held.
func (w *world) meet(activity, id string) {
	w.crm.PutActivity(crm.Meetings, crm.Activity{ID: activity, Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {id}}})
}

func hotWorld(t *testing.T) *world {
	w := newWorld(t)
	w.crm.Declare(crm.People, crm.Field{Name: crmtest.OwnerField, Writable: true})
	w.crm.Put(crm.Companies, "c", crm.Fields{"employees": "80"}, nil)
	w.provision()
	return w
}

var hot = alert.Rule{Name: "Hot", Enters: []string{"hot"}, To: []string{alert.Webhook}, CoolDown: 14 * day}

func TestAlertOncePerCrossing(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("old", 1)
	w.meet("m0", "old") // hot before we came
	w.warm("new", 1)
	if r := w.runAlerted(box, hot); len(box.got) != 0 || r.Alerts.Known != 1 {
		t.Fatalf("the first load told of %v, counts %+v", box.told(), r.Alerts)
	}
	w.at = w.at.Add(time.Hour)
	w.meet("m1", "new")
	r := w.runAlerted(box, hot)
	if diff := cmp.Diff([]string{"new by webhook: cold → hot"}, box.told()); diff != "" {
		t.Fatalf("told (-want +got):\n%s", diff)
	}
	if r.Alerts.Raised != 1 || r.Alerts.Sent != 1 || r.Alerts.Held != 0 {
		t.Errorf("counts %+v", r.Alerts)
	}
	e := box.got[0].Events[0]
	if e.Run != r.Run || len(e.Reasons) == 0 || !e.At.Equal(w.at) || e.Connection != "main" || e.New.Score <= e.Old.Score {
		t.Errorf("event %+v", e)
	}
	w.at = w.at.Add(time.Hour)
	w.meet("m2", "new")
	w.warm("late", 1)
	w.meet("m3", "late") // comes and is hot at once
	w.runAlerted(box, hot)
	if diff := cmp.Diff([]string{"new by webhook: cold → hot", "late by webhook:  → hot"}, box.told()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAlertSurvivesItsProcess(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.runAlerted(box, hot)
	w.meet("m1", "a")
	// The process dies between the intention and the outcome.
	ctx, cancel := context.WithCancel(t.Context())
	dying := w.alerted(&postbox{fail: func(alert.Message) error { cancel(); return errDied }}, hot)
	if _, err := dying.RunOnce(ctx, worker.Options{Kind: worker.Sync, Accept: true}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := dying.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.runAlerted(box, hot)
	if len(box.got) != 1 || !box.got[0].Doubt || r.Alerts.Sent != 1 {
		t.Fatalf("got %+v, counts %+v", box.got, r.Alerts)
	}
	w.runAlerted(box, hot)
	if len(box.got) != 1 {
		t.Errorf("told again: %v", box.told())
	}
}

func TestAlertFollowsWhatWasFoundWritten(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.runAlerted(box, hot)
	w.meet("m1", "a")
	one := w.alerted(box, hot)
	one.CRM = &deaf{w.crm} // the write arrives, its answer does not
	if _, err := one.RunOnce(t.Context(), worker.Options{Kind: worker.Sync, Accept: true}); err == nil {
		t.Fatal("a broken write was no error")
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	w.crm.Settle()
	r := w.runAlerted(box, hot)
	if len(box.got) != 1 || r.Recovered != 1 {
		t.Errorf("told %v, recovered %d", box.told(), r.Recovered)
	}
}

func TestAlertGoesToTheOwner(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.crm.PutOwner(crm.Owner{ID: "o1", Email: "o1@example.com", Name: "One"})
	rule := hot
	rule.To, rule.PerOwner, rule.Digest = []string{alert.Email}, 2, 8*60+30
	rule.Quiet = &alert.Quiet{From: 19 * 60, To: 8 * 60}
	rule.Show = []alert.Shown{{Name: "title", Fields: []string{"jobtitle"}}, {Name: "size", Fields: []string{"nothing", "company.employees"}}}
	for i := range 5 {
		w.warm(person(i), 1)
	}
	w.runAlerted(box, rule)
	w.at = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	for i := range 5 {
		w.meet(fmt.Sprint("m", i), person(i))
		w.crm.Change(crm.People, person(i), crm.Fields{"owner": "o1"})
	}
	r := w.runAlerted(box, rule)
	if len(box.got) != 0 || r.Alerts.Held != 5 || !r.Alerts.Until.Equal(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)) {
		t.Fatalf("in quiet hours: told %v, counts %+v", box.told(), r.Alerts)
	}
	w.at = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	r = w.runAlerted(box, rule)
	if len(box.got) != 2 || r.Alerts.Held != 3 || box.got[0].Digest || box.got[0].Owner.Email != "o1@example.com" {
		t.Fatalf("in the morning: %+v, counts %+v", box.got, r.Alerts)
	}
	if diff := cmp.Diff(map[string]string{"title": "Director", "size": "80"}, box.got[0].Events[0].Show); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	w.at = w.at.Add(30 * time.Minute)
	r = w.runAlerted(box, rule)
	if len(box.got) != 3 || !box.got[2].Digest || len(box.got[2].Events) != 3 || r.Alerts.Digests != 1 || r.Alerts.Held != 0 {
		t.Errorf("the digest: %+v, counts %+v", box.got[2:], r.Alerts)
	}
}

func TestAlertThatFails(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.runAlerted(box, hot)
	w.meet("m", "a")
	keys := map[string]int{}
	say := errors.New("the other side answered 503")
	box.fail = func(m alert.Message) error { keys[m.Key]++; return say }
	r := w.runAlerted(box, hot)
	if r.Alerts.Failed != 1 || r.Status != "done" {
		t.Fatalf("counts %+v, run %s", r.Alerts, r.Status)
	}
	if r = w.runAlerted(box, hot); r.Alerts.Held != 1 {
		t.Fatalf("at once again: counts %+v", r.Alerts)
	}
	for range alert.MaxTries - 1 {
		w.at = w.at.Add(6 * time.Hour)
		r = w.runAlerted(box, hot)
	}
	if r.Alerts.Dead != 1 || len(keys) != 1 {
		t.Fatalf("counts %+v, keys %v", r.Alerts, keys)
	}
	one := w.alerted(box, hot)
	dead, err := one.Outbox(t.Context(), alert.Dead, 10)
	if err != nil || len(dead) != 1 || dead[0].Reason != say.Error() || dead[0].Tries != alert.MaxTries {
		t.Fatalf("%+v, %v", dead, err)
	}
	if err := one.RetryAlert(t.Context(), "unknown"); !errors.Is(err, crm.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := one.RetryAlert(t.Context(), dead[0].Key); err != nil {
		t.Fatal(err)
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	box.fail = nil
	if r = w.runAlerted(box, hot); r.Alerts.Sent != 1 || box.got[0].Key != dead[0].Key {
		t.Errorf("after the retry: counts %+v", r.Alerts)
	}
}

func TestAlertThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.warm("b", 1)
	w.runAlerted(box, hot)
	w.meet("m1", "a")
	w.meet("m2", "b")
	box.fail = func(m alert.Message) error {
		if m.Events[0].Person == "a" {
			return fmt.Errorf("%w: no answer", alert.ErrUnsure)
		}
		return fmt.Errorf("%w: the other side answered 404", alert.ErrRefused)
	}
	if r := w.runAlerted(box, hot); r.Alerts.Unsure != 1 || r.Alerts.Dead != 1 {
		t.Fatalf("counts %+v", r.Alerts)
	}
	box.fail = nil
	w.at = w.at.Add(day)
	if r := w.runAlerted(box, hot); len(box.got) != 0 || r.Alerts.Sent != 0 {
		t.Errorf("told %v", box.told())
	}
}

// TestNewModelTellsInTheDigest: a new model moves many at once, for a reason of ours.
func TestNewModelTellsInTheDigest(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	rule := hot
	rule.To, rule.Digest = []string{alert.Slack, alert.Webhook}, 8*60+30
	for i := range 4 {
		w.warm(person(i), 1)
	}
	w.runAlerted(box, rule)
	w.edit("points: 50}", "points: 51}")
	w.edit("cold: \"*\"", "cold: \"D4\"")
	w.edit(`hot: "A1 A2 B1"`, `hot: "A1 A2 A4 B1"`)
	r := w.runAlerted(box, rule)
	if r.Alerts.Raised != 8 || r.Alerts.Sent != 4 || r.Alerts.Held != 4 {
		t.Fatalf("counts %+v", r.Alerts)
	}
	w.at = w.at.Add(day)
	r = w.runAlerted(box, rule)
	if len(box.got) != 5 || !box.got[4].Digest || len(box.got[4].Events) != 4 {
		t.Errorf("told %d messages, counts %+v", len(box.got), r.Alerts)
	}
}

func TestForgottenPersonHasNoAlert(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.runAlerted(box, hot)
	w.meet("m", "a")
	box.fail = func(alert.Message) error { return errDied }
	w.runAlerted(box, hot)
	one := w.alerted(box, hot)
	e, err := one.ForgetPerson(t.Context(), "a", worker.ForgetOptions{})
	if err != nil || !e.Verified || e.Erased[worker.TraceAlert] != 2 {
		t.Errorf("erasure %+v, %v", e, err)
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	box.fail = nil
	w.at = w.at.Add(day)
	w.runAlerted(box, hot)
	if len(box.got) != 0 {
		t.Errorf("told of somebody forgotten: %v", box.told())
	}
}

func TestDryRunTellsNobody(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	w.warm("a", 1)
	w.runAlerted(box, hot)
	w.meet("m", "a")
	one := w.alerted(box, hot)
	if _, err := one.RunOnce(t.Context(), worker.Options{Kind: worker.Sync, DryRun: true}); err != nil {
		t.Fatal(err)
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if len(box.got) != 0 {
		t.Errorf("told %v", box.told())
	}
	if w.runAlerted(box, hot); len(box.got) != 1 {
		t.Errorf("told %v", box.told())
	}
}

// TestRefusedPlanHoldsNoAlert: what crossed before is told, although nothing more is written.
func TestRefusedPlanHoldsNoAlert(t *testing.T) {
	t.Parallel()
	w, box := hotWorld(t), &postbox{}
	for i := range 30 {
		w.warm(person(i), 1)
	}
	w.runAlerted(box, hot)
	w.meet("m", person(0))
	box.fail = func(alert.Message) error { return errDied }
	w.runAlerted(box, hot)
	box.fail = nil
	w.at = w.at.Add(day)
	for i := range 30 {
		w.warm(person(i), 5)
	}
	one := w.alerted(box, hot)
	report, err := one.RunOnce(t.Context(), worker.Options{Kind: worker.Sync})
	if cerr := one.Store.Close(); cerr != nil {
		t.Fatal(cerr)
	}
	if !errors.Is(err, plan.ErrTooLarge) || report.Alerts.Sent != 1 || report.Written != 0 {
		t.Errorf("got %v, counts %+v, wrote %d", err, report.Alerts, report.Written)
	}
}
