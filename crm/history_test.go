package crm_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

func day(n int) time.Time { return time.Date(2026, 1, n, 9, 0, 0, 0, time.UTC) }

// TestPast: a buyer on the 3rd, a director from the 10th, nothing from the 20th.
func TestPast(t *testing.T) {
	t.Parallel()
	values := []crm.Was{{From: day(3), Value: "Buyer"}, {From: day(10), Value: "Director"}, {From: day(20)}}
	whole, cut := crm.Past{Values: values, Whole: true}, crm.Past{Values: values, Cut: true}
	for _, c := range []struct {
		name  string
		past  crm.Past
		at    time.Time
		value string
		known bool
	}{
		{"before it was ever filled", whole, day(2), "", true},
		{"before what the CRM still knows", cut, day(2), "", false},
		{"at the moment of a change", whole, day(3), "Buyer", true},
		{"just before the next", whole, day(10).Add(-1), "Buyer", true},
		{"after it", cut, day(12), "Director", true},
		{"cleared", whole, day(25), "", true},
		{"never filled", crm.Past{Whole: true}, day(5), "", true},
		{"of a field whose history is not kept", crm.Past{}, day(5), "", false},
		{"two changes in one second: the later counts", crm.Past{Values: []crm.Was{{From: day(3), Value: "a"}, {From: day(3), Value: "b"}}}, day(3), "b", true},
	} {
		if value, known := c.past.At(c.at); value != c.value || known != c.known {
			t.Errorf("%s: %q, known %t, want %q, %t", c.name, value, known, c.value, c.known)
		}
	}
	if got := whole.Changed(); !got.Equal(day(20)) {
		t.Errorf("last changed %s", got)
	}
	if got := (crm.Past{Values: values[:1], Cut: true}).Changed(); !got.Equal(day(3)) {
		t.Errorf("of many changes the last is left, and it was %s", got)
	}
	if got := (crm.Past{Values: values[:1]}).Changed(); !got.IsZero() {
		t.Errorf("what was found unchanged has changed at %s", got)
	}
}

// TestPastIsOfItsMoment: what comes after a moment never changes what is said of it.
func TestPastIsOfItsMoment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(1, 28), 1, 8).Draw(t, "days")
		p := crm.Past{Whole: rapid.Bool().Draw(t, "whole")}
		at := day(rapid.IntRange(1, 28).Draw(t, "at"))
		last := 0
		for i, d := range days {
			last = max(last, d)
			p.Values = append(p.Values, crm.Was{From: day(last), Value: string(rune('a' + i))})
		}
		before := crm.Past{Whole: p.Whole}
		for _, v := range p.Values {
			if !v.From.After(at) {
				before.Values = append(before.Values, v)
			}
		}
		value, known := p.At(at)
		value2, known2 := before.At(at)
		if value != value2 || known != known2 {
			t.Fatalf("%q, %t with what came later, %q, %t without", value, known, value2, known2)
		}
	})
}
