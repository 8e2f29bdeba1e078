// Package watch turns what runs report into what an operator watches: metrics for Prometheus, and answers to health
// probes. Labels are words of the model file and of the program: connections, objects, grades, kinds of call. No record's
// id, name or address becomes one.
package watch

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/bareme/bareme/worker"
)

// Watch counts runs and knows whether the program is ready. It may be used by several goroutines.
type Watch struct {
	metrics
	registry *prometheus.Registry
	now      func() time.Time
	ready    atomic.Bool
}

// New returns a watch that has seen nothing yet. version names the program's release in bareme_build_info; now is the
// clock of bareme_progress_timestamp_seconds.
func New(version string, now func() time.Time) *Watch {
	w := &Watch{metrics: newMetrics(), registry: prometheus.NewRegistry(), now: now}
	w.registry.MustRegister(w.all()...)
	w.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	w.build.WithLabelValues(version).Set(1)
	return w
}

// Ready says whether /readyz answers yes: from when the schedule is set until the program is asked to stop.
func (w *Watch) Ready(yes bool) { w.ready.Store(yes) }

// Remember takes the last good run of each kind from the store, so that a restart does not make scores look fresh, nor
// forgotten. The runs are in any order.
func (w *Watch) Remember(runs []worker.Run) {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b worker.Run) int { return a.Started.Compare(b.Started) })
	for _, r := range runs {
		if r.Status == done {
			w.good.WithLabelValues(r.Connection, r.Kind).Set(seconds(r.Started))
		}
	}
}

// Step implements worker.Progress: a run that still moves is not stuck.
func (w *Watch) Step(string, int, int) { w.progress.WithLabelValues().Set(seconds(w.now())) }

// done is the status of a run that did all it should.
const done = "done"

// Ran counts one run, whatever became of it.
func (w *Watch) Ran(r worker.Report) {
	kind := string(r.Kind)
	w.runs.WithLabelValues(r.Connection, kind, r.Status).Inc()
	w.took.WithLabelValues(r.Connection, kind).Observe(r.Took().Seconds())
	w.last.WithLabelValues(r.Connection, kind).Set(seconds(r.Started))
	if r.Status == done {
		w.good.WithLabelValues(r.Connection, kind).Set(seconds(r.Started))
	}
	for _, s := range r.Stages {
		w.step.WithLabelValues(r.Connection, s.Name).Observe(s.Took.Seconds())
	}
	w.records(r)
	w.calls(r)
	if r.Account != "" { // else the run ended before it saw the population
		w.population(r)
	}
}

func (w *Watch) records(r worker.Report) {
	for object, n := range r.Read {
		w.read.WithLabelValues(r.Connection, object, "unchanged").Add(float64(n.Unchanged))
		w.read.WithLabelValues(r.Connection, object, "changed").Add(float64(n.Changed))
	}
	w.scored.WithLabelValues(r.Connection).Add(float64(r.Scored))
	for outcome, n := range map[string]int{"written": r.Written, "rejected": r.Rejected, "gone": r.Gone, "recovered": r.Recovered} {
		w.updates.WithLabelValues(r.Connection, outcome).Add(float64(n))
	}
	for what, n := range r.Warnings {
		w.warnings.WithLabelValues(r.Connection, warningKind(what)).Add(float64(n))
	}
}

func (w *Watch) calls(r worker.Report) {
	for kind, n := range r.Calls {
		w.called.WithLabelValues(r.Connection, kind).Add(float64(n))
	}
	w.retried.WithLabelValues(r.Connection).Add(float64(r.Retried))
	w.waited.WithLabelValues(r.Connection).Add(r.Waited.Seconds())
	if r.DailyLimit > 0 {
		w.limit.WithLabelValues(r.Connection).Set(float64(r.DailyLimit))
		w.left.WithLabelValues(r.Connection).Set(float64(r.DailyLeft))
	}
}

// population shows everybody twice: by grade, and by what became of the update. Each adds up to the people scored or
// known; what no longer occurs is taken away first.
func (w *Watch) population(r worker.Report) {
	p := r.Population
	mine := prometheus.Labels{"connection": r.Connection}
	w.grades.DeletePartialMatch(mine)
	for grade, n := range p.Grades {
		w.grades.WithLabelValues(r.Connection, grade).Set(float64(n))
	}
	w.grades.WithLabelValues(r.Connection, "unscored").Set(float64(p.Unscored))
	w.states.WithLabelValues(r.Connection, "shown").Set(float64(p.People - p.Pending - p.SetAside))
	w.states.WithLabelValues(r.Connection, "pending").Set(float64(p.Pending))
	w.states.WithLabelValues(r.Connection, "set_aside").Set(float64(p.SetAside))
}

// warningKind is what a warning is about, before its words: an attribute, "clock" …
func warningKind(what string) string {
	kind, _, ok := strings.Cut(what, ":")
	if !ok {
		return "other"
	}
	return kind
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
