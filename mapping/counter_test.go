package mapping

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func clicks(t testing.TB) *Mapper {
	return mustCompile(t, Spec{Activities: []ActivitySpec{{Name: "click", From: Counter, Count: "clicks", Last: "last_click"}}})
}

// eventsOf shows the events of a memory as "how many @ when".
func eventsOf(m *Mapper, memory []byte, now time.Time) string {
	var s scoring.Subject
	m.Subject(Input{Memory: memory}, now, &s)
	var out []string
	for _, e := range s.Events {
		at := "?"
		if !e.Undated() {
			at = e.Time().Format(time.DateOnly)
		}
		out = append(out, fmt.Sprintf("%d@%s", e.Count, at))
	}
	return strings.Join(out, " ")
}

func TestCounters(t *testing.T) {
	cases, err := os.ReadFile("testdata/counters.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := clicks(t)
	name, ran := "", 0
	var memory []byte
	for line := range strings.Lines(string(cases)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "--"):
			name, memory = line, nil
			ran++
		default:
			pull, want, _ := strings.Cut(line, "=>")
			day, values, _ := strings.Cut(pull, ":")
			count, last, _ := strings.Cut(values, ",")
			seen, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			f := crm.Fields{}
			if count = strings.TrimSpace(count); count != "-" {
				f["clicks"] = count
			}
			if last = strings.TrimSpace(last); last != "-" {
				f["last_click"] = last
			}
			memory = m.Remember(memory, f, seen)
			if got := eventsOf(m, memory, seen.AddDate(1, 0, 0)); got != strings.TrimSpace(want) {
				t.Errorf("%s\n%s\n got %s", name, line, got)
			}
		}
	}
	if ran < 16 {
		t.Errorf("only %d cases", ran)
	}
}

func TestCounterOfDatesAlone(t *testing.T) {
	m := mustCompile(t, Spec{Activities: []ActivitySpec{{Name: "reply", From: Counter, Last: "last_reply"}}})
	var memory []byte
	for _, day := range []string{"2026-11-01", "2026-11-01", "2026-11-09", "2026-11-03", ""} {
		memory = m.Remember(memory, crm.Fields{"last_reply": day}, now)
	}
	if got, want := eventsOf(m, memory, now), "1@2026-11-01 1@2026-11-09"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCounterRenamedIsRemembered(t *testing.T) {
	before := clicks(t)
	memory := before.Remember(nil, crm.Fields{"clicks": "2", "last_click": "2026-11-01"}, now)
	after := mustCompile(t, Spec{Activities: []ActivitySpec{
		{Name: "visit", From: Counter, Count: "visits"},
		{Name: "link_followed", From: Counter, Count: "clicks", Last: "last_click"},
	}})
	memory = after.Remember(memory, crm.Fields{"clicks": "3", "last_click": "2026-11-05", "visits": "4"}, now)
	if got, want := eventsOf(after, memory, now), "4@? 1@2026-11-01 1@2026-11-05 1@?"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCounterRetention(t *testing.T) {
	m := mustCompile(t, Spec{
		Activities: []ActivitySpec{{Name: "click", From: Counter, Count: "clicks", Last: "last_click"}},
		Retain:     scoring.Duration(30 * 24 * time.Hour),
	})
	memory := m.Remember(nil, crm.Fields{"clicks": "1", "last_click": "2026-10-01"}, time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC))
	memory = m.Remember(memory, crm.Fields{"clicks": "2", "last_click": "2026-11-20"}, now)
	if got, want := eventsOf(m, memory, now), "1@2026-11-20"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMemoryIsBoundedAndLosesNothing(t *testing.T) {
	m := clicks(t)
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	var memory []byte
	for day := range 2000 {
		at := start.AddDate(0, 0, day)
		memory = m.Remember(memory, crm.Fields{"clicks": fmt.Sprint(day + 1), "last_click": at.Format(time.DateOnly)}, at)
	}
	var s scoring.Subject
	m.Subject(Input{Memory: memory}, start.AddDate(10, 0, 0), &s)
	total := uint32(0)
	for _, e := range s.Events {
		total += e.Count
	}
	if len(s.Events) > maxBuckets || total != 2000 || len(memory) > 600 {
		t.Errorf("%d events in %d buckets and %d bytes", total, len(s.Events), len(memory))
	}
	last := s.Events[len(s.Events)-1]
	if last.Count != 1 || !last.Time().Equal(start.AddDate(0, 0, 1999)) {
		t.Errorf("the latest event is %d at %v", last.Count, last.Time())
	}
}

func TestDamagedMemoryCountsAsNone(t *testing.T) {
	m := clicks(t)
	f := crm.Fields{"clicks": "3", "last_click": "2026-11-01"}
	fresh := m.Remember(nil, f, now)
	for _, damaged := range [][]byte{{0}, {memoryFormat, 1, 2}, {memoryFormat, 0xff, 0xff, 0xff, 0xff, 0xff}, append([]byte{9}, fresh...), fresh[:len(fresh)-1]} {
		if got := m.Remember(damaged, f, now); !bytes.Equal(got, fresh) {
			t.Errorf("from %x: got %x, want %x", damaged, got, fresh)
		}
	}
}

// pull is what a counter shows at one moment.
func pull(t *rapid.T, day, count int) crm.Fields {
	f := crm.Fields{"clicks": fmt.Sprint(count)}
	if rapid.Bool().Draw(t, "dated") {
		f["last_click"] = time.Date(2026, 1, 1+rapid.IntRange(-50, day).Draw(t, "last"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return f
}

func TestRememberLaws(t *testing.T) {
	m := clicks(t)
	rapid.Check(t, func(t *rapid.T) {
		var memory []byte
		count, growing := 0, rapid.Bool().Draw(t, "growing")
		for day := range rapid.IntRange(1, 150).Draw(t, "days") {
			if growing {
				count += rapid.IntRange(0, 5).Draw(t, "more")
			} else {
				count = rapid.IntRange(0, 20).Draw(t, "count")
			}
			seen := time.Date(2026, 1, 1+day, 12, 0, 0, 0, time.UTC)
			f := pull(t, day, count)
			next := m.Remember(memory, f, seen)
			again := m.Remember(next, f, seen.Add(time.Hour))
			if !bytes.Equal(next, again) {
				t.Fatalf("the same fields again changed %x to %x", next, again)
			}
			if !bytes.Equal(next, m.Remember(memory, f, seen)) {
				t.Fatal("not deterministic")
			}
			memory = next
		}
		var s scoring.Subject
		m.Subject(Input{Memory: memory}, now.AddDate(2, 0, 0), &s)
		total := 0
		for _, e := range s.Events {
			total += int(e.Count)
			if e.Count == 0 {
				t.Fatal("an event that never happened")
			}
		}
		if len(s.Events) > maxBuckets+1 {
			t.Fatalf("%d events", len(s.Events))
		}
		if growing && total != count {
			t.Fatalf("%d events of %d", total, count)
		}
		if total < count && count > 0 && growing {
			t.Fatal("fewer events than the counter says")
		}
	})
}

func FuzzMemory(f *testing.F) {
	m := clicks(f)
	f.Add(m.Remember(nil, crm.Fields{"clicks": "3", "last_click": "2026-11-01"}, now), "4", "2026-11-02")
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, "", "")
	f.Fuzz(func(t *testing.T, memory []byte, count, last string) {
		fields := crm.Fields{"clicks": count, "last_click": last}
		next := m.Remember(memory, fields, now)
		if again := m.Remember(next, fields, now); !bytes.Equal(next, again) {
			t.Errorf("%x then %x", next, again)
		}
		var s scoring.Subject
		m.Subject(Input{Person: fields, Memory: next}, now, &s)
		for _, e := range s.Events {
			if e.Count == 0 || !math.IsNaN(e.Amount) {
				t.Errorf("event %+v", e)
			}
		}
	})
}

func TestMemoryRoundTrip(t *testing.T) {
	all := []remembered{{key: 1, count: 5, last: -7, undated: 2, buckets: []bucket{{-9, 1}, {4, 3}}}, {key: math.MaxUint32}}
	got := decodeMemory(encodeMemory(all))
	if diff := cmp.Diff(all, got, cmp.AllowUnexported(remembered{}, bucket{})); diff != "" {
		t.Error(diff)
	}
}
