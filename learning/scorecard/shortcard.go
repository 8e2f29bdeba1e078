package scorecard

import (
	"slices"

	"github.com/bareme/bareme/learning/metrics"
)

// wholeLoss is the log-loss of points once intercept and slope are fitted to them.
func (v *short) wholeLoss(points []int) float64 {
	add := make([]float64, v.d.bins)
	for i, at := range v.chosen {
		for _, k := range v.all[at].bins {
			add[k] += float64(points[i])
		}
	}
	most := mostShort * len(points)
	rows, yes := make([]float64, 2*most+1), make([]float64, 2*most+1)
	for i, sum := range v.d.said(&coefficients{float64(most), add}) {
		rows[int(sum)] += v.d.rows[i]
		yes[int(sum)] += v.d.events[i]
	}
	var x, n, came []float64
	for sum := range rows {
		if rows[sum] > 0 {
			x, n, came = append(x, float64(sum-most)), append(n, rows[sum]), append(came, yes[sum])
		}
	}
	_, _, loss := metrics.LineOf(x, n, came)
	return loss
}

// card writes the criteria as tables: bins with the same points become one.
func (v *short) card(points []int) *Card {
	c := &Card{Version: Version, Slope: 1, Ridge: Ridge{Line: shortRidge}}
	for i := range v.d.rows {
		c.Rows, c.Events = c.Rows+int(v.d.rows[i]), c.Events+int(v.d.events[i])
	}
	for j := range v.d.attributes {
		add := make([]int, len(v.d.attributes[j].cells))
		logit := make([]float64, len(add))
		for i, at := range v.chosen {
			if v.all[at].attribute != j {
				continue
			}
			for _, k := range v.all[at].bins {
				add[k-v.d.start[j]] += points[i]
				logit[k-v.d.start[j]] += v.beta[i]
			}
		}
		if slices.ContainsFunc(add, func(p int) bool { return p != 0 }) {
			c.Attributes = append(c.Attributes, v.d.attributes[j].join(add, logit))
		}
	}
	return c
}

// join makes the table of an attribute whose bins got these points.
func (b *binned) join(points []int, logit []float64) Attribute {
	full := b.attribute()
	ordered := full.ordered()
	out := full
	out.Bins, out.Cuts, out.Missing, out.Other = nil, nil, -1, -1
	at := map[int]int{} // by points the bin, of texts
	for i, bin := range full.Bins {
		bin.Points, bin.Logit = points[i], logit[i]
		last := len(out.Bins) - 1
		same, ok := at[points[i]]
		switch {
		case i == full.Missing:
			out.Missing = len(out.Bins)
			out.Bins = append(out.Bins, bin)
			continue
		case ordered && last >= 0 && out.Bins[last].Points == bin.Points:
			same, ok = last, true
		case ordered:
			ok = false
			if last >= 0 {
				out.Cuts = append(out.Cuts, full.Cuts[i-1])
			}
		}
		if !ok {
			same = len(out.Bins)
			at[points[i]] = same
			out.Bins = append(out.Bins, bin)
		} else {
			out.Bins[same].add(&bin)
		}
		if i == full.Other {
			out.Other = same
		}
	}
	return out
}

// add takes another bin's rows and levels in. Its weight of evidence becomes that of the larger.
func (b *Bin) add(c *Bin) {
	if c.Rows > b.Rows {
		b.WoE = c.WoE
	}
	b.Rows, b.Events = b.Rows+c.Rows, b.Events+c.Events
	b.Levels = append(slices.Clone(b.Levels), c.Levels...)
	slices.Sort(b.Levels)
}
