package main

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/scoring"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", -1000: "-1,000", -999: "-999", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestAddingUp: what explain shows adds up to the score it shows, and no line is further than a tenth from its points.
func TestAddingUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Int64Range(-60_000_000, 60_000_000), 1, 30).Draw(t, "points")
		reasons, total := make([]reasonText, len(points)), scoring.Points(0)
		for i, p := range points {
			reasons[i] = reasonText{Points: scoring.Points(p)}
			total += scoring.Points(p)
		}
		sum := 0.0
		for i, shown := range addingUp(reasons, total.Float()) {
			sum += shown
			if math.Abs(shown-reasons[i].Points.Float()) > 0.1+1e-9 {
				t.Errorf("line %d is %v and shows %v", i, reasons[i].Points.Float(), shown)
			}
		}
		if math.Abs(sum-math.Round(total.Float()*10)/10) > 1e-9 {
			t.Errorf("the lines show %v in all, the score shows %v", sum, math.Round(total.Float()*10)/10)
		}
	})
}

func TestBarsFitTheirWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most, width := rapid.IntRange(0, 1_000_000).Draw(t, "most"), rapid.IntRange(1, 60).Draw(t, "width")
		n := rapid.IntRange(0, most).Draw(t, "n")
		if got := len([]rune(bar(n, most, width))); got != width {
			t.Errorf("bar(%d, %d, %d) is %d wide", n, most, width, got)
		}
		if got := len([]rune(shade(n, most))); got != 4 {
			t.Errorf("shade(%d, %d) is %d wide", n, most, got)
		}
	})
}
