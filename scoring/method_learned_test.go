package scoring_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/scoring"
)

var valueNow = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func valueSpec() scoring.Spec {
	return scoring.Spec{
		Value: &scoring.ValueSpec{Path: "$.value", Activity: "purchase", Process: scoring.DefaultProcess, Months: 12, Discount: .1},
		Scores: []scoring.ScoreSpec{{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{
			{Name: "Leaving", When: "churn_risk >= 50", Points: 40}, {Name: "Here", When: `country == "FR"`, Points: 10},
		}}}}},
	}
}

func valueModel(t *testing.T) *scoring.Model {
	t.Helper()
	m, problems := scoring.Compile(valueSpec(), scoring.Schema{Attributes: []scoring.Attribute{{Name: "country", Type: scoring.Text}}, Activities: []string{"purchase"}})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// buyer bought on these weeks before now.
func buyer(weeks ...float64) *scoring.Subject {
	s := &scoring.Subject{Values: []scoring.Value{{Type: scoring.Text, Str: "FR"}}}
	for _, w := range weeks {
		at := valueNow.Add(-time.Duration(w * 7 * 24 * float64(time.Hour)))
		s.Events = append(s.Events, scoring.Event{Count: 1, At: at.UnixMilli(), Amount: 20 + w/10})
	}
	return s
}

// customers are made up: each buys at a pace of their own until they leave, with a chance of their own after each time.
func customers(n int) []*scoring.Subject {
	r := rand.New(rand.NewPCG(3, 5))
	var list []*scoring.Subject
	for range n {
		pace, leaving := .3*r.ExpFloat64()+.01, .5*r.Float64()
		weeks := []float64{20 + 80*r.Float64()}
		amount := 10 + 50*r.Float64()
		for at := weeks[0]; r.Float64() > leaving; {
			if at -= r.ExpFloat64() / pace; at < 0 {
				break
			}
			weeks = append(weeks, at)
		}
		s := buyer(weeks...)
		for i := range s.Events {
			s.Events[i].Amount = math.Round(100*amount*(.5+r.Float64())) / 100
		}
		list = append(list, s)
	}
	return list
}

// TestValueIsLearntAndTold: churn risk and value are unknown until learnt, then known of all who bought; silence counts
// by the customer's own pace; conditions may ask for it, and reasons say it.
func TestValueIsLearntAndTold(t *testing.T) {
	t.Parallel()
	m := valueModel(t)
	var r scoring.Result
	m.Score(buyer(10, 20), valueNow, &r)
	if v := m.DerivedValue(scoring.ChurnRisk, &r); v.Type != scoring.Unknown || len(m.Unfitted()) != 1 {
		t.Errorf("known before anything was learnt: %v", v)
	}
	f := m.Fitter(valueNow)
	for _, s := range customers(800) {
		f.Add(0, s)
	}
	f.Add(0, buyer()) // who never bought is no customer
	fits, err := f.Fit()
	if err != nil || len(fits) != 1 || fits[0].Customers != 800 || fits[0].Refused != "" {
		t.Fatalf("%v %+v", err, fits)
	}
	text, err := json.Marshal(fits[0])
	if err != nil {
		t.Fatal(err)
	}
	var again scoring.Fit
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	learnt, err := m.WithFits([]scoring.Fit{again})
	if err != nil || len(learnt.Unfitted()) != 0 || learnt.Learnt() == "" || learnt.Hash() == m.Hash() {
		t.Fatalf("%v: unfitted %v", err, learnt.Unfitted())
	}
	number := func(s *scoring.Subject, name string) float64 {
		learnt.Score(s, valueNow, &r)
		v := learnt.DerivedValue(name, &r)
		if v.Type != scoring.Number || math.IsNaN(v.Num) {
			t.Fatalf("%s is not known", name)
		}
		return v.Num
	}
	weekly, seldom := buyer(60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50), buyer(80, 50)
	if quick, slow := number(weekly, scoring.ChurnRisk), number(seldom, scoring.ChurnRisk); quick < 90 || quick <= slow {
		t.Errorf("fifty quiet weeks: risk %g of who bought weekly, %g of who bought seldom", quick, slow)
	}
	active := buyer(50, 40, 30, 20, 10, 1)
	if risk := number(active, scoring.ChurnRisk); risk > 40 {
		t.Errorf("risk %g of who just bought", risk)
	}
	if expected, value := number(active, scoring.ExpectedPurchases), number(active, scoring.ExpectedValue); expected <= 0 || value <= expected {
		t.Errorf("expected %g purchases, worth %g", expected, value)
	}
	learnt.Score(weekly, valueNow, &r)
	if got := r.Scores[0].Points.Float(); got != 50 {
		t.Errorf("%g points, want those for leaving, too", got)
	}
	told := ""
	for _, reason := range learnt.Reasons(&r, valueNow, "en") {
		told += reason.Text + "\n"
	}
	if !strings.Contains(told, "churn risk: ") || !strings.Contains(told, "purchases on 11 days") {
		t.Errorf("told:\n%s", told)
	}
	learnt.Score(buyer(), valueNow, &r)
	if v := learnt.DerivedValue(scoring.ChurnRisk, &r); v.Type != scoring.Unknown {
		t.Errorf("who never bought has a risk of %v", v)
	}
}

// TestValueRefusals: too few customers are an answer in words, kept like any other, and nothing is known then.
func TestValueRefusals(t *testing.T) {
	t.Parallel()
	m := valueModel(t)
	f := m.Fitter(valueNow)
	for _, s := range customers(20) {
		f.Add(0, s)
	}
	fits, err := f.Fit()
	if err != nil || len(fits) != 1 || fits[0].Refused == "" {
		t.Fatalf("%v %+v", err, fits)
	}
	learnt, err := m.WithFits(fits)
	if err != nil || len(learnt.Unfitted()) != 0 {
		t.Fatalf("%v: unfitted %v", err, learnt.Unfitted())
	}
	if _, err := m.WithFits([]scoring.Fit{{Score: scoring.ValueFit, Rules: fits[0].Rules}}); err == nil {
		t.Error("half a fit was taken")
	}
	var r scoring.Result
	odd := buyer(1)
	odd.Events[0].Amount = math.Inf(1)
	learnt.Score(odd, valueNow, &r)
	if v := learnt.DerivedValue(scoring.ExpectedValue, &r); v.Type != scoring.Unknown {
		t.Errorf("value %v", v)
	}
}

// TestProbabilityOfALearntScore follows its formula and can be asked for by stages.
func TestProbabilityOfALearntScore(t *testing.T) {
	t.Parallel()
	spec := scoring.Spec{
		Scores: []scoring.ScoreSpec{{
			Name: "learnt", Path: "$.scores.learnt", Max: 100, Probability: &scoring.ProbabilitySpec{Intercept: -3, Slope: .05},
			Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{{Name: "Here", When: `country == "FR"`, Points: 60}}}},
		}},
		Lifecycle: []scoring.StageSpec{{Name: "likely", Enter: "learnt_probability >= 50"}, {Name: "unlikely", Enter: "*"}},
	}
	m, problems := scoring.Compile(spec, scoring.Schema{Attributes: []scoring.Attribute{{Name: "country", Type: scoring.Text}}})
	if m == nil {
		t.Fatal(problems)
	}
	for country, want := range map[string]struct {
		stage       string
		probability float64
	}{"FR": {"likely", 50}, "BE": {"unlikely", 4.74}} {
		var r scoring.Result
		m.Score(&scoring.Subject{Values: []scoring.Value{{Type: scoring.Text, Str: country}}}, valueNow, &r)
		if got := m.DerivedValue("learnt_probability", &r).Num; got != want.probability || r.Stage != want.stage {
			t.Errorf("%s: %g %% and %s, want %v", country, got, r.Stage, want)
		}
	}
	spec.Scores[0].Probability.Slope = math.NaN()
	if m, _ := scoring.Compile(spec, scoring.Schema{Attributes: []scoring.Attribute{{Name: "country", Type: scoring.Text}}}); m != nil {
		t.Error("a slope that is no number was taken")
	}
}

// TestNextProductIsLearntAndTold: what follows a product more than others is suggested with its rule; people without it,
// and purchases without structure, are told nothing.
func TestNextProductIsLearntAndTold(t *testing.T) {
	t.Parallel()
	spec := scoring.Spec{
		Products: &scoring.ProductsSpec{Path: "$.next_product", Of: []string{"printer", "chair", "ink", "lamp", "desk"}, Days: 365},
		Scores: []scoring.ScoreSpec{{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{
			{Name: "Wants ink", When: `next_product == "ink"`, Points: 40}, {Name: "Bought", When: `happened("printer")`, Points: 10},
		}}}}},
	}
	m, problems := scoring.Compile(spec, scoring.Schema{Activities: []string{"printer", "chair", "ink", "lamp", "desk"}})
	if m == nil {
		t.Fatal(problems)
	}
	learn := func(structure bool) scoring.Fit {
		r := rand.New(rand.NewPCG(1, 9))
		f := m.Fitter(valueNow)
		for range 3000 {
			at := valueNow.AddDate(0, 0, -100-r.IntN(1400))
			first := uint16(r.IntN(5))
			next, chance := uint16(r.IntN(5)), .3
			if structure && first < 2 {
				next, chance = first+2, .6 // ink after a printer, a lamp after a chair
			}
			s := &scoring.Subject{Events: []scoring.Event{{Kind: first, Count: 1, At: at.UnixMilli(), Amount: math.NaN()}}}
			if r.Float64() < chance {
				s.Events = append(s.Events, scoring.Event{Kind: next, Count: 1, At: at.AddDate(0, 0, 1+r.IntN(300)).UnixMilli(), Amount: math.NaN()})
			}
			f.Add(0, s)
		}
		fits, err := f.Fit()
		if err != nil || len(fits) != 1 {
			t.Fatal(err)
		}
		return fits[0]
	}
	if noise := learn(false); noise.Refused == "" {
		t.Errorf("learnt of noise: %s", noise.Judged)
	}
	fit := learn(true)
	if fit.Refused != "" {
		t.Fatal(fit.Refused)
	}
	learnt, err := m.WithFits([]scoring.Fit{fit})
	if err != nil || len(learnt.Unfitted()) != 0 {
		t.Fatal(err)
	}
	var r scoring.Result
	learnt.Score(&scoring.Subject{Events: []scoring.Event{{Kind: 0, Count: 1, At: valueNow.AddDate(0, 0, -30).UnixMilli(), Amount: math.NaN()}}}, valueNow, &r)
	if got := learnt.DerivedValue(scoring.NextProduct, &r).Str; got != "ink" || r.Scores[0].Points.Float() != 50 {
		t.Errorf("next %q, %v points", got, r.Scores[0].Points.Float())
	}
	for lang, want := range map[string]string{
		"en": `likely to buy next: ink \(\d+ of \d+ who bought printer bought ink within a year, \d\.\d times as many as after any product\)`,
		"fr": `prochain achat probable : ink \(\d+ acheteurs de printer sur \d+ l'ont acheté dans l'année, \d,\d fois plus souvent qu'après un produit quelconque\)`,
	} {
		told := ""
		for _, reason := range learnt.Reasons(&r, valueNow, lang) {
			told += reason.Text + "\n"
		}
		if !regexp.MustCompile(want).MatchString(told) {
			t.Errorf("%s:\n%s", lang, told)
		}
	}
	learnt.Score(&scoring.Subject{}, valueNow, &r)
	if v := learnt.DerivedValue(scoring.NextProduct, &r); v.Type != scoring.Unknown {
		t.Errorf("who never bought would buy %v", v)
	}
}
