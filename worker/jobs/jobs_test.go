package jobs_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// embedded takes the walk in one process with a state file.
func (w *world) embedded(kind worker.Kind) worker.Report {
	w.t.Helper()
	store, err := sqlite.Open(w.t.Context(), filepath.Join(w.t.TempDir(), "state.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	r, err := w.worker(w.crm, store).RunOnce(w.t.Context(), worker.Options{Kind: kind})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestSameAsEmbedded: several processes write what one would, each person once, and report the same numbers.
func TestSameAsEmbedded(t *testing.T) {
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
	if diff := cmp.Diff(shown(alone.crm), shown(together.crm)); diff != "" {
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
