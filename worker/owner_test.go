package worker_test

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestOwnersAreFacts: a model may ask for the name of a person's owner, and sees when the owner changes.
func TestOwnersAreFacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("    title:", "    owner: {from: owner.name}\n    title:")
	w.edit("      company: {criteria:", "      owner: {criteria: [{name: Has our best seller, when: owner == \"One\", points: 10}]}\n      company: {criteria:")
	w.provision()
	w.populate(2)
	w.crm.PutOwner(crm.Owner{ID: "o1", Name: "One"})
	w.crm.PutOwner(crm.Owner{ID: "o2", Name: "Two"})
	w.crm.Link(crm.People, person(1), crm.Owners, "o1")
	w.run(worker.Options{Accept: true})
	if got := w.shown(person(1))["b_fit"]; got != "10" {
		t.Errorf("fit %q with the owner One, want 10", got)
	}
	w.at = w.at.Add(time.Minute)
	w.crm.Link(crm.People, person(1), crm.Owners, "o2")
	w.run(worker.Options{Accept: true})
	if got := w.shown(person(1))["b_fit"]; got != "0" {
		t.Errorf("fit %q with the owner Two, want 0", got)
	}
}
