package learning

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bareme/bareme/learning/scorecard"
)

// Suspicion is why an attribute may know the outcome instead of foretelling it.
type Suspicion string

// The suspicions. No one figure tells a leak from a good attribute (a contract type can tell more than a leaked status), so
// each is a question to the admin: the attribute stays out until it is allowed by name.
const (
	ChangedAfter  Suspicion = "changed-after"  // changed at or after the conversion, or after the moment of scoring
	TooGood       Suspicion = "too-good"       // alone it ranks almost as well as anything could
	TooTelling    Suspicion = "too-telling"    // its information value is beyond what fair attributes have
	FilledByWin   Suspicion = "filled-by-win"  // filled for those who converted far more, or far less, than for the others
	CarriesAll    Suspicion = "carries-all"    // without it most of what the card knows is gone
	EqualsOutcome Suspicion = "equals-outcome" // it says the outcome in other words
)

// The limits of the leak guard.
const (
	limitAUC     = .8
	limitIV      = 1.5
	limitFill    = .3
	limitChanged = .02 // of the rows whose history is known …
	fewChanged   = 5   // … and at least so many
	limitCarried = .5  // of the gain in log-loss
	suspiciousIV = 1   // twice what custom calls suspicious (N. Siddiqi, Credit Risk Scorecards, 2006): fair attributes often carry half
)

// Finding is one suspicion with its evidence.
type Finding struct {
	Attribute string    `json:"attribute"`
	Suspicion Suspicion `json:"suspicion"`
	Value     float64   `json:"value"`
	Limit     float64   `json:"limit"`
	Evidence  string    `json:"evidence"` // in words
	Allowed   bool      `json:"allowed"`  // the admin has said that it is fair
}

// Leaks looks for attributes that may know the outcome: changed at or after the conversion, an AUC of one attribute above
// .8, an information value above 1.5, a gap in how often it is filled above .3. allow names attributes the admin vouches
// for: their findings stay, marked as allowed.
func Leaks(t *Table, allow []string) ([]Finding, error) {
	t, err := t.sorted()
	if err != nil {
		return nil, err
	}
	t, converted := t.known()
	return leaks(t, converted, allow)
}

func leaks(t *Table, converted []bool, allow []string) ([]Finding, error) {
	profiles, err := scorecard.Profiles(t.Columns, converted, t.moments())
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, p := range profiles {
		list := append(t.changed(p.Name, converted), suspect(p)...)
		for _, f := range list {
			f.Allowed = slices.Contains(allow, f.Attribute)
			out = append(out, f)
		}
	}
	return out, nil
}

// suspect judges an attribute by what it tells alone.
func suspect(p scorecard.Profile) []Finding {
	var out []Finding
	if p.AUC > .995 {
		out = append(out, Finding{Attribute: p.Name, Suspicion: EqualsOutcome, Value: p.AUC, Limit: .995,
			Evidence: fmt.Sprintf("by itself it ranks %.1f %% of all pairs right: it says the outcome in other words", 100*p.AUC)})
	} else if p.AUC > limitAUC {
		out = append(out, Finding{Attribute: p.Name, Suspicion: TooGood, Value: p.AUC, Limit: limitAUC,
			Evidence: fmt.Sprintf("by itself it ranks %.1f %% of all pairs right (AUC %.3f)", 100*p.AUC, p.AUC)})
	}
	if p.IV > limitIV {
		out = append(out, Finding{Attribute: p.Name, Suspicion: TooTelling, Value: p.IV, Limit: limitIV,
			Evidence: fmt.Sprintf("its information value is %.2f", p.IV)})
	}
	if gap := p.InYes - p.InNo; math.Abs(gap) > limitFill {
		out = append(out, Finding{Attribute: p.Name, Suspicion: FilledByWin, Value: gap, Limit: limitFill,
			Evidence: fmt.Sprintf("it is filled for %.0f %% of those who converted and %.0f %% of the others", 100*p.InYes, 100*p.InNo)})
	}
	return out
}

// changed judges an attribute by its field history.
func (t *Table) changed(name string, converted []bool) []Finding {
	h, ok := t.History[name]
	if !ok || h.Unchanging || len(h.LastChanged) == 0 {
		return nil
	}
	after, rows, late, all := 0, 0, 0, 0
	for row, at := range h.LastChanged {
		if at.IsZero() {
			continue
		}
		if all++; t.At != nil && at.After(t.At[row]) {
			late++
		}
		if converted[row] && len(h.Converted) > 0 && !h.Converted[row].IsZero() {
			if rows++; !at.Before(h.Converted[row]) {
				after++
			}
		}
	}
	var out []Finding
	if share := part(after, rows); after >= fewChanged && share > limitChanged {
		out = append(out, Finding{Attribute: name, Suspicion: ChangedAfter, Value: share, Limit: limitChanged,
			Evidence: fmt.Sprintf("it was last changed at or after the conversion for %d of %d who converted", after, rows)})
	} else if share := part(late, all); late >= fewChanged && share > limitChanged {
		out = append(out, Finding{Attribute: name, Suspicion: ChangedAfter, Value: share, Limit: limitChanged,
			Evidence: fmt.Sprintf("it was changed after the moment of scoring in %d of %d rows: take its value as it stood then", late, all)})
	}
	return out
}

func part(n, of int) float64 { return float64(n) / float64(max(1, of)) }

// suspects are the attributes to leave out.
func suspects(findings []Finding) map[string]bool {
	out := map[string]bool{}
	for _, f := range findings {
		if !f.Allowed {
			out[f.Attribute] = true
		}
	}
	return out
}

// words is a finding as a line.
func (f *Finding) words() string {
	what := "left out until you allow it"
	if f.Allowed {
		what = "allowed by you"
	}
	return strings.Join([]string{f.Attribute, ": ", f.Evidence, " (", what, ")"}, "")
}
