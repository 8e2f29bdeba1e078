package learning_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

// learnt is a card, and the same read from a store.
func learnt(t testing.TB) (f, stored *learning.Fitted) {
	t.Helper()
	f, err := learning.Fit(history(2000, 1, 71), learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if stored, err = learning.Decode(text); err != nil {
		t.Fatal(err)
	}
	return f, stored
}

// since is a history after a card was learnt: some outcomes are not known yet, some people have another grade than any there
// is, and moments may be missing.
func since(t *rapid.T) (*learning.Table, learning.Grouping) {
	table := history(rapid.IntRange(1, 400).Draw(t, "rows"), 1, rapid.Uint64Range(100, 1000).Draw(t, "seed"))
	grade := learning.Grouping{Name: "grade", Order: []string{"A", "B", "C"}}
	open, apart := rapid.IntRange(1, 4).Draw(t, "open"), time.Duration(rapid.IntRange(1, 24).Draw(t, "hours between two"))
	for i := range table.IDs {
		grade.Of = append(grade.Of, []string{"A", "", "B", "Z"}[i*7%4])
		table.At[i] = table.At[i].Add(time.Duration(i) * apart * time.Hour)
		if i%open == 0 {
			table.Outcomes[i] = learning.Unknown
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "dated") == 0 {
		table.At = nil
	}
	return table, grade
}

// rowsOf are some rows of a table.
func rowsOf(t *learning.Table, g learning.Grouping, rows []int) (*learning.Table, learning.Grouping) {
	out, of := &learning.Table{}, learning.Grouping{Name: g.Name, Order: g.Order}
	for _, i := range rows {
		out.IDs, out.Outcomes, of.Of = append(out.IDs, t.IDs[i]), append(out.Outcomes, t.Outcomes[i]), append(of.Of, g.Of[i])
		if t.At != nil {
			out.At = append(out.At, t.At[i])
		}
	}
	for i := range t.Columns {
		out.Columns = append(out.Columns, t.Columns[i].Pick(rows))
	}
	return out, of
}

// TestCountsOfPartsAddUp: a population in whatever parts, some of nobody, counted apart, stored and added in whatever order,
// gives the report of the whole, to the last bit.
func TestCountsOfPartsAddUp(t *testing.T) {
	t.Parallel()
	f, stored := learnt(t)
	rapid.Check(t, func(t *rapid.T) {
		table, grade := since(t)
		want, err := learning.CountDrift(f, table, grade)
		if err != nil {
			t.Fatal(err)
		}
		parts := make([][]int, rapid.IntRange(1, 6).Draw(t, "parts"))
		for i := range table.IDs {
			n := rapid.IntRange(0, len(parts)-1).Draw(t, "part")
			parts[n] = append(parts[n], i)
		}
		var counted []*learning.DriftCounts
		for _, rows := range parts {
			part, of := rowsOf(table, grade, rows)
			c, err := learning.CountDrift(stored, part, of)
			if err != nil {
				t.Fatal(err)
			}
			counted = append(counted, kept(t, c))
		}
		for len(counted) > 1 { // any two become one
			a := rapid.IntRange(0, len(counted)-1).Draw(t, "one")
			b := (a + rapid.IntRange(1, len(counted)-1).Draw(t, "other")) % len(counted)
			before := kept(t, counted[b])
			if err := counted[a].Add(counted[b]); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(before, counted[b]); d != "" {
				t.Fatalf("what is added has changed: %s", d)
			}
			counted[a] = kept(t, counted[a])
			counted[b] = counted[len(counted)-1]
			counted = counted[:len(counted)-1]
		}
		if d := cmp.Diff(kept(t, want), counted[0]); d != "" {
			t.Fatalf("counts (-whole +parts): %s", d)
		}
		whole, err := learning.Drift(f, table, grade)
		if err != nil {
			t.Fatal(err)
		}
		report, err := counted[0].Report(stored)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(whole, report); d != "" {
			t.Fatalf("report (-whole +parts): %s", d)
		}
	})
}

// kept is the same written and read.
func kept(t interface{ Fatal(args ...any) }, c *learning.DriftCounts) *learning.DriftCounts {
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var out learning.DriftCounts
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// TestReportByHand: the figures of a report against the rows one by one.
func TestReportByHand(t *testing.T) {
	t.Parallel()
	f, _ := learnt(t)
	rapid.Check(t, func(t *rapid.T) {
		table, grade := since(t)
		d, err := learning.Drift(f, table, grade)
		if err != nil {
			t.Fatal(err)
		}
		var at []float64
		for _, moment := range table.At {
			at = append(at, float64(moment.UnixMilli()))
		}
		_, p, err := f.Card.Table(table.Columns, at, table.Len())
		if err != nil {
			t.Fatal(err)
		}
		var all learning.Period
		months, grades := map[string]learning.Period{}, map[string]int{}
		for i, o := range table.Outcomes {
			if o == learning.Unknown {
				continue
			}
			count := func(to *learning.Period) {
				to.Rows++
				to.Said += p[i]
				if o == learning.Yes {
					to.Events++
				}
			}
			count(&all)
			if at != nil {
				key := table.At[i].Format("2006-01")
				m := months[key]
				count(&m)
				if m.From.IsZero() || table.At[i].Before(m.From) {
					m.From = table.At[i]
				}
				if table.At[i].After(m.To) {
					m.To = table.At[i]
				}
				months[key] = m
				grades[key+grade.Of[i]]++
			}
		}
		same := func(what string, want, got learning.Period) {
			n := float64(max(1, want.Rows))
			if want.Rows != got.Rows || want.Events != got.Events || !want.From.Equal(got.From) || !want.To.Equal(got.To) ||
				math.Abs(want.Said/n-got.Said) > 1e-12 || math.Abs(float64(want.Events)/n-got.Rate) > 1e-12 {
				t.Fatalf("%s: want %+v (said in all), got %+v", what, want, got)
			}
		}
		same("all", all, d.Rate)
		if len(months) != len(d.Periods) || len(d.Groups) != 1 || len(d.Groups[0].Periods) != len(months) || (d.Calibrated != nil) != (all.Rows > 0) {
			t.Fatalf("%d months: %+v", len(months), d)
		}
		for i, got := range d.Periods {
			key := got.From.Format("2006-01")
			same(key, months[key], got)
			g := d.Groups[0].Periods[i]
			if g.Month != key || len(g.Groups) != 3 {
				t.Fatalf("%s: %+v", key, g)
			}
			for _, group := range g.Groups {
				if group.Rows != grades[key+group.Name] {
					t.Fatalf("%s, %s: want %d, got %+v", key, group.Name, grades[key+group.Name], group)
				}
			}
		}
	})
}

// TestCountsStaySmall: 160 times as many people of the same months take hardly more room.
func TestCountsStaySmall(t *testing.T) {
	t.Parallel()
	f, _ := learnt(t)
	size := func(c *learning.DriftCounts) int {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return len(text)
	}
	all, err := learning.CountDrift(f, history(2000, 1, 100))
	if err != nil {
		t.Fatal(err)
	}
	once := size(all)
	for seed := range uint64(9) {
		more, err := learning.CountDrift(f, history(2000, 1, 101+seed))
		if err != nil {
			t.Fatal(err)
		}
		if err := all.Add(more); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		if err := all.Add(kept(t, all)); err != nil {
			t.Fatal(err)
		}
	}
	many := size(all)
	t.Logf("%d bytes for 2,000 people, %d for %d", once, many, all.Rows)
	if all.Rows != 320_000 || many > 2*once {
		t.Error("that is too much")
	}
}

// TestRowsWithoutMoments: they count in all, and in no month.
func TestRowsWithoutMoments(t *testing.T) {
	t.Parallel()
	f, _ := learnt(t)
	dated, undated := history(300, 1, 72), history(200, 1, 73)
	undated.At = nil
	all, err := learning.CountDrift(f, dated)
	if err != nil {
		t.Fatal(err)
	}
	more, err := learning.CountDrift(f, undated)
	if err != nil {
		t.Fatal(err)
	}
	if err := all.Add(more); err != nil {
		t.Fatal(err)
	}
	d, err := all.Report(f)
	if err != nil || d.Rows != 500 || d.Rate.Rows != 500 || len(d.Periods) != 1 || d.Periods[0].Rows != 300 {
		t.Errorf("%v: %+v", err, d)
	}
}

// TestCountsThatAreNot: what a store may hold and what is not of this card is refused in words, and adds nothing.
func TestCountsThatAreNot(t *testing.T) {
	t.Parallel()
	f, _ := learnt(t)
	other, err := learning.Fit(history(2000, 1, 171), learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	grade := func(table *learning.Table, order ...string) learning.Grouping {
		return learning.Grouping{Name: "grade", Of: make([]string, table.Len()), Order: order}
	}
	table := history(200, 1, 72)
	count := func(f *learning.Fitted, g ...learning.Grouping) *learning.DriftCounts {
		c, err := learning.CountDrift(f, table, g...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole, alien := count(f, grade(table, "A", "B")), count(other, grade(table, "A", "B"))
	for name, broke := range map[string]func(*learning.DriftCounts){
		"nothing":             func(c *learning.DriftCounts) { *c = learning.DriftCounts{} },
		"another card":        func(c *learning.DriftCounts) { *c = *alien },
		"a card of that name": func(c *learning.DriftCounts) { *c = *alien; c.Card = whole.Card },
		"fewer than none":     func(c *learning.DriftCounts) { c.Rows = -1 },
		"more than can be":    func(c *learning.DriftCounts) { c.Rows = math.MaxInt },
		"one more":            func(c *learning.DriftCounts) { c.Rows++ },
		"a bin below zero": func(c *learning.DriftCounts) {
			c.Attributes[0][0], c.Attributes[0][1] = -1, c.Attributes[0][0]+c.Attributes[0][1]+1
		},
		"no bins":          func(c *learning.DriftCounts) { c.Attributes = nil },
		"a bin too few":    func(c *learning.DriftCounts) { c.Attributes[0] = c.Attributes[0][1:] },
		"one attribute":    func(c *learning.DriftCounts) { c.Attributes = c.Attributes[:1] },
		"no scores":        func(c *learning.DriftCounts) { c.Scores = nil },
		"scores of others": func(c *learning.DriftCounts) { c.Scores[0]++ },
		"no months":        func(c *learning.DriftCounts) { c.Months = nil },
		"an empty month":   func(c *learning.DriftCounts) { c.Months["2025-07"] = learning.MonthCounts{} },
		"no such month":    func(c *learning.DriftCounts) { c.Months["soon"] = c.Months["2025-01"]; delete(c.Months, "2025-01") },
		"twice as many": func(c *learning.DriftCounts) {
			m := c.Months["2025-01"]
			m.From, m.To = time.Time{}, time.Time{}
			c.Months[""] = m
		},
		"points nobody has": func(c *learning.DriftCounts) {
			c.Months["2025-01"].Points[1_000_000] = learning.Tally{Rows: 1}
			c.Rows++
			c.Scores[0]++
			more(c)
		},
		"more than all": func(c *learning.DriftCounts) { some(c.Months["2025-01"].Points, learning.Tally{Rows: 1, Events: 2}) },
		"fewer than none of": func(c *learning.DriftCounts) {
			some(c.Months["2025-01"].Points, learning.Tally{Rows: math.MinInt, Events: math.MinInt})
		},
		"no groups":         func(c *learning.DriftCounts) { m := c.Months["2025-01"]; m.Groups = nil; c.Months["2025-01"] = m },
		"one group":         func(c *learning.DriftCounts) { m := c.Months["2025-01"]; m.Groups[0] = m.Groups[0][:1] },
		"too large a group": func(c *learning.DriftCounts) { c.Months["2025-01"].Groups[0][0].Rows = 1_000 },
	} {
		c := kept(t, whole)
		broke(c)
		if d, err := c.Report(f); !errors.Is(err, learning.ErrTable) || d != nil {
			t.Errorf("%s: report %+v: %v", name, d, err)
		}
		if name == "points nobody has" {
			continue // which only the card can tell
		}
		to := kept(t, whole)
		if err := to.Add(c); !errors.Is(err, learning.ErrTable) || cmp.Diff(whole, to) != "" {
			t.Errorf("%s: added: %v", name, err)
		}
		if err := c.Add(whole); !errors.Is(err, learning.ErrTable) {
			t.Errorf("%s: added to: %v", name, err)
		}
	}
	if err := whole.Add(nil); !errors.Is(err, learning.ErrTable) {
		t.Errorf("nil: %v", err)
	}
	for name, g := range map[string][]learning.Grouping{"other grades": {grade(table, "A", "C")}, "no grades": nil} {
		if err := whole.Add(count(f, g...)); !errors.Is(err, learning.ErrTable) || !strings.Contains(err.Error(), "other groups") {
			t.Errorf("%s: %v", name, err)
		}
	}
	nobody, err := learning.CountDrift(f, &learning.Table{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Report(f); !errors.Is(err, learning.ErrTable) || !strings.Contains(err.Error(), "no rows") {
		t.Errorf("nobody: %v", err)
	}
	wrong := history(200, 1, 72)
	wrong.Columns[0] = scorecard.Texts("size", make([]string, 200), nil)
	if _, err := learning.CountDrift(f, wrong); !errors.Is(err, learning.ErrTable) {
		t.Errorf("another kind: %v", err)
	}
	if _, err := learning.CountDrift(f, table, learning.Grouping{Name: "grade"}); !errors.Is(err, learning.ErrTable) {
		t.Errorf("grades of nobody: %v", err)
	}
}

// more counts one row more in each attribute.
func more(c *learning.DriftCounts) {
	for _, bins := range c.Attributes {
		bins[0]++
	}
}

// some replaces the tally of one of the points.
func some(points map[int]learning.Tally, by learning.Tally) {
	for p := range points {
		points[p] = by
		return
	}
}

// FuzzDriftCounts: any text is counts that can be added and reported, or an error in words.
func FuzzDriftCounts(f *testing.F) {
	fitted, _ := learnt(f)
	table := history(60, 1, 72)
	grade := learning.Grouping{Name: "grade", Of: make([]string, 60), Order: []string{"A", ""}}
	whole, err := learning.CountDrift(fitted, table, grade)
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, s := range []string{`null`, `{}`, `{"months":{"":null}}`, fmt.Sprintf(`{"card":%q,"months":{}}`, whole.Card)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c learning.DriftCounts
		if err := json.Unmarshal(text, &c); err != nil {
			return
		}
		to := kept(t, whole)
		errAdd := to.Add(&c)
		d, err := c.Report(fitted)
		for _, err := range []error{errAdd, err} {
			if err != nil && !errors.Is(err, learning.ErrTable) {
				t.Fatal(err)
			}
		}
		if err == nil {
			_ = d.String()
			if _, err := json.Marshal(d); err != nil {
				t.Fatal(err)
			}
		}
	})
}
