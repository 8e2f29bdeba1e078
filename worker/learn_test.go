package worker_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// learnSchema has an attribute of every kind, and activity.
func learnSchema() scoring.Schema {
	return scoring.Schema{
		Attributes: []scoring.Attribute{
			{Name: "country", Type: scoring.Text}, {Name: "employees", Type: scoring.Number}, {Name: "partner", Type: scoring.Bool},
			{Name: "created", Type: scoring.Date}, {Name: "interests", Type: scoring.List}, {Name: "mood", Type: scoring.Text},
		},
		Activities: []string{"click", "won"},
	}
}

func learnModel(t *testing.T, more ...scoring.ScoreSpec) *scoring.Model {
	t.Helper()
	base := scoring.ScoreSpec{Name: "fit", Path: "$.scores.fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "g", Criteria: []scoring.CriterionSpec{{Name: "French", When: `country == "FR"`, Points: 50}}}}}
	m, problems := scoring.Compile(scoring.Spec{Scores: append([]scoring.ScoreSpec{base}, more...)}, learnSchema())
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

var learnNow = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// lead makes up a person: the French, partners and those who click convert more often. After the conversion the mood of
// all who converted is good, which nobody could have known before.
func lead(i int, signal bool) *scoring.Subject {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(i))
	r := rand.New(rand.NewChaCha8(seed))
	created := learnNow.Add(-time.Duration(20+r.IntN(600)) * 24 * time.Hour)
	s := &scoring.Subject{Values: make([]scoring.Value, 6)}
	odds := -1.5
	countries := []string{"FR", "BE", "DE", "IT"}
	country := countries[r.IntN(4)]
	if r.IntN(10) > 0 {
		s.Values[0] = scoring.Value{Type: scoring.Text, Str: country}
		if country == "FR" {
			odds += 1.5
		}
	}
	s.Values[1] = scoring.Value{Type: scoring.Number, Num: float64(r.IntN(500))}
	if r.IntN(3) == 0 {
		s.Values[2] = scoring.Value{Type: scoring.Bool, Num: 1}
		odds++
	} else {
		s.Values[2] = scoring.Value{Type: scoring.Bool}
	}
	s.Values[3] = scoring.Value{Type: scoring.Date, Num: float64(created.UnixMilli())}
	s.Values[4] = scoring.Value{Type: scoring.List, List: []string{"golf", "ski"}[:r.IntN(3)]}
	clicks := r.IntN(4)
	for k := range clicks {
		s.Events = append(s.Events, scoring.Event{Kind: 0, Count: 1, At: created.Add(time.Duration(k*60+r.IntN(60)) * time.Hour).UnixMilli(), Amount: math.NaN()})
	}
	odds += 0.4 * float64(clicks)
	if !signal {
		odds = -1
	}
	if r.Float64() < 1/(1+math.Exp(-odds)) {
		s.Values[5] = scoring.Value{Type: scoring.Text, Str: "good"}
		s.Events = append(s.Events, scoring.Event{Kind: 1, Count: 1, At: created.Add(time.Duration(15+r.IntN(70)) * 24 * time.Hour).UnixMilli(), Amount: math.NaN()})
	}
	return s
}

func learnSpec() worker.Learn {
	day := 24 * time.Hour
	return worker.Learn{
		Score: "learnt", Activity: "won", Within: 90 * day, Start: "created", After: 14 * day,
		Fixed: []string{"country", "employees", "partner", "interests"}, Options: learning.Options{Within: 90 * day},
	}
}

func gather(t *testing.T, people int, signal bool) *worker.History {
	t.Helper()
	g, err := worker.NewGathering(learnModel(t), learnSpec(), false, learnNow)
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		g.Add(fmt.Sprintf("p%05d", i), func(_ time.Time, s *scoring.Subject) {
			made := lead(i, signal)
			s.Values, s.Events = append(s.Values[:0], made.Values...), append(s.Events[:0], made.Events...)
		})
	}
	h, err := g.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestHistoryIsAsOfThen: what could change and has no past is left out and said, the outcome is never among what is
// learnt from, activity after the moment does not count, and the young are unknown.
func TestHistoryIsAsOfThen(t *testing.T) {
	t.Parallel()
	h := gather(t, 400, true)
	names := map[string]bool{}
	for _, c := range h.Table.Columns {
		names[c.Name] = true
	}
	if names["mood"] || names[`count("won")`] || !names[`count("click")`] || !names["country"] {
		t.Errorf("learnt from %v", names)
	}
	if len(h.LeftOut) != 1 || h.LeftOut[0].Name != "mood" {
		t.Errorf("left out: %v", h.LeftOut)
	}
	unknown := 0
	for i, o := range h.Table.Outcomes {
		if o == learning.Unknown {
			unknown++
			if age := learnNow.Sub(h.Table.At[i]); age >= 90*24*time.Hour {
				t.Errorf("%s is unknown and %s old", h.Table.IDs[i], age)
			}
		}
	}
	if unknown == 0 || h.Timing == nil || h.Timing.Conversions == 0 {
		t.Errorf("%d unknown, timing %v", unknown, h.Timing)
	}
}

// TestLearntCriteriaGiveThePointsOfTheCard: criteria written of a card give everybody, known or not, what the card gives.
func TestLearntCriteriaGiveThePointsOfTheCard(t *testing.T) {
	t.Parallel()
	h := gather(t, 3000, true)
	p, err := worker.Propose(learnSpec(), h, "made up", learnNow)
	if err != nil {
		t.Fatal(err)
	}
	score, err := worker.LearntScore(p.Fitted.Card, "learnt")
	if err != nil {
		t.Fatal(err)
	}
	score.Path = "$.scores.learnt"
	m := learnModel(t, score)
	at := make([]float64, h.Table.Len())
	for i, moment := range h.Table.At {
		at[i] = float64(moment.UnixMilli())
	}
	points, probability, err := p.Fitted.Card.Table(h.Table.Columns, at, len(at))
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for row, id := range h.Table.IDs {
		var i int
		if _, err := fmt.Sscanf(id, "p%d", &i); err != nil {
			t.Fatal(err)
		}
		s := lead(i, true)
		s.Values[5] = scoring.Value{}
		var r scoring.Result
		m.Score(s, h.Table.At[row], &r)
		if got := r.Scores[1].Points.Float(); got != float64(points[row]) {
			t.Fatalf("%s has %g points by criteria and %d by the card", id, got, points[row])
		}
		if got := m.Probabilities(&r)["learnt"]; math.Abs(got-100*probability[row]) > 0.006 {
			t.Fatalf("%s has a probability of %g by criteria and %g by the card", id, got, 100*probability[row])
		}
		if points[row] != points[0] {
			moved++
		}
	}
	if moved == 0 {
		t.Error("everybody has the same points")
	}
	if len(worker.PointMoves(&score, score)) != 0 {
		t.Error("a score differs from itself")
	}
}

// TestNoiseIsRefused: nothing is proposed where nothing tells.
func TestNoiseIsRefused(t *testing.T) {
	t.Parallel()
	if p, err := worker.Propose(learnSpec(), gather(t, 2000, false), "made up", learnNow); err == nil {
		t.Errorf("proposed out of noise: %s", p.Fitted)
	}
}

// TestUnwritableCards: what conditions cannot hold is refused in words.
func TestUnwritableCards(t *testing.T) {
	t.Parallel()
	var levels []string
	for i := range 500 {
		levels = append(levels, fmt.Sprintf("level %d", i))
	}
	for name, c := range map[string]*scorecard.Card{
		"nothing": {Attributes: []scorecard.Attribute{{Name: "a", Kind: scorecard.Number, Missing: -1, Other: -1, Bins: []scorecard.Bin{{}}}}},
		"levels":  {Attributes: []scorecard.Attribute{{Name: "a", Kind: scorecard.Text, Missing: -1, Other: 1, Bins: []scorecard.Bin{{Levels: levels}, {Points: 3}}}}},
	} {
		if _, err := worker.LearntScore(c, "learnt"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
