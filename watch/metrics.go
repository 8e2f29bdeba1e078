package watch

import (
	"github.com/prometheus/client_golang/prometheus"
)

// metrics are all the program counts. docs/metrics.md is made from them.
type metrics struct {
	build                                   *prometheus.GaugeVec
	progress                                *prometheus.GaugeVec
	jobs, oldest                            *prometheus.GaugeVec
	last, good, limit, left, grades, states *prometheus.GaugeVec
	runs, read, scored, updates, warnings   *prometheus.CounterVec
	alerts                                  *prometheus.CounterVec
	held                                    *prometheus.GaugeVec
	called, retried, waited                 *prometheus.CounterVec
	drift                                   *prometheus.GaugeVec
	met, lost                               *prometheus.CounterVec
	took, step, fresh                       *prometheus.HistogramVec
}

// durations reach from a run that finds nothing changed to a first load of hours, in seconds.
var durations = []float64{0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400} //nolint:gochecknoglobals // a table

// ages are of changes when their scores arrive: from within a schedule of a minute to the next day, in seconds.
var ages = []float64{15, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 14400, 86400} //nolint:gochecknoglobals // a table

func newMetrics() metrics {
	return metrics{
		build:    gauge("build_info", "1, for the release of the program.", "version"),
		progress: gauge("progress_timestamp_seconds", "When a run last came a step further."),
		last:     gauge("last_run_timestamp_seconds", "When the last run began, whatever became of it.", "connection", "kind"),
		good:     gauge("last_good_run_timestamp_seconds", "When the last run that did all it should began; kept across restarts.", "connection", "kind"),
		runs:     counter("runs_total", "Runs, by what became of them: done, refused, stopped, failed.", "connection", "kind", "status"),
		took:     histogram("run_duration_seconds", "How long runs took.", "connection", "kind"),
		step:     histogram("step_duration_seconds", "How long each step of a run took: connect, settle, prepare, pull, score, plan, write, learn.", "connection", "step"),
		read:     counter("read_total", "Records read from the CRM: all read are unchanged or changed.", "connection", "object", "outcome"),
		scored:   counter("scored_total", "Records scored.", "connection", "object"),
		updates:  counter("updates_total", "Updates sent: written, rejected, gone before they arrived, or recovered, found written after a crash.", "connection", "object", "outcome"),
		met:      counter("met_total", "Records that runs met, read or scored: unchanged, with nothing to write; written; rejected; skipped, gone or left to the next run.", "connection", "object", "outcome"),
		lost:     counter("lost_total", "Records that runs met and cannot account for: a mistake in the program.", "connection", "object"),
		fresh:    histogramOf(ages, "freshness_seconds", "From a change in the CRM to the acknowledged score: people whose record, company or activity changed, and the run was the first to see it.", "connection"),
		warnings: counter("warnings_total", "Warnings, by the attribute or thing they are about.", "connection", "about"),
		alerts:   counter("alerts_total", "Alerts: raised; known or cooling, of whom nobody is told; sent; failed, tried again later; unsure, which may have arrived; dead, given up.", "connection", "outcome"),
		held:     gauge("alerts_held", "Alerts that wait for their moment: quiet hours, the digest, an owner's cap.", "connection"),
		called:   counter("api_calls_total", "Calls of the CRM's API, repeats included.", "connection", "call"),
		retried:  counter("api_retries_total", "Calls repeated after a refusal or a fault.", "connection"),
		waited:   counter("api_wait_seconds_total", "Time spent waiting for the CRM's limits.", "connection"),
		limit:    gauge("api_daily_limit", "Calls the account may make a day, as the CRM last told.", "connection"),
		left:     gauge("api_daily_left", "Calls left today, as the CRM last told.", "connection"),
		grades:   gauge("graded", "Scored records by grade; unscored: too little is known, or by their choice.", "connection", "object", "grade"),
		drift:    gauge("learnt_drift_psi", "How far people have moved since the score was learnt, as the population stability index of the score and of each attribute it asks for; above 0.25 it is no longer to be trusted.", "connection", "about"),
		jobs:     gauge("jobs", "Jobs of all processes that share a PostgreSQL database: ready to be done, running, waiting for their moment or another attempt, dead. Every process tells the same: take the maximum.", "state"),
		oldest:   gauge("job_oldest_seconds", "How long the oldest job has been ready and not begun; every process tells the same."),
		states:   gauge("records", "Stored records by their update: shown, there is none to write; pending; set aside after a rejection. They add up to all.", "connection", "object", "state"),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.build, m.progress, m.last, m.good, m.runs, m.took, m.step, m.read, m.scored, m.updates, m.warnings,
		m.met, m.lost, m.fresh, m.alerts, m.held,
		m.called, m.retried, m.waited, m.drift, m.limit, m.left, m.grades, m.jobs, m.oldest, m.states,
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "bareme", Name: name, Help: help}, labels)
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "bareme", Name: name, Help: help}, labels)
}

func histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return histogramOf(durations, name, help, labels...)
}

func histogramOf(buckets []float64, name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "bareme", Name: name, Help: help, Buckets: buckets}, labels)
}
