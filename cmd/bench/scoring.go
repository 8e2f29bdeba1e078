package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/bareme/bareme/scoring"
)

// scoring measures the engine alone: 20 criteria and 20 events for each person, on one core and on all.
func (b bench) scoring(_ context.Context, n sizes) error {
	model, subjects, err := population(1000)
	if err != nil {
		return err
	}
	title("Scoring alone: 20 criteria, 20 events each")
	row("", "people", "seconds", "people/s", "per core")
	for _, cores := range []int{1, runtime.NumCPU()} {
		rounds := max(1, 10*n.large/len(subjects))
		start := time.Now()
		var wait sync.WaitGroup
		for range cores {
			wait.Go(func() {
				var result scoring.Result
				for i := range rounds * len(subjects) {
					model.Score(&subjects[i%len(subjects)], now, &result)
				}
			})
		}
		wait.Wait()
		took := time.Since(start).Seconds()
		people := cores * rounds * len(subjects)
		rate := float64(people) / took
		row(fmt.Sprintf("%d core(s)", cores), count(people), fmt.Sprintf("%.2f", took), count(int(rate)), count(int(rate)/cores))
	}
	return nil
}

var now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant in all but name

// population makes a model of 20 criteria and people to score with it.
func population(people int) (*scoring.Model, []scoring.Subject, error) {
	schema := scoring.Schema{
		Attributes: []scoring.Attribute{
			{Name: "employees", Type: scoring.Number}, {Name: "industry", Type: scoring.Text}, {Name: "seniority", Type: scoring.Text},
			{Name: "country", Type: scoring.Text}, {Name: "free_mail", Type: scoring.Bool},
		},
		Activities: []string{"click", "visit", "meeting", "form"},
	}
	var fit, engagement []scoring.CriterionSpec
	for i, when := range []string{
		`employees >= 50 && employees <= 1000`, `employees > 1000`, `employees < 10`, `industry in ["saas", "it", "telecom"]`,
		`seniority in ["c-level", "vp", "director"]`, `seniority == "manager"`, `seniority == "intern"`, `country in ["FR", "BE", "CH"]`,
		`country == "US" || country == "CA"`, `free_mail`, `!free_mail && employees >= 10`, `industry == "education" and not free_mail`,
	} {
		fit = append(fit, scoring.CriterionSpec{Name: fmt.Sprintf("fit %d", i), When: when, Points: float64(5 + i)})
	}
	for i, kind := range []string{"click", "visit", "meeting", "form", "click", "visit", "meeting"} {
		limit := 40.0
		engagement = append(engagement, scoring.CriterionSpec{
			Name: fmt.Sprintf("engagement %d", i), Activity: kind, Points: 5, Each: true, Cap: &limit,
		})
	}
	engagement = append(engagement, scoring.CriterionSpec{Name: "silent", Inactive: scoring.Duration(90 * 24 * time.Hour), Points: -20})
	spec := scoring.Spec{
		Scores: []scoring.ScoreSpec{
			{Name: "fit", Max: 100, Groups: []scoring.GroupSpec{{Name: "all", Criteria: fit}}},
			{Name: "engagement", Max: 100, Decay: scoring.Decay{HalfLife: scoring.Duration(30 * 24 * time.Hour)},
				Groups: []scoring.GroupSpec{{Name: "all", Criteria: engagement}}},
		},
		Grade: &scoring.GradeSpec{Rows: "fit", Columns: "engagement", RowCuts: []float64{75, 50, 25}, ColCuts: []float64{75, 50, 25}},
	}
	model, problems := scoring.Compile(spec, schema)
	if model == nil {
		return nil, nil, errors.New(problems[0].Error())
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same people each time
	subjects := make([]scoring.Subject, people)
	for i := range subjects {
		subjects[i] = subject(r)
	}
	return model, subjects, nil
}

func subject(r *rand.Rand) scoring.Subject {
	text := func(of ...string) scoring.Value { return scoring.Value{Type: scoring.Text, Str: of[r.IntN(len(of))]} }
	s := scoring.Subject{Values: []scoring.Value{
		{Type: scoring.Number, Num: float64(r.IntN(3000))}, text("saas", "it", "retail", "education"),
		text("c-level", "director", "manager", "intern", "entry"), text("FR", "US", "DE", "BE"),
		{Type: scoring.Bool, Num: float64(r.IntN(2))},
	}}
	for range 20 {
		s.Events = append(s.Events, scoring.Event{
			Kind: uint16(r.IntN(4)), Count: 1, At: now.Add(-time.Duration(r.IntN(365*24)) * time.Hour).UnixMilli(),
		})
	}
	return s
}
