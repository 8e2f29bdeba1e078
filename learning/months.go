package learning

import (
	"maps"
	"slices"

	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/learning/scorecard"
)

// months adds what was promised and what came, by month and in all.
func (d *DriftReport) months(card *scorecard.Card, c *DriftCounts) {
	for _, g := range c.Groupings {
		d.Groups = append(d.Groups, GroupPeriods{Name: g.Name})
	}
	all := map[int]Tally{}
	for _, key := range slices.Sorted(maps.Keys(c.Months)) {
		m := c.Months[key]
		for points, tally := range m.Points {
			all[points] = all[points].and(tally)
		}
		if key == "" {
			continue // rows without moments
		}
		p := foretell(card, m.Points).period()
		p.From, p.To = m.From.UTC(), m.To.UTC()
		d.Periods = append(d.Periods, p)
		for i, g := range c.Groupings {
			d.Groups[i].Periods = append(d.Groups[i].Periods, GroupPeriod{Month: key, Groups: g.table(m.Groups[i])})
		}
	}
	if len(all) == 0 {
		return
	}
	f := foretell(card, all)
	d.Rate = f.period()
	if k, err := metrics.CalibrateOf(f.p, f.rows, f.events); err == nil {
		d.Calibrated = &k
	}
	d.calibration(f)
}

// foretold is the rows at each probability, the fewest points first.
type foretold struct {
	p            []float64
	rows, events []int
}

func foretell(card *scorecard.Card, points map[int]Tally) *foretold {
	f := &foretold{}
	for _, n := range slices.Sorted(maps.Keys(points)) {
		f.p = append(f.p, card.Probability(n))
		f.rows, f.events = append(f.rows, points[n].Rows), append(f.events, points[n].Events)
	}
	return f
}

// period is what was promised and what came.
func (f *foretold) period() Period {
	var out Period
	for i, p := range f.p {
		out.Rows, out.Events = out.Rows+f.rows[i], out.Events+f.events[i]
		out.Said += float64(f.rows[i]) * p
	}
	out.Said /= float64(max(1, out.Rows))
	out.Rate = part(out.Events, out.Rows)
	return out
}

// table is the conversion of each group.
func (g *GroupNames) table(list []Tally) []Group {
	var out []Group
	for i, tally := range list {
		out = append(out, tally.group(g.Order[i]))
	}
	return out
}
