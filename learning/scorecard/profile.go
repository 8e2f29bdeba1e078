package scorecard

import (
	"fmt"

	"github.com/bareme/bareme/learning/metrics"
)

// Profile is what one attribute tells by itself.
type Profile struct {
	Name  string  `json:"name"`
	IV    float64 `json:"iv"`     // information value, less that of noise; of a list, of its most telling text
	AUC   float64 `json:"auc"`    // of its bins, in the order of their weight of evidence
	InYes float64 `json:"in_yes"` // the share of those who converted that have a value
	InNo  float64 `json:"in_no"`  // of the others
	Why   string  `json:"why,omitempty"`
}

// Profiles looks at every attribute by itself.
func Profiles(columns []Column, converted []bool, at []float64) ([]Profile, error) {
	if err := check(columns, converted, at, &Options{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRows, err)
	}
	out := make([]Profile, len(columns))
	in := deal(converted)
	each(len(in.part), len(columns), func(i int) { out[i] = profile(&columns[i], in, at) })
	return out, nil
}

func profile(c *Column, in *dealt, at []float64) Profile {
	p := Profile{Name: c.Name, AUC: .5}
	w := in.weigh(whole, .5)
	for row, yes := range in.converted {
		if !c.Missing(row) && yes {
			p.InYes += 1 / w.events
		} else if !c.Missing(row) {
			p.InNo += 1 / w.others
		}
	}
	list := finesOf(c, at, &Options{})
	for i := range list {
		f := &list[i]
		if f.why != "" {
			p.Why = f.why
			continue
		}
		// The bins are not merged: to merge those with few of either class would hide what tells the outcome outright.
		f.count(in)
		cells := f.counts
		score := make([]float64, len(f.codes))
		for row, code := range f.codes {
			if code >= 0 {
				score[row] = w.of(cells[code])
			}
		}
		r, err := metrics.Rank(score, in.converted)
		if iv := w.value(cells) - w.noise(cells); err == nil && iv >= p.IV {
			p.IV, p.AUC, p.Why = iv, r.AUC, ""
		}
	}
	return p
}
