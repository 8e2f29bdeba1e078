package learning

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/bareme/bareme/learning/metrics"
)

// The thresholds of drift.
const (
	watchPSI    = .1
	alarmPSI    = .25
	surelyOff   = 3   // standard errors by which the mean probability may miss what came
	offBy       = .2  // and by which share of it, so that large tables do not cry wolf
	leastPeriod = 200 // rows with a known outcome, below which calibration is not judged
)

// Level is how far something has moved.
type Level string

// The levels.
const (
	Steady Level = "steady"
	Watch  Level = "watch"
	Alarm  Level = "alarm"
)

// Shift is how far the spread of one attribute, or of the score, has moved.
type Shift struct {
	Name  string  `json:"name"`
	PSI   float64 `json:"psi"`
	Level Level   `json:"level"`
	Bin   string  `json:"bin"` // the one that moved most
	Was   float64 `json:"was"` // its share then
	Is    float64 `json:"is"`  // and now
}

// Period is a stretch of time: what was promised and what came.
type Period struct {
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Rows   int       `json:"rows"`
	Events int       `json:"events"`
	Rate   float64   `json:"rate"`
	Said   float64   `json:"said"` // the mean probability
}

// GroupPeriods is the conversion of each group of a grouping, month by month.
type GroupPeriods struct {
	Name    string        `json:"name"`
	Periods []GroupPeriod `json:"periods"`
}

// GroupPeriod is one month of it.
type GroupPeriod struct {
	Month  string  `json:"month"` // as 2026-01
	Groups []Group `json:"groups"`
}

// Warning is something that moved too far, and what to do.
type Warning struct {
	Level Level  `json:"level"`
	What  string `json:"what"`
	Do    string `json:"do"`
}

// DriftReport says how far people, and what becomes of them, have moved since a card was learnt.
type DriftReport struct {
	Rows       int                 `json:"rows"`
	Attributes []Shift             `json:"attributes"` // the furthest first
	Score      Shift               `json:"score"`
	Rate       Period              `json:"rate"`             // of all rows with a known outcome
	Was        float64             `json:"was"`              // the share that converted when the card was learnt
	Periods    []Period            `json:"periods"`          // by month, where rows have moments
	Groups     []GroupPeriods      `json:"groups,omitempty"` // conversion by grade, by label, month by month
	Calibrated *metrics.Calibrated `json:"calibration,omitempty"`
	Warnings   []Warning           `json:"warnings"`
}

// Alarm reports whether anything has moved so far that the card is no longer to be trusted.
func (d *DriftReport) Alarm() bool {
	return slices.ContainsFunc(d.Warnings, func(w Warning) bool { return w.Level == Alarm })
}

// Drift compares recent people with those a card was learnt from: PSI of every attribute and of the score, conversion by
// month, and calibration where outcomes are known. Rows with an unknown outcome count for the spread alone.
// Groupings, by row of the table, add the conversion of grades and labels month by month. It is CountDrift and Report in
// one, for people who are all in one table.
func Drift(f *Fitted, recent *Table, groupings ...Grouping) (*DriftReport, error) {
	c, err := CountDrift(f, recent, groupings...)
	if err != nil {
		return nil, err
	}
	return c.Report(f)
}

// Report says how far the people counted differ from those the card was learnt from. The card is that of the counts.
func (c *DriftCounts) Report(f *Fitted) (*DriftReport, error) {
	if err := c.of(f); err != nil {
		return nil, err
	}
	if c.Rows == 0 {
		return nil, noRows()
	}
	d := &DriftReport{Rows: c.Rows, Was: f.Reference.Rate}
	for i := range c.Attributes {
		a := &f.Card.Attributes[i]
		s, err := shift(a.Title(), f.Reference.Attributes[i], c.Attributes[i], func(bin int) string {
			if bin == len(a.Bins) {
				bin = -1
			}
			return a.Label(bin)
		})
		if err != nil {
			return nil, err
		}
		d.Attributes = append(d.Attributes, s)
	}
	slices.SortStableFunc(d.Attributes, func(a, b Shift) int { return cmp.Compare(b.PSI, a.PSI) })
	var err error
	if d.Score, err = shift("score", f.Reference.Scores, c.Scores, f.Reference.label); err != nil {
		return nil, err
	}
	d.months(f.Card, c)
	d.spreads()
	return d, nil
}

func shift(name string, was []float64, now []int, label func(int) string) (Shift, error) {
	s := Shift{Name: name, Level: Steady}
	is := as[float64](now)
	var err error
	if s.PSI, err = metrics.PSI(was, is); err != nil {
		return s, fmt.Errorf("%w: the reference of %s: %w", ErrTable, name, err)
	}
	switch {
	case s.PSI > alarmPSI:
		s.Level = Alarm
	case s.PSI > watchPSI:
		s.Level = Watch
	}
	nWas, nIs, most := sum(was), sum(is), -1.0
	for i := range was {
		a, b := was[i]/max(1, nWas), is[i]/max(1, nIs)
		if math.Abs(a-b) > most {
			most, s.Bin, s.Was, s.Is = math.Abs(a-b), label(i), a, b
		}
	}
	return s, nil
}

func sum(list []float64) float64 {
	total := 0.0
	for _, v := range list {
		total += v
	}
	return total
}

func (r *Reference) label(bin int) string {
	switch {
	case len(r.Cuts) == 0 || bin > len(r.Cuts):
		return "any"
	case bin == len(r.Cuts):
		return fmt.Sprintf("above %g", r.Cuts[bin-1])
	}
	return fmt.Sprintf("up to %g", r.Cuts[bin])
}

// calibration warns where the mean probability misses what came by more than chance and by more than a fifth.
func (d *DriftReport) calibration(all *foretold) {
	if d.Rate.Rows < leastPeriod {
		return
	}
	spread := 0.0
	for i, p := range all.p {
		spread += float64(all.rows[i]) * p * (1 - p)
	}
	se := math.Sqrt(spread) / float64(d.Rate.Rows)
	gap := d.Rate.Rate - d.Rate.Said
	if math.Abs(gap) <= surelyOff*se || math.Abs(gap) <= offBy*d.Rate.Said {
		return
	}
	d.Warnings = append(d.Warnings, Warning{Alarm,
		fmt.Sprintf("%.1f %% converted where %.1f %% were foretold (%.1f %% when the card was learnt)", 100*d.Rate.Rate, 100*d.Rate.Said, 100*d.Was),
		"do not use the probabilities; the ranking may still hold. Ask what has changed in the market or in the team, then fit again on rows from after the change"})
}

// spreads warns of attributes and scores that are no longer spread as they were.
func (d *DriftReport) spreads() {
	for _, s := range append([]Shift{d.Score}, d.Attributes...) {
		if s.Level == Steady {
			continue
		}
		w := Warning{s.Level, fmt.Sprintf("%s is spread otherwise than when the card was learnt (PSI %.2f): %s was %.0f %% and is %.0f %%",
			s.Name, s.PSI, s.Bin, 100*s.Was, 100*s.Is), "have a look; fit again if it goes on"}
		if s.Level == Alarm {
			w.Do = "find out why (another campaign, a form that changed, a field no longer filled), and fit again or leave the attribute out"
		}
		d.Warnings = append(d.Warnings, w)
	}
}
