package worker_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

const day = 24 * time.Hour

// first brings a populated world to the point where everybody shows a score.
func first(t *testing.T, people int) *world {
	t.Helper()
	w := newWorld(t)
	w.populate(people)
	w.provision()
	report := w.run(worker.Options{Accept: true})
	if report.Written != people || report.Rejected != 0 {
		t.Fatalf("first sync wrote %d and rejected %d of %d", report.Written, report.Rejected, people)
	}
	w.crm.Settle()
	return w
}

func TestFirstSyncWritesEverybody(t *testing.T) {
	t.Parallel()
	w := first(t, 120)
	// A director (40) in a company of 50 (60); two clicks, the last 42 days ago and the only one with a date:
	// 10 × 2^(-42/30) = 3.79. The mean of 100 and 3.79 is 51.89.
	want := crm.Fields{
		"b_score": "52", "b_grade": "A4", "b_label": "cold", "b_trend": "steady", "b_at": "2026-11-21T08:00:00Z",
		"b_fit": "100", "b_eng": "4", "b_reasons": "+60 Mid-size company; +40 Director; +3.8 Clicked (10 Oct 2026)",
	}
	if diff := cmp.Diff(want, w.shown(person(42))); diff != "" {
		t.Errorf("the record shows (-want +got):\n%s", diff)
	}
}

func TestSecondSyncWritesNothing(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	before := w.crm.Writes()
	report := w.run(worker.Options{})
	if report.Written != 0 || w.crm.Writes() != before {
		t.Errorf("a second sync over an unchanged CRM wrote %d records", report.Written)
	}
	if c := report.Read[crm.People]; c.Changed != 0 {
		t.Errorf("our own writes came back as %d changes", c.Changed)
	}
}

func TestPersonsEditBesideOurWriteIsNotLost(t *testing.T) {
	t.Parallel()
	w := first(t, 20)
	w.crm.Change(crm.People, person(1), crm.Fields{"jobtitle": "Managing Director"})
	report := w.run(worker.Options{})
	if report.Written != 1 || !strings.Contains(w.shown(person(1))["b_reasons"], "Director") {
		t.Errorf("wrote %d; the record says %q", report.Written, w.shown(person(1))["b_reasons"])
	}
}

func TestPlanTooLargeIsRefusedAndRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(40)
	w.provision()
	report, err := w.try(worker.Options{})
	if !errors.Is(err, plan.ErrTooLarge) || !strings.Contains(err.Error(), "--accept-changes") {
		t.Fatalf("got %v", err)
	}
	if report.Status != "refused" || w.crm.Writes() != 0 {
		t.Errorf("status %s, %d writes", report.Status, w.crm.Writes())
	}
	one := w.open()
	runs, err := one.Store.Runs(t.Context(), "main", 1)
	if err != nil || len(runs) != 1 || runs[0].Status != "refused" {
		t.Errorf("the refusal is not recorded: %v %v", runs, err)
	}
	if err := one.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if report := w.run(worker.Options{Accept: true}); report.Written != 40 || !report.Accepted {
		t.Errorf("accepted, it wrote %d (accepted: %v)", report.Written, report.Accepted)
	}
}

func TestPreviewChangesNothingInTheCRM(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(40)
	w.provision()
	one := w.open()
	view, err := one.Preview(t.Context(), worker.Options{Kind: worker.Sync}, 3)
	if cerr := one.Store.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	if view.Report.Planned != 40 || len(view.Most) != 3 || w.crm.Writes() != 0 {
		t.Errorf("planned %d, showed %d, wrote %d", view.Report.Planned, len(view.Most), w.crm.Writes())
	}
	w.at = w.at.Add(day) // the plan of the preview is a day old
	w.run(worker.Options{Accept: true})
	if at := w.shown(person(0))["b_at"]; at != "2026-11-22T08:00:00Z" {
		t.Errorf("the sync wrote what the preview had computed, at %s", at)
	}
}

func TestScoresFallWithTimeWithoutAnyCall(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	before := w.shown(person(0))["b_eng"]
	w.at = w.at.Add(60 * day)
	w.crm.Settle()
	calls := w.crm.Usage().Calls
	report := w.run(worker.Options{Kind: worker.Rescore, Accept: true})
	if report.Written == 0 || w.shown(person(0))["b_eng"] == before {
		t.Errorf("wrote %d; engagement went from %s to %s", report.Written, before, w.shown(person(0))["b_eng"])
	}
	for kind, n := range w.crm.Usage().Calls {
		if n != calls[kind] && kind != "account" && kind != "schema" && kind != "write" {
			t.Errorf("a rescore made %d calls of kind %q", n-calls[kind], kind)
		}
	}
}

func TestNewModelScoresEverybodyFromTheSnapshot(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	w.edit("points: 60", "points: 30")
	_, err := w.try(worker.Options{})
	if !errors.Is(err, plan.ErrTooLarge) {
		t.Fatalf("a model that changes most people was not refused: %v", err)
	}
	report := w.run(worker.Options{Accept: true})
	if report.Written == 0 {
		t.Error("nothing was written")
	}
	if c := report.Read[crm.People]; c.Read != 0 {
		t.Errorf("%d people were read again; the snapshot has them", c.Read)
	}
}

func TestModelTakenBackLeavesNothingToWrite(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	original := w.model
	w.edit("points: 60", "points: 30")
	if _, err := w.try(worker.Options{}); !errors.Is(err, plan.ErrTooLarge) {
		t.Fatal(err)
	}
	w.model = original
	if report := w.run(worker.Options{}); report.Written != 0 || report.Population.Pending != 0 {
		t.Errorf("wrote %d, left %d pending", report.Written, report.Population.Pending)
	}
}

func TestNewMappingMapsEverybodyAgain(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	w.edit("transform: lower", "transform: trim") // "Director" is no longer folded to lower case
	report := w.run(worker.Options{Accept: true})
	if report.Mapped != 30 {
		t.Errorf("%d of 30 were mapped again", report.Mapped)
	}
	if strings.Contains(w.shown(person(0))["b_reasons"], "Director") {
		t.Errorf("the record still says %q", w.shown(person(0))["b_reasons"])
	}
}

func TestNewFieldIsReadOfEverybodyEvenAfterAnInterruption(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	for i := range 40 {
		w.crm.ChangeQuietly(crm.People, person(i), crm.Fields{"city": "Lyon"}) // the modification date stays
	}
	w.edit("title:     {from: jobtitle, transform: lower}", "title:     {from: jobtitle, transform: lower}\n    city:      {from: city}")
	w.edit("criteria: [{name: Director,", "criteria: [{name: In Lyon, when: 'city == \"Lyon\"', points: 20}, {name: Director,")
	w.edit("  fit:\n", "  fit:\n    max: 200\n")
	w.crm.Fail(crmtest.QuotaSpent, 12, crmtest.Forever)
	report, err := w.try(worker.Options{Accept: true})
	if !errors.Is(err, crm.ErrQuota) || report.Read[crm.People].Read == 0 || report.Read[crm.People].Read == 40 {
		t.Fatalf("read %d: %v; the test wants an interruption half way", report.Read[crm.People].Read, err)
	}
	w.crm.Heal()
	w.run(worker.Options{Accept: true})
	for i := range 40 {
		if reasons := w.shown(person(i))["b_reasons"]; !strings.Contains(reasons, "In Lyon") {
			t.Errorf("person %d: %q", i, reasons)
		}
	}
}

func TestCompanyChangeReachesItsPeople(t *testing.T) {
	t.Parallel()
	w := first(t, 40) // company c00 has 10 employees and the people 0, 4, 8 …
	w.crm.Change(crm.Companies, "c00", crm.Fields{"employees": "500"})
	report := w.run(worker.Options{Accept: true})
	if report.Written != 10 || !strings.Contains(w.shown(person(4))["b_reasons"], "Mid-size") {
		t.Errorf("wrote %d; the record says %q", report.Written, w.shown(person(4))["b_reasons"])
	}
}

func TestActivityReachesThePeopleItConcerns(t *testing.T) {
	t.Parallel()
	w := first(t, 40)
	id := w.crm.CreateActivity(crm.Meetings, crm.Activity{
		Time: w.at.Add(-time.Hour), Fields: crm.Fields{"outcome": "SCHEDULED"}, Links: map[string][]string{crm.People: {person(1), person(3)}},
	})
	if report := w.run(worker.Options{}); report.Written != 0 {
		t.Errorf("a meeting that was not held moved %d scores", report.Written)
	}
	w.crm.Settle()
	w.crm.Change(crm.Meetings, id, crm.Fields{"outcome": "COMPLETED"})
	if report := w.run(worker.Options{}); report.Written != 2 || !strings.Contains(w.shown(person(3))["b_reasons"], "Met us") {
		t.Errorf("wrote %d; the record says %q", report.Written, w.shown(person(3))["b_reasons"])
	}
}

func TestCounterGrowthIsDatedActivity(t *testing.T) {
	t.Parallel()
	w := first(t, 20)
	w.at = w.at.Add(2 * day)
	w.crm.Settle()
	w.crm.Change(crm.People, person(1), crm.Fields{"clicks": "3", "last_click": w.at.Format(time.RFC3339)})
	w.run(worker.Options{})
	w.at = w.at.Add(30 * day)
	w.crm.Settle()
	w.crm.Change(crm.People, person(1), crm.Fields{"clicks": "4", "last_click": w.at.Format(time.RFC3339)})
	w.run(worker.Options{})
	// Three clicks between the first two pulls, worth half after thirty days, and a new one: 3 × 5 + 10.
	if got := w.shown(person(1))["b_eng"]; got != "25" {
		t.Errorf("engagement is %s, want 25", got)
	}
}

func TestRejectedRecordIsSetAsideAndTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(30)
	w.provision()
	w.crm.Refuse(crm.People, person(5))
	report := w.run(worker.Options{Accept: true})
	if report.Written != 29 || report.Rejected != 1 || len(report.Rejections) != 1 || report.Rejections[0].ID != person(5) {
		t.Fatalf("wrote %d, rejected %d: %v", report.Written, report.Rejected, report.Rejections)
	}
	w.crm.Settle()
	if report := w.run(worker.Options{}); report.Written+report.Rejected != 0 || report.Population.SetAside != 1 {
		t.Errorf("within the hour it was tried again: wrote %d, rejected %d", report.Written, report.Rejected)
	}
	w.crm.Accept(crm.People, person(5))
	w.at = w.at.Add(61 * time.Minute)
	if report := w.run(worker.Options{}); report.Written != 1 || report.Population.SetAside != 0 {
		t.Errorf("after the hour it wrote %d, %d set aside", report.Written, report.Population.SetAside)
	}
}

func TestMergedAndDeletedPeopleAreForgotten(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	survivor := w.crm.Merge(crm.People, person(2), person(3))
	w.crm.Delete(crm.People, person(4))
	report := w.run(worker.Options{Sweep: true})
	if report.Population.People != 28 || report.Population.Pending != 0 {
		t.Errorf("%d people, %d pending; removed %d", report.Population.People, report.Population.Pending, report.Removed)
	}
	if w.shown(survivor)["b_score"] == "" {
		t.Error("the survivor shows no score")
	}
}

func TestMergedPeopleKeepTheirActivity(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	w.crm.CreateActivity(crm.Meetings, crm.Activity{
		Time: w.at.Add(-time.Hour), Fields: crm.Fields{"outcome": "COMPLETED"}, Links: map[string][]string{crm.People: {person(3)}},
	})
	w.run(worker.Options{})
	w.crm.Settle()
	w.crm.MergeToNew = true
	survivor := w.crm.Merge(crm.People, person(1), person(3))
	w.run(worker.Options{})
	if reasons := w.shown(survivor)["b_reasons"]; !strings.Contains(reasons, "Met us") {
		t.Errorf("the meeting of a merged person is lost: %q", reasons)
	}
}

func TestMergedBeforeTheWriteArrives(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	survivor := w.crm.Merge(crm.People, person(6), person(8)) // a rescore reads nothing, so it does not know
	w.at = w.at.Add(60 * day)
	if report := w.run(worker.Options{Kind: worker.Rescore, Accept: true}); report.Gone == 0 {
		t.Errorf("gone %d, written %d: the test proves nothing", report.Gone, report.Written)
	}
	w.crm.Settle()
	report := w.run(worker.Options{Accept: true})
	if report.Population.People != 29 || report.Population.Pending != 0 || w.shown(survivor)["b_score"] == "" {
		t.Errorf("%d people, %d pending, the survivor shows %v", report.Population.People, report.Population.Pending, w.shown(survivor))
	}
}

func TestDeletedBeforeTheWriteArrives(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	w.crm.Delete(crm.People, person(6)) // a rescore reads nothing, so it does not know
	w.at = w.at.Add(90 * day)
	report := w.run(worker.Options{Kind: worker.Rescore, Accept: true})
	if report.Gone != 1 || report.Written == 0 {
		t.Errorf("gone %d, written %d", report.Gone, report.Written)
	}
	if report.Population.People != 29 {
		t.Errorf("%d people are left of 29", report.Population.People)
	}
}

func TestReloadFindsSilentChangesAndDepartures(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	w.crm.ChangeQuietly(crm.People, person(1), crm.Fields{"clicks": "2", "last_click": w.at.Format(time.RFC3339)})
	if report := w.run(worker.Options{}); report.Written != 0 {
		t.Fatalf("a change the CRM does not announce was seen by a sync (%d written): the test proves nothing", report.Written)
	}
	report := w.run(worker.Options{Kind: worker.Reload})
	if report.Written != 1 || report.Read[crm.People].Read != 30 {
		t.Errorf("wrote %d after reading %d", report.Written, report.Read[crm.People].Read)
	}
}

func TestOptedOutPeopleShowNoScore(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	w.crm.Change(crm.People, person(6), crm.Fields{"optout": "true"})
	w.run(worker.Options{})
	got := w.shown(person(6))
	if got["b_score"] != "" || got["b_grade"] != "" || got["b_reasons"] != "" || got["b_why"] == "" {
		t.Errorf("someone who opted out shows %v", got)
	}
}

func TestQuotaSpentStopsAtTheCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(40)
	w.provision()
	w.crm.Fail(crmtest.QuotaSpent, 6, crmtest.Forever)
	report, err := w.try(worker.Options{Accept: true})
	if !errors.Is(err, crm.ErrQuota) || report.Status != "stopped" {
		t.Fatalf("status %s: %v", report.Status, err)
	}
	read := report.Read[crm.People].Read + report.Read[crm.Companies].Read
	w.crm.Heal()
	second := w.run(worker.Options{Accept: true})
	if again := second.Read[crm.People].Read + second.Read[crm.Companies].Read; read == 0 || read+again != 44 {
		t.Errorf("read %d before the quota was spent and %d after: the second run did not go on where the first stopped", read, again)
	}
	if second.Written != 40 {
		t.Errorf("wrote %d of 40", second.Written)
	}
}

func TestStateOfAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	w := first(t, 10)
	w.crm.AccountID = "another"
	if _, err := w.try(worker.Options{}); !errors.Is(err, worker.ErrOtherAccount) {
		t.Errorf("got %v", err)
	}
}

func TestExplainAddsUp(t *testing.T) {
	t.Parallel()
	w := first(t, 30)
	one := w.open()
	defer func() { _ = one.Store.Close() }()
	byID, err := one.Explain(t.Context(), person(6), "en")
	if err != nil {
		t.Fatal(err)
	}
	byMail, err := one.Explain(t.Context(), " P006@Example.com", "en")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byID, byMail); diff != "" {
		t.Errorf("by id and by e-mail differ:\n%s", diff)
	}
	for _, s := range byID.Scores {
		sum := 0.0
		for _, r := range s.Reasons {
			sum += r.Points.Float()
		}
		if sum != s.Points {
			t.Errorf("the reasons of %s sum to %v, the score is %v", s.Name, sum, s.Points)
		}
	}
	if _, err := one.Explain(t.Context(), "nobody@example.com", "en"); !errors.Is(err, crm.ErrNotFound) || strings.Contains(err.Error(), "nobody@") {
		t.Errorf("got %v", err)
	}
}

// TestWritesInDoubtAreLookedUp: the CRM acts, and its answer never arrives.
func TestWritesInDoubtAreLookedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate(30)
	w.provision()
	one := w.open()
	one.CRM = &deaf{Memory: w.crm}
	_, err := one.RunOnce(t.Context(), worker.Options{Kind: worker.Sync, Accept: true})
	if cerr := one.Store.Close(); err == nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	before := w.crm.Writes()
	report := w.run(worker.Options{Accept: true})
	if report.Recovered != 30 || w.crm.Writes() != before {
		t.Errorf("recovered %d of 30, and wrote %d again", report.Recovered, w.crm.Writes()-before)
	}
}

// TestStampsOfWholeSeconds: a person is changed in the second in which they were written and read, by a CRM whose stamps
// are no finer. The stamp stays the same, and the change is seen.
func TestStampsOfWholeSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finer = 0
	w.populate(30)
	w.provision()
	w.run(worker.Options{Accept: true})
	w.crm.Settle()
	w.crm.ChangeQuietly(crm.People, person(1), crm.Fields{"clicks": "2", "last_click": w.at.Format(time.RFC3339)})
	if report := w.run(worker.Options{}); report.Written != 1 {
		t.Errorf("%d records were written", report.Written)
	}
}
