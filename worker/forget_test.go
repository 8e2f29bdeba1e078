package worker_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// forget forgets one person in a process of its own.
func (w *world) forget(who string, o worker.ForgetOptions) (worker.Erasure, error) {
	w.t.Helper()
	one := w.open()
	e, err := one.ForgetPerson(w.t.Context(), who, o)
	if cerr := one.Store.Close(); cerr != nil {
		w.t.Fatal(cerr)
	}
	return e, err
}

const kanarie = "kanarie-4711"

// worldOfOne has a person of many traces among others.
func worldOfOne(t *testing.T) *world {
	w := newWorld(t)
	w.populate(9)
	w.provision()
	w.crm.Put(crm.People, "odd", crm.Fields{
		"email": kanarie + "@example.com", "jobtitle": kanarie + " director", "clicks": "7", "last_click": w.at.Format(time.RFC3339),
	}, map[string][]string{crm.Companies: {"c00"}})
	for id, people := range map[string][]string{"alone": {"odd"}, "both": {"odd", "p001"}} {
		w.crm.PutActivity(crm.Meetings, crm.Activity{ID: id, Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: people}})
	}
	w.run(worker.Options{Accept: true})
	w.at = w.at.Add(time.Hour)
	return w
}

func TestForgetErasesAndProvesIt(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"odd", " " + strings.ToUpper(kanarie) + "@Example.com"} {
		w := worldOfOne(t)
		e, err := w.forget(who, worker.ForgetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := worker.Erasure{
			ID: "odd", InCRM: true, KeptOut: true, Verified: true,
			Cleared: []string{"b_at", "b_eng", "b_fit", "b_grade", "b_label", "b_reasons", "b_score", "b_trend"},
			Erased:  map[string]int{worker.TraceRecord: 1, worker.TraceInputs: 1, worker.TraceLedger: 1, worker.TraceActivity: 2},
			Traces:  map[string]int{},
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
		if got := w.shown("odd"); len(got) != 0 {
			t.Errorf("the record still shows %v", got)
		}
		if strings.Contains(strings.ToLower(w.onDisk()), kanarie) {
			t.Error("the state file still holds a value")
		}
		said, err := json.Marshal(e)
		if err != nil || strings.Contains(string(said), kanarie) {
			t.Errorf("the account holds a value: %s", said)
		}
	}
}

func TestForgottenStaysForgotten(t *testing.T) {
	t.Parallel()
	w := worldOfOne(t)
	if _, err := w.forget("odd", worker.ForgetOptions{}); err != nil {
		t.Fatal(err)
	}
	w.crm.Put(crm.People, "odd", crm.Fields{"email": kanarie + "@example.com", "jobtitle": kanarie + " buyer"}, nil)
	w.crm.Put(crm.People, "twin", crm.Fields{"email": kanarie + "@example.com", "jobtitle": kanarie + " buyer"}, nil) // entered again by hand
	w.crm.PutActivity(crm.Meetings, crm.Activity{ID: "later", Time: w.at, Fields: crm.Fields{"outcome": kanarie}, Links: map[string][]string{crm.People: {"odd"}}})
	for _, kind := range []worker.Kind{worker.Sync, worker.Rescore, worker.Reload} {
		w.at = w.at.Add(time.Hour)
		w.run(worker.Options{Accept: true, Kind: kind})
		for _, id := range []string{"odd", "twin"} {
			if traces := w.traces(id); len(traces) != 0 {
				t.Errorf("after a %s, %s is kept: %v", kind, id, traces)
			}
			if got := w.shown(id); len(got) != 0 {
				t.Errorf("after a %s, %s shows %v", kind, id, got)
			}
		}
		if strings.Contains(w.onDisk(), kanarie) {
			t.Errorf("after a %s the state file holds a value", kind)
		}
	}

	e, err := w.forget("odd", worker.ForgetOptions{})
	if err != nil || !e.Already || len(e.Erased) != 0 {
		t.Errorf("again, by id: %+v, %v", e, err)
	}
	e, err = w.forget(kanarie+"@example.com", worker.ForgetOptions{})
	if err != nil || !e.Already || e.ID != "" {
		t.Errorf("again, by address: %+v, %v", e, err)
	}
	if _, err = w.forget(kanarie+"@example.com", worker.ForgetOptions{ComeBack: true}); !errors.Is(err, crm.ErrNotFound) {
		t.Errorf("let back in by address: %v", err)
	}
	if _, err = w.forget("odd", worker.ForgetOptions{ComeBack: true}); err != nil {
		t.Fatal(err)
	}
	w.at = w.at.Add(time.Hour)
	w.run(worker.Options{Accept: true, Kind: worker.Reload})
	if traces := w.traces("odd"); traces[worker.TraceRecord] != 1 {
		t.Errorf("let back in: %v", traces)
	}
}

func TestForgetSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	w := worldOfOne(t)
	for who, kind := range map[string]error{"nobody@example.com": crm.ErrNotFound, "no-such-id": crm.ErrNotFound} {
		if _, err := w.forget(who, worker.ForgetOptions{}); !errors.Is(err, kind) || strings.Contains(err.Error(), "nobody@") {
			t.Errorf("%s: %v", who, err)
		}
	}
	w.crm.Refuse(crm.People, "odd")
	e, err := w.forget("odd", worker.ForgetOptions{})
	if !errors.Is(err, worker.ErrRemains) || e.Refused == "" || len(e.Remains) == 0 || len(e.Traces) != 0 {
		t.Errorf("a record the CRM refuses to clear: %+v, %v", e, err)
	}
	if traces := w.traces("odd"); len(traces) != 0 {
		t.Errorf("the state is erased all the same, and keeps %v", traces)
	}
}
