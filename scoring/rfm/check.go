package rfm

import (
	"fmt"
	"math"
)

// Check finds everything wrong in a spec.
func (s Spec) Check() []Problem {
	var found []Problem
	if !s.Binning.known() {
		return append(found, Problem{"binning", fmt.Sprintf("there is no binning %q", s.Binning), "use fixed, midrank, nested, quantile or rfm-r"})
	}
	left := 0
	for i, m := range s.measures() {
		name := Measures()[i]
		found = append(found, m.check(name, s.Binning)...)
		if m.bins() == 1 {
			left++
		}
	}
	if left == 3 {
		found = append(found, Problem{"recency.bins", "every measure has one bin, so every customer would be the same", "give at least one of them 2 bins or more"})
	}
	return found
}

func (m *Measure) check(name string, b Binning) []Problem {
	one := func(key, message, hint string) []Problem { return []Problem{{name + "." + key, message, hint}} }
	bins := m.bins()
	switch {
	case b != Fixed && m.Cuts != nil:
		return one("cuts", "cut points are for binning: fixed, and the binning is "+string(b), "remove them, or write binning: fixed")
	case b == Fixed && m.Cuts == nil && bins != 1:
		return one("cuts", "fixed binning has no cut points for "+name, "write them, such as "+exampleCuts[name])
	case bins < 1 || bins > MostBins:
		return one("bins", fmt.Sprintf("%d bins are not 1 to %d", bins, MostBins), "5 are usual; 1 leaves the measure out")
	case b == Fixed && len(m.Cuts) != bins-1:
		return one("cuts", fmt.Sprintf("%d bins need %d cut points, and there are %d", bins, bins-1, len(m.Cuts)), "leave bins out: it follows from the cut points")
	}
	for i, c := range m.Cuts {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return one("cuts", "a cut point is no number", "write numbers")
		}
		if i > 0 && c <= m.Cuts[i-1] {
			return one("cuts", fmt.Sprintf("the cut point %g stands after %g", c, m.Cuts[i-1]), "write them ascending, each once")
		}
	}
	return nil
}

// exampleCuts are for messages.
var exampleCuts = map[string]string{ //nolint:gochecknoglobals // a table
	"recency": "[30, 60, 120, 210] (days)", "frequency": "[2, 3, 4, 6] (purchases)", "monetary": "[20, 50, 100, 200]",
}
