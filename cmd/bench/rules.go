package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/bareme/bareme/scoring"
)

// rules scores the same people by the same rules here and in json-rules-engine, each on one core. Where npm is absent it
// says so.
func (b bench) rules(ctx context.Context, n sizes) error {
	title("The same 20 rules in json-rules-engine, one core each")
	folder := filepath.Join("cmd", "bench", "rules")
	install := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir, install.Stderr = folder, os.Stderr
	if err := install.Run(); err != nil {
		fmt.Printf("  left out: npm cannot install it here (%v)\n", err)
		return nil
	}
	model, subjects, err := population(max(1000, n.large/10))
	if err != nil {
		return err
	}
	input := filepath.Join(b.dir, "people.json")
	if err := writePeople(input, subjects); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "node", filepath.Join(folder, "rules.mjs"), input).Output()
	if err != nil {
		return fmt.Errorf("json-rules-engine: %w", err)
	}
	var theirs struct{ People, Seconds, Points float64 }
	if err := json.Unmarshal(out, &theirs); err != nil {
		return err
	}
	ours, points := timeOurs(model, subjects)
	if math.Abs(points-theirs.Points) > 1e-3*float64(len(subjects)) {
		return fmt.Errorf("the engines disagree: %.3f points here, %.3f there", points, theirs.Points)
	}
	row("", "people", "seconds", "people/s", "ratio")
	rate, their := float64(len(subjects))/ours.Seconds(), theirs.People/theirs.Seconds
	row("json-rules-engine", count(int(theirs.People)), fmt.Sprintf("%.2f", theirs.Seconds), count(int(their)), "1.0")
	row("Barème", count(len(subjects)), fmt.Sprintf("%.2f", ours.Seconds()), count(int(rate)), fmt.Sprintf("%.1f", rate/their))
	fmt.Printf("    both give %.1f points in all\n", points)
	return nil
}

func timeOurs(model *scoring.Model, subjects []scoring.Subject) (time.Duration, float64) {
	var result scoring.Result
	points := 0.0
	start := time.Now()
	for i := range subjects {
		model.Score(&subjects[i], now, &result)
		points += result.Overall.Float()
	}
	return time.Since(start), points
}

// writePeople hands the same people to the other engine.
func writePeople(path string, subjects []scoring.Subject) error {
	type event struct {
		Kind string `json:"kind"`
		At   int64  `json:"at"`
	}
	kinds := []string{"click", "visit", "meeting", "form"}
	people := make([]map[string]any, len(subjects))
	for i, s := range subjects {
		events := make([]event, len(s.Events))
		for j, e := range s.Events {
			events[j] = event{kinds[e.Kind], e.At}
		}
		people[i] = map[string]any{
			"employees": s.Values[0].Num, "industry": s.Values[1].Str, "seniority": s.Values[2].Str, "country": s.Values[3].Str,
			"free_mail": s.Values[4].Num == 1, "events": events,
		}
	}
	day := (24 * time.Hour).Milliseconds()
	data, err := json.Marshal(map[string]any{"now": now.UnixMilli(), "halfLife": 30 * day, "silent": 90 * day, "people": people})
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
