package mapping

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/scoring/rfm"
)

// TestWhatScoresMakeIsShown: segment, number and money of a score by purchases, and empty fields for who never bought.
func TestWhatScoresMakeIsShown(t *testing.T) {
	t.Parallel()
	spec := scoring.Spec{Scores: []scoring.ScoreSpec{{Name: "value", Path: "$.scores.value", Max: 100, RFM: &scoring.RFMSpec{
		Activity: "purchase", Binning: rfm.Fixed,
		Recency: rfm.Measure{Cuts: []float64{30}}, Frequency: rfm.Measure{Cuts: []float64{2}}, Monetary: rfm.Measure{Cuts: []float64{100}},
	}}}}
	m, problems := Compile(Spec{
		Activities: []ActivitySpec{{Name: "purchase", From: crm.Deals, Amount: "amount", Currency: "EUR"}},
		Write: WriteSpec{Derived: spec.Derived(), Fields: []WriteField{
			{"value", "v"}, {"value_segment", "segment"}, {"value_rfm", "number"}, {"value_monetary", "sum"}, {"value_recency", "days"},
		}},
	})
	if m == nil {
		t.Fatal(problems)
	}
	model, problems := scoring.Compile(spec, m.Schema())
	if model == nil {
		t.Fatal(problems)
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	show := func(events ...scoring.Event) crm.Fields {
		var r scoring.Result
		model.Score(&scoring.Subject{Events: events}, now, &r)
		return m.Show(model, &r, "", now, "")
	}
	at := now.AddDate(0, 0, -10).UnixMilli()
	if diff := cmp.Diff(crm.Fields{"v": "83", "segment": "New", "number": "212", "sum": "1234.57", "days": "10"}, show(scoring.Event{At: at, Amount: 1234.567})); diff != "" {
		t.Errorf("a customer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(crm.Fields{"v": "0", "segment": "", "number": "", "sum": "0", "days": ""}, show()); diff != "" {
		t.Errorf("nobody's customer (-want +got):\n%s", diff)
	}
	fields := m.WriteFields(model)
	if fields[1].Type != crm.Choice || len(fields[1].Options) != 10 || fields[1].Label != "Value segment" || fields[2].Type != crm.Number {
		t.Errorf("fields to create: %+v", fields)
	}
	if diff := cmp.Diff([]string{"v"}, m.ScoreFields()); diff != "" {
		t.Errorf("what the dead-band is for: %s", diff)
	}
	spec.Scores = append(spec.Scores, scoring.ScoreSpec{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{
		Name: "g", Path: "$.g", Criteria: []scoring.CriterionSpec{{Name: "c", Path: "$.c", When: `value_segment == "Champion"`, Points: 1}},
	}}})
	if model, problems = scoring.Compile(spec, m.Schema()); model == nil {
		t.Fatal(problems)
	}
	found := m.ValidateModel(model, nil)
	const want = `$.c.when: value_segment is never "Champion"; did you mean "Champions"?`
	if len(found) != 1 || found[0].Error() != want {
		t.Errorf("got %v, want %s", found, want)
	}
}
