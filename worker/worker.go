package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/scoring"
)

// Worker takes one CRM connection through the walk. Its fields are set once and not changed while it runs.
type Worker struct {
	Connection string
	CRM        crm.Connector
	Store      Store
	Mapper     *mapping.Mapper
	Model      *scoring.Model // replaced by the same model with what its scores learnt; see LoadFits
	Rules      plan.Rules
	Limits     plan.Limits
	Decimals   int        // of the scores that are written
	Learn      *Learn     // what is learnt from history; nil: nothing
	Companies  *Companies // how companies are scored beside people; nil: they are not
	Retention  Retention  // of runs and ledger; the zero value keeps all
	Alerts     *Alerts    // who is told of whom; nil: nobody
	Siblings   Siblings   // whose owners attributes are read from, and who tell what their records were; may lack any
	ModelHash  string     // of the whole model file; a new one rescores everybody

	Now      func() time.Time // the moment scores are computed for
	Progress Progress         // may be nil
	Log      logrus.FieldLogger

	object string      // what this worker scores: see OfCompanies
	pause  func() bool // asked between pages: see Piece
}

// Kind is what a run does.
type Kind string

// The kinds of run.
const (
	Sync    Kind = "sync"    // pull what changed, score whom it concerns, write
	Rescore Kind = "rescore" // score everybody from the snapshot, without pulling, and write: time passes for all
	Refit   Kind = "fit"     // have the scores learn anew from the snapshot, then as rescore
	Reload  Kind = "reload"  // read everything again, which finds silent changes and departures, then as sync
)

// Options of one run.
type Options struct {
	Kind   Kind
	Accept bool // write even when the plan is larger than Limits allows
	DryRun bool // stop before writing: the updates stay pending, and the next run computes them anew
	Sweep  bool // look for deleted records now; otherwise once a day
}

// SweepEvery is how often a sync asks the CRM which records were deleted.
const SweepEvery = 24 * time.Hour

// RunOnce takes the walk once. The report is complete even when the run fails: what was done stays done, and the next
// run goes on from there. A plan larger than Limits allows ends in an error that wraps plan.ErrTooLarge, with nothing
// written.
func (w *Worker) RunOnce(ctx context.Context, o Options) (Report, error) {
	r := w.begin(o)
	err := w.alone(ctx, func(ctx context.Context) error { return w.walk(ctx, o, r) })
	return w.finish(ctx, r, err)
}

// walk is the program in one screen: these lists, one after the other.
func (w *Worker) walk(ctx context.Context, o Options, r *Report) error {
	if err := w.take(ctx, o, r, w.gathering()); err != nil {
		return err
	}
	if err := w.spread(ctx); err != nil {
		return err
	}
	if err := w.take(ctx, o, r, w.scoringPeople()); err != nil {
		return err
	}
	if err := w.OfCompanies().spread(ctx); err != nil {
		return err
	}
	return w.take(ctx, o, r, w.showing())
}

// step is one of the steps of the walk.
type step struct {
	name string
	take func(context.Context, Options, *Report) error
}

// gathering is what comes before anybody is scored.
func (w *Worker) gathering() []step { return append(w.preparing(), step{"pull", w.pull}) }

// preparing is what comes before anything is pulled.
func (w *Worker) preparing() []step {
	return []step{
		{"connect", w.connect},
		{"collect", w.collectJobs},
		{"settle", w.both((*Worker).settleInDoubt)},
		{"prepare", w.both((*Worker).prepare)},
	}
}

// scoringPeople comes before companies are scored, which are made of people.
func (w *Worker) scoringPeople() []step { return []step{{"score", w.score}} }

// showing is what comes of it.
func (w *Worker) showing() []step {
	steps := []step{
		{"score", w.scoreCompanies},
		{"plan", w.both((*Worker).checkPlan)},
		{"write", w.both((*Worker).write)},
		{"alert", w.deliver},
	}
	if w.Learn != nil {
		steps = append(steps, step{"learn", w.lookBack})
	}
	return steps
}

func (w *Worker) take(ctx context.Context, o Options, r *Report, steps []step) error {
	for _, step := range steps {
		start := time.Now()
		err := step.take(ctx, o, r)
		r.took(step.name, time.Since(start))
		if err != nil {
			return errors.Join(err, w.deliverAnyhow(ctx, o, r, step.name))
		}
	}
	return nil
}

// connect makes sure that this is the account the state belongs to, and that it allows the run.
func (w *Worker) connect(ctx context.Context, _ Options, r *Report) error {
	account, err := w.CRM.Account(ctx)
	if err != nil {
		return err
	}
	r.Account, r.account = account.ID, account
	if err := w.Store.Bind(ctx, w.Connection, account); err != nil {
		return err
	}
	if err := w.checkClock(ctx, r); err != nil {
		return err
	}
	if err := w.Store.SaveRun(ctx, r.asRun()); err != nil {
		return err
	}
	return w.CRM.Check(ctx, w.need())
}

// clockSlack is how far clocks may be apart before a report says so.
const clockSlack = 5 * time.Minute

// checkClock notices a clock that went back or differs from the CRM's. Nothing is lost by it, because pulls go by the
// CRM's clock and the ledger by its own order; but points that fall with age are computed for the wrong moment.
func (w *Worker) checkClock(ctx context.Context, r *Report) error {
	runs, err := w.Store.Runs(ctx, w.Connection, 1)
	if err != nil {
		return err
	}
	if len(runs) > 0 && runs[0].Started.After(r.Started.Add(clockSlack)) {
		r.warn(fmt.Sprintf("clock: it is %s earlier than at the last run: set this machine's clock",
			runs[0].Started.Sub(r.Started).Round(time.Minute)))
	}
	if ahead := w.usage().Clock; ahead.Abs() > clockSlack {
		r.warn(fmt.Sprintf("clock: the CRM's is %s %s this machine's: set this machine's clock",
			ahead.Abs().Round(time.Minute), map[bool]string{true: "ahead of", false: "behind"}[ahead > 0]))
	}
	return nil
}

// checkPlan refuses a plan too large to be right. The pending updates stay, so that accepting needs no second pull.
func (w *Worker) checkPlan(ctx context.Context, o Options, r *Report) error {
	t, err := w.Store.Tally(ctx, w.of())
	if err != nil {
		return err
	}
	r.Planned, r.people = t.Pending, t.People
	wrote, err := w.Store.Note(ctx, w.Connection, w.note(noteWritten))
	if err != nil {
		return err
	}
	counts := plan.Counts{
		Of: w.of().Object, People: t.People, Changed: t.Pending, Clearing: r.clearing,
		First: wrote == "", NewModel: wrote != "" && wrote != w.ModelHash,
	}
	err = w.Limits.Check(counts)
	if err != nil && (o.Accept || o.DryRun) {
		r.Accepted = true
		return nil
	}
	return err
}

func (w *Worker) begin(o Options) *Report {
	return &Report{
		Run: uuid.NewString(), Connection: w.Connection, Kind: o.Kind,
		Started: w.Now().UTC(), Status: "running", Model: w.ModelHash,
		Read: map[string]Count{}, Warnings: map[string]int{},
		usage: w.usage(),
	}
}

// finish stores the report. It outlives a cancelled context: a stopped run is recorded too.
func (w *Worker) finish(ctx context.Context, r *Report, cause error) (Report, error) {
	r.spent(w.usage())
	r.Finished = w.Now().UTC()
	r.Status = status(cause, ctx.Err() != nil)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if cause != nil {
		r.Error = cause.Error()
	}
	recorded, err := w.record(ctx, *r)
	if cause == nil && err != nil {
		return recorded, fmt.Errorf("record the run: %w", err)
	}
	return recorded, cause
}

func status(err error, asked bool) string {
	switch {
	case err == nil:
		return "done"
	case asked:
		return "stopped"
	case errors.Is(err, plan.ErrTooLarge):
		return "refused"
	case errors.Is(err, crm.ErrQuota), errors.Is(err, crm.ErrRateLimit), errors.Is(err, crm.ErrUnavailable):
		return "stopped"
	default:
		return "failed"
	}
}

func (w *Worker) usage() crm.Usage {
	if m, ok := w.CRM.(crm.Metered); ok {
		return m.Usage()
	}
	return crm.Usage{}
}

// Progress hears how far a stage has come. total is 0 while it is not known.
type Progress interface {
	Step(stage string, done, total int)
}

func (w *Worker) step(stage string, done, total int) {
	if w.Progress != nil {
		w.Progress.Step(stage, done, max(done, total))
	}
}
