package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/memory"
	"github.com/bareme/bareme/worker"
)

// randomHistories does the same random things to the store under test and to the one in memory, and compares every answer
// now and then. Each history has a connection of its own: what they share would show as a difference.
func randomHistories(t *testing.T, p *place) {
	n := 0
	model := memory.New()
	rapid.Check(t, func(t *rapid.T) {
		n++
		h := &history{T: t, conn: fmt.Sprint("history ", n), stores: [2]worker.Store{model, p.store}}
		draw := func(do func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) {
				h.of = worker.Population{Connection: h.conn, Object: someObject.Draw(t, "of")}
				do(t)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"people":    func(t *rapid.T) { h.records(t, crm.People) },
			"companies": func(t *rapid.T) { h.records(t, crm.Companies) },
			"other people": func(t *rapid.T) {
				own := h.conn
				h.conn += " b"
				h.records(t, crm.People)
				h.conn = own
			},
			"activities": h.activities,
			"forget":     h.forget,
			"mark":       draw(h.mark),
			"score":      draw(h.score),
			"send":       draw(h.send),
			"settle":     draw(h.settle),
			"run":        h.run,
			"apart":      draw(h.apart),
			"alert":      h.alert,
			"compare":    h.compare,
		})
		h.compare(t)
	})
}

type history struct {
	*rapid.T
	conn   string
	of     worker.Population // the people, or the companies, drawn anew for each step
	stores [2]worker.Store   // the model, then the one under test
}

// Few values, so that histories meet themselves.
var (
	someObject = rapid.SampledFrom([]string{crm.People, crm.People, crm.Companies})
	someID     = rapid.SampledFrom([]string{"1", "2", "3", "10", "a"})
	someIDs    = rapid.SliceOfN(someID, 0, 4)
	someText   = rapid.SampledFrom([]string{"", "x", "y"})
	someFields = rapid.OneOf(rapid.Just(crm.Fields(nil)), rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"f", "g"}), someText, 0, 2), func(m map[string]string) crm.Fields { return m }))
	someTime   = rapid.Map(rapid.IntRange(-1, 5), func(n int) time.Time {
		if n < 0 {
			return time.Time{}
		}
		return t0.Add(time.Duration(n) * time.Hour)
	})
	someSource  = rapid.SampledFrom([]string{crm.Deals, crm.Meetings})
	somePlanned = rapid.Custom(func(t *rapid.T) worker.Planned {
		p := worker.Planned{Scored: rapid.Bool().Draw(t, "scored"), Rows: float64(rapid.IntRange(-1, 1).Draw(t, "rows")), Grade: someText.Draw(t, "grade"), Label: someText.Draw(t, "label")}
		if p.Scored {
			p.Score = rapid.SampledFrom([]float64{-1, 0, 9.99, 10, 55.5, 100, 101}).Draw(t, "score")
		}
		return p
	})
)

// both does one thing to both stores; both must take it or refuse it.
func (h *history) both(do func(worker.Store) error) {
	h.Helper()
	want, got := do(h.stores[0]), do(h.stores[1])
	if (want == nil) != (got == nil) {
		h.Fatalf("got error %v, want %v", got, want)
	}
}

func (h *history) records(t *rapid.T, object string) {
	page := worker.RecordPage{
		Connection: h.conn, Object: object, Gone: rapid.SliceOfN(someID, 0, 1).Draw(t, "gone"),
		Cursor: crm.Cursor(someText.Draw(t, "cursor")), Shape: someText.Draw(t, "shape"), Reload: someText.Draw(t, "reload"),
		Changed: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) worker.Snapshot {
			return worker.Snapshot{
				ID: someID.Draw(t, "id"), Hash: uint64(rapid.IntRange(0, 2).Draw(t, "hash")), Modified: someTime.Draw(t, "modified"),
				Identity: someText.Draw(t, "identity"), Company: rapid.OneOf(rapid.Just(""), someID).Draw(t, "company"), Owner: someText.Draw(t, "owner"),
				Fields: someFields.Draw(t, "fields"), Memory: rapid.SliceOfN(rapid.Byte(), 0, 2).Draw(t, "memory"),
				Links: h.links(t),
			}
		}), 0, 3).Draw(t, "changed"),
	}
	if gone := page.Gone; len(gone) > 0 && rapid.Bool().Draw(t, "merged") {
		if heir := someID.Draw(t, "heir"); heir != gone[0] {
			page.Heirs = map[string]string{gone[0]: heir}
		}
	}
	for _, id := range someIDs.Draw(t, "touched") {
		page.Touched = append(page.Touched, crm.Version{ID: id, Modified: someTime.Draw(t, "version")})
	}
	h.both(func(s worker.Store) error { return s.SaveRecords(bg, page) })
}

// links are from the history's connection to its other one, or back.
func (h *history) links(t *rapid.T) (links []worker.Link) {
	other, back := strings.CutSuffix(h.conn, " b")
	if !back {
		other = h.conn + " b"
	}
	for _, id := range rapid.SliceOfN(someID, 0, 2).Draw(t, "links") {
		links = append(links, worker.Link{Connection: other, ID: id})
	}
	return links
}

func (h *history) activities(t *rapid.T) {
	page := worker.ActivityPage{
		Connection: h.conn, Source: someSource.Draw(t, "source"), Cursor: crm.Cursor(someText.Draw(t, "cursor")),
		Changed: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crm.Activity {
			return crm.Activity{ID: someID.Draw(t, "id"), Time: someTime.Draw(t, "time"), Fields: someFields.Draw(t, "fields"),
				Links: map[string][]string{crm.People: someIDs.Draw(t, "people"), crm.Companies: someIDs.Draw(t, "companies")}, Modified: someTime.Draw(t, "modified")}
		}), 0, 3).Draw(t, "changed"),
	}
	var changed []int
	h.both(func(s worker.Store) error {
		n, err := s.SaveActivities(bg, page)
		changed = append(changed, n)
		return err
	})
	equal(h, "changed", changed[0], changed[1])
}

func (h *history) forget(t *rapid.T) {
	object := rapid.SampledFrom([]string{crm.People, crm.Companies, crm.Deals, crm.Meetings}).Draw(t, "object")
	gone := someIDs.Draw(t, "ids")
	h.both(func(s worker.Store) error { return s.Forget(bg, h.conn, object, gone) })
}

func (h *history) mark(t *rapid.T) {
	everybody := rapid.Bool().Draw(t, "everybody")
	h.both(func(s worker.Store) error {
		if everybody {
			return s.MarkAllDirty(bg, h.of)
		}
		return s.MarkPendingDirty(bg, h.of)
	})
}

func (h *history) score(t *rapid.T) {
	scored := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) worker.Scored {
		one := worker.Scored{ID: someID.Draw(t, "id"), Hash: uint64(rapid.IntRange(0, 2).Draw(t, "hash")), Planned: somePlanned.Draw(t, "planned")}
		if rapid.Bool().Draw(t, "mapped") {
			one.Blob = []byte("b" + someText.Draw(t, "blob"))
		}
		if h.of.Object == crm.People {
			one.Share = []byte(someText.Draw(t, "share"))
		}
		if rapid.Bool().Draw(t, "update") {
			one.Pending = &worker.Pending{ID: one.ID, Fields: someFields.Draw(t, "update fields"), Tries: rapid.IntRange(0, 1).Draw(t, "tries"),
				Entry: worker.Entry{Run: someText.Draw(t, "run"), Model: "m", Old: somePlanned.Draw(t, "old"), New: one.Planned, First: rapid.Bool().Draw(t, "first"), Reasons: []string{"r"}}}
		}
		return one
	}), 0, 4).Draw(t, "scored")
	h.both(func(s worker.Store) error { return s.SaveScored(bg, h.of, scored) })
}

func (h *history) send(t *rapid.T) {
	sent, unsent := someIDs.Draw(t, "sent"), someIDs.Draw(t, "unsent")
	h.both(func(s worker.Store) error { return s.MarkSent(bg, h.of, "run", sent) })
	h.both(func(s worker.Store) error { return s.MarkUnsent(bg, h.of, unsent) })
}

func (h *history) settle(t *rapid.T) {
	settled := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) worker.Settled {
		var raised *worker.Raised
		if rapid.Bool().Draw(t, "raised") {
			raised = crossing(h.conn+someID.Draw(t, "whose"), rapid.IntRange(0, 3).Draw(t, "crossing"))
		}
		return worker.Settled{Raised: raised, ID: someID.Draw(t, "id"), At: someTime.Draw(t, "at"), RetryAt: someTime.Draw(t, "retry"), Reason: someText.Draw(t, "reason"),
			Status: rapid.SampledFrom([]crm.Status{crm.Written, crm.Written, crm.Rejected, crm.Rejected, crm.Gone, crm.Merged}).Draw(t, "status")}
	}), 0, 4).Draw(t, "settled")
	h.both(func(s worker.Store) error { return s.Settle(bg, h.of, settled) })
}

func (h *history) run(t *rapid.T) {
	run := worker.Run{ID: h.conn + someID.Draw(t, "id"), Connection: h.conn, Started: someTime.Draw(t, "started"), Status: someText.Draw(t, "status")}
	h.both(func(s worker.Store) error { return s.SaveRun(bg, run) })
}

// apart remembers heirs, strips people, sets scores by hand, and keeps people out or lets them in.
func (h *history) apart(t *rapid.T) {
	bare := worker.Snapshot{ID: someID.Draw(t, "stripped"), Hash: uint64(rapid.IntRange(0, 2).Draw(t, "hash")), Identity: someText.Draw(t, "identity")}
	o := worker.Override{ID: someID.Draw(t, "overridden"), Kind: rapid.SampledFrom([]string{"", "score", "freeze"}).Draw(t, "kind"), Author: someText.Draw(t, "author")}
	out, in, at := someIDs.Draw(t, "out"), someIDs.Draw(t, "in"), someTime.Draw(t, "at")
	entry := worker.Entry{At: at, Model: "m", Reasons: []string{"by hand"}}
	heirs := rapid.MapOfN(someID, rapid.OneOf(rapid.Just(""), someID), 0, 2).Draw(t, "heirs")
	h.both(func(s worker.Store) error { return s.SaveHeirs(bg, h.conn, heirs) })
	h.both(func(s worker.Store) error { return s.Strip(bg, h.conn, []worker.Snapshot{bare}) })
	h.both(func(s worker.Store) error { return s.SaveOverride(bg, h.of, o, entry) })
	h.both(func(s worker.Store) error { return s.Suppress(bg, h.conn, out, at) })
	h.both(func(s worker.Store) error { return s.Readmit(bg, h.conn, in) })
}

// alert moves an alert to another state, if it is there.
func (h *history) alert(t *rapid.T) {
	a := crossing(h.conn+someID.Draw(t, "whose"), rapid.IntRange(0, 3).Draw(t, "crossing")).Alerts[0]
	a.State, a.Due, a.Body = rapid.SampledFrom(alert.States()).Draw(t, "state"), someTime.Draw(t, "due"), []byte("{}")
	h.both(func(s worker.Store) error { return s.SaveAlerts(bg, h.conn, []worker.StoredAlert{a}) })
}

// compare asks both stores everything.
func (h *history) compare(t *rapid.T) {
	h.T = t
	for _, object := range []string{crm.People, crm.Companies} {
		h.of = worker.Population{Connection: h.conn, Object: object}
		want, got := h.answers(h.stores[0]), h.answers(h.stores[1])
		for _, question := range questions {
			equal(t, object+": "+question, want[question], got[question])
		}
	}
}

var questions = []string{"tally", "dirty", "inputs", "subjects", "pending", "pending at the third hour", "in doubt", "set aside", "best", "runs", "found",
	"ledger", "deals", "kin", "inputs of some", "known", "missing", "cursors", "one", "traces", "overrides", "kept out", "alerts", "standings"}

func (h *history) answers(s worker.Store) map[string]any {
	out := map[string]any{}
	got := func(question string, answer any, err error) {
		if err != nil {
			h.Fatalf("%s: %v", question, err)
		}
		out[question] = answer
	}
	counts, err := s.Tally(bg, h.of)
	got("tally", counts, err)
	dirty, err := s.Dirty(bg, h.of, "", all)
	got("dirty", dirty, err)
	inputs, err := s.Inputs(bg, h.of, "1", 3)
	got("inputs", inputs, err)
	subjects, err := s.Subjects(bg, h.of, "1", 3)
	got("subjects", subjects, err)
	pending, err := s.Pending(bg, h.of, "", all, t0)
	got("pending", pending, err)
	due, err := s.Pending(bg, h.of, "1", 2, t0.Add(3*time.Hour))
	got("pending at the third hour", due, err)
	doubt, err := s.InDoubt(bg, h.of, all)
	got("in doubt", doubt, err)
	aside, err := s.SetAside(bg, h.of, 2)
	got("set aside", aside, err)
	best, err := s.Best(bg, h.of, 3)
	got("best", best, err)
	runs, err := s.Runs(bg, h.conn, 3)
	got("runs", runs, err)
	found, err := s.Find(bg, h.conn, "x")
	got("found", found, err)
	deals, err := s.ActivityIDs(bg, h.conn, crm.Deals, "1", 2)
	got("deals", deals, err)
	same, err := s.Kin(bg, h.of, []string{h.conn + " b"}, []string{"1", "2", "10", "a", "z"})
	got("kin", same, err)
	astray, err := s.Astray(bg, h.conn, 3)
	got("astray", astray, err)
	some, err := s.InputsOf(bg, h.of, []string{"a", "1", "z", "1"})
	got("inputs of some", some, err)
	var history []worker.Entry
	var ones []worker.Inputs
	for _, id := range []string{"1", "2", "3", "10", "a"} {
		entries, err := s.Ledger(bg, h.of, id, 3)
		got("ledger", nil, err)
		history = append(history, entries...)
		if _, in, err := s.Subject(bg, h.of, id); err == nil {
			ones = append(ones, in)
		}
	}
	out["ledger"], out["one"] = history, ones
	traces := map[string]map[string]int{}
	for _, id := range []string{"1", "10", "a"} {
		traces[id], err = s.Traces(bg, h.of, id)
		got("traces", nil, err)
	}
	out["traces"] = traces
	byHand, err := s.Overrides(bg, h.of)
	got("overrides", byHand, err)
	keptOut, err := s.Suppressed(bg, h.conn, []string{"1", "2", "10", "a", "x"})
	got("kept out", keptOut, err)
	var outbox []worker.StoredAlert
	for _, state := range alert.States() {
		list, err := s.Alerts(bg, h.conn, state, time.Time{}, 0, 5)
		got("alerts", nil, err)
		outbox = append(outbox, unnumbered(list)...)
	}
	out["alerts"] = outbox
	standings, err := s.Standings(bg, h.conn, []string{"1", "2", "a"})
	got("standings", standings, err)
	known := map[string]map[string]worker.Known{}
	var missing, cursors []string
	for _, object := range []string{crm.People, crm.Companies, crm.Deals, crm.Meetings} {
		k, err := s.Known(bg, h.conn, object, []string{"1", "2", "10", "z"})
		got("known", nil, err)
		known[object] = k
		c, shape, err := s.Cursor(bg, h.conn, object)
		got("cursors", nil, err)
		cursors = append(cursors, string(c), shape)
	}
	for _, object := range []string{crm.People, crm.Companies} {
		m, err := s.Missing(bg, h.conn, object, "x", 3)
		got("missing", nil, err)
		missing = append(missing, m...)
	}
	out["known"], out["missing"], out["cursors"] = known, missing, cursors
	return out
}
