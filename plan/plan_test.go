package plan_test

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/plan"
)

var rules = plan.Rules{Score: "score", Scores: []string{"fit", "engagement"}, MinChange: 5, Quiet: []string{"reasons", "scored_at"}}

// TestTable checks every row of the table in the comment of Rules.
func TestTable(t *testing.T) {
	rows := table(t)
	if len(rows) != 16 {
		t.Fatalf("the comment of Rules has %d rows, want all 16", len(rows))
	}
	// What the CRM shows and what is wanted, by the words of the table.
	loud := map[string][2]string{"same": {"B2", "B2"}, "differs": {"B2", "A2"}}
	score := map[string][]([2]string){
		"same":                  {{"40", "40"}, {"40", "40.0"}, {"", ""}},
		"moves under MinChange": {{"40", "44.9"}, {"40", "36"}},
		"moves MinChange":       {{"40", "45"}, {"40", "35"}, {"40", "-40"}},
		"comes or goes":         {{"", "1"}, {"1", ""}, {"", "0"}},
	}
	quiet := map[string][2]string{"same": {"r", "r"}, "differs": {"r", "s"}}
	for _, row := range rows {
		for _, scoreField := range []string{"score", "fit"} {
			for _, s := range score[row[1]] {
				shown := crm.Fields{"grade": loud[row[0]][0], scoreField: s[0], "reasons": quiet[row[2]][0]}
				wanted := crm.Fields{"grade": loud[row[0]][1], scoreField: s[1], "reasons": quiet[row[2]][1]}
				var want crm.Fields
				for _, word := range strings.Split(row[3], ", ") {
					field, ok := map[string]string{"loud field": "grade", "score": scoreField, "quiet field": "reasons"}[word]
					if ok {
						if want == nil {
							want = crm.Fields{}
						}
						want[field] = wanted[field]
					} else if word != "nothing" {
						t.Fatalf("row %v: %q is no field", row, word)
					}
				}
				if diff := cmp.Diff(want, plan.Diff(wanted, shown, rules)); diff != "" {
					t.Errorf("row %v with %s %v (-want +got):\n%s", row, scoreField, s, diff)
				}
			}
		}
	}
}

// table reads the rows of the table from the source, so that comment and code cannot part.
func table(t *testing.T) (rows [][]string) {
	t.Helper()
	src, err := os.ReadFile("plan.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(src)) {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "//\t|") || len(cells) != 6 {
			continue
		}
		row := make([]string, 4)
		for i := range row {
			row[i] = strings.TrimSpace(cells[i+1])
		}
		if row[0] == "same" || row[0] == "differs" {
			key := strings.Join(row[:3], "|")
			if seen[key] {
				t.Fatalf("row %q comes twice", key)
			}
			seen[key] = true
			rows = append(rows, row)
		}
	}
	return rows
}

func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		wanted, shown, want crm.Fields
		rules               plan.Rules
	}{
		"first write takes everything with a value": {
			wanted: crm.Fields{"score": "12", "grade": "C3", "unscored": ""},
			want:   crm.Fields{"score": "12", "grade": "C3"}, rules: rules},
		"a field nobody wants is left alone": {
			wanted: crm.Fields{"grade": "A1"}, shown: crm.Fields{"grade": "A1", "old": "x"}, rules: rules},
		"clearing": {
			wanted: crm.Fields{"grade": ""}, shown: crm.Fields{"grade": "A1"}, want: crm.Fields{"grade": ""}, rules: rules},
		"nothing wanted": {shown: crm.Fields{"grade": "A1"}, rules: rules},
		"only quiet fields, nothing shown yet": {
			wanted: crm.Fields{"scored_at": "2026-01-01T00:00:00Z"}, rules: rules},
		"without a dead-band any move is written": {
			wanted: crm.Fields{"score": "12.1"}, shown: crm.Fields{"score": "12"}, want: crm.Fields{"score": "12.1"}, rules: plan.Rules{Score: "score"}},
		"the dead-band is exact in tenths": {
			wanted: crm.Fields{"score": "0.3"}, shown: crm.Fields{"score": "0.2"}, want: crm.Fields{"score": "0.3"}, rules: plan.Rules{Score: "score", MinChange: 0.1}},
		"two small moves of two scores stay small": {
			wanted: crm.Fields{"score": "44", "fit": "44"}, shown: crm.Fields{"score": "40", "fit": "40"}, rules: rules},
		"one score that moves takes the other along": {
			wanted: crm.Fields{"score": "41", "fit": "45"}, shown: crm.Fields{"score": "40", "fit": "40"},
			want: crm.Fields{"score": "41", "fit": "45"}, rules: rules},
		"a person typed words over the score": {
			wanted: crm.Fields{"score": "41"}, shown: crm.Fields{"score": "hot!"}, want: crm.Fields{"score": "41"}, rules: rules},
		"exponents and bare points are text": {
			wanted: crm.Fields{"grade": "1e3"}, shown: crm.Fields{"grade": "1000"}, want: crm.Fields{"grade": "1e3"}, rules: rules},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, plan.Diff(c.wanted, c.shown, c.rules)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func fields() *rapid.Generator[crm.Fields] {
	value := rapid.OneOf(
		rapid.SampledFrom([]string{"", "A1", "0", "-0", "12", "12.0", "012", "-", ".", "1.", "NaN"}),
		rapid.Map(rapid.Float64Range(-100, 100), func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }),
		rapid.String(),
	)
	return rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"score", "fit", "engagement", "grade", "label", "reasons", "scored_at"}), value, 0, 7),
		func(m map[string]string) crm.Fields { return m })
}

func anyRules() *rapid.Generator[plan.Rules] {
	return rapid.Custom(func(t *rapid.T) plan.Rules {
		r := rules
		r.MinChange = rapid.SampledFrom([]float64{-1, 0, 0.1, 1, 5, 1000}).Draw(t, "min change")
		return r
	})
}

func apply(shown, diff crm.Fields) crm.Fields {
	out := crm.Fields{}
	maps.Copy(out, shown)
	for field, value := range diff {
		if value == "" {
			delete(out, field)
		} else {
			out[field] = value
		}
	}
	return out
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wanted, shown, r := fields().Draw(t, "wanted"), fields().Draw(t, "shown"), anyRules().Draw(t, "rules")
		keepWanted, keepShown := maps.Clone(wanted), maps.Clone(shown)
		diff := plan.Diff(wanted, shown, r)
		if plan.Diff(wanted, wanted, r) != nil {
			t.Fatal("a record that shows what is wanted is written")
		}
		if again := plan.Diff(wanted, apply(shown, diff), r); again != nil {
			t.Fatalf("written twice: %v then %v", diff, again)
		}
		for field := range diff {
			if want, ok := wanted[field]; !ok || want != diff[field] {
				t.Fatalf("%s is written as %q, wanted %q", field, diff[field], want)
			}
		}
		if diff != nil && len(diff) == 0 {
			t.Fatal("an empty update")
		}
		if !cmp.Equal(diff, plan.Diff(wanted, shown, r)) {
			t.Fatal("not deterministic")
		}
		if !maps.Equal(wanted, keepWanted) || !maps.Equal(shown, keepShown) {
			t.Fatal("arguments were changed")
		}
		if slices.ContainsFunc([]string{"grade", "label"}, func(f string) bool { _, ok := diff[f]; return ok }) {
			for field := range wanted {
				if plan.Diff(crm.Fields{field: wanted[field]}, shown, plan.Rules{}) != nil && diff[field] != wanted[field] {
					t.Fatalf("a write leaves %s behind", field)
				}
			}
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add("12.0", "12", 1.0)
	f.Add("-0", "0", 0.0)
	f.Fuzz(func(t *testing.T, want, has string, least float64) {
		r := plan.Rules{Score: "score", MinChange: least}
		diff := plan.Diff(crm.Fields{"score": want}, crm.Fields{"score": has}, r)
		if diff != nil && want == has {
			t.Fatal("equal values are written")
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	wanted := crm.Fields{"score": "41", "fit": "60", "engagement": "22", "grade": "B3", "label": "warm", "trend": "falling", "reasons": "a long text", "scored_at": "2026-01-02T00:00:00Z"}
	shown := maps.Clone(wanted)
	shown["score"], shown["scored_at"] = "40", "2026-01-01T00:00:00Z"
	for b.Loop() {
		plan.Diff(wanted, shown, rules)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "diffs/s")
}
