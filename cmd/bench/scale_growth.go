package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// figures are what the scale table measured, from which the plan is computed.
type figures struct {
	still, learning, moved []measured // by one replica, of growing populations
	replicas               []measured // of the largest
	far                    []measured // with a network before the database
	paced                  []pace     // at the pace HubSpot allows
	account                footprint
}

// growth prints how costs grow with the population, and a picture of what 100,000 people cost.
func (f *figures) growth() {
	title("How costs grow: the exponent of people, by least squares of logarithms (aim 1.05)")
	row("", "seconds", "replicas' CPU", "server's CPU", "all CPU")
	for _, list := range []struct {
		name string
		of   []measured
	}{{"nobody moved", f.still}, {"learning from everybody", f.learning}, {"all moved and written", f.moved}} {
		cells := make([]string, 4)
		for i, cost := range []func(*measured) time.Duration{
			func(m *measured) time.Duration { return m.wall },
			(*measured).cpu,
			func(m *measured) time.Duration { return m.database },
			func(m *measured) time.Duration { return m.cpu() + m.database },
		} {
			cells[i] = exponent(list.of, cost)
		}
		row(list.name, cells...)
	}
	fmt.Println("\nSeconds for 100,000 people, all moved and written")
	most := 0.0
	for i := range f.moved {
		most = max(most, f.moved[i].per(f.moved[i].wall))
	}
	for i := range f.moved {
		m := &f.moved[i]
		fmt.Printf("  %10s %s %6.2f\n", count(m.people), bar(m.per(m.wall)/most), m.per(m.wall))
	}
}

// bar draws a share.
func bar(share float64) string {
	const width = 40
	full := int(math.Round(share * width))
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// exponent is how a cost grows with the population: e where it is as people to the power of e.
func exponent(list []measured, cost func(*measured) time.Duration) string {
	var x, y []float64
	for i := range list {
		c := cost(&list[i])
		if c <= 0 {
			return "not told"
		}
		x, y = append(x, math.Log(float64(list[i].people))), append(y, math.Log(c.Seconds()))
	}
	return fmt.Sprintf("%.3f", slope(x, y))
}

// slope is that of the line with the least sum of squares.
func slope(x, y []float64) float64 {
	var mx, my, xx, xy float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(y))
	}
	for i := range x {
		xx, xy = xx+(x[i]-mx)*(x[i]-mx), xy+(x[i]-mx)*(y[i]-my)
	}
	return xy / xx
}

// farTable prints what replicas do where they wait for the database.
func (f *figures) farTable() {
	if len(f.far) == 0 {
		return
	}
	title(fmt.Sprintf("Replicas far from their database: a round trip takes %s; %s people, all moved and written", roundTrip, count(f.far[0].people)))
	head("replicas")
	for i := range f.far {
		f.far[i].print("all moved and written", count(f.far[i].replicas))
	}
}

func last[T any](list []T) T { return list[len(list)-1] }
