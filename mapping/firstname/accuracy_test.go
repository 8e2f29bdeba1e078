package firstname

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/bareme/bareme/internal/outside"
)

// accuracy is what to expect of the table if contacts are drawn at random from the people in it.
type accuracy struct {
	alive                   float64
	error, blind            float64 // mean absolute error in years with the name, and without
	within5, within10       float64 // shares
	covered, coveredWithin  float64 // names whose middle half spans up to 10 years: their share of people, and within 10 years
	coveredError            float64
	answered, answeredError float64 // names that do not abstain at the default limits
}

// measure works the errors out from the table itself, one row for each spelling and sex.
func measure(t *Table) accuracy {
	var a accuracy
	var all [oldest + 1]float64
	for _, rows := range t.rows {
		for i := range rows {
			ages := mix(rows[i : i+1])
			narrow, spoken := ages.Width() <= 10, ages.Abstain(DefaultLimits()) == ""
			before := 0.0
			for age := range all {
				upTo := rows[i].upTo(float64(age))
				people := rows[i].alive * (upTo - before)
				before = upTo
				off := math.Abs(float64(age - ages.Median))
				all[age] += people
				a.alive += people
				a.error += people * off
				if off <= 5 {
					a.within5 += people
				}
				if off <= 10 {
					a.within10 += people
				}
				if narrow {
					a.covered += people
					a.coveredError += people * off
				}
				if narrow && off <= 10 {
					a.coveredWithin += people
				}
				if spoken {
					a.answered += people
					a.answeredError += people * off
				}
			}
		}
	}
	median, reached := 0, 0.0
	for reached < a.alive/2 {
		reached += all[median]
		median++
	}
	for age, people := range all {
		a.blind += people * math.Abs(float64(age-median+1))
	}
	a.coveredError /= a.covered
	a.coveredWithin /= a.covered
	a.answeredError /= a.answered
	for _, share := range []*float64{&a.error, &a.blind, &a.within5, &a.within10, &a.covered, &a.answered} {
		*share /= a.alive
	}
	return a
}

// TestAccuracy works out from the table how far off an estimate is on average. docs/scoring.md shows these numbers.
func TestAccuracy(t *testing.T) {
	a := measure(load(t))
	t.Logf("%.1f M people; off by %.1f years, %.1f without the name; within 5 years %.0f %%, within 10 %.0f %%", a.alive/1e6, a.error, a.blind, 100*a.within5, 100*a.within10)
	t.Logf("middle half up to 10 years: %.0f %% of people, off by %.1f years, within 10 years %.0f %%", 100*a.covered, a.coveredError, 100*a.coveredWithin)
	t.Logf("not abstained from: %.0f %% of people, off by %.1f years", 100*a.answered, a.answeredError)
	near(t, "error", a.error, 8.8, 0.1)
	near(t, "error without the name", a.blind, 20.2, 0.1)
	near(t, "share within 10 years", a.within10, 0.70, 0.01)
	near(t, "share of narrow names", a.covered, 0.32, 0.01)
	near(t, "error of narrow names", a.coveredError, 5.4, 0.1)
	near(t, "share not abstained from", a.answered, 0.86, 0.01)
	near(t, "error where not abstained", a.answeredError, 7.7, 0.1)
}

// TestAccuracyAgainstStudy compares with what was computed from the births and deaths themselves, of all names and with
// every age, where that study is at hand.
func TestAccuracyAgainstStudy(t *testing.T) {
	text := outside.Read(t, "data/firstnames/fr_informativeness.json")
	var study struct {
		Results []struct {
			Label    string  `json:"label"`
			Alive    float64 `json:"alive"`
			Blind    float64 `json:"mae_without_name"`
			Error    float64 `json:"mae_with_name_and_sex"`
			Within5  float64 `json:"share_within_5y"`
			Within10 float64 `json:"share_within_10y"`
			Covered  float64 `json:"iqr_le_10_coverage"`
			CWithin  float64 `json:"iqr_le_10_within_10y"`
			CError   float64 `json:"iqr_le_10_mae"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &study); err != nil {
		t.Fatal(err)
	}
	for _, r := range study.Results {
		t.Logf("%+v", r)
	}
	a, want := measure(load(t)), study.Results[0]
	near(t, "people alive", a.alive, want.Alive, 0.05*want.Alive)
	near(t, "error without the name", a.blind, want.Blind, 0.3)
	near(t, "error", a.error, want.Error, 0.3)
	near(t, "share within 5 years", a.within5, want.Within5, 0.02)
	near(t, "share within 10 years", a.within10, want.Within10, 0.02)
	near(t, "share of narrow names", a.covered, want.Covered, 0.02)
	near(t, "narrow names within 10 years", a.coveredWithin, want.CWithin, 0.02)
	near(t, "error of narrow names", a.coveredError, want.CError, 0.3)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.4g, want %.4g within %.2g", what, got, want, tolerance)
	}
}
