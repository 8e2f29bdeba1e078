package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

//go:embed backtest.html
var backtestPage string

var backtest = template.Must(template.New("backtest").Funcs(template.FuncMap{
	"number": number, "share": share, "percent": percent, "three": three, "four": four, "signed3": signed3,
}).Parse(backtestPage))

// Tested is a backtest with what it was made of.
type Tested struct {
	*learning.Report
	Source, Outcome, Score string
	AsOf                   []string // how each attribute is known as of the moment people are looked at, in words
}

// Backtest writes what a score learnt from the past would have been worth afterwards. All texts are escaped, and no record
// is named.
func Backtest(w io.Writer, t Tested) error {
	page := struct {
		Tested
		Gain, Calibration lines
		Spread            columns
		Cards             []pointBars
	}{Tested: t, Gain: gainCurve(t.Judged), Calibration: calibration(t.Judged), Spread: spread(t.Scores), Cards: cards(t.Fitted.Card)}
	if err := backtest.Execute(w, page); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }
func three(x float64) string   { return fmt.Sprintf("%.3f", x) }
func four(x float64) string    { return fmt.Sprintf("%.4f", x) }
func signed3(x float64) string { return fmt.Sprintf("%+.3f", x) }

// lines is a chart in the unit square: shares across and down, 0 at the lower left.
type lines struct {
	Side, Left, Top, Width, Height int
	Ticks                          []tick
	Curves                         []curve
	Dots                           []dot
}

type tick struct {
	X, Y float64
	Text string
}

type curve struct {
	Name, Class, Points string
	LabelY              int
}

type dot struct {
	X, Y, R float64
	Text    string
}

// The measures of a chart of lines, in pixels.
const lineSide, lineLeft, lineTop, lineKey = 320, 50, 10, 190

func newLines() lines {
	l := lines{Side: lineSide, Left: lineLeft, Top: lineTop, Width: lineLeft + lineSide + lineKey, Height: lineTop + lineSide + 40}
	for i := 0; i <= 4; i++ {
		x := float64(i) / 4
		l.Ticks = append(l.Ticks, tick{at(x), down(x), fmt.Sprintf("%.0f %%", 100*x)})
	}
	return l
}

func at(share float64) float64   { return math.Round(10*(lineLeft+share*lineSide)) / 10 }
func down(share float64) float64 { return math.Round(10*(lineTop+(1-share)*lineSide)) / 10 }

// curveClasses are the colours of a chart's curves, in their order.
func curveClass(i int) string { return [...]string{"one", "two", "three"}[min(i, 2)] }

// gainCurve shows how many of those who converted are among the best so many.
func gainCurve(judged []learning.Judged) lines {
	l := newLines()
	for i := range judged {
		var b strings.Builder
		fmt.Fprintf(&b, "%g,%g", at(0), down(0))
		for _, s := range judged[i].Gains {
			fmt.Fprintf(&b, " %g,%g", at(s.Top), down(s.Share))
		}
		l.Curves = append(l.Curves, curve{judged[i].Name, curveClass(i), b.String(), 30 + 20*i})
	}
	return l
}

// calibration shows what came against what was said; a dot is as large as its rows are many.
func calibration(judged []learning.Judged) lines {
	l := newLines()
	if len(judged) == 0 {
		return l
	}
	j := &judged[0]
	for _, b := range j.Calibrated.Bins {
		share := float64(b.Rows) / float64(max(j.Rows, 1))
		l.Dots = append(l.Dots, dot{at(b.Said), down(b.Came), math.Round(10*(3+8*math.Sqrt(share))) / 10,
			fmt.Sprintf("said %s, came %s ± %s, %s rows", percent(b.Said), percent(b.Came), percent(b.SE), number(b.Rows))})
	}
	return l
}

// columns is how scores are spread, those who converted darker.
type columns struct {
	Width, Height, Base int
	Bars                []column
}

type column struct {
	X                  int
	Y, H, ConvY, ConvH float64
	Name               string
	Rows, Events       int
}

// The measures of the columns, in pixels.
const columnWide, columnTall = 34, 160

func spread(bands []learning.Band) columns {
	most := 1
	for _, b := range bands {
		most = max(most, b.Rows)
	}
	c := columns{Width: 20 + columnWide*len(bands), Height: columnTall + 30, Base: columnTall}
	for i, b := range bands {
		tall := func(n int) float64 { return math.Round(10*float64(n)/float64(most)*(columnTall-10)) / 10 }
		c.Bars = append(c.Bars, column{
			X: 10 + columnWide*i, Y: columnTall - tall(b.Rows), H: tall(b.Rows), ConvY: columnTall - tall(b.Events), ConvH: tall(b.Events),
			Name: score(b.From), Rows: b.Rows, Events: b.Events,
		})
	}
	return c
}

// pointBars are the points of one attribute's bins.
type pointBars struct {
	Title         string
	Width, Height int
	Rows          []pointRow
}

type pointRow struct {
	Label           string
	Y, TextY        int
	X, W, NumberX   float64
	Points, Members int
	Rate            float64
}

// The measures of bars of points, in pixels.
const pointLeft, pointRoom, pointTall = 330, 220, 22

func cards(c *scorecard.Card) []pointBars {
	if c == nil {
		return nil
	}
	most := 1
	for i := range c.Attributes {
		least, top := c.Attributes[i].Range()
		most = max(most, top, -least)
	}
	var list []pointBars
	for i := range c.Attributes {
		a := &c.Attributes[i]
		p := pointBars{Title: a.Title(), Width: pointLeft + pointRoom + 160, Height: pointTall*len(a.Bins) + 6}
		for j := range a.Bins {
			b := &a.Bins[j]
			wide := math.Round(10*math.Abs(float64(b.Points))/float64(most)*pointRoom) / 10
			p.Rows = append(p.Rows, pointRow{
				Label: clipped(a.Label(j)), Y: pointTall * j, TextY: pointTall*j + 15, X: pointLeft, W: wide, NumberX: pointLeft + wide + 6,
				Points: b.Points, Members: b.Rows, Rate: b.Rate(),
			})
		}
		list = append(list, p)
	}
	return list
}

// clipped keeps a label within its room.
func clipped(s string) string {
	const most = 44
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
