package scorecard

import (
	"fmt"
	"slices"
)

// Edit is a change of points by hand.
type Edit struct {
	Attribute string // its Title
	Bin       int    // -1 for the neutral points of what nothing was learnt about
	Points    int
}

// With is a copy of the card with points changed by hand, and its intercept and slope fitted anew to these rows: nothing
// else changes, so that the points stay what the admin said and the probabilities stay true. Judge it again with
// metrics.Calibrate on rows kept apart. Cards scaled like credit scores lose their scaling: their points no longer mean odds.
func (c *Card) With(edits []Edit, columns []Column, converted []bool, at []float64) (*Card, error) {
	out := c.clone()
	for _, e := range edits {
		if abs(e.Points) > mostPoints {
			return nil, fmt.Errorf("%w: %d points for %q", ErrCard, e.Points, e.Attribute)
		}
		i := slices.IndexFunc(out.Attributes, func(a Attribute) bool { return a.Title() == e.Attribute })
		if i < 0 || e.Bin < -1 || e.Bin >= len(out.Attributes[i].Bins) {
			return nil, fmt.Errorf("%w: it has no bin %d of an attribute %q", ErrCard, e.Bin, e.Attribute)
		}
		if e.Bin < 0 {
			out.Attributes[i].Neutral = e.Points
		} else {
			out.Attributes[i].Bins[e.Bin].Points = e.Points
		}
	}
	out.ByHand, out.Scaling = true, nil
	if err := check(columns, converted, at, &Options{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRows, err)
	}
	if err := out.calibrate(columns, converted, at, 1); err != nil {
		return nil, err
	}
	return out, nil
}

// clone is a copy that shares nothing that With changes.
func (c *Card) clone() *Card {
	out := *c
	out.Attributes = slices.Clone(c.Attributes)
	for i := range out.Attributes {
		out.Attributes[i].Bins = slices.Clone(out.Attributes[i].Bins)
	}
	return &out
}
