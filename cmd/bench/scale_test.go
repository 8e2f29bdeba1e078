package main

import (
	"math"
	"testing"
	"time"
)

// TestExponent is that of costs which grow as a power of the people.
func TestExponent(t *testing.T) {
	t.Parallel()
	for want, power := range map[string]float64{"1.000": 1, "1.050": 1.05, "2.000": 2} {
		var list []measured
		for _, people := range []int{10_000, 100_000, 1_000_000} {
			list = append(list, measured{people: people, wall: time.Duration(3e4 * math.Pow(float64(people), power))})
		}
		if got := exponent(list, func(m *measured) time.Duration { return m.wall }); got != want {
			t.Errorf("people to the power of %g: %s", power, got)
		}
	}
	if got := exponent([]measured{{people: 1}}, func(m *measured) time.Duration { return m.database }); got != "not told" {
		t.Errorf("of a cost that is not known: %s", got)
	}
}

// TestThroughLimits takes as long as the tighter of the two limits says.
func TestThroughLimits(t *testing.T) {
	t.Parallel()
	for calls, want := range map[float64]time.Duration{19: time.Second, 1_140: time.Minute, 2*perDay + 19: 48*time.Hour + time.Second} {
		if got := throughLimits(calls); got.Round(time.Second) != want {
			t.Errorf("%.0f calls take %s, want %s", calls, got, want)
		}
	}
}

// TestExtrapolate makes ten times the people ten times the cost.
func TestExtrapolate(t *testing.T) {
	t.Parallel()
	m := measured{people: 1_000_000, wall: time.Minute, stages: map[string]stageTook{"score": {jobs: 50, wall: 40 * time.Second}, "gather": {jobs: 50, wall: 9 * time.Second}, "fit": {jobs: 1, wall: time.Second}}}
	f := figures{still: []measured{m}, learning: []measured{m}, moved: []measured{m}, account: footprint{people: 100_000, bytes: 1e9, calls: 3000, writable: .9}}
	e := f.extrapolate(30_000_000)
	if e.moved != 30*time.Minute || e.learning != 5*time.Minute || e.merging != 30*time.Second || e.bytes != 300e9 || e.accounts != 2 {
		t.Errorf("thirty times a million: %+v", e)
	}
	if e.job > time.Minute {
		t.Errorf("a part is as large as ever, and its job takes %s", e.job)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	if got := bar(.25); got != "██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░" {
		t.Errorf("a quarter: %s", got)
	}
}
