package worker_test

import (
	"testing"
	"time"

	"github.com/bareme/bareme/worker"
)

// TestStageGoesOnFromTheRecord: a stage is left at a lower threshold than it is entered at, through runs of different
// processes, because the stage before is what the record shows.
func TestStageGoesOnFromTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("trend: {", "lifecycle: {prospect: {enter: engagement >= 8, leave: engagement < 4}, suspect: \"*\"}\ntrend: {")
	w.edit("fit: b_fit", "lifecycle: b_stage, routing: b_route, next: b_next, fit: b_fit")
	w.edit("privacy: {", "privacy: {human_review: true, ")
	w.populate(2)
	w.provision()
	w.run(worker.Options{Accept: true})
	for _, step := range []struct {
		days   int
		clicks string // a new number of clicks, today
		stage  string
	}{
		{0, "", "prospect"},  // 10 points
		{20, "", "prospect"}, // 6.3: too few to enter, enough to stay
		{21, "", "suspect"},  // 3.9
		{0, "2", "prospect"}, // 13.9
		{10, "", "prospect"}, // 11
		{100, "", "suspect"}, // next to nothing
		{100, "", "suspect"}, // and it stays so
	} {
		kind := worker.Rescore
		w.at = w.at.AddDate(0, 0, step.days)
		if step.clicks != "" {
			kind = worker.Sync
			w.crm.Change("people", person(0), map[string]string{"clicks": step.clicks, "last_click": w.at.Format(time.RFC3339)})
		}
		w.run(worker.Options{Kind: kind, Accept: true})
		w.crm.Settle()
		if shown := w.shown(person(0)); shown["b_stage"] != step.stage || shown["b_route"] == "" || shown["b_next"] == "" {
			t.Fatalf("%s: the record shows %v, want the stage %s", w.at.Format(time.DateOnly), shown, step.stage)
		}
	}
}
