package worker

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// Freshness counts updates by how long after the change they were acknowledged: seconds, to two digits. Only changes count
// that were news to this run: made since the last good pull began, or so shortly before that the CRM may not have shown
// them to it. Older ones were scored anew with a new model or at a first load.
type Freshness map[int]int

// Quantile is the time within which this share of the updates was acknowledged; 0 when there were none.
func (f Freshness) Quantile(q float64) time.Duration {
	var times []int
	all := 0
	for at, n := range f {
		times = append(times, at)
		all += n
	}
	slices.Sort(times)
	need := int(math.Ceil(q * float64(all)))
	for _, at := range times {
		if need -= f[at]; need <= 0 {
			return time.Duration(at) * time.Second
		}
	}
	return 0
}

func (f *Freshness) add(other Freshness) {
	for at, n := range other {
		if *f == nil {
			*f = Freshness{}
		}
		(*f)[at] += n
	}
}

// hidden is for how long a CRM may not show a change to a pull: its search lags behind, or a transaction has not ended.
const hidden = 10 * time.Minute

// fresh counts one acknowledged update.
func (r *Report) fresh(since, now time.Time) {
	if since.IsZero() || r.lastGood.IsZero() || !since.After(r.lastGood.Add(-hidden)) {
		return
	}
	r.Freshness.add(Freshness{twoDigits(now.Sub(since)): 1})
}

// twoDigits is a time in whole seconds, of which the first two digits are kept, so that counts by time stay few.
func twoDigits(d time.Duration) int {
	n, unit := max(0, int(d.Round(time.Second)/time.Second)), 1
	for n/unit >= 100 {
		unit *= 10
	}
	return n / unit * unit
}

// since is when the newest of what a person is scored by changed in the CRM.
func since(in *Inputs) time.Time {
	newest := in.Record.Modified
	later := func(t time.Time) {
		if t.After(newest) {
			newest = t
		}
	}
	if in.Company != nil {
		later(in.Company.Modified)
	}
	for i := range in.Activities {
		later(in.Activities[i].Modified)
	}
	return newest
}

// lastGood is when the last pull that did all it should began, zero when there is none among the last runs.
func (w *Worker) lastGood(ctx context.Context) (time.Time, error) {
	if w.object == crm.Companies {
		return time.Time{}, nil // how fresh companies are hangs on their people, and is not measured
	}
	const remembered = 100
	runs, err := w.Store.Runs(ctx, w.Connection, remembered)
	if err != nil {
		return time.Time{}, err
	}
	var last time.Time
	for _, r := range runs {
		if pulled := r.Kind == string(Sync) || r.Kind == string(Reload); pulled && r.Status == "done" && r.Started.After(last) {
			last = r.Started
		}
	}
	return last, nil
}
