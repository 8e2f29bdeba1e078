package worker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// The steps of the walk can be taken as pieces, each by whichever process is free: package jobs queues them. What happens is
// the same; only who does it and when differs.

// The stages of a run that is taken in pieces, in this order. A stage begins when all pieces of the one before are done.
const (
	StagePrepare        = "prepare"          // of a connection: connect, collect, settle, prepare
	StagePull           = "pull"             // of an object other than people
	StagePeople         = "pull-people"      // last, so that what concerns them is there when they are scored
	StageSweep          = "sweep"            // records that were deleted
	StageSpread         = "spread"           // once all connections have been pulled
	StageGather         = "gather"           // what there is to learn from a part of the people, when it is time to learn
	StageFit            = "fit"              // learn from what was gathered of all parts
	StageDecide         = "decide"           // is everybody to be scored, or only who changed?
	StageScore          = "score"            // of a part of the people
	StageSpreadFirms    = "spread-companies" // once the people of all connections are scored
	StageGatherFirms    = "gather-companies" // as with people, after theirs
	StageFitFirms       = "fit-companies"
	StageDecideFirms    = "decide-companies"
	StageScoreCompanies = "score-companies" // of a part of the companies
	StagePlan           = "plan"            // is the plan small enough to be right?
	StageWrite          = "write"           // of a part of the people, or of the companies
	StageAlert          = "alert"           // deliver what writing raised
	StageRecall         = "recall"          // what a part of the people were, when it is time to look back
	StageLookBack       = "look-back"       // learn from that, and tell whether people have changed
	StageReport         = "report"          // record the run; of one that failed, deliver what waits
)

// Stages are all of them, in order.
func Stages() []string {
	return []string{
		StagePrepare, StagePull, StagePeople, StageSweep, StageSpread, StageGather, StageFit, StageDecide, StageScore,
		StageSpreadFirms, StageGatherFirms, StageFitFirms, StageDecideFirms, StageScoreCompanies,
		StagePlan, StageWrite, StageAlert, StageRecall, StageLookBack, StageReport,
	}
}

// Merges names the stage whose pieces found what a stage merges; "" for most.
func Merges(stage string) string {
	switch stage {
	case StageFit:
		return StageGather
	case StageFitFirms:
		return StageGatherFirms
	case StageLookBack:
		return StageRecall
	}
	return ""
}

// Due reports whether there is anything to do at a stage that goes through a population of the worker's in parts, in a run of
// this kind.
func (w *Worker) Due(ctx context.Context, kind Kind, stage string) (bool, error) {
	switch stage {
	case StageGather, StageGatherFirms:
		return w.fitDue(ctx, kind)
	case StageRecall:
		return w.lookBackDue(ctx, kind)
	}
	return true, nil
}

// Piece is what one process does of a run at a time.
type Piece struct {
	Stage  string
	Object string      // what is pulled, scored or written; "": people
	Part   Part        // of the population that is scored or written
	Again  bool        // an earlier attempt may have ended in the middle
	Pause  func() bool // asked between pages: true ends the piece with ErrPaused; nil: never

	// Found is what the pieces of the stage it merges found, in the order of their parts.
	Found iter.Seq2[[]byte, error]
}

// Taken is what came of a piece. It holds what the piece did and found also when it failed.
type Taken struct {
	Report Report
	Facts  Facts
	Found  []byte // for the stage that merges it; nil for most
}

// ErrPaused ends a piece that was asked to stop. What it did is stored; the same piece goes on from there.
var ErrPaused = errors.New("paused")

// Facts are what the pieces of a run tell those that come after. Those of several pieces add up.
type Facts struct {
	Account      crm.Account `json:"account"`
	Early        bool        `json:"early,omitempty"`         // people may be scored as they are pulled
	Everybody    bool        `json:"everybody,omitempty"`     // everybody is scored, not only who changed
	AllCompanies bool        `json:"all_companies,omitempty"` // all companies are

	Failed string `json:"failed,omitempty"` // the stage the run failed at: its report is preceded by the alerts that wait

	People            int `json:"people,omitempty"`   // in all, when they had been scored
	Clearing          int `json:"clearing,omitempty"` // planned updates that take a score away
	ClearingCompanies int `json:"clearing_companies,omitempty"`
}

// Add takes over what another piece told.
func (f *Facts) Add(g Facts) {
	if g.Account.ID != "" {
		f.Account = g.Account
	}
	f.Early, f.Everybody, f.AllCompanies = f.Early || g.Early, f.Everybody || g.Everybody, f.AllCompanies || g.AllCompanies
	f.People = max(f.People, g.People)
	f.Clearing += g.Clearing
	f.ClearingCompanies += g.ClearingCompanies
}

// TakePiece takes one piece. started is when the run began, which is the moment scores are computed for.
func (w *Worker) TakePiece(ctx context.Context, run string, o Options, started time.Time, p Piece, known Facts) (Taken, error) {
	own := *w // fits are loaded into it
	own.pause = p.Pause
	r := own.begin(o)
	r.Run, r.Started, r.Account, r.account = run, started, known.Account.ID, known.Account
	t := piece{w: &own, o: o, p: p, r: r, known: known, at: func() time.Time { return started }}
	err := t.take(ctx)
	for _, s := range r.crew {
		r.add(s)
	}
	if firms, report := r.forCompanies(&own); firms != nil {
		for _, s := range report.crew {
			report.add(s)
		}
		t.told.ClearingCompanies += report.clearing
	}
	t.told.Clearing += r.clearing
	return Taken{*r, t.told, t.found}, err
}

// piece is one piece being taken.
type piece struct {
	w     *Worker
	o     Options
	p     Piece
	r     *Report
	known Facts
	told  Facts
	found []byte
	at    func() time.Time
}

func (t *piece) take(ctx context.Context) error {
	switch t.p.Stage {
	case StagePrepare:
		return t.prepare(ctx)
	case StagePull, StagePeople:
		return t.pull(ctx)
	case StageSweep:
		return t.w.sweep(ctx, t.o, t.reload(), t.r)
	case StageSpread:
		return t.w.spread(ctx)
	case StageSpreadFirms:
		return t.w.OfCompanies().spread(ctx)
	case StageGather:
		return t.gather(ctx, t.w)
	case StageFit:
		return t.fit(ctx, t.w)
	case StageDecide:
		return t.decide(ctx, t.w, t.r, &t.told.Everybody)
	case StageScore:
		return t.score(ctx, t.w, t.r, t.known.Everybody)
	case StageGatherFirms, StageFitFirms, StageDecideFirms, StageScoreCompanies:
		return t.firms(ctx)
	case StagePlan:
		return t.plan(ctx)
	case StageWrite:
		return t.write(ctx)
	case StageAlert:
		return t.alert(ctx)
	case StageRecall:
		return t.recall(ctx)
	case StageLookBack:
		return t.lookBack(ctx)
	case StageReport:
		return t.w.deliverAnyhow(ctx, t.o, t.r, t.known.Failed)
	}
	return fmt.Errorf("%w: there is no stage %q", crm.ErrInvalid, t.p.Stage)
}

func (t *piece) prepare(ctx context.Context) error {
	if err := t.w.take(ctx, t.o, t.r, t.w.preparing()); err != nil {
		return err
	}
	t.told.Account, t.told.Early = t.r.account, t.r.early
	return nil
}

// reload names the full reading a pull belongs to.
func (t *piece) reload() string {
	if t.o.Kind == Reload {
		return t.r.Run
	}
	return ""
}

// PullObjects are what a run pulls before people: the objects of StagePull.
func (w *Worker) PullObjects() []string {
	var objects []string
	if w.pullsCompanies() {
		objects = append(objects, crm.Companies)
	}
	return append(objects, w.sources()...)
}

func (t *piece) pull(ctx context.Context) error {
	switch object := t.p.Object; {
	case t.p.Stage == StagePeople:
		if t.known.Early {
			if err := t.equip(ctx, t.w, t.r); err != nil {
				return err
			}
			t.r.early = true
		}
		return t.w.pullRecords(ctx, crm.People, t.reload(), t.r)
	case object == crm.Companies:
		return t.w.pullRecords(ctx, object, t.reload(), t.r)
	case slices.Contains(t.w.sources(), object):
		return t.w.pullActivities(ctx, object, t.reload(), t.r)
	default:
		return fmt.Errorf("%w: %s is not pulled", crm.ErrInvalid, object)
	}
}

// equip makes a report ready to score with, as of the beginning of the run.
func (t *piece) equip(ctx context.Context, w *Worker, r *Report) error {
	now := w.Now
	w.Now = t.at
	defer func() { w.Now = now }()
	err := w.LoadFits(ctx)
	if err == nil {
		r.owners, err = w.owners(ctx)
	}
	if err == nil {
		r.crew, err = w.crew(ctx)
	}
	return err
}

// firms takes a piece of the companies.
func (t *piece) firms(ctx context.Context) error {
	firms, report := t.r.forCompanies(t.w)
	switch t.p.Stage {
	case StageGatherFirms:
		return t.gather(ctx, firms)
	case StageFitFirms:
		return t.fit(ctx, firms)
	case StageDecideFirms:
		return t.decide(ctx, firms, report, &t.told.AllCompanies)
	}
	return t.score(ctx, firms, report, t.known.AllCompanies)
}

// gather finds what scores are to learn from a part.
func (t *piece) gather(ctx context.Context, w *Worker) error {
	w.Now = t.at
	if err := w.LoadFits(ctx); err != nil {
		return err
	}
	w.Store = t.p.Part.Of(w.Store)
	f, err := w.gather(ctx)
	if err != nil {
		return err
	}
	t.found, err = f.MarshalBinary()
	return err
}

// fit has scores learn from what was gathered of all parts.
func (t *piece) fit(ctx context.Context, w *Worker) error {
	w.Now = t.at
	if err := w.LoadFits(ctx); err != nil {
		return err
	}
	f := w.Model.Fitter(w.Now().UTC())
	for found, err := range t.p.Found {
		if err != nil {
			return err
		}
		if err := f.Merge(found); err != nil {
			return fmt.Errorf("fit: %w", err)
		}
	}
	return w.fitFrom(ctx, t.o, f)
}

// decide finds out whether everybody is to be scored.
func (t *piece) decide(ctx context.Context, w *Worker, r *Report, all *bool) error {
	if err := w.LoadFits(ctx); err != nil {
		return err
	}
	last, err := w.Store.Note(ctx, w.Connection, w.note(noteModel))
	if err != nil {
		return err
	}
	r.NewModel = last != "" && last != w.ModelHash
	if r.NewFit, err = w.learntAnew(ctx); err != nil {
		return err
	}
	*all = t.o.Kind == Rescore || r.NewModel || r.NewFit
	return nil
}

func (t *piece) score(ctx context.Context, w *Worker, r *Report, everybody bool) error {
	if err := t.equip(ctx, w, r); err != nil {
		return err
	}
	w.Store = t.p.Part.Of(w.Store)
	err := w.scoreDirty(ctx, r)
	if err == nil && everybody {
		err = w.scoreAll(ctx, r)
	}
	for _, s := range r.crew {
		r.Scored += s.scored
	}
	return err
}

// plan notes that everybody is scored, and refuses a plan too large to be right.
func (t *piece) plan(ctx context.Context) error {
	firms, report := t.r.forCompanies(t.w)
	t.r.clearing = t.known.Clearing
	defer func() { t.r.clearing, t.told.People = 0, t.r.people }()
	if firms != nil {
		report.clearing = t.known.ClearingCompanies
		defer func() { report.clearing = 0 }()
	}
	return t.w.take(ctx, t.o, t.r, []step{{"score", t.w.both((*Worker).noteScored)}, {"plan", t.w.both((*Worker).checkPlan)}})
}

func (w *Worker) noteScored(ctx context.Context, _ Options, _ *Report) error {
	if err := w.LoadFits(ctx); err != nil {
		return err
	}
	return w.allScored(ctx)
}

// write sends the updates of a part. A piece that is taken again first finds out what became of those it had sent.
func (t *piece) write(ctx context.Context) error {
	w, r := t.w, t.r
	if t.p.Object == crm.Companies {
		w, r = t.r.forCompanies(t.w)
	}
	resumer, resumes := w.CRM.(crm.Resumer)
	if resumes {
		resumer.Keep(jobBook{w.Store, w.Connection})
	}
	w.Store = t.p.Part.Of(w.Store)
	if t.p.Again {
		if resumes {
			if err := w.collectOwn(ctx, resumer, r); err != nil {
				return err
			}
		}
		if err := w.settleInDoubt(ctx, t.o, r); err != nil {
			return err
		}
	}
	return w.writeAll(ctx, r)
}

// collectOwn settles what became of the part's updates in write jobs of the CRM that outlived the process that sent them.
func (w *Worker) collectOwn(ctx context.Context, resumer crm.Resumer, r *Report) error {
	outcomes, cause := resumer.Resume(ctx)
	if len(outcomes) > 0 {
		if err := w.settleResumed(ctx, outcomes, r); err != nil {
			return err
		}
	}
	if cause != nil {
		return fmt.Errorf("collect write jobs: %w", cause)
	}
	return nil
}

// alert notes that all is written, and delivers what that raised.
func (t *piece) alert(ctx context.Context) error {
	if err := t.w.both((*Worker).allWritten)(ctx, t.o, t.r); err != nil {
		return err
	}
	return t.w.deliver(ctx, t.o, t.r)
}

// paused says whether a piece was asked to stop between pages.
func (w *Worker) paused() bool { return w.pause != nil && w.pause() }
