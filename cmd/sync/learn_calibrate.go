package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// calibrate fits the probability of the learnt score anew to its points as they stand.
func (p *program) calibrate(ctx context.Context, file *modelfile.File, f learnFlags) (err error) {
	w, err := p.learner(ctx, file, f)
	if err != nil {
		return err
	}
	if w != nil {
		defer closing(w.Store, &err)
	}
	h, l, source, err := p.history(ctx, w, file, f)
	if err != nil {
		return refusedFit(err)
	}
	c, err := worker.Calibrate(h)
	if errors.Is(err, worker.ErrNoLearntScore) {
		return usagef("%s has no score %s to calibrate: run bareme fit and apply what it proposes first", file.Name, l.Score)
	}
	if err != nil {
		return err
	}
	if p.json() {
		return p.printJSON(c)
	}
	p.printf("%s, its points as they stand, on %s: AUC %.3f ± %.3f\n\n", title(l.Score), source, c.Rank.AUC, c.Rank.SE)
	p.printf("  said       came                 rows\n")
	for _, b := range c.Calibration.Bins {
		p.printf("  %5.1f %%   %5.1f %% ± %4.1f  %7d  %s\n", 100*b.Said, 100*b.Came, 100*b.SE, b.Rows, strings.Repeat("█", int(25*b.Came+.5)))
	}
	was := "none"
	if i := slices.IndexFunc(file.Scoring.Scores, func(s scoring.ScoreSpec) bool { return s.Name == l.Score }); i >= 0 && file.Scoring.Scores[i].Probability != nil {
		was = modelfile.ProbabilityText(*file.Scoring.Scores[i].Probability)
	}
	p.printf("\nIn force:  %s\nThe points as they stand ask for, in scores.%s:\n  probability: %s\n", was, l.Score, modelfile.ProbabilityText(c.Probability))
	return nil
}
