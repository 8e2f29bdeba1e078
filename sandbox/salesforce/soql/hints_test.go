package soql

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// strict is a source that leaves out all that Ask excludes.
type strict struct{ *org }

func (s strict) Rows(object string, ask Ask) (iter.Seq[Row], bool) {
	rows, ordered := s.org.Rows(object, ask)
	t := s.objects["lead"]
	stamp := t.Field("SystemModstamp")
	return func(yield func(Row) bool) {
		for r := range rows {
			at, id := r.Value(stamp).(time.Time), r.Value(t.fields[0]).(string)
			out := at.Before(ask.From) || at.Equal(ask.From) && id <= ask.FromID || !ask.To.IsZero() && at.After(ask.To) || id <= ask.AfterID ||
				ask.IDs != nil && !slices.ContainsFunc(ask.IDs, func(x string) bool { return x != "" && idKey(x) == idKey(id) })
			if !out && !yield(r) {
				return
			}
		}
	}, ordered
}

func leads(n int) *org {
	o := &org{objects: map[string]*table{}, indexed: true}
	t := o.add("Lead Id:id LastName")
	stamp := t.Field("SystemModstamp").Slot
	for i := range n {
		r := &testRow{values: make([]any, len(t.fields))}
		r.values[0], r.values[stamp] = id("00Q", i), time.Date(2026, 11, 1, 0, 0, i/3, 0, time.UTC)
		t.rows = append(t.rows, r)
	}
	return o
}

func moment(second int) string {
	return time.Date(2026, 11, 1, 0, 0, second, 0, time.UTC).Format(time.RFC3339)
}

// TestHintsLeaveNothingOut: a source that obeys the hints gives the same rows as one that reads everything.
func TestHintsLeaveNothingOut(t *testing.T) {
	t.Parallel()
	o := leads(30)
	rapid.Check(t, func(t *rapid.T) {
		condition := randomCondition(t, 3)
		stmt, err := Prepare("SELECT Id FROM Lead WHERE "+condition, o, today())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ids(stmt.Run(o, Live)), ids(stmt.Run(strict{o}, Live))); diff != "" {
			t.Errorf("%s: %s", condition, diff)
		}
	})
}

func ids(r *Result) []string {
	var out []string
	for i := range r.Len() {
		out = append(out, r.Record(i).ID)
	}
	return out
}

func randomCondition(t *rapid.T, depth int) string {
	op := func(label string) string {
		return rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">="}).Draw(t, label)
	}
	n := func(label string) int { return rapid.IntRange(0, 31).Draw(t, label) }
	switch rapid.IntRange(0, 3+2*depth).Draw(t, "shape") {
	case 0, 1:
		return "SystemModstamp " + op("op") + " " + moment(n("second")/3)
	case 2:
		return "Id " + op("op") + " '" + id("00Q", n("id"))[:rapid.SampledFrom([]int{15, 18}).Draw(t, "length")] + "'"
	case 3:
		return fmt.Sprintf("Id IN ('%s', '%s')", id("00Q", n("id")), id("00Q", n("id")))
	case 4:
		return "(NOT " + randomCondition(t, depth-1) + ")"
	case 5, 6:
		return "(" + randomCondition(t, depth-1) + " AND " + randomCondition(t, depth-1) + ")"
	default:
		return "(" + randomCondition(t, depth-1) + " OR " + randomCondition(t, depth-1) + ")"
	}
}

// TestKeyset reads 200,000 rows as a client does that remembers the last (SystemModstamp, Id) it has seen: every row comes
// once, and a page reads little more than its own rows.
func TestKeyset(t *testing.T) {
	t.Parallel()
	const all, page = 200_000, 2000
	o := leads(all)
	seen, last, lastID := 0, moment(0), id("00Q", 0)
	for pages := 0; ; pages++ {
		stmt, err := Prepare(fmt.Sprintf("SELECT Id, SystemModstamp FROM Lead WHERE (SystemModstamp = %s AND Id > '%s') OR SystemModstamp > %s "+
			"ORDER BY SystemModstamp, Id LIMIT %d", last, lastID, last, page), o, today())
		if err != nil {
			t.Fatal(err)
		}
		result := stmt.Run(o, Live)
		if seen += result.Len(); result.Len() == 0 {
			break
		}
		r := result.Record(result.Len() - 1)
		last, lastID = r.Cells[1].Value.(time.Time).Format(time.RFC3339), r.ID
	}
	if seen != all-1 {
		t.Errorf("saw %d rows of the %d behind the first", seen, all-1)
	}
	if most := all + 3*(all/page+2); o.read > most {
		t.Errorf("read %d rows, want at most %d", o.read, most)
	}
}

func BenchmarkFullScan(b *testing.B) {
	o := leads(200_000)
	stmt, err := Prepare("SELECT Id, LastName FROM Lead WHERE LastName = null AND Id > '00Q000000000000AAA' ORDER BY Id DESC", o, today())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n := stmt.Run(o, Live).Len(); n != 199_999 {
			b.Fatal(n)
		}
	}
}
