package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

const (
	conn   = "marketing"
	crowd  = 20_000 // people in the store of a benchmark
	pageOf = 100    // records in a page of a pull
	chunk  = 1000   // people in a page of a sweep
)

var (
	bg = context.Background()
	t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func id(i int) string { return fmt.Sprint(10_000_000_000 + i*7919) }

func people(from, n int, hash uint64) []worker.Snapshot {
	out := make([]worker.Snapshot, n)
	for i := range out {
		out[i] = worker.Snapshot{ID: id(from + i), Hash: hash, Modified: t0, Identity: fmt.Sprintf("%032d", from+i), Company: id((from + i) % 2000), Owner: "1234",
			Fields: crm.Fields{"email": "someone@example.com", "jobtitle": "Head of Sales", "country": "France", "industry": "software", "lifecyclestage": "lead",
				"hs_email_click": "7", "hs_email_last_click_date": "2026-02-11T09:00:00Z", "numberofemployees": "250"}, Memory: bytes.Repeat([]byte{7}, 60)}
	}
	return out
}

func companies(n int) []worker.Snapshot {
	out := people(0, n, 1)
	for i := range out {
		out[i].Identity, out[i].Company, out[i].Memory = "", "", nil
	}
	return out
}

var (
	before = worker.Planned{Scored: true, Score: 40, Rows: 50, Cols: 30, Grade: "B3", Label: "warm", Trend: "steady"}
	blob   = bytes.Repeat([]byte("0123456789"), 60)
	shows  = crm.Fields{"bareme_score": "40", "bareme_grade": "B3", "bareme_label": "warm", "bareme_trend": "steady", "bareme_reasons": "+25 Decision maker; +20 Company size; +15 Meeting held",
		"bareme_scored_at": "2026-03-01T12:00:00Z", "bareme_fit": "50", "bareme_engagement": "30"}
)

func scored(from, n int, update bool) []worker.Scored {
	out := make([]worker.Scored, n)
	for i := range out {
		p := before
		p.Score, p.Grade = float64((from+i)%1000)/10, string(rune('A'+i%4))+string(rune('1'+i/4%4))
		out[i] = worker.Scored{ID: id(from + i), Hash: 1, Blob: blob, Planned: p}
		if update {
			out[i].Pending = &worker.Pending{ID: out[i].ID, Fields: shows, Entry: worker.Entry{Model: "m", New: p, Reasons: []string{"+25 Decision maker", "+20 Company size"}}}
		}
	}
	return out
}

// filled is a store with people and companies, and what else a benchmark asks for.
func filled(b *testing.B, n int, more ...func(s *sqlite.Store, from, n int) error) *sqlite.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "bench.db"))
	b.Cleanup(func() { check(b, s.Close()) })
	check(b, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Changed: companies(2000)}))
	for from := 0; from < n; from += chunk {
		check(b, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(from, chunk, 1)}))
		for _, fill := range more {
			check(b, fill(s, from, chunk))
		}
	}
	return s
}

func mapped(s *sqlite.Store, from, n int) error {
	return s.SaveScored(bg, worker.PeopleOf(conn), scored(from, n, false))
}

func written(s *sqlite.Store, from, n int) error {
	if err := s.SaveScored(bg, worker.PeopleOf(conn), scored(from, n, true)); err != nil {
		return err
	}
	return s.Settle(bg, worker.PeopleOf(conn), outcomes(from, n))
}

func outcomes(from, n int) []worker.Settled {
	out := make([]worker.Settled, n)
	for i := range out {
		out[i] = worker.Settled{ID: id(from + i), Status: crm.Written, At: t0}
	}
	return out
}

func meetings(s *sqlite.Store, from, n int) error {
	_, err := s.SaveActivities(bg, activities(from, n, 5))
	return err
}

func activities(from, n, each int) worker.ActivityPage {
	page := worker.ActivityPage{Connection: conn, Source: crm.Meetings}
	for i := range n * each {
		page.Changed = append(page.Changed, crm.Activity{ID: fmt.Sprint(5_000_000 + from*each + i), Time: t0, Modified: t0,
			Fields: crm.Fields{"hs_meeting_outcome": "COMPLETED", "hs_meeting_title": "Demo"}, Links: map[string][]string{crm.People: {id(from + i/each)}}})
	}
	return page
}

func check(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func rate(b *testing.B, rows int, unit string) {
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), unit)
}

func BenchmarkSaveRecords(b *testing.B) {
	for name, fill := range map[string]int{"new": 0, "again": crowd} {
		b.Run(name, func(b *testing.B) {
			s := filled(b, fill)
			rows := 0
			for b.Loop() {
				page := worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(rows%crowd, pageOf, 2), Cursor: "c"}
				check(b, s.SaveRecords(bg, page))
				rows += pageOf
			}
			rate(b, rows, "records/s")
		})
	}
}

func BenchmarkSaveActivities(b *testing.B) {
	s := filled(b, crowd)
	rows := 0
	for b.Loop() {
		_, err := s.SaveActivities(bg, activities(rows, pageOf, 1))
		check(b, err)
		rows += pageOf
	}
	rate(b, rows, "activities/s")
}

func BenchmarkKnown(b *testing.B) {
	s := filled(b, crowd)
	rows := 0
	ids := make([]string, pageOf)
	for b.Loop() {
		for i := range ids {
			ids[i] = id((rows + i) % crowd)
		}
		known, err := s.Known(bg, conn, crm.People, ids)
		check(b, err)
		rows += len(known)
	}
	rate(b, rows, "records/s")
}

func BenchmarkDirty(b *testing.B) {
	s := filled(b, crowd, meetings)
	rows, after := 0, ""
	for b.Loop() {
		page, err := s.Dirty(bg, worker.PeopleOf(conn), after, chunk)
		check(b, err)
		rows += len(page)
		after = ""
		if len(page) == chunk {
			after = page[len(page)-1].Record.ID
		}
	}
	rate(b, rows, "people/s")
}

func BenchmarkSubjects(b *testing.B) {
	for name, fill := range map[string]func(*sqlite.Store, int, int) error{"never written": mapped, "written": written} {
		b.Run(name, func(b *testing.B) {
			s := filled(b, crowd, fill)
			rows, after := 0, ""
			for b.Loop() {
				page, err := s.Subjects(bg, worker.PeopleOf(conn), after, chunk)
				check(b, err)
				rows += len(page)
				after = ""
				if len(page) == chunk {
					after = page[len(page)-1].ID
				}
			}
			rate(b, rows, "people/s")
		})
	}
}

func BenchmarkSaveScored(b *testing.B) {
	for name, prepare := range map[string]func([]worker.Scored){
		"new inputs and updates": func([]worker.Scored) {},
		"moved without an update": func(page []worker.Scored) {
			for i := range page {
				page[i].Blob, page[i].Pending = nil, nil
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			s := filled(b, crowd, mapped)
			rows := 0
			for b.Loop() {
				page := scored(rows%crowd, chunk, true)
				prepare(page)
				for i := range page {
					page[i].Planned.Score = float64((rows / crowd * 7) % 100) // moves each time round
				}
				check(b, s.SaveScored(bg, worker.PeopleOf(conn), page))
				rows += chunk
			}
			rate(b, rows, "people/s")
		})
	}
}

func BenchmarkWriteBack(b *testing.B) {
	s := filled(b, crowd, mapped)
	rows := 0
	for b.Loop() {
		from := rows % crowd
		check(b, s.SaveScored(bg, worker.PeopleOf(conn), scored(from, chunk, true)))
		page, err := s.Pending(bg, worker.PeopleOf(conn), "", chunk, t0)
		check(b, err)
		ids := make([]string, len(page))
		for i := range page {
			ids[i] = page[i].ID
		}
		check(b, s.MarkSent(bg, worker.PeopleOf(conn), "run", ids))
		check(b, s.Settle(bg, worker.PeopleOf(conn), outcomes(from, chunk)))
		rows += chunk
	}
	rate(b, rows, "people/s")
}

func BenchmarkAt200000(b *testing.B) {
	s := filled(b, 200_000, mapped)
	b.Run("Tally", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Tally(bg, worker.PeopleOf(conn))
			check(b, err)
		}
	})
	b.Run("Best", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Best(bg, worker.PeopleOf(conn), 10)
			check(b, err)
		}
	})
	b.Run("Missing", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Missing(bg, conn, crm.People, "", 100)
			check(b, err)
		}
	})
	b.Run("MarkAllDirty", func(b *testing.B) {
		for b.Loop() {
			check(b, s.MarkAllDirty(bg, worker.PeopleOf(conn)))
		}
	})
	b.Run("ForgetAndScrub", func(b *testing.B) {
		n := 0
		for b.Loop() {
			check(b, s.Forget(bg, conn, crm.People, []string{id(n)}))
			check(b, s.SaveRun(bg, worker.Run{ID: "r", Connection: conn, Finished: t0}))
			n++
		}
	})
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("heap in use %d MB", m.HeapInuse>>20)
}
