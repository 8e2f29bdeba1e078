package modelfile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

const learning = `version: 1
connections: [{name: leads, crm: file}]
people:
  attributes: {country: {from: country}, partner: {from: partner, type: bool}} # facts
scores: # what counts
    fit:
        groups:
            person: {criteria: [{name: French, when: country == "FR", points: 50}]}
    # the last comment of scores

# what is written
write: {people: {score: Score}}
`

func learntScore(points float64) scoring.ScoreSpec {
	unknown := -2.0
	return scoring.ScoreSpec{
		Name: "learnt", Min: -2, Max: 40, Probability: &scoring.ProbabilitySpec{Intercept: -4.123456789, Slope: .05},
		Groups: []scoring.GroupSpec{{Name: `Country: "odd" # one`, Criteria: []scoring.CriterionSpec{
			{Name: "Country: it's BE", When: `country in ["BE", "it's"]`, Points: points, Unknown: &unknown},
		}}},
	}
}

func proposal(source string, points float64) modelfile.Proposal {
	return modelfile.Proposal{
		Score: "learnt", Made: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), Model: modelfile.Fingerprint([]byte(source)), Body: modelfile.ScoreText(learntScore(points)),
	}
}

// TestProposalsAreApplied: through the file an admin reads, into the model file and back into the score; a second takes
// the place of the first, and nothing else moves by a letter.
func TestProposalsAreApplied(t *testing.T) {
	t.Parallel()
	source := learning
	for _, points := range []float64{40, 15.5} {
		p, err := modelfile.ParseProposal([]byte(proposal(source, points).Text([]string{"about", ""})))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(proposal(source, points), p); diff != "" {
			t.Fatal(diff)
		}
		text, err := p.Apply([]byte(source))
		if err != nil {
			t.Fatal(err)
		}
		f, err := modelfile.Parse("m.yaml", text, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		got, want := f.Scoring.Scores[1], learntScore(points)
		if got.Groups[0].Criteria[0].When != want.Groups[0].Criteria[0].When || got.Groups[0].Criteria[0].Points != points ||
			got.Groups[0].Name != want.Groups[0].Name || *got.Groups[0].Criteria[0].Unknown != -2 || got.Probability.Intercept != -4.12346 {
			t.Errorf("%+v", got)
		}
		before, rest, _ := strings.Cut(string(text), "    # begin learnt")
		_, after, _ := strings.Cut(rest, "    # end learnt\n")
		if before+after != learning {
			t.Errorf("more than the score moved:\n%s", text)
		}
		source = string(text)
	}
}

// TestProposalsRefused: each with what is wrong.
func TestProposalsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"a score of one's own": {strings.Replace(learning, "    fit:", "    learnt:", 1), "has a score learnt of its own"},
		"scores on one line":   {"version: 1\nscores: {fit: {}}\n", "does not stand on a line of its own"},
		"no scores":            {"version: 1\n", "does not stand on a line of its own"},
		"no end":               {strings.Replace(learning, "    # the last", "    # begin learnt, learnt on a day\n    # the last", 1), `the line "# end learnt" is missing`},
	} {
		_, err := proposal(c.source, 1).Apply([]byte(c.source))
		if !errors.Is(err, modelfile.ErrProposal) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := proposal(learning, 1).Apply([]byte(learning + "# edited\n")); !errors.Is(err, modelfile.ErrProposal) {
		t.Errorf("a file that changed: %v", err)
	}
	for _, text := range []string{"", "a", "proposal: {score: x, made: y, model: z}\nscores:\n  x: {}\n", "{", learning} {
		if _, err := modelfile.ParseProposal([]byte(text)); !errors.Is(err, modelfile.ErrProposal) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzProposal: whatever stands in a proposal, it is read or refused, and applying it keeps every line of the model file.
func FuzzProposal(f *testing.F) {
	f.Add(proposal(learning, 3).Text(nil))
	f.Add("proposal: {score: fit, made: \"2026-11-01T08:00:00Z\", model: x}\nscores:\n  fit: {max: 3}\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := modelfile.ParseProposal([]byte(text))
		if err != nil {
			return
		}
		p.Model = modelfile.Fingerprint([]byte(learning))
		out, err := p.Apply([]byte(learning))
		if err != nil {
			return
		}
		for line := range strings.Lines(learning) {
			if !strings.Contains(string(out), line) {
				t.Errorf("the line %q is gone", line)
			}
		}
	})
}
