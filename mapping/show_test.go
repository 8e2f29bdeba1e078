package mapping

import (
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
)

// shown is a small mapping and model that writes every kind of field.
func shown(t *testing.T, language string, decimals int) (*Mapper, *scoring.Model) {
	t.Helper()
	m := mustCompile(t, Spec{
		Attributes: []AttributeSpec{{Name: "level", From: []string{"jobtitle"}, Transform: "seniority"}},
		Activities: []ActivitySpec{{Name: "click", From: Counter, Count: "clicks", Last: "last_click"}},
		Write: WriteSpec{Language: language, Decimals: decimals, Fields: []WriteField{
			{KeyScore, "b_score"}, {KeyGrade, "b_grade"}, {KeyLabel, "b_label"}, {KeyReasons, "b_reasons"}, {KeyTrend, "b_trend"},
			{KeyScoredAt, "b_at"}, {KeyUnscored, "b_unscored"}, {"fit", "b_fit"}, {"engagement", "b_engagement"}}},
	})
	model, problems := scoring.Compile(scoring.Spec{
		Scores: []scoring.ScoreSpec{
			{Name: "fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "role", Criteria: []scoring.CriterionSpec{{Name: "Decision maker", When: `level == "c-level"`, Points: 75.25}}}}},
			{Name: "engagement", Max: 100, Groups: []scoring.GroupSpec{{Name: "mail", Criteria: []scoring.CriterionSpec{{Name: "Clicked", Activity: "click", Each: true, Points: 5}}}}},
		},
		Grade:  &scoring.GradeSpec{Rows: "fit", Columns: "engagement", RowCuts: []float64{50}, ColCuts: []float64{50}},
		Labels: []scoring.LabelSpec{{Label: "hot", Grades: []string{"A1", "A2"}}, {Label: "cold", Grades: []string{"*"}}},
	}, m.Schema())
	if model == nil {
		t.Fatal(problems)
	}
	return m, model
}

func show(m *Mapper, model *scoring.Model, person crm.Fields, skip string) crm.Fields {
	var s scoring.Subject
	var r scoring.Result
	m.Subject(Input{Person: person, Memory: m.Remember(nil, person, now)}, now, &s)
	model.Score(&s, now, &r)
	return m.Show(model, &r, string(scoring.Rising), now, skip)
}

func TestShow(t *testing.T) {
	m, model := shown(t, "en", 1)
	for name, c := range map[string]struct {
		person crm.Fields
		skip   string
		want   crm.Fields
	}{
		"scored": {
			crm.Fields{"jobtitle": "CEO", "clicks": "2", "last_click": "2026-11-20"}, "",
			crm.Fields{"b_score": "42.6", "b_grade": "A2", "b_label": "hot", "b_reasons": "+75.3 Decision maker; +10 Clicked (2×, last 20 Nov 2026)", "b_trend": "rising",
				"b_at": "2026-11-21T09:00:00Z", "b_unscored": "", "b_fit": "75.3", "b_engagement": "10"},
		},
		"left alone": {
			crm.Fields{"jobtitle": "CEO", "clicks": "2"}, "left out by the privacy rule on optout",
			crm.Fields{"b_score": "", "b_grade": "", "b_label": "", "b_reasons": "", "b_trend": "", "b_at": "", "b_unscored": "left out by the privacy rule on optout", "b_fit": "", "b_engagement": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, show(m, model, c.person, c.skip)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("nothing known", func(t *testing.T) {
		got := show(m, model, nil, "")
		if got["b_unscored"] == "" {
			t.Error("no word why there is no score")
		}
		delete(got, "b_unscored")
		// No activity is something known: the person did nothing. Their job title is not known, so fit is empty and not 0.
		want := crm.Fields{"b_score": "", "b_grade": "", "b_label": "", "b_reasons": "", "b_trend": "", "b_at": "2026-11-21T09:00:00Z", "b_fit": "", "b_engagement": "0"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestWriteFields(t *testing.T) {
	m, model := shown(t, "fr", 0)
	got := m.WriteFields(model)
	want := []crm.Field{
		{Name: "b_score", Label: "Score du lead", Help: "Score global calculé par Barème.", Type: crm.Number, Writable: true},
		{Name: "b_grade", Label: "Note du lead", Help: "Lettre : adéquation ; chiffre : engagement. A1 est la meilleure.", Type: crm.Choice, Writable: true,
			Options: []crm.Option{{Value: "A1", Label: "A1"}, {Value: "A2", Label: "A2"}, {Value: "B1", Label: "B1"}, {Value: "B2", Label: "B2"}}},
		{Name: "b_label", Label: "Niveau du lead", Help: "Ce que la note veut dire pour les commerciaux.", Type: crm.Choice, Writable: true,
			Options: []crm.Option{{Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}},
		{Name: "b_reasons", Label: "Raisons du score", Help: "Chaque gain et chaque perte ; leur somme est le score.", Type: crm.Text, Writable: true, Length: 65536},
		{Name: "b_trend", Label: "Tendance du lead", Help: "Évolution récente du score.", Type: crm.Choice, Writable: true,
			Options: []crm.Option{{Value: "rising", Label: "En hausse"}, {Value: "steady", Label: "Stable"}, {Value: "falling", Label: "En baisse"}}},
		{Name: "b_at", Label: "Score calculé le", Help: "Date du dernier calcul.", Type: crm.DateTime, Writable: true},
		{Name: "b_unscored", Label: "Pourquoi sans score", Help: "Ce qui manque pour calculer un score.", Type: crm.Text, Writable: true, Length: 500},
		{Name: "b_fit", Label: "Score fit", Help: "Score fit calculé par Barème.", Type: crm.Number, Writable: true},
		{Name: "b_engagement", Label: "Score engagement", Help: "Score engagement calculé par Barème.", Type: crm.Number, Writable: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	people := crm.Schema{Object: crm.People, Fields: got[:3]}
	people.Fields[1].Options = people.Fields[1].Options[:2]
	if diff := cmp.Diff([]string{"b_reasons", "b_trend", "b_at", "b_unscored", "b_fit", "b_engagement"}, m.MissingFields(people)); diff != "" {
		t.Error(diff)
	}
	golden(t, "missing options", said(m.MissingOptions(model, people)))
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		points   scoring.Points
		decimals int
		want     string
	}{
		{0, 0, "0"}, {72 * scoring.Point, 0, "72"}, {72_500_000, 0, "73"}, {72_499_999, 0, "72"}, {-500_000, 0, "-1"}, {-499_999, 0, "0"},
		{72_340_000, 1, "72.3"}, {72_350_000, 1, "72.4"}, {72_040_000, 1, "72"}, {72_001_000, 3, "72.001"}, {-1, 6, "-0.000001"}, {1_500_000, 2, "1.5"}, {-250_000, 1, "-0.3"},
	} {
		if got := decimal(c.points, c.decimals); got != c.want {
			t.Errorf("%d with %d decimals is %s, want %s", c.points, c.decimals, got, c.want)
		}
	}
}
