package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/scoring"
)

// decayFlags describe one curve on the command line, in the words of the model file.
type decayFlags struct {
	points                                             float64
	halfLife, linear, window, steps, interval, erosion string
}

func (p *program) decayCommand() *cobra.Command {
	var f decayFlags
	cmd := &cobra.Command{
		Use:   "decay",
		Short: "Show how points fall with age",
		Long: `Shows what is left of the points of activity after 0 to 365 days: for every criterion of the model file that asks for
activity, with the decay it has or inherits from its group or score; or, with --points, for a decay given here, before it
goes into a model file. One time counts; caps and limits come after. Asks the CRM nothing.`,
		Example: example("bareme decay --model examples/bareme.yaml", "bareme decay --points 10 --half-life 30d",
			"bareme decay --points 10 --interval 30d:10%", "bareme decay --points 10 --steps 30d:50%,90d:0%", "bareme decay --points 100 --erosion 1d:3:5%"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := false
			for _, name := range []string{"points", "half-life", "linear", "window", "steps", "interval", "erosion"} {
				given = given || cmd.Flags().Changed(name)
			}
			curves, err := p.curves(given, f)
			if err != nil {
				return err
			}
			return p.printCurves(curves)
		},
	}
	flags := cmd.Flags()
	flags.Float64Var(&f.points, "points", 10, "the points of a decay given here, instead of those of the model file")
	flags.StringVar(&f.halfLife, "half-life", "", "points halve each time this span has passed, like 30d")
	flags.StringVar(&f.linear, "linear", "", "points fall evenly to nothing over this span, like 90d")
	flags.StringVar(&f.window, "window", "", "full points up to this age, then none, like 90d")
	flags.StringVar(&f.steps, "steps", "", "from each age on, the share that is left, like 30d:50%,90d:0%")
	flags.StringVar(&f.interval, "interval", "", "a share of the points is lost each time a span has passed, like 30d:10%")
	flags.StringVar(&f.erosion, "erosion", "", "each span takes at least so many points or a share of what is left, like 1d:3:5%")
	return cmd
}

// curve is what is left of some points by age, and what they are for.
type curve struct {
	Score     string      `json:"score,omitempty"`
	Group     string      `json:"group,omitempty"`
	Criterion string      `json:"criterion,omitempty"`
	Points    float64     `json:"points"`
	Decay     string      `json:"decay"`          // as the model file writes it
	From      string      `json:"from,omitempty"` // criterion, group or score: where it is set
	Left      []pointLeft `json:"left"`

	decay scoring.Decay
}

type pointLeft struct {
	Days   int     `json:"days"`
	Points float64 `json:"points"`
}

// previewDays are the ages of the table.
func previewDays() []int { return []int{0, 7, 14, 30, 60, 90, 180, 365} }

func daySpan(n int) scoring.Duration { return scoring.Duration(n) * 24 * 3600e9 }

// curves lists those of the model file, or the one given by flags.
func (p *program) curves(given bool, f decayFlags) ([]curve, error) {
	var list []curve
	if given {
		decay, err := f.decay()
		if err != nil {
			return nil, err
		}
		list = []curve{{Points: f.points, decay: decay}}
	} else {
		model, err := p.load()
		if err != nil {
			return nil, err
		}
		list = modelCurves(model)
		if len(list) == 0 {
			return nil, usagef("%s has no criterion that asks for activity: only activity grows old; give a decay, like: bareme decay --points 10 --half-life 30d", model.Name)
		}
	}
	for i := range list {
		c := &list[i]
		c.Decay = decayText(c.decay)
		for _, n := range previewDays() {
			c.Left = append(c.Left, pointLeft{n, c.decay.Remaining(c.Points, daySpan(n))})
		}
	}
	return list, nil
}

// modelCurves takes the decay nearest to each criterion that asks for activity: its own, its group's or its score's.
func modelCurves(model *modelfile.File) []curve {
	var list []curve
	for _, s := range model.Scoring.Scores {
		for _, g := range s.Groups {
			for _, c := range g.Criteria {
				if c.Activity == "" {
					continue
				}
				decay, from := scoring.Decay{}, ""
				switch {
				case setsDecay(c.Decay):
					decay, from = c.Decay, "criterion"
				case setsDecay(g.Decay):
					decay, from = g.Decay, "group"
				case setsDecay(s.Decay):
					decay, from = s.Decay, "score"
				}
				points := c.Points
				for _, tier := range c.Tiers { // the highest
					points = tier.Points
				}
				list = append(list, curve{Score: s.Name, Group: g.Name, Criterion: c.Name, Points: points, From: from, decay: decay})
			}
		}
	}
	return list
}

// decay reads the flags and has the model's own rules check it.
func (f decayFlags) decay() (scoring.Decay, error) {
	if set := slices.DeleteFunc([]string{f.halfLife, f.linear, f.window, f.steps, f.interval, f.erosion}, func(s string) bool { return s == "" }); len(set) > 1 {
		return scoring.Decay{}, usagef("--half-life, --linear, --window, --steps, --interval and --erosion exclude each other: points fall in one way")
	}
	var d scoring.Decay
	var err error
	switch {
	case f.halfLife != "":
		d.HalfLife, err = readSpan("half-life", f.halfLife)
	case f.linear != "":
		d.Linear, err = readSpan("linear", f.linear)
	case f.window != "":
		d.Window, err = readSpan("window", f.window)
	case f.steps != "":
		d.Steps, err = readSteps(f.steps)
	case f.interval != "":
		d.Interval, err = readInterval(f.interval)
	case f.erosion != "":
		d.Erosion, err = readErosion(f.erosion)
	}
	if err != nil {
		return d, err
	}
	return d, usableDecay(d, f.points)
}

// usableDecay asks the rules of models whether such a criterion may stand in one.
func usableDecay(d scoring.Decay, points float64) error {
	criterion := scoring.CriterionSpec{Name: "given", Activity: "given", Points: points, Decay: d}
	model, problems := scoring.Compile(scoring.Spec{Scores: []scoring.ScoreSpec{{
		Name: "given", Max: 1, Groups: []scoring.GroupSpec{{Name: "given", Criteria: []scoring.CriterionSpec{criterion}}},
	}}}, scoring.Schema{Activities: []string{"given"}})
	if model != nil {
		return nil
	}
	return usagef("this decay cannot be used: %s: %s", problems[0].Message, problems[0].Hint)
}

// setsDecay reports whether a decay is set here, be it only that there is none.
func setsDecay(d scoring.Decay) bool { return d.None || decayText(d) != noDecay }

func readSpan(flag, text string) (scoring.Duration, error) {
	d, err := scoring.ParseDuration(text)
	if err == nil && d == 0 {
		err = fmt.Errorf("%q is no time at all; write a span such as 30d", text)
	}
	if err != nil {
		return 0, usagef("--%s: %w", flag, err)
	}
	return d, nil
}

func readPercent(flag, text string) (float64, error) {
	digits, ok := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(v >= 0 && v <= 100) {
		return 0, usagef("--%s: %q is not a percentage: write one from 0%% to 100%%", flag, text)
	}
	return v, nil
}

func readSteps(text string) ([]scoring.Step, error) {
	var steps []scoring.Step
	for part := range strings.SplitSeq(text, ",") {
		age, keep, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return nil, usagef("--steps: %q is not a step: write an age and what is left, like 30d:50%%", part)
		}
		after, err := readSpan("steps", age)
		if err != nil {
			return nil, err
		}
		left, err := readPercent("steps", keep)
		if err != nil {
			return nil, err
		}
		steps = append(steps, scoring.Step{After: after, Keep: left / 100})
	}
	return steps, nil
}

func readInterval(text string) (*scoring.Interval, error) {
	every, percent, ok := strings.Cut(text, ":")
	if !ok {
		return nil, usagef("--interval: %q is not a span and a share: write 30d:10%%", text)
	}
	length, err := readSpan("interval", every)
	if err != nil {
		return nil, err
	}
	lost, err := readPercent("interval", percent)
	return &scoring.Interval{Every: length, Percent: lost}, err
}

func readErosion(text string) (*scoring.Erosion, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return nil, usagef("--erosion: %q is not a span, points and a share: write 1d:3:5%%", text)
	}
	every, err := readSpan("erosion", parts[0])
	if err != nil {
		return nil, err
	}
	least, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return nil, usagef("--erosion: %q is not a number of points", parts[1])
	}
	percent, err := readPercent("erosion", parts[2])
	return &scoring.Erosion{Every: every, AtLeast: least, Percent: percent}, err
}
