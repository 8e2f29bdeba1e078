package worker

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"
)

// Preview is what a run would write. It names records by id only.
type Preview struct {
	Report    Report   `json:"report"`
	Changes            // of people
	Companies *Changes `json:"companies,omitempty"` // nil when companies are not scored
}

// Changes are what would be written of one population.
type Changes struct {
	Moves  []GradeMove    `json:"moves"`  // how many people go from which grade to which, largest first
	Most   []ChangeView   `json:"most"`   // the largest changes of score
	Fields map[string]int `json:"fields"` // how many updates touch each CRM field
}

// GradeMove counts people by the grade they show and the grade they would show; "" is no grade.
type GradeMove struct {
	From   string `json:"from"`
	To     string `json:"to"`
	People int    `json:"people"`
}

// ChangeView is one planned change.
type ChangeView struct {
	ID      string   `json:"id"`
	Old     Planned  `json:"old"`
	New     Planned  `json:"new"`
	First   bool     `json:"first"`
	Reasons []string `json:"reasons"`
}

// Preview runs everything but the writing, and looks at what was planned. examples is how many changes it keeps.
func (w *Worker) Preview(ctx context.Context, o Options, examples int) (Preview, error) {
	o.DryRun = true
	report, err := w.RunOnce(ctx, o)
	p := Preview{Report: report}
	if err != nil {
		return p, err
	}
	return p, w.preview(ctx, &p, examples)
}

// preview fills in what was planned.
func (w *Worker) preview(ctx context.Context, p *Preview, examples int) (err error) {
	if p.Changes, err = w.planned(ctx, examples); err != nil {
		return err
	}
	if firms := w.OfCompanies(); firms != nil {
		var c Changes
		c, err = firms.planned(ctx, examples)
		p.Companies = &c
	}
	return err
}

// planned looks at the updates that wait.
func (w *Worker) planned(ctx context.Context, examples int) (Changes, error) {
	p := Changes{Fields: map[string]int{}}
	moves := map[[2]string]int{}
	err := w.eachPending(ctx, func(u Pending) {
		moves[[2]string{u.Entry.Old.Grade, u.Entry.New.Grade}]++
		for field := range u.Fields {
			p.Fields[field]++
		}
		p.Most = append(p.Most, ChangeView{ID: u.ID, Old: u.Entry.Old, New: u.Entry.New, First: u.Entry.First, Reasons: u.Entry.Reasons})
		if len(p.Most) > 2*examples {
			p.Most = largest(p.Most, examples)
		}
	})
	p.Most = largest(p.Most, examples)
	for grades, n := range moves {
		p.Moves = append(p.Moves, GradeMove{From: grades[0], To: grades[1], People: n})
	}
	slices.SortFunc(p.Moves, func(a, b GradeMove) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return p, err
}

func (w *Worker) eachPending(ctx context.Context, each func(Pending)) error {
	after := ""
	for {
		batch, err := w.Store.Pending(ctx, w.of(), after, chunk, w.Now().UTC().Add(100*365*24*time.Hour))
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].ID
		for _, u := range batch {
			each(u)
		}
	}
}

// largest keeps the n changes that move the score most.
func largest(changes []ChangeView, n int) []ChangeView {
	slices.SortFunc(changes, func(a, b ChangeView) int {
		return cmp.Or(
			cmp.Compare(math.Abs(b.New.Score-b.Old.Score), math.Abs(a.New.Score-a.Old.Score)),
			cmp.Compare(a.ID, b.ID))
	})
	return changes[:min(n, len(changes))]
}
