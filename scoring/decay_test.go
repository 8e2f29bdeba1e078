package scoring

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/internal/outside"
)

func days(n float64) Duration { return Duration(n * float64(day)) }

// TestDecayGolden holds the published numbers of other products and manuals, and our own. Sources: HubSpot's guide to
// score decay (a share of the points per month), MadKudu's "How is the Likelihood to buy score calculated",
// Breadcrumbs' decay simulator, The Gnus Manual's "Score Decays".
func TestDecayGolden(t *testing.T) {
	halving := Decay{HalfLife: days(30)}
	perMonth := func(percent float64) Decay { return Decay{Linear: days(30 * 100 / percent)} }
	gnus := Decay{Erosion: &Erosion{AtLeast: 3, Percent: 5}}
	for _, c := range []struct {
		name   string
		decay  Decay
		points float64
		age    float64 // days
		want   float64
	}{
		{"half-life, new", halving, 10, 0, 10},
		{"half-life, half way", halving, 10, 15, 7.0710678},
		{"half-life, once", halving, 10, 30, 5},
		{"half-life, twice", halving, 10, 60, 2.5},
		{"half-life, three times", halving, 10, 90, 1.25},
		{"half-life, six times", halving, 10, 180, 0.15625},
		{"half-life of a fortnight", Decay{HalfLife: days(14)}, 25, 14, 12.5},
		{"HubSpot, new", perMonth(50), 10, 0, 10},
		{"HubSpot, a month", perMonth(50), 10, 30, 5},
		{"HubSpot, two months", perMonth(50), 10, 60, 0},
		{"HubSpot, a quarter a month", perMonth(25), 10, 30, 7.5},
		{"MadKudu, three days", Decay{Linear: days(90)}, 9, 3, 8.7},
		{"MadKudu, end of life", Decay{Linear: days(90)}, 9, 90, 0},
		{"Breadcrumbs, before the interval", Decay{Interval: &Interval{days(45), 15}}, 40, 30, 40},
		{"Breadcrumbs, after it", Decay{Interval: &Interval{days(45), 15}}, 40, 46, 34},
		{"Breadcrumbs, a fifth", Decay{Interval: &Interval{days(5), 20}}, 3, 6, 2.4},
		{"Gnus, little", gnus, 2, 1, 0},
		{"Gnus, the least", gnus, 40, 1, 37},
		{"Gnus, a share", gnus, 100, 1, 95},
		{"Gnus, below zero", gnus, -40, 1, -37},
		{"Gnus, almost a day", gnus, 100, 0.99, 100},
		{"Gnus, long ago", gnus, 100, 4000, 0},
		{"window, its last moment", Decay{Window: days(30)}, 10, 30, 10},
		{"window, closed", Decay{Window: days(30)}, 10, 30.01, 0},
		{"steps, before", Decay{Steps: []Step{{days(10), 0.5}}}, 10, 9.99, 10},
		{"steps, on the day", Decay{Steps: []Step{{days(10), 0.5}}}, 10, 10, 5},
		{"none", Decay{None: true}, 10, 1e4, 10},
		{"an age below zero is none", halving, 10, -5, 10},
	} {
		if got := c.decay.Remaining(c.points, days(c.age)); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %g points after %g days: %g, want %g", c.name, c.points, c.age, got, c.want)
		}
	}
}

// TestDecayCases checks the collected cases of every product, where they are at hand.
func TestDecayCases(t *testing.T) {
	text := outside.Read(t, "data/scoring/decay_cases.json") // where it is not, TestDecayGolden has its numbers
	type number = *float64
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, raw := range all {
		var set struct {
			Cases []struct {
				Points, Pct, Weight, Score, Expected, Freq number
				PeriodMonths                               number `json:"period_months"`
				ElapsedMonths                              number `json:"elapsed_months"`
				LifespanDays                               number `json:"lifespan_days"`
				AgeDays                                    number `json:"age_days"`
				HalfLifeDays                               number `json:"half_life_days"`
				MinFreq                                    number `json:"min_freq"`
				MaxFreq                                    number `json:"max_freq"`
				MaxPoints                                  number `json:"max_points"`
				DecayPct                                   number `json:"decay_pct"`
				IntervalDays                               number `json:"interval_days"`
			}
		}
		if json.Unmarshal(raw, &set) != nil {
			continue // the note
		}
		for i, c := range set.Cases {
			var d Decay
			var points, age float64
			switch name {
			case "hubspot":
				const month = 30
				d, points, age = Decay{Linear: days(month * *c.PeriodMonths * 100 / *c.Pct)}, *c.Points, month**c.ElapsedMonths
			case "madkudu":
				d, points, age = Decay{Linear: days(*c.LifespanDays)}, *c.Points, *c.AgeDays
			case "breadcrumbs":
				d, age = Decay{Interval: &Interval{days(*c.IntervalDays), *c.DecayPct}}, *c.AgeDays
				switch {
				case c.MaxPoints != nil:
					points = *c.MaxPoints
				case *c.Freq >= *c.MinFreq: // tiers, in our words
					points = *c.Weight * min(*c.Freq, *c.MaxFreq) / *c.MaxFreq
				}
			case "half_life":
				d, points, age = Decay{HalfLife: days(*c.HalfLifeDays)}, *c.Points, *c.AgeDays
			case "emacs_gnus":
				d, points, age = Decay{Erosion: &Erosion{AtLeast: 3, Percent: 5}}, *c.Score, 1
			default:
				t.Errorf("%s: nobody checks these cases", name)
				continue
			}
			if got := d.Remaining(points, days(age)); math.Abs(got-*c.Expected) > 1e-9 {
				t.Errorf("%s case %d: %g, want %g", name, i, got, *c.Expected)
			}
			checked++
		}
	}
	if checked < 13 {
		t.Errorf("only %d cases were checked", checked)
	}
}

// TestHalvedIsExp2 compares our own power of two with the standard library's.
func TestHalvedIsExp2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0, 900).Draw(t, "x")
		got, want := halved(x), math.Exp2(-x)
		if math.Abs(got/want-1) > 1e-15 {
			t.Fatalf("2^-%g: %g, want %g", x, got, want)
		}
	})
	for i := range 900 {
		if got := halved(float64(i)); got != math.Exp2(float64(-i)) {
			t.Errorf("2^-%d is not exact: %g", i, got)
		}
	}
}

// drawDecay makes any valid decay.
func drawDecay(t *rapid.T) Decay {
	span := func(name string) Duration {
		return Duration(rapid.Int64Range(int64(time.Hour), int64(400*day)).Draw(t, name))
	}
	switch rapid.IntRange(0, 6).Draw(t, "method") {
	case 1:
		return Decay{HalfLife: span("half-life")}
	case 2:
		return Decay{Linear: span("linear")}
	case 3:
		return Decay{Window: span("window")}
	case 4:
		var list []Step
		var after Duration
		keep := 1.0
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			after += span("after")
			keep *= rapid.Float64Range(0, 1).Draw(t, "keep")
			list = append(list, Step{after, keep})
		}
		return Decay{Steps: list}
	case 5:
		return Decay{Interval: &Interval{span("every"), rapid.Float64Range(0.1, 100).Draw(t, "percent")}}
	case 6:
		return Decay{Erosion: &Erosion{span("every"), rapid.Float64Range(0.5, 10).Draw(t, "at least"), rapid.Float64Range(0, 100).Draw(t, "percent")}}
	}
	return Decay{None: true}
}

// TestDecayNeverRises: older activity is never worth more, and never less than nothing.
func TestDecayNeverRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDecay(t)
		points := rapid.Float64Range(0, 1000).Draw(t, "points")
		young := Duration(rapid.Int64Range(0, int64(900*day)).Draw(t, "young"))
		old := young + Duration(rapid.Int64Range(0, int64(900*day)).Draw(t, "older by"))
		a, b := d.Remaining(points, young), d.Remaining(points, old)
		if b > a || b < 0 || a > toPoints(points).Float() {
			t.Fatalf("%g points: %g after %s, %g after %s", points, a, young, b, old)
		}
	})
}
