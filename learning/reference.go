package learning

import (
	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/learning/scorecard"
)

// Reference is how the rows a card was learnt from were spread, to tell later whether people have changed.
type Reference struct {
	Rate       float64     `json:"rate"`       // the share that converted
	Attributes [][]float64 `json:"attributes"` // by attribute of the card, rows in each bin; the last is of values nothing was learnt about
	Cuts       []float64   `json:"cuts"`       // of the score
	Scores     []float64   `json:"scores"`     // rows in each bin of the score
}

// reference counts a table by the bins of a card.
func reference(c *scorecard.Card, t *Table) (Reference, error) {
	points, _, err := c.Table(t.Columns, t.moments(), t.Len())
	if err != nil {
		return Reference{}, err
	}
	scores := as[float64](points)
	r := Reference{Cuts: metrics.Deciles(scores)}
	r.Scores = metrics.Count(scores, r.Cuts)
	for _, y := range t.converted() {
		if y {
			r.Rate += 1 / float64(t.Len())
		}
	}
	r.Attributes, err = spread(c, t)
	return r, err
}

// spread counts the rows of a table in each bin of each attribute of a card.
func spread(c *scorecard.Card, t *Table) ([][]float64, error) {
	out := make([][]float64, len(c.Attributes))
	for i := range c.Attributes {
		a := &c.Attributes[i]
		bins, err := a.Rows(t.Columns, t.moments(), t.Len())
		if err != nil {
			return nil, err
		}
		out[i] = make([]float64, len(a.Bins)+1)
		for _, b := range bins {
			if b < 0 {
				b = int32(len(a.Bins))
			}
			out[i][b]++
		}
	}
	return out, nil
}
