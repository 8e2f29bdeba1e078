package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/learning/scorecard"
)

// figure is what a method did on the rows kept for the test.
type figure struct {
	name    string
	auc     float64
	loss    float64
	seconds float64 // to fit, on the clock; 0 where not known
	cpu     float64 // processor seconds to fit, of all threads; 0 where not known
	se      float64
	live    bool // computed in this run, not on record
	p       []float64
}

// tables prints each set: ours, what scikit-learn makes of the same rows in this run where it is there, and what is on
// record.
func tables(w io.Writer, data string, short bool, only string) error {
	python := ""
	if !short {
		python = findPython()
	}
	out := &printer{w: w}
	out.line("Scorecards on public data, judged on rows they did not learn from (%s, %d cores)", runtime.Version(), runtime.NumCPU())
	if python == "" {
		out.line("scikit-learn is not in this run: its figures are on record, from the same rows (one thread)")
	}
	found := only == ""
	for _, s := range sets() {
		found = found || s.name == only
		if short && (s.byTime || s.name == "bank") || only != "" && s.name != only {
			continue
		}
		h, err := s.read(data)
		if err != nil {
			return err
		}
		if err := out.set(&s, h, python); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if !found {
		return fmt.Errorf("there is no set %q", only)
	}
	return out.err
}

// printer keeps the first error of printing.
type printer struct {
	w   io.Writer
	err error
}

func (o *printer) line(format string, args ...any) {
	if o.err == nil {
		_, o.err = fmt.Fprintf(o.w, format+"\n", args...)
	}
}

func (o *printer) set(s *set, h *history, python string) error {
	train, y := h.part(false)
	test, came := h.part(true)
	events := 0
	for _, c := range came {
		if c {
			events++
		}
	}
	o.line("\n%s: %d rows to learn from, %d to judge on, of which %.1f %% converted", s.name, len(y), len(came), 100*float64(events)/float64(len(came)))
	o.line("  %-24s %-16s %-22s %9s   %s", "", "AUC", "above chance", "log-loss", "fit (processor)")
	ours, bytes, err := fitted("scorecard", train, y, test, came, scorecard.Options{})
	if err != nil {
		return err
	}
	o.figure(ours)
	given := *ours
	if again, _, err := fitted("  with the ridge given", train, y, test, came, scorecard.Options{Ridge: &ours.card.Ridge, Once: true}); err == nil {
		given = *again
		o.figure(&given)
	}
	if card, _, err := fitted("short card, 10 criteria", train, y, test, came, scorecard.Options{Short: 10}); err == nil {
		o.figure(card)
	}
	lr, chosen := s.record[0], figure{}
	if python != "" {
		list, err := baselines(python, h, !s.byTime)
		if err != nil {
			return err
		}
		for i := range list {
			o.figure(&ran{figure: list[i]})
		}
		if lr = list[0]; !s.byTime {
			chosen = list[1]
		}
	}
	for _, r := range s.record {
		o.figure(&ran{figure: r})
	}
	o.aims(s, ours, lr, came)
	o.times(s, ours, &given, lr, chosen)
	if err := o.again(ours.p, came); err != nil {
		return err
	}
	o.line("  one fit allocates %.0f MB in all", float64(bytes)/1e6)
	if s.byTime {
		return o.drift(h)
	}
	return nil
}

// ran is a figure with the card behind it.
type ran struct {
	figure
	card *scorecard.Card
}

// fitted learns and judges a card, and tells how much memory was asked for on the way.
func fitted(name string, train []scorecard.Column, y []bool, test []scorecard.Column, came []bool, o scorecard.Options) (*ran, uint64, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, t, err := timed(func() (*scorecard.Fitted, error) { return scorecard.Fit(train, y, nil, o) })
	if err != nil {
		return nil, 0, err
	}
	runtime.ReadMemStats(&after)
	points, p, err := f.Card.Table(test, nil, len(came))
	if err != nil {
		return nil, 0, err
	}
	score := make([]float64, len(points))
	for i, v := range points {
		score[i] = float64(v)
	}
	rank, loss, err := quality(score, p, came)
	return &ran{figure{name, rank.AUC, loss.LogLoss, t.clock, t.cpu, rank.SE, true, p}, f.Card}, (after.TotalAlloc - before.TotalAlloc) / t.times, err
}

// quality is how well scores rank, and how far probabilities are from what happened.
func quality(score, p []float64, came []bool) (rank metrics.Ranked, loss metrics.Loss, err error) {
	if rank, err = metrics.Rank(score, came); err != nil {
		return rank, loss, err
	}
	loss, err = metrics.Losses(p, came)
	return rank, loss, err
}

// took is the time of a fit: the least of several times, since whatever else runs on the machine only adds to it.
type took struct {
	clock, cpu float64 // seconds
	times      uint64
}

// A fit is timed so often, and more often until that has taken so long. baseline.py does the same.
const (
	fewestTimes = 5
	timedFor    = 500 * time.Millisecond
)

func timed[T any](fit func() (T, error)) (out T, t took, err error) {
	t = took{clock: math.Inf(1), cpu: math.Inf(1)}
	for first := time.Now(); t.times < fewestTimes || time.Since(first) < timedFor; t.times++ {
		began, used := time.Now(), processor()
		if out, err = fit(); err != nil {
			return out, t, err
		}
		t.cpu = min(t.cpu, (processor() - used).Seconds())
		t.clock = min(t.clock, time.Since(began).Seconds())
	}
	return out, t, nil
}

func (o *printer) figure(f *ran) {
	auc := fmt.Sprintf("%.4f", f.auc)
	if f.se > 0 {
		auc += fmt.Sprintf(" ± %.4f", f.se)
	}
	took := ""
	if f.seconds > 0 {
		took = fmt.Sprintf("%.3f s", f.seconds)
	}
	if f.cpu > 0 {
		took += fmt.Sprintf(" (%.3f s)", f.cpu)
	}
	if !f.live {
		took += " on record"
	}
	o.line("  %-24s %-16s %-22s %9.4f   %s", f.name, auc, bar(f.auc), f.loss, took)
}

// bar is how far an AUC is above chance, of at most twenty-two blocks.
func bar(auc float64) string {
	const widest = 22
	return strings.Repeat("█", int(math.Round(widest*2*min(.5, max(0, auc-.5)))))
}

// aims says whether the aims of the project are met against logistic regression.
func (o *printer) aims(s *set, ours *ran, lr figure, came []bool) {
	if s.byTime {
		return
	}
	gap := ours.auc - lr.auc
	how := fmt.Sprintf("%+.4f", gap)
	if lr.p != nil {
		if c, err := metrics.Compare(ours.p, lr.p, came); err == nil {
			how = fmt.Sprintf("%+.4f ± %.4f, paired", c.Difference, c.SE)
		}
	}
	allowed, words := ours.se, "within one standard error of logistic regression"
	if s.name == "bank" {
		allowed, words = .008, "within .008 of logistic regression"
	}
	o.line("  AUC %s: %s (%s)", words, met(gap >= -allowed), how)
	o.line("  log-loss within 2 %% of it: %s (%+.1f %%)", met(ours.loss <= 1.02*lr.loss), 100*(ours.loss/lr.loss-1))
}

// times says what part of logistic regression's time a fit takes: as it is, each choosing how far to hold back, and neither.
func (o *printer) times(s *set, ours, given *ran, lr, chosen figure) {
	if s.byTime {
		return
	}
	o.line("  fitted in a fifth of its time, ridge chosen against C = 1: %s", share(&ours.figure, &lr))
	o.line("    … ridge given against C = 1: %s", share(&given.figure, &lr))
	if chosen.live {
		o.line("    … ridge chosen against C chosen: %s", share(&ours.figure, &chosen))
	}
}

// share is what part of another's time a fit takes: on the clock, and of processors, where that is known of both.
func share(ours, other *figure) string {
	of := func(part float64) string { return fmt.Sprintf("%s (%.3f of it)", met(part < .2), part) }
	out := of(ours.seconds/other.seconds) + " by the clock"
	if ours.cpu > 0 && other.cpu > 0 {
		out += ", " + of(ours.cpu/other.cpu) + " by the processor"
	}
	return out
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "NOT met"
}

// printCard prints the card of a set, and its calibration on the rows kept for the test.
func printCard(w io.Writer, data, name string) error {
	for _, s := range sets() {
		if s.name != name {
			continue
		}
		h, err := s.read(data)
		if err != nil {
			return err
		}
		train, y := h.part(false)
		f, err := scorecard.Fit(train, y, nil, scorecard.Options{})
		if err != nil {
			return err
		}
		test, came := h.part(true)
		_, p, err := f.Card.Table(test, nil, len(came))
		if err != nil {
			return err
		}
		c, err := metrics.Calibrate(p, came)
		if err != nil {
			return err
		}
		out := &printer{w: w}
		out.line("%s\nOn %d rows it did not learn from: intercept %.2f, slope %.2f\n\n  said       came                 rows", f.Card, len(came), c.Intercept, c.Slope)
		for _, b := range c.Bins {
			out.line("  %5.1f %%   %5.1f %% ± %4.1f  %7d  %s", 100*b.Said, 100*b.Came, 100*b.SE, b.Rows, bar(.5+b.Came/2))
		}
		return out.err
	}
	return fmt.Errorf("there is no set %q", name)
}
