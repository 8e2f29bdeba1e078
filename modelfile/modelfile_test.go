package modelfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

const whole = `version: 1
connections: [{name: marketing, crm: hubspot}]
identity: email
people:
  empty: [Select]
  attributes:
    industry: {from: [company.industry, industry], lookup: industries.csv, default: other}
    budget: {from: budget, type: money, currency: EUR, currency_from: code}
  activity:
    click: {from: counter, count: clicks, last: clicked}
    bought: {from: deals, when: {stage: [won, "5"]}, time: closedate, amount: amount, currency: EUR}
scores:
  fit:
    min: -10
    max: 90
    groups:
      Company facts:
        max: 60
        min: -40
        criteria:
          - {name: Tech, when: industry == "tech", points: 20, unknown: -5}
  engagement:
    half_life: 30d
    groups:
      all:
        linear: 90d
        criteria:
          - {name: Clicks, activity: click, points: 5, each: true, cap: 25, within: 2w, steps: {90d: 0%, 30d: 50%}}
          - {name: Buys, activity: bought, tiers: {3: 10, 1: 5.5}, interval: {every: 1mo, percent: 10%}}
          - {name: Buys again, activity: bought, points: 1, decay: none}
          - {name: Silent, inactive: 1y, of: [click, bought], points: -20}
overall: {engagement: 2, fit: 1}
grade:
  matrix: {rows: fit, columns: engagement, row_cuts: [50]}
  label: {hot: A1 A2, cold: "*"}
trend: {over: 14d, move: 3}
write:
  people: {score: s, fit: f}
  min_change: 2
  max_changed: 12.5%
  decimals: 1
  language: fr
privacy: {skip_if: {optout: true}, retain: 3y}
schedule: {sync: "@hourly", rescore: 0 4 * * *, reload: 0 2 * * 0, timezone: Europe/Paris}
`

func tables(content string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(content), nil }
}

const industries = "from,to\nSoftware,tech\n\"Bank, private\",finance\n"

func parseWhole(t *testing.T, text, lookup string) *modelfile.File {
	t.Helper()
	f, err := modelfile.Parse("bareme.yaml", []byte(text), tables(lookup))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParseReadsEveryKey(t *testing.T) {
	f := parseWhole(t, whole, industries)
	const day = scoring.Duration(24 * time.Hour)
	ptr := func(v float64) *float64 { return &v }
	other := "other"
	wantMapping := mapping.Spec{
		Identity: "email",
		Attributes: []mapping.AttributeSpec{
			{Name: "industry", Path: "$.people.attributes.industry", From: []string{"company.industry", "industry"}, Lookup: map[string]string{"Software": "tech", "Bank, private": "finance"}, Default: &other, Empty: []string{"Select"}},
			{Name: "budget", Path: "$.people.attributes.budget", From: []string{"budget"}, Type: scoring.Money, Currency: "EUR", CurrencyFrom: "code", Empty: []string{"Select"}},
		},
		Activities: []mapping.ActivitySpec{
			{Name: "click", Path: "$.people.activity.click", From: "counter", Count: "clicks", Last: "clicked"},
			{Name: "bought", Path: "$.people.activity.bought", From: "deals", When: []mapping.Condition{{Field: "stage", In: []string{"won", "5"}}}, Time: "closedate", Amount: "amount", Currency: "EUR"},
		},
		Write:  mapping.WriteSpec{Path: "$.write.people", Fields: []mapping.WriteField{{Key: "score", Field: "s"}, {Key: "fit", Field: "f"}}, Decimals: 1, Language: "fr"},
		SkipIf: []mapping.Condition{{Field: "optout", In: []string{"true"}}},
		Retain: 3 * 365 * day,
	}
	if diff := cmp.Diff(wantMapping, f.Mapping); diff != "" {
		t.Errorf("mapping (-want +got):\n%s", diff)
	}
	const company, all = "$.scores.fit.groups.Company facts", "$.scores.engagement.groups.all"
	wantScoring := scoring.Spec{
		Scores: []scoring.ScoreSpec{
			{Name: "fit", Path: "$.scores.fit", Min: -10, Max: 90, Groups: []scoring.GroupSpec{{
				Name: "Company facts", Path: company, Max: ptr(60), Min: ptr(-40), Criteria: []scoring.CriterionSpec{
					{Name: "Tech", Path: company + ".criteria[0]", When: `industry == "tech"`, Points: 20, Unknown: ptr(-5)},
				},
			}}},
			{Name: "engagement", Path: "$.scores.engagement", Max: 100, Decay: scoring.Decay{HalfLife: 30 * day}, Groups: []scoring.GroupSpec{{
				Name: "all", Path: all, Decay: scoring.Decay{Linear: 90 * day}, Criteria: []scoring.CriterionSpec{
					{Name: "Clicks", Path: all + ".criteria[0]", Activity: "click", Points: 5, Each: true, Cap: ptr(25), Within: 14 * day, Decay: scoring.Decay{Steps: []scoring.Step{{After: 30 * day, Keep: 0.5}, {After: 90 * day}}}},
					{Name: "Buys", Path: all + ".criteria[1]", Activity: "bought", Tiers: []scoring.TierSpec{{From: 1, Points: 5.5}, {From: 3, Points: 10}}, Decay: scoring.Decay{Interval: &scoring.Interval{Every: 30 * day, Percent: 10}}},
					{Name: "Buys again", Path: all + ".criteria[2]", Activity: "bought", Points: 1, Decay: scoring.Decay{None: true}},
					{Name: "Silent", Path: all + ".criteria[3]", Inactive: 365 * day, Of: []string{"click", "bought"}, Points: -20},
				},
			}}},
		},
		Overall: []scoring.Weight{{Score: "engagement", Weight: 2}, {Score: "fit", Weight: 1}},
		Grade:   &scoring.GradeSpec{Path: "$.grade.matrix", Rows: "fit", Columns: "engagement", RowCuts: []float64{50}, ColCuts: []float64{75, 50, 25}},
		Labels: []scoring.LabelSpec{
			{Path: "$.grade.label.hot", Label: "hot", Grades: []string{"A1", "A2"}},
			{Path: "$.grade.label.cold", Label: "cold", Grades: []string{"*"}},
		},
		Trend: scoring.TrendSpec{Over: 14 * day, Move: 3},
	}
	if diff := cmp.Diff(wantScoring, f.Scoring); diff != "" {
		t.Errorf("scoring (-want +got):\n%s", diff)
	}
	if f.Limits != (modelfile.Limits{MinChange: 2, MaxChanged: 0.125}) {
		t.Errorf("limits %+v", f.Limits)
	}
	if s := f.Schedule; s.Sync != "@hourly" || s.Rescore != "0 4 * * *" || s.Reload != "0 2 * * 0" || s.TimeZone.String() != "Europe/Paris" {
		t.Errorf("schedule %+v", s)
	}
}

func TestHashStandsForTheMeaning(t *testing.T) {
	base := parseWhole(t, whole, industries).Hash()
	same := map[string]string{
		"comment":      "# Hello\n" + whole,
		"layout":       strings.Replace(whole, "identity: email", "identity:   'email'  # who", 1),
		"line ends":    strings.ReplaceAll(whole, "\n", "\r\n"),
		"unit":         strings.Replace(whole, "within: 2w", "within: 14d", 1),
		"schedule":     strings.Replace(whole, "@hourly", "@daily", 1),
		"time zone":    strings.Replace(whole, "Europe/Paris", "UTC", 1),
		"limit":        strings.Replace(whole, "max_changed: 12.5%", "max_changed: 13%", 1),
		"order of map": strings.Replace(whole, "{score: s, fit: f}\n  min_change: 2", "{score: s, fit: f}\n  min_change: 2.0", 1),
	}
	for name, text := range same {
		if got := parseWhole(t, text, industries).Hash(); got != base {
			t.Errorf("%s: the hash changed", name)
		}
	}
	for _, change := range [][2]string{{"points: 20,", "points: 21,"}, {"retain: 3y", "retain: 2y"}, {"[Select]", "[None]"}} {
		if got := parseWhole(t, strings.Replace(whole, change[0], change[1], 1), industries).Hash(); got == base {
			t.Errorf("%s to %s: the hash is the same", change[0], change[1])
		}
	}
	if parseWhole(t, whole, "from,to\nSoftware,it\n").Hash() == base {
		t.Error("another lookup table: the hash is the same")
	}
}

// TestLocateFindsAPlaceForEveryPath: problems may name parts the author left out, lists, or nothing that exists.
func TestLocateFindsAPlaceForEveryPath(t *testing.T) {
	f := parseWhole(t, whole, industries)
	for path, want := range map[string]string{
		"$.people.attributes.industry.from[1]":                      "7:41",
		"$.people.attributes.industry.currency":                     "7:5",
		"$.people.activity.bought.when.stage":                       "11:34",
		"$.scores.fit.groups.Company facts.criteria[0].when":        "21:32",
		"$.scores.fit.groups.Company facts.criteria[0]":             "21:14",
		"$.scores.fit.groups.Company facts.criteria[7].name":        "20:9",
		"$.write.people.score":                                      "38:19",
		"$.privacy.skip_if":                                         "43:11",
		"$.nothing.like.it":                                         "1:1",
		"":                                                          "1:1",
		"$.scores.engagement.groups.all.criteria[1].interval.every": "29:86",
	} {
		err := f.Locate([]scoring.Problem{{Path: path, Message: "wrong"}})
		var known *modelfile.Error
		if !errors.As(err, &known) || known.Count() != 1 {
			t.Fatalf("%s: %v", path, err)
		}
		if got := strings.TrimPrefix(strings.SplitN(err.Error(), ": wrong", 2)[0], "bareme.yaml:"); got != want {
			t.Errorf("%s: at %s, want %s\n%v", path, got, want, err)
		}
	}
	if err := f.Locate([]scoring.Problem{{Path: "$", Message: "careful", Warning: true}}); err != nil {
		t.Errorf("a warning became an error: %v", err)
	}
	if got := f.Show(scoring.Problem{Path: "$.identity", Message: "careful", Hint: "look", Warning: true}); !strings.HasPrefix(got, "bareme.yaml:3:11: warning: careful\n") || !strings.HasSuffix(got, "→ Look.") {
		t.Errorf("%s", got)
	}
}

func TestLoadReadsTablesBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"m.yaml": whole, "industries.csv": "\ufeff" + industries} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := modelfile.Load(filepath.Join(dir, "m.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Hash() != parseWhole(t, whole, industries).Hash() {
		t.Error("read from disk it means something else")
	}
	if _, err := modelfile.Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
