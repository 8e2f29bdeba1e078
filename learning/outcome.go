package learning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/learning/scorecard"
)

// Case is what decides one person's outcome.
type Case struct {
	Created   time.Time // when the clock started: the person came, or was scored
	Converted time.Time // zero if not, so far
}

// Rule says who counts as converted.
type Rule struct {
	Within time.Duration // of the start; 0 is at any time
}

// Of is the outcome of a case, seen from the cut: nothing after the cut is known. Those who did not convert and are younger
// than the rule's time are unknown, not lost. So are those who converted before they came: they were entered afterwards.
func (r Rule) Of(c Case, cut time.Time) Outcome {
	converted := !c.Converted.IsZero() && !c.Converted.After(cut)
	switch {
	case c.Created.IsZero() || c.Created.After(cut) || converted && c.Converted.Before(c.Created):
		return Unknown
	case converted && (r.Within == 0 || c.Converted.Sub(c.Created) <= r.Within):
		return Yes
	case cut.Sub(c.Created) < r.Within:
		return Unknown
	}
	return No
}

// Timing is how long conversions take, and the time to give them.
type Timing struct {
	Conversions int           `json:"conversions"`
	Median      time.Duration `json:"median"`
	P90         time.Duration `json:"p90"`
	Within      time.Duration `json:"within"` // suggested: the usual span nearest to the 90th percentile
	Kept        int           `json:"kept"`   // conversions within it
	Backwards   int           `json:"backwards,omitempty"`
	// Truncated is set where conversions before some day are missing from the history: rows from before Since would teach
	// that old leads never convert. Leave them out.
	Truncated bool      `json:"truncated,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	Lacking   float64   `json:"lacking,omitempty"` // how many conversions before Since were to be expected, where none is
}

// spans are the usual times to give a conversion, in days.
func spans() []int { return []int{7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730} }

const day = 24 * time.Hour

// Suggest looks at how long conversions took and suggests the time to give them.
func Suggest(cases []Case, cut time.Time) (Timing, error) {
	var t Timing
	var took []time.Duration
	for _, c := range cases {
		if c.Converted.IsZero() || c.Converted.After(cut) || c.Created.IsZero() {
			continue
		}
		if c.Converted.Before(c.Created) {
			t.Backwards++
			continue
		}
		took = append(took, c.Converted.Sub(c.Created))
	}
	t.Conversions = len(took)
	if len(took) == 0 {
		return t, fmt.Errorf("%w: nobody converted with a known start and end, so no time can be suggested", ErrTooFew)
	}
	slices.Sort(took)
	t.Median, t.P90 = took[(len(took)-1)/2], took[(len(took)-1)*9/10]
	t.Within = nearest(t.P90)
	for _, d := range took {
		if d <= t.Within {
			t.Kept++
		}
	}
	t.truncation(cases, took)
	return t, nil
}

// nearest is the usual span nearest to d by ratio.
func nearest(d time.Duration) time.Duration {
	list := spans()
	best := time.Duration(list[0]) * day
	for _, s := range list[1:] {
		span := time.Duration(s) * day
		if float64(d)/float64(best) > float64(span)/float64(d) {
			best = span
		}
	}
	return best
}

// truncation asks whether conversions that must have happened are missing at the beginning: people who came before the
// first conversion on record should have brought some by then, at the pace of those who came later. Where five or more
// are to be expected and none is there (by chance once in 150 histories), the record begins late.
func (t *Timing) truncation(cases []Case, took []time.Duration) {
	first := time.Time{}
	for _, c := range cases {
		if !c.Converted.IsZero() && !c.Converted.Before(c.Created) && (first.IsZero() || c.Converted.Before(first)) {
			first = c.Converted
		}
	}
	later := 0
	var pace []time.Duration
	for _, c := range cases {
		if c.Created.Before(first) {
			continue
		}
		later++
		if !c.Converted.IsZero() {
			pace = append(pace, c.Converted.Sub(c.Created))
		}
	}
	if later == 0 || len(took) == 0 {
		return
	}
	slices.Sort(pace)
	for _, c := range cases {
		if c.Created.IsZero() || !c.Created.Before(first) {
			continue
		}
		quick, _ := slices.BinarySearch(pace, first.Sub(c.Created))
		t.Lacking += float64(quick) / float64(later)
	}
	if t.Truncated = t.Lacking >= 5; t.Truncated {
		t.Since = first
	} else {
		t.Lacking = 0
	}
}

// Outcomes reads outcomes from a column that tells them: of texts, those in positive are a yes; of yes and no, yes is.
// What is missing is unknown. Columns of moments or of numbers with more than two values are refused with words: a date
// of conversion belongs in a Case.
func Outcomes(c *scorecard.Column, positive ...string) ([]Outcome, error) {
	if err := tells(c, positive); err != nil {
		return nil, err
	}
	out := make([]Outcome, c.Len())
	for row := range out {
		if c.Missing(row) {
			continue
		}
		var yes bool
		switch c.Kind {
		case scorecard.Number:
			yes = c.Numbers[row] == 1
		case scorecard.Bool:
			yes = c.Codes[row] == 1
		default:
			yes = slices.Contains(positive, c.Levels[c.Codes[row]])
		}
		out[row] = No
		if yes {
			out[row] = Yes
		}
	}
	return out, nil
}

func tells(c *scorecard.Column, positive []string) error {
	switch c.Kind {
	case scorecard.Date:
		return fmt.Errorf("%w: %q holds dates, which are no outcome by themselves: say when it started and within how many days it counts", ErrTable, c.Name)
	case scorecard.List:
		return fmt.Errorf("%w: %q holds lists: name a field with one value for each person", ErrTable, c.Name)
	case scorecard.Number:
		for _, v := range c.Numbers {
			if v != 0 && v != 1 && v == v {
				return fmt.Errorf("%w: %q holds numbers other than 0 and 1 (%g): say from which value on somebody has converted", ErrTable, c.Name, v)
			}
		}
	case scorecard.Text:
		for _, p := range positive {
			if !slices.Contains(c.Levels, p) {
				return fmt.Errorf("%w: no row has %q in %q; it holds %s", ErrTable, p, c.Name, some(c.Levels))
			}
		}
		if len(positive) == 0 {
			return fmt.Errorf("%w: say which values of %q mean converted; it holds %s", ErrTable, c.Name, some(c.Levels))
		}
	}
	return nil
}

// some are the levels where they are few enough to be stages; many are likely names, which no message may show.
func some(levels []string) string {
	const few = 12
	if len(levels) > few {
		return fmt.Sprintf("%d different values", len(levels))
	}
	var quoted []string
	for _, s := range levels {
		quoted = append(quoted, fmt.Sprintf("%q", s))
	}
	return cmp.Or(strings.Join(quoted, ", "), "nothing")
}
