package worker_test

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/worker"
)

// vanishing is a CRM whose activity can go without a trace; it answers when asked which of some ids are gone.
type vanishing struct {
	*crmtest.Memory
	gone []string
}

func (v *vanishing) Missing(_ context.Context, _ string, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(v.gone, id) }), nil
}

func (v *vanishing) Activities(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Activity], error] {
	return func(yield func(crm.Page[crm.Activity], error) bool) {
		for page, err := range v.Memory.Activities(ctx, q) {
			page.Items = slices.DeleteFunc(page.Items, func(a crm.Activity) bool { return slices.Contains(v.gone, a.ID) })
			if !yield(page, err) {
				return
			}
		}
	}
}

// TestActivityThatVanishedIsForgottenByAFullReading: a sync cannot know, a reload asks.
func TestActivityThatVanishedIsForgottenByAFullReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.provision()
	w.populate(3)
	w.crm.PutActivity(crm.Meetings, crm.Activity{ID: "m1", Time: w.at, Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {person(1)}}})
	c := &vanishing{Memory: w.crm}
	run := func(kind worker.Kind) string {
		w.at = w.at.Add(time.Minute)
		one := w.open()
		one.CRM = c
		if _, err := one.RunOnce(t.Context(), worker.Options{Kind: kind, Accept: true}); err != nil {
			t.Fatal(err)
		}
		if err := one.Store.Close(); err != nil {
			t.Fatal(err)
		}
		return w.shown(person(1))["b_eng"]
	}
	if got := run(worker.Sync); got != "50" {
		t.Fatalf("engagement %q after a meeting, want 50", got)
	}
	c.gone = []string{"m1"}
	if got := run(worker.Sync); got != "50" {
		t.Errorf("engagement %q after a sync, want 50 still", got)
	}
	if got := run(worker.Reload); got == "50" {
		t.Errorf("engagement %q after a full reading: the meeting is still counted", got)
	}
}
