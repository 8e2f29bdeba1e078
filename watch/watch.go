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

	"github.com/bareme/bareme/crm"
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

// Expect shows zeros of a connection for what may come to be counted: an increase from nothing to one is none to
// Prometheus, and an alert on it would miss the first.
func (w *Watch) Expect(connection string) {
	for _, kind := range []worker.Kind{worker.Sync, worker.Rescore, worker.Refit, worker.Reload} {
		for _, status := range []string{done, "refused", "stopped", "failed"} {
			w.runs.WithLabelValues(connection, string(kind), status).Add(0)
		}
	}
	w.warnings.WithLabelValues(connection, "clock").Add(0)
	w.lost.WithLabelValues(connection, crm.People).Add(0)
}

// ExpectAlerts is Expect for a connection that has alerts.
func (w *Watch) ExpectAlerts(connection string) {
	for _, outcome := range []string{"failed", "unsure", "dead"} {
		w.alerts.WithLabelValues(connection, outcome).Add(0)
	}
}

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

// Queue shows how many jobs there are in each state, and how long the oldest has been ready.
func (w *Watch) Queue(states map[string]int, oldest time.Duration) {
	for state, n := range states {
		w.jobs.WithLabelValues(state).Set(float64(n))
	}
	w.oldest.WithLabelValues().Set(oldest.Seconds())
}

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
	for object, n := range r.Read {
		w.read.WithLabelValues(r.Connection, object, "unchanged").Add(float64(n.Unchanged))
		w.read.WithLabelValues(r.Connection, object, "changed").Add(float64(n.Changed))
	}
	for what, n := range r.Warnings {
		w.warnings.WithLabelValues(r.Connection, warningKind(what)).Add(float64(n))
	}
	w.learnt(r)
	w.calls(r)
	w.told(r)
	w.outcome(r, crm.People, &r.Outcome)
	w.balance(r.Connection, crm.People, r.Balance())
	if r.Companies != nil {
		w.outcome(r, crm.Companies, r.Companies)
		w.balance(r.Connection, crm.Companies, r.CompanyBalance())
	}
	for age, n := range r.Freshness {
		for range n {
			w.fresh.WithLabelValues(r.Connection).Observe(float64(age))
		}
	}
}

// learnt shows drift as the last run that looked found it.
func (w *Watch) learnt(r worker.Report) {
	if r.Learnt == nil {
		return
	}
	w.drift.DeletePartialMatch(prometheus.Labels{"connection": r.Connection})
	for _, d := range r.Learnt.Drift {
		w.drift.WithLabelValues(r.Connection, d.Name).Set(d.PSI)
	}
}

// outcome counts what was done with one population.
func (w *Watch) outcome(r worker.Report, object string, o *worker.Outcome) {
	w.scored.WithLabelValues(r.Connection, object).Add(float64(o.Scored))
	for outcome, n := range map[string]int{"written": o.Written, "rejected": o.Rejected, "gone": o.Gone, "recovered": o.Recovered} {
		w.updates.WithLabelValues(r.Connection, object, outcome).Add(float64(n))
	}
	if r.Account != "" { // else the run ended before it saw the population
		w.population(r.Connection, object, o.Population)
	}
}

// told counts alerts; a connection without any shows none.
func (w *Watch) told(r worker.Report) {
	c := r.Alerts
	if c == nil {
		return
	}
	for outcome, n := range map[string]int{"raised": c.Raised, "known": c.Known, "cooling": c.Cooling, "sent": c.Sent, "failed": c.Failed, "unsure": c.Unsure, "dead": c.Dead} {
		w.alerts.WithLabelValues(r.Connection, outcome).Add(float64(n))
	}
	w.held.WithLabelValues(r.Connection).Set(float64(c.Held))
}

// balance counts what became of the records of a run.
func (w *Watch) balance(connection, object string, b worker.Balance) {
	for outcome, n := range map[string]int{"unchanged": b.Unchanged, "written": b.Written, "rejected": b.Rejected, "skipped": b.Skipped} {
		w.met.WithLabelValues(connection, object, outcome).Add(float64(max(0, n)))
	}
	w.lost.WithLabelValues(connection, object).Add(float64(max(b.Lost, -b.Lost)))
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

// population shows all records twice: by grade, and by what became of the update. Each adds up to the records scored, or
// stored; what no longer occurs is taken away first.
func (w *Watch) population(connection, object string, t worker.Tally) {
	w.grades.DeletePartialMatch(prometheus.Labels{"connection": connection, "object": object})
	for grade, n := range t.Grades {
		w.grades.WithLabelValues(connection, object, grade).Set(float64(n))
	}
	w.grades.WithLabelValues(connection, object, "unscored").Set(float64(t.Unscored))
	w.states.WithLabelValues(connection, object, "shown").Set(float64(t.People - t.Pending - t.SetAside))
	w.states.WithLabelValues(connection, object, "pending").Set(float64(t.Pending))
	w.states.WithLabelValues(connection, object, "set_aside").Set(float64(t.SetAside))
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
