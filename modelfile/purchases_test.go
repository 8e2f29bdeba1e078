package modelfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/scoring/rfm"
)

const purchasesHead = `version: 1
connections: [{name: a, crm: hubspot}]
people: {activity: {purchase: {from: deals, when: {dealstage: closedwon}, amount: amount, currency: EUR, time: closedate}}}
`

func TestScoreByPurchases(t *testing.T) {
	t.Parallel()
	five := rfm.Measure{Bins: 5}
	for text, want := range map[string]*scoring.RFMSpec{
		"{method: rfm, activity: purchase}": {Activity: "purchase", Binning: rfm.MidRank, Recency: five, Frequency: five, Monetary: five},
		"{method: rfm, activity: purchase, binning: quantile, recency: {bins: 3}, frequency: {bins: 4, count: days}, monetary: {bins: 1}}": {
			Activity: "purchase", Binning: rfm.Quantile, Recency: rfm.Measure{Bins: 3}, Frequency: rfm.Measure{Bins: 4}, Monetary: rfm.Measure{Bins: 1}, Days: true},
		"{method: rfm, activity: purchase, recency: {cuts: [30, 90]}, frequency: {cuts: [2, 5]}, monetary: {cuts: [99.5]}}": {
			Activity: "purchase", Binning: rfm.Fixed, Recency: rfm.Measure{Cuts: []float64{30, 90}}, Frequency: rfm.Measure{Cuts: []float64{2, 5}}, Monetary: rfm.Measure{Cuts: []float64{99.5}}},
		`{method: rfm, activity: purchase, first_wins: true, segments: {Best: [R4-5 F4-5, R5 F3], Others: "*"}}`: {
			Activity: "purchase", Binning: rfm.MidRank, Recency: five, Frequency: five, Monetary: five,
			Segments: &rfm.Table{FirstWins: true, Segments: []rfm.Segment{
				{Name: "Best", Blocks: []rfm.Block{{R: rfm.Range{Low: 4, High: 5}, F: rfm.Range{Low: 4, High: 5}}, {R: rfm.Range{Low: 5, High: 5}, F: rfm.Range{Low: 3, High: 3}}}},
				{Name: "Others", Blocks: []rfm.Block{{Rest: true}}},
			}}},
	} {
		f, err := modelfile.Parse("bareme.yaml", []byte(purchasesHead+"scores:\n  value: "+text+"\nwrite: {people: {value: v, value_segment: s, value_monetary: m}}\nschedule: {fit: \"0 4 1 */3 *\"}\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, f.Scoring.Scores[0].RFM); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if f.Schedule.Fit != "0 4 1 */3 *" {
			t.Errorf("schedule %v", f.Schedule)
		}
		fields := f.Mapper.WriteFields(f.Model)
		if fields[1].Type != "choice" || len(fields[1].Options) < 2 || fields[2].Type != "number" || len(f.Mapper.ScoreFields()) != 1 {
			t.Errorf("written: %v; scores: %v", fields, f.Mapper.ScoreFields())
		}
	}
}
