package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
	"github.com/bareme/bareme/worker/jobs"
)

// stateFile opens a new state file, until the end of the test.
func stateFile(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // nothing to keep
	return store
}

// embedded takes the walk in one process with a state file.
func (w *world) embedded(kind worker.Kind) worker.Report {
	w.t.Helper()
	r, err := w.worker(w.crm, stateFile(w.t)).RunOnce(w.t.Context(), worker.Options{Kind: kind})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestSameAsEmbedded: several processes write what one would, each person once, and report the same numbers.
func TestSameAsEmbedded(t *testing.T) {
	t.Parallel()
	alone, together := newWorld(t, "model.yaml"), newWorld(t, "model.yaml")
	for _, w := range []*world{alone, together} {
		w.populate(120)
		w.provision()
	}
	want := alone.embedded(worker.Sync)
	for range 3 {
		together.start(together.process(together.crm))
	}
	got := together.report()
	if got.Status != "done" || got.Error != "" {
		t.Fatalf("status %q: %s", got.Status, got.Error)
	}
	if diff := gocmp.Diff(shown(alone.crm), shown(together.crm)); diff != "" {
		t.Errorf("what people show differs (-embedded +jobs):\n%s", diff)
	}
	for name, n := range map[string][2]int{
		"scored": {want.Scored, got.Scored}, "written": {want.Written, got.Written}, "mapped": {want.Mapped, got.Mapped}, "planned": {want.Planned, got.Planned},
		"read": {want.Read[crm.People].Read, got.Read[crm.People].Read}, "shown": {want.Population.People, got.Population.People},
		"writes": {alone.crm.Writes(), together.crm.Writes()},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: %d embedded, %d as jobs", name, n[0], n[1])
		}
	}
}

// TestStoppedInTheMiddle: a process is stopped while it pulls, another while it writes; a third ends the run, and nobody
// is written twice or left out.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	alone, w := newWorld(t, "model.yaml"), newWorld(t, "model.yaml")
	for _, w := range []*world{alone, w} {
		w.populate(120)
		w.provision()
	}
	alone.embedded(worker.Sync)
	for _, at := range []string{"records", "write"} {
		reached := make(chan struct{})
		p := w.process(&stopsAt{Memory: w.crm, call: at, reached: reached})
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-reached
		if err := p.Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w.start(w.process(w.crm))
	if got := w.report(); got.Status != "done" {
		t.Fatalf("status %q: %s", got.Status, got.Error)
	}
	if diff := gocmp.Diff(shown(alone.crm), shown(w.crm)); diff != "" {
		t.Errorf("what people show differs (-undisturbed +stopped):\n%s", diff)
	}
	if alone.crm.Writes() != w.crm.Writes() {
		t.Errorf("%d updates undisturbed, %d with stops", alone.crm.Writes(), w.crm.Writes())
	}
}

// stopsAt is a connector that hangs in a call, after it did what it should, until its process stops.
type stopsAt struct {
	*crmtest.Memory
	call    string
	reached chan struct{}
	once    sync.Once
}

func (s *stopsAt) hang(ctx context.Context) {
	s.once.Do(func() { close(s.reached) })
	<-ctx.Done()
}

func (s *stopsAt) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	if s.call != "records" || q.Object != crm.People {
		return s.Memory.Records(ctx, q)
	}
	return func(yield func(crm.Page[crm.Record], error) bool) {
		pages := 0
		for page, err := range s.Memory.Records(ctx, q) {
			if !yield(page, err) {
				return
			}
			if pages++; pages == 2 {
				s.hang(ctx)
			}
		}
	}
}

func (s *stopsAt) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	outcomes, err := s.Memory.Write(ctx, object, updates)
	if s.call == "write" {
		s.hang(ctx)
		return nil, ctx.Err()
	}
	return outcomes, err
}

// TestOneRunAtATime: however often and by whomever it is asked what is due, a connection has one run at a time, and what
// falls due meanwhile is one run.
func TestOneRunAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	w.config.Schedule = worker.Schedule{Sync: "* * * * *", Rescore: "0 3 * * *"}
	a, b := w.process(w.crm), w.process(w.crm)
	w.start(a)
	w.start(b)
	if r := w.report(); r.Kind != worker.Sync || r.Status != "done" {
		t.Fatalf("the first run: %s %s %s", r.Kind, r.Status, r.Error)
	}
	w.pass(75 * time.Hour) // three nights, and many minutes
	var wg sync.WaitGroup
	for range 5 {
		for _, p := range []*process{a, b} {
			wg.Go(func() {
				if err := p.Due(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if first, second := w.report(), w.report(); first.Kind != worker.Rescore || second.Kind != worker.Sync || first.Status+second.Status != "donedone" {
		t.Errorf("ran %s (%s %s), then %s (%s %s)", first.Kind, first.Status, first.Error, second.Kind, second.Status, second.Error)
	}
	w.pass(-5 * time.Minute) // the clock goes back a little: nothing is due again
	for _, p := range []*process{a, b} {
		if err := p.Due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count("SELECT count(DISTINCT run) FROM job_runs", a); n != 3 {
		t.Errorf("%d runs were begun", n)
	}
	if n := w.count("SELECT count(*) FROM job_pieces", a); n != 0 {
		t.Errorf("%d pieces are left", n)
	}
}

func (w *world) count(query string, p *process) (n int) {
	w.t.Helper()
	if err := p.store.Pool().QueryRow(w.t.Context(), query).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestLongWait: a vendor that wants to be left alone for a while makes the job wait, not fail, and its place is free for
// others.
func TestLongWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	p := w.process(&limited{Memory: w.crm})
	snoozed, stop := p.Events(river.EventKindJobSnoozed)
	defer stop()
	w.start(p)
	r := w.report()
	if r.Status != "done" || r.Written != 30 {
		t.Errorf("status %q, %d written: %s", r.Status, r.Written, r.Error)
	}
	select {
	case e := <-snoozed:
		if stage := stageOf(t, e.Job); stage != worker.StageWrite {
			t.Errorf("%s waited", stage)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing waited")
	}
}

// stageOf is the stage of the piece a job takes; "" for other jobs.
func stageOf(t *testing.T, job *rivertype.JobRow) string {
	t.Helper()
	var id jobs.ID
	if err := json.Unmarshal(job.EncodedArgs, &id); err != nil {
		t.Fatal(err)
	}
	return id.Stage
}

// limited is a connector that asks for a second's patience at the first write.
type limited struct {
	*crmtest.Memory
	asked atomic.Bool
}

func (l *limited) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	if l.asked.CompareAndSwap(false, true) {
		return nil, &crm.Error{Kind: crm.ErrRateLimit, Op: "write people", Message: "too much", RetryAfter: time.Second}
	}
	return l.Memory.Write(ctx, object, updates)
}

// TestDeadJob: a job that cannot be done ends the run with its reason; it is listed, and retried by a run that goes on.
func TestDeadJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	broken := &rejecting{Memory: w.crm}
	broken.no.Store(true)
	p := w.process(broken)
	cancelled, stop := p.Events(river.EventKindJobCancelled)
	defer stop()
	w.start(p)
	if r := w.report(); r.Status != "failed" || !strings.Contains(r.Error, "no such thing") {
		t.Fatalf("status %q: %s", r.Status, r.Error)
	}
	<-cancelled // which the queue stores a moment after the run has ended
	q, err := jobs.NewQueue(t.Context(), p.store)
	if err != nil {
		t.Fatal(err)
	}
	list, err := q.List(t.Context())
	if err != nil || len(list) == 0 || list[0].Stage != worker.StageWrite || list[0].State != "cancelled" || !strings.Contains(list[0].Error, "no such thing") {
		t.Fatalf("jobs: %+v, %v", list, err)
	}
	broken.no.Store(false)
	if begun, err := q.Retry(t.Context(), list[0].ID); err != nil || !begun {
		t.Fatalf("retry: %v, %v", begun, err)
	}
	if r := w.report(); r.Status != "done" || r.Written != 30 {
		t.Errorf("status %q, %d written: %s", r.Status, r.Written, r.Error)
	}
	if _, err := q.Retry(t.Context(), list[0].ID); !errors.Is(err, crm.ErrNotFound) {
		t.Errorf("a job that is gone: %v", err)
	}
}

// rejecting is a connector that says a request is wrong while told so.
type rejecting struct {
	*crmtest.Memory
	no atomic.Bool
}

func (b *rejecting) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	if b.no.Load() {
		return nil, &crm.Error{Kind: crm.ErrInvalid, Op: "write people", Message: "no such thing"}
	}
	return b.Memory.Write(ctx, object, updates)
}

// TestNewerQueue: a database that a newer version of the queue has been at is refused in words.
func TestNewerQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	p := w.process(w.crm)
	if _, err := p.store.Pool().Exec(t.Context(), "INSERT INTO river_migration (line, version) VALUES ('main', 999)"); err != nil {
		t.Fatal(err)
	}
	_, err := jobs.New(t.Context(), jobs.Config{Group: worker.Group{w.worker(w.crm, p.store)}, Store: p.store, Log: logrus.New()})
	if !errors.Is(err, worker.ErrStoreNewer) {
		t.Errorf("got %v", err)
	}
}

// TestNewModel: while a new model is rolled out, the processes that have it begin the runs; when they are gone, the others do.
func TestNewModel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	w.config.Schedule = worker.Schedule{Sync: "0 * * * *"}
	before := w.process(w.crm)
	w.start(before)
	was := w.report()
	w.model = strings.Replace(w.model, "points: 40", "points: 30", 1)
	after := w.process(w.crm)
	if err := after.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := w.report()
	if now.Model == was.Model || !now.NewModel || now.Scored != 30 {
		t.Errorf("the new process ran %+v", now.Outcome)
	}
	w.pass(time.Hour)
	if err := before.Due(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.report(); r.Model != now.Model {
		t.Error("the process with the old model began a run")
	}
	if err := after.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	if err := before.Due(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.report(); r.Model != was.Model {
		t.Error("nobody was left with the new model, and the old one was not used")
	}
}

// TestLeaderChange: the processes ask by themselves what is due, and go on when the one that did is gone; what fell due in
// between is made up.
func TestLeaderChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	w.config.Schedule, w.config.Tick = worker.Schedule{Sync: "0 * * * *"}, 300*time.Millisecond
	first := w.process(w.crm)
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.report(); r.Status != "done" {
		t.Fatalf("%s: %s", r.Status, r.Error)
	}
	w.start(w.process(w.crm))
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(5 * time.Hour)
	if r := w.report(); r.Status != "done" || r.Started.Before(w.now()) {
		t.Errorf("%s: %s, of %v", r.Status, r.Error, r.Started)
	}
}

// TestDeadProcess: what a process was doing that died without a word is given to another, at once and not counted as an
// attempt.
func TestDeadProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(60)
	w.provision()
	reached := make(chan struct{})
	p := w.process(&stopsAt{Memory: w.crm, call: "records", reached: reached})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := p.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As a death leaves it: the job is still being done, by nobody.
	tag, err := p.store.Pool().Exec(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{gone}'
		WHERE args->>'stage' = $1 AND state IN ('available', 'scheduled', 'retryable')`, worker.StagePeople)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatal(tag, err)
	}
	w.start(w.process(w.crm))
	if r := w.report(); r.Status != "done" || r.Written != 60 {
		t.Errorf("%s, %d written: %s", r.Status, r.Written, r.Error)
	}
}

// TestDeadProcessOfLeading: while two models are at work, the queue's clock may be with the one that does not lead. What a
// dead process of the other was doing is taken over all the same.
func TestDeadProcessOfLeading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "model.yaml")
	w.populate(30)
	w.provision()
	w.config.Tick, w.config.Workers = 300*time.Millisecond, 1
	w.start(w.process(w.crm))
	w.report()
	w.model = strings.Replace(w.model, "points: 40", "points: 30", 1)
	reached := make(chan struct{})
	dying := w.process(&stopsAt{Memory: w.crm, call: "write", reached: reached})
	w.start(dying)
	<-reached
	w.start(w.process(w.crm))
	// As a death leaves it: the job is still being done, by nobody.
	tag, err := dying.store.Pool().Exec(t.Context(), "UPDATE river_job SET attempted_by = '{gone}' WHERE args->>'stage' = $1 AND state = 'running'", worker.StageWrite)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatal(tag, err)
	}
	if r := w.report(); r.Status != "done" || !r.NewModel {
		t.Errorf("%s: %s", r.Status, r.Error)
	}
}
