package learning

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bareme/bareme/learning/scorecard"
)

// Options says how to learn. The zero Options is the default.
type Options struct {
	Within    time.Duration     // the time a conversion is given, as in Rule
	HeldOut   float64           // the share of the rows, the latest, to judge on; 0 is .3
	Allow     []string          // attributes the leak guard suspects and the admin vouches for
	Scorecard scorecard.Options // how the card is made
}

// Fitted is what was learnt, with what it rests on. It is plain data, to be stored as JSON.
type Fitted struct {
	Card      *scorecard.Card     `json:"card"`
	Standing  Standing            `json:"standing"`
	Rows      int                 `json:"rows"`    // with a known outcome
	Events    int                 `json:"events"`  // of these converted
	Unknown   int                 `json:"unknown"` // rows whose outcome is not known yet
	From      time.Time           `json:"from,omitzero"`
	To        time.Time           `json:"to,omitzero"`
	Within    time.Duration       `json:"within"`
	Findings  []Finding           `json:"findings,omitempty"`
	LeftOut   []scorecard.LeftOut `json:"left_out,omitempty"`
	HeldOut   Judged              `json:"held_out"`
	ByTime    bool                `json:"by_time"` // judged on the latest rows; otherwise on parts dealt out without regard to time
	Reference Reference           `json:"reference"`
}

// Fit learns a scorecard from a history. It refuses, with an error that says why, histories with too few outcomes
// (ErrTooFew), tables that cannot be read (ErrTable), and models that would not beat the base rate on rows they did not
// learn from by two standard errors of log-loss (ErrNoSignal). With ErrNoSignal what was fitted comes too, to be looked
// at; it is not to be used.
func Fit(t *Table, o Options) (*Fitted, error) {
	t, err := t.sorted()
	if err != nil {
		return nil, err
	}
	return fit(t, o)
}

// fit is Fit of a sorted table.
func fit(t *Table, o Options) (*Fitted, error) {
	all := t.Len()
	t, converted := t.known()
	f := &Fitted{Rows: t.Len(), Unknown: all - t.Len(), Within: o.Within}
	f.From, f.To = t.window()
	for _, c := range converted {
		if c {
			f.Events++
		}
	}
	var err error
	if f.Standing, err = standing(f.Events, f.Rows-f.Events); err != nil {
		return nil, err
	}
	if o.Scorecard, err = o.forStanding(f.Standing); err != nil {
		return nil, err
	}
	if f.Findings, err = leaks(t, converted, o.Allow); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTable, err)
	}
	return f, f.learn(t.without(suspects(f.Findings)), converted, o)
}

// learn fits and judges. An attribute that turns out to carry the card is left out, and the rest is learnt again.
func (f *Fitted) learn(t *Table, converted []bool, o Options) error {
	fitted, err := scorecard.Fit(t.Columns, converted, t.moments(), o.Scorecard)
	if err != nil {
		return f.refusal(err, fitted)
	}
	if f.HeldOut, f.ByTime, err = heldOut(t, converted, fitted, o); err != nil {
		return err
	}
	f.Card, f.LeftOut = fitted.Card, fitted.LeftOut
	if f.Reference, err = reference(f.Card, t); err != nil {
		return err
	}
	if !f.HeldOut.Beats() {
		return fmt.Errorf("%w: on %d rows it did not learn from, log-loss is %.4f against %.4f of the base rate (gain %.4f ± %.4f; two standard errors are asked for)",
			ErrNoSignal, f.HeldOut.Rows, f.HeldOut.Loss.LogLoss, f.HeldOut.BaseLoss, f.HeldOut.Gain.Mean, f.HeldOut.Gain.SE)
	}
	found, ok := f.carried(t, converted, o)
	if !ok {
		return nil
	}
	f.Findings = append(f.Findings, found)
	if found.Allowed {
		return nil
	}
	return f.learn(t.without(map[string]bool{found.Attribute: true}), converted, o)
}

// refusal is why there is no card, with what was left out, some of it as a suspect: it may be all there was.
func (f *Fitted) refusal(err error, card *scorecard.Fitted) error {
	err = refusal(err)
	const most = 10
	if card != nil {
		for i := range card.LeftOut[:min(most, len(card.LeftOut))] {
			err = fmt.Errorf("%w\n  %s: %s", err, card.LeftOut[i].Name, card.LeftOut[i].Why)
		}
		if more := len(card.LeftOut) - most; more > 0 {
			err = fmt.Errorf("%w\n  … and %d more", err, more)
		}
	}
	for i := range f.Findings {
		if !f.Findings[i].Allowed {
			err = fmt.Errorf("%w\n  %s", err, f.Findings[i].words())
		}
	}
	return err
}

// refusal tells an absence of signal from bad input.
func refusal(err error) error {
	if errors.Is(err, scorecard.ErrNothing) {
		return fmt.Errorf("%w: %w", ErrNoSignal, err)
	}
	return fmt.Errorf("%w: %w", ErrTable, err)
}

func (o *Options) forStanding(s Standing) (scorecard.Options, error) {
	c := o.Scorecard
	if s == Provisional && (c.MostAttributes == 0 || c.MostAttributes > provisionalCarry) {
		c.MostAttributes = provisionalCarry
	}
	if s != Full && c.Short > 0 {
		return c, fmt.Errorf("%w: a short card needs %d outcomes of each kind; fit the whole card instead, which holds on to less chance", ErrTooFew, leastFull)
	}
	return c, nil
}

// heldOut judges a card on rows it did not learn from: on the latest, by a card learnt from those before; where there are
// no moments, or too few outcomes on either side, on the parts of the cross-validation.
func heldOut(t *Table, converted []bool, whole *scorecard.Fitted, o Options) (Judged, bool, error) {
	if past, after, ok := judgeable(t, o); ok {
		j, err := later(past, after, o)
		return j, true, err
	}
	j, err := judge("scorecard", whole.OutOfFold, whole.OutOfFold, converted)
	return j, false, err
}

// judgeable splits in time, if there are moments and outcomes enough on both sides.
func judgeable(t *Table, o Options) (past, after *Table, ok bool) {
	if t.At == nil {
		return nil, nil, false
	}
	past, after, _, err := t.Split(o.heldOut(), o.Within)
	if err != nil {
		return nil, nil, false
	}
	enough := func(t *Table, least int) bool {
		yes := 0
		for _, c := range t.converted() {
			if c {
				yes++
			}
		}
		return min(yes, t.Len()-yes) >= least
	}
	return past, after, enough(past, leastOutcomes/2) && enough(after, leastJudged)
}

func (o *Options) heldOut() float64 {
	if o.HeldOut == 0 {
		return defaultHeldOut
	}
	return o.HeldOut
}

// later fits on the past and judges on what came after.
func later(past, after *Table, o Options) (Judged, error) {
	f, err := scorecard.Fit(past.Columns, past.converted(), past.moments(), o.Scorecard)
	if err != nil {
		return Judged{}, refusal(err)
	}
	return judgeCard(f.Card, after)
}

func judgeCard(c *scorecard.Card, t *Table) (Judged, error) {
	points, p, err := c.Table(t.Columns, t.moments(), t.Len())
	if err != nil {
		return Judged{}, fmt.Errorf("%w: %w", ErrTable, err)
	}
	return judge("scorecard", ranked(c, points), p, t.converted())
}

// ranked is points so that more of them means likelier: credit-style points count against the outcome.
func ranked(c *scorecard.Card, points []int) []float64 {
	out := make([]float64, len(points))
	for i, p := range points {
		out[i] = float64(p)
		if c.Slope < 0 {
			out[i] = -out[i]
		}
	}
	return out
}

// carried asks whether the card stands on one attribute alone: of those with an information value that is suspicious by
// custom, the one with the widest points is left out, and the rest is fitted and judged again. Where more than half of the
// gain is gone, that is a finding.
func (f *Fitted) carried(t *Table, converted []bool, o Options) (Finding, bool) {
	name := widest(f.Card)
	if name == "" || slices.ContainsFunc(f.Findings, func(g Finding) bool { return g.Attribute == name }) {
		return Finding{}, false
	}
	rest := t.without(map[string]bool{name: true})
	gain := 0.0
	if again, err := scorecard.Fit(rest.Columns, converted, rest.moments(), o.Scorecard); err == nil {
		if j, _, err := heldOut(rest, converted, again, o); err == nil {
			gain = max(0, j.Gain.Mean)
		}
	}
	lost := 1 - gain/f.HeldOut.Gain.Mean
	return Finding{
		Attribute: name, Suspicion: CarriesAll, Value: lost, Limit: limitCarried, Allowed: slices.Contains(o.Allow, name),
		Evidence: fmt.Sprintf("without it %.0f %% of what the card gains over the base rate is gone", 100*lost),
	}, lost > limitCarried
}

func widest(c *scorecard.Card) string {
	name, most := "", -1
	for i := range c.Attributes {
		lo, hi := c.Attributes[i].Range()
		if hi-lo > most && c.Attributes[i].IV > suspiciousIV {
			name, most = c.Attributes[i].Name, hi-lo
		}
	}
	return name
}
