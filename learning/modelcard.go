package learning

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ModelCard says what a model is for and how far it can be trusted (M. Mitchell et al., Model cards for model reporting,
// FAT* 2019). Nil parts are not known.
type ModelCard struct {
	Purpose    string       `json:"purpose"`
	Population string       `json:"population"` // whom it was learnt from
	Outcome    string       `json:"outcome"`
	Date       time.Time    `json:"date"` // of the fit
	Fitted     *Fitted      `json:"fitted"`
	Drift      *DriftReport `json:"drift,omitempty"`
	Asks       []string     `json:"asks"` // the attributes it looks at
	Limits     []string     `json:"limits"`
}

// Describe makes a model card. purpose, population and outcome are the admin's words.
func Describe(f *Fitted, d *DriftReport, purpose, population, outcome string, date time.Time) *ModelCard {
	c := &ModelCard{Purpose: purpose, Population: population, Outcome: outcome, Date: date.UTC(), Fitted: f, Drift: d, Asks: f.Card.Names()}
	slices.Sort(c.Asks)
	c.Limits = limits(f, d)
	return c
}

// limits are the reasons to be careful.
func limits(f *Fitted, d *DriftReport) []string {
	var out []string
	add := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	h := &f.HeldOut
	add(!h.Beats(), "It does not beat the base rate surely on rows it did not learn from: do not use it.")
	add(f.Standing == Provisional, "Provisional: learnt from %d outcomes of the rarer kind. Expect it to change at the next fit.", min(f.Events, f.Rows-f.Events))
	add(!f.ByTime, "Judged on parts dealt out without regard to time: how it does on later people is not known. Give the rows their moments, and backtest.")
	add(h.Calibrated.Slope > 0 && h.Calibrated.Slope < .8, "Its probabilities were too extreme on rows it did not learn from (slope %.2f).", h.Calibrated.Slope)
	add(f.Card.ByHand, "Points were changed by hand after the fit.")
	for i := range f.Findings {
		add(f.Findings[i].Allowed, "Vouched for by the admin in spite of a suspicion: %s.", f.Findings[i].words())
	}
	add(d == nil, "Drift has not been looked at since the fit.")
	if d != nil {
		for _, w := range d.Warnings {
			add(true, "%s: %s.", strings.ToUpper(string(w.Level[:1]))+string(w.Level[1:]), w.What)
		}
	}
	add(true, "It knows who converted under the sales and marketing of its time, not who could have: people who were never called look like people who said no.")
	return out
}

// Encode is the model card as JSON.
func (c *ModelCard) Encode() ([]byte, error) { return json.MarshalIndent(c, "", " ") }

// String is the model card in words.
func (c *ModelCard) String() string {
	var b strings.Builder
	f := c.Fitted
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	b.WriteString("Model card\n\n")
	line("Purpose", "%s", c.Purpose)
	line("Population", "%s", c.Population)
	line("Outcome", "%s%s", c.Outcome, within(f.Within))
	line("Fitted", "%s", c.Date.Format("2 January 2006"))
	if !f.From.IsZero() {
		line("Window", "%s to %s", f.From.Format("2 January 2006"), f.To.Format("2 January 2006"))
	}
	line("Learnt from", "%d rows, %d converted (%.1f %%); %d more are too young to know", f.Rows, f.Events, 100*part(f.Events, f.Rows), f.Unknown)
	line("Standing", "%s", f.Standing)
	line("Looks at", "%s", strings.Join(c.Asks, ", "))
	b.WriteString("\n" + f.HeldOut.String())
	if c.Drift != nil {
		b.WriteString("\n" + c.Drift.String())
	}
	b.WriteString("\nWhen not to trust it\n")
	for _, l := range c.Limits {
		b.WriteString("- " + l + "\n")
	}
	return b.String()
}

func within(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf(", within %.0f days", d.Hours()/24)
}
