package report

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/bareme/bareme/worker"
)

// bars is a chart of pairs of horizontal bars, before above after.
type bars struct {
	Width, Height int
	Rows          []barRow
}

type barRow struct {
	Name            string
	Y, Middle       int // top of the row, and of its text
	Before, After   int // counts
	BeforeW, AfterW float64
	BeforeX, AfterX float64 // where the counts stand
}

// The measures of bars, in pixels.
const (
	barLeft, barRoom, barRight = 90, 420, 90
	barHeight, rowHeight       = 11, 32
)

func newBars(names []string, before, after map[string]int) bars {
	most := 1
	for _, name := range names {
		most = max(most, before[name], after[name])
	}
	b := bars{Width: barLeft + barRoom + barRight}
	for _, name := range names {
		if before[name]+after[name] == 0 {
			continue
		}
		y := len(b.Rows) * rowHeight
		row := barRow{Name: name, Y: y, Middle: y + barHeight + 4, Before: before[name], After: after[name]}
		row.BeforeW, row.AfterW = width(before[name], most), width(after[name], most)
		row.BeforeX, row.AfterX = barLeft+row.BeforeW+6, barLeft+row.AfterW+6
		b.Rows = append(b.Rows, row)
	}
	b.Height = len(b.Rows) * rowHeight
	return b
}

func width(n, most int) float64 {
	return math.Round(float64(n)/float64(most)*barRoom*10) / 10
}

// spreadBars shows how the overall scores are spread, on the scale of the new model.
func spreadBars(c worker.Comparison) bars {
	step := (c.New.To - c.New.From) / float64(len(c.New.Spread))
	before, after := map[string]int{}, map[string]int{}
	names := make([]string, len(c.New.Spread))
	for i := range names {
		from := c.New.From + float64(i)*step
		names[i] = score(from) + "–" + score(from+step)
		before[names[i]], after[names[i]] = c.Old.Spread[i], c.New.Spread[i]
	}
	return newBars(names, before, after)
}

// heat is the matrix old × new, darker where more people are.
type heat struct {
	Width, Height int
	Columns, Rows []heatTitle
	Cells         []heatCell

	Ordered       bool // both models give the same grades, so that one is better or worse than another
	Better, Worse int  // people
}

type heatTitle struct {
	Name      string
	X, Y      int
	Left, Top int // of the cells below, or beside
}

type heatCell struct {
	X, Y         int
	TextX, TextY int
	From, To     string
	People       int
	Opacity      string
	Stays, Falls bool
}

// The measures of the matrix, in pixels.
const heatLeft, heatTop, heatSide, heatTall = 60, 30, 52, 30

func newHeat(c worker.Comparison) heat {
	down, across := map[string]bool{}, map[string]bool{}
	most := 1
	for _, m := range c.Moves {
		down[m.From], across[m.To] = true, true
		most = max(most, m.People)
	}
	ordered := slices.Equal(c.Old.Grades, c.New.Grades)
	if ordered { // the same grades both ways, so that who stays stands on the diagonal
		maps.Copy(down, across)
		across = down
	}
	rows, columns := met(c.Old.Grades, down), met(c.New.Grades, across)
	h := heat{Ordered: ordered, Width: heatLeft + heatSide*len(columns) + 10, Height: heatTop + heatTall*len(rows) + 10}
	for j, to := range columns {
		h.Columns = append(h.Columns, heatTitle{to, heatLeft + heatSide*j + heatSide/2, heatTop - 10, heatLeft + heatSide*j, heatTop})
	}
	x, y := places(columns), places(rows)
	for i, from := range rows {
		h.Rows = append(h.Rows, heatTitle{from, heatLeft - 10, heatTop + heatTall*i + 20, heatLeft, heatTop + heatTall*i})
	}
	for _, m := range c.Moves {
		falls := ordered && x[m.To] > y[m.From]
		switch {
		case falls:
			h.Worse += m.People
		case ordered && m.From != m.To:
			h.Better += m.People
		}
		left, top := heatLeft+heatSide*x[m.To], heatTop+heatTall*y[m.From]
		h.Cells = append(h.Cells, heatCell{
			X: left, Y: top, TextX: left + heatSide/2, TextY: top + 20, From: m.From, To: m.To, People: m.People,
			Opacity: strconv.FormatFloat(0.15+0.6*math.Sqrt(float64(m.People)/float64(most)), 'f', 2, 64), Stays: m.From == m.To, Falls: falls,
		})
	}
	return h
}

func places(names []string) map[string]int {
	at := map[string]int{}
	for i, name := range names {
		at[name] = i
	}
	return at
}

// met are the grades that occur, in their order, then none.
func met(grades []string, seen map[string]bool) []string {
	var list []string
	for _, g := range append(grades[:len(grades):len(grades)], "") {
		if seen[g] {
			list = append(list, g)
		}
	}
	return list
}
