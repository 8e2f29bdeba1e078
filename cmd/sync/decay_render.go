package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/bareme/bareme/scoring"
)

// Size of the chart of a curve, in characters; it spans the ages of the table.
const (
	chartWidth = 60
	chartRows  = 6
)

func (p *program) printCurves(curves []curve) error {
	if p.json() {
		return p.printJSON(curves)
	}
	width := 0
	for _, c := range curves {
		width = max(width, len([]rune(c.heading())))
	}
	p.printf("%-*s", width, "Points left after days")
	for _, n := range previewDays() {
		p.printf("%9d", n)
	}
	p.printf("\n")
	for _, c := range curves {
		p.printf("%s%s", c.heading(), strings.Repeat(" ", max(width, len("Points left after days"))-len([]rune(c.heading()))))
		for _, l := range c.Left {
			p.printf("%9s", strconv.FormatFloat(l.Points, 'f', 2, 64))
		}
		p.printf("\n")
	}
	for _, c := range curves {
		p.printf("\n%s: %s\n%s", c.heading(), c.Decay+c.inherited(), c.chart())
	}
	return nil
}

// heading names a curve: its criterion, or its points when it has none.
func (c *curve) heading() string {
	if c.Criterion == "" {
		return trimmed(c.Points) + " points"
	}
	return c.Score + " · " + c.Criterion
}

func (c *curve) inherited() string {
	if c.From == "group" || c.From == "score" {
		return " (from the " + c.From + ")"
	}
	return ""
}

// chart draws the curve from 0 to 365 days as a column for each sixtieth of a year, to an eighth of a row.
func (c *curve) chart() string {
	last := previewDays()[len(previewDays())-1]
	heights := make([]int, chartWidth)
	for x := range heights {
		left := c.decay.Remaining(c.Points, daySpan(last)*scoring.Duration(x)/(chartWidth-1))
		if c.Points != 0 {
			heights[x] = int(math.Ceil(left/c.Points*chartRows*8 - 1e-9))
		}
	}
	var b strings.Builder
	for row := chartRows - 1; row >= 0; row-- {
		label := ""
		if row == chartRows-1 {
			label = trimmed(c.Points)
		}
		line := strings.Repeat(" ", max(0, 8-len(label))) + label + " │"
		for _, h := range heights {
			line += string([]rune(" ▁▂▃▄▅▆▇█")[min(8, max(0, h-row*8))])
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	end := strconv.Itoa(last) + " days"
	b.WriteString("         └" + strings.Repeat("─", chartWidth) + "\n          0" + strings.Repeat(" ", chartWidth-1-len(end)) + end + "\n")
	return b.String()
}

const noDecay = "no decay"

// decayText writes a decay as the model file does.
func decayText(d scoring.Decay) string {
	switch {
	case d.HalfLife != 0:
		return "half_life: " + d.HalfLife.String()
	case d.Linear != 0:
		return "linear: " + d.Linear.String()
	case d.Window != 0:
		return "window: " + d.Window.String()
	case d.Steps != nil:
		var steps []string
		for _, s := range d.Steps {
			steps = append(steps, s.After.String()+": "+trimmed(s.Keep*100)+"%")
		}
		return "steps: {" + strings.Join(steps, ", ") + "}"
	case d.Interval != nil:
		return "interval: {every: " + d.Interval.Every.String() + ", percent: " + trimmed(d.Interval.Percent) + "%}"
	case d.Erosion != nil:
		every := d.Erosion.Every
		if every == 0 {
			every = daySpan(1)
		}
		return "erosion: {every: " + every.String() + ", at_least: " + trimmed(d.Erosion.AtLeast) + ", percent: " + trimmed(d.Erosion.Percent) + "%}"
	}
	return noDecay
}
