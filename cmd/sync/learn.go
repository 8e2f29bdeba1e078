package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/file"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// learnFlags say what a history is made of.
type learnFlags struct {
	csv, outcome, positive string // a file instead of the state
	offline                bool   // no CRM is asked what people were

	open bool // rows may go without an outcome
}

// learnOf is what the worker learns; nil when the model file does not say.
func learnOf(m *modelfile.File, l *modelfile.Learn) *worker.Learn {
	if l == nil {
		return nil
	}
	return &worker.Learn{
		Score: l.Score, Model: modelfile.Fingerprint(m.Source), Activity: l.Activity, When: l.When, Within: time.Duration(l.Within), Start: l.Start, After: time.Duration(l.After),
		Attributes: l.Attributes, Activities: l.Activities, Fixed: l.Fixed,
		Options: learning.Options{Within: time.Duration(l.Within), HeldOut: l.HeldOut, Allow: l.Allow, Scorecard: scorecard.Options{Points: l.Points, Short: l.Short}},
	}
}

// history makes the table to learn from: of the state, or of a file. source says in words which.
func (p *program) history(ctx context.Context, w *worker.Worker, m *modelfile.File, f learnFlags) (h *worker.History, l worker.Learn, source string, err error) {
	bar := p.progress()
	defer bar.end()
	if f.csv != "" {
		l = csvLearn(m, f)
		h, err = p.csvHistory(ctx, m, l, f)
		if err != nil {
			return nil, l, "", err
		}
		return h, l, fmt.Sprintf("%s of %s", counted(h.Table.Len(), "row", "rows"), filepath.Base(f.csv)), nil
	}
	w.Progress, w.Learn = bar, learnOf(m, m.Learn)
	p.asking(w, m, f)
	h, err = w.LearnHistory(ctx)
	if err != nil {
		return nil, l, "", err
	}
	return h, *w.Learn, fmt.Sprintf("%s of %s", counted(h.Table.Len(), "person", "people"), w.Connection), nil
}

func csvLearn(m *modelfile.File, f learnFlags) worker.Learn {
	spec := m.Learn
	if spec == nil {
		spec = modelfile.NewLearn()
	}
	l := *learnOf(m, spec)
	l.Activity = ""
	if f.outcome != "" {
		l.When = ""
	}
	if spec.Start == "" {
		l.Options.Within = 0
	}
	return l
}

// csvHistory reads the rows of a file through the mapping of the model.
func (p *program) csvHistory(ctx context.Context, m *modelfile.File, l worker.Learn, f learnFlags) (*worker.History, error) {
	if f.outcome == "" && l.When == "" && !f.open {
		return nil, usagef("nothing says which rows converted: name the column with --outcome, or write learn: {outcome: {when: …}} in %s", m.Name)
	}
	now, err := p.clock()
	if err != nil {
		return nil, err
	}
	rows, err := file.Open(ctx, f.csv, file.Options{IDColumn: m.Mapper.Identity()})
	if err != nil {
		return nil, usageError{err}
	}
	fields := m.Mapper.Need().Read[crm.People]
	if f.outcome != "" {
		if err := hasColumn(ctx, rows, f.outcome); err != nil {
			return nil, err
		}
		fields = append(fields, f.outcome)
	}
	g, err := worker.NewGathering(m.Model, l, true, now())
	if err != nil {
		return nil, err
	}
	list, err := readRows(ctx, rows, fields, f.outcome, func(fields crm.Fields, s *scoring.Subject) bool {
		if _, skip := m.Mapper.Skip(fields); skip {
			return false
		}
		m.Mapper.Subject(mapping.Input{Person: fields}, now(), s)
		return true
	})
	if err != nil {
		return nil, err
	}
	outcomes, err := list.outcomes(f)
	if err != nil {
		return nil, err
	}
	for i := range list.subjects {
		outcome := learning.Unknown
		if outcomes != nil {
			outcome = outcomes[i]
		}
		g.AddRow(list.ids[i], &list.subjects[i], outcome)
	}
	return g.Finish()
}

func hasColumn(ctx context.Context, rows *file.Sheet, name string) error {
	schema, err := rows.Describe(ctx, crm.People)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range schema.Fields {
		if f.Name == name {
			return nil
		}
		names = append(names, f.Name)
	}
	return usagef("the file has no column %q to tell the outcome by; it has: %s", name, strings.Join(names, ", "))
}

// learnRows are the rows of a file made ready.
type learnRows struct {
	ids      []string
	subjects []scoring.Subject
	texts    []string // of the outcome
}

func readRows(ctx context.Context, rows *file.Sheet, fields []string, outcome string, mapped func(crm.Fields, *scoring.Subject) bool) (*learnRows, error) {
	var out learnRows
	for page, err := range rows.Records(ctx, crm.Query{Object: crm.People, Fields: fields}) {
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Items {
			var s scoring.Subject
			if !mapped(rec.Fields, &s) {
				continue
			}
			out.ids, out.subjects, out.texts = append(out.ids, rec.ID), append(out.subjects, s), append(out.texts, strings.TrimSpace(rec.Fields[outcome]))
		}
	}
	return &out, nil
}

// yesTexts are the texts of an outcome that mean yes where nobody says which do, without letter case.
func yesTexts() map[string]bool {
	return map[string]bool{"1": true, "yes": true, "true": true, "y": true, "oui": true, "won": true, "converted": true}
}

// outcomes reads the column of the outcome; nil when there is none.
func (r *learnRows) outcomes(f learnFlags) ([]learning.Outcome, error) {
	if f.outcome == "" {
		return nil, nil
	}
	positive := map[string]bool{}
	for text := range strings.SplitSeq(f.positive, ",") {
		if text = strings.ToLower(strings.TrimSpace(text)); text != "" {
			positive[text] = true
		}
	}
	if len(positive) == 0 {
		positive = yesTexts()
	}
	const few = 10
	seen := map[string]bool{}
	out := make([]learning.Outcome, len(r.texts))
	some := false
	for i, text := range r.texts {
		if text = strings.ToLower(text); text == "" {
			continue
		}
		if seen[text] = true; len(seen) > few {
			return nil, usagef("--outcome %s has more than %d different values: it must tell who converted, like yes and no", f.outcome, few)
		}
		out[i] = learning.No
		if positive[text] {
			out[i], some = learning.Yes, true
		}
	}
	if !some {
		return nil, usagef("--outcome %s never says that somebody converted: name its values that do with --positive", f.outcome)
	}
	return out, nil
}

// refusedFit makes an error of learning one of usage where the admin can do something about it, and keeps it plain.
func refusedFit(err error) error {
	if errors.Is(err, learning.ErrTable) {
		return usageError{err}
	}
	return err
}

// writeNew writes a file of one's own.
func writeNew(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
