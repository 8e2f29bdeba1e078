package scoring

import (
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bareme/bareme/scoring/rfm"
)

type rawRFM struct {
	Method, Activity, Binning string
	Recency, Monetary         rawMeasure
	Frequency                 struct {
		Count   string
		Measure rawMeasure `yaml:",inline"`
	}
	Segments  yaml.MapSlice
	FirstWins bool `yaml:"first_wins"`
}

type rawMeasure struct {
	Bins int
	Cuts []float64
}

func (l loader) rfm(raw rawRFM) *RFMSpec {
	if raw.Method != "rfm" {
		return nil
	}
	s := &RFMSpec{
		Activity: raw.Activity, Binning: rfm.Binning(raw.Binning), Days: raw.Frequency.Count == "days",
		Recency: rfm.Measure(raw.Recency), Frequency: rfm.Measure(raw.Frequency.Measure), Monetary: rfm.Measure(raw.Monetary),
	}
	if raw.Segments == nil {
		return s
	}
	s.Segments = &rfm.Table{FirstWins: raw.FirstWins}
	for _, item := range raw.Segments {
		segment := rfm.Segment{Name: l.text(item.Key)}
		for _, text := range strings.Split(l.text(item.Value), ", ") {
			b, err := rfm.ParseBlock(text)
			if err != nil {
				l.t.Fatal(err)
			}
			segment.Blocks = append(segment.Blocks, b)
		}
		s.Segments.Segments = append(s.Segments.Segments, segment)
	}
	return s
}
