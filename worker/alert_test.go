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
