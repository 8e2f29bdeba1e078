package scoring

import (
	"math"
	"strconv"
	"strings"
)

// mostPoints is the most a model may write anywhere, in points; mostEarned the most one criterion can earn, so that
// sums of whole models stay exact. A criterion that would earn more earns that.
const (
	mostPoints        = 1_000_000
	mostEarned Points = 1_000_000_000 * Point
)

// toPoints rounds to the nearest millionth, half away from zero.
func toPoints(f float64) Points { return Points(math.Round(f * float64(Point))) }

// Float is p in points. It is exact enough to show, not to add up.
func (p Points) Float() float64 { return float64(p) / float64(Point) }

// String is p in points with every digit it has: "12.5".
func (p Points) String() string { return strconv.FormatFloat(p.Float(), 'f', -1, 64) }

// short is p with at most one decimal, the mark as the language has it, and no sign for zero.
func (p Points) short(mark string) string {
	tenths := int64(p.abs()+Point/20) / int64(Point/10)
	text := strconv.FormatInt(tenths/10, 10)
	if tenths%10 != 0 {
		text += mark + strconv.FormatInt(tenths%10, 10)
	}
	if p < 0 && tenths != 0 {
		text = "-" + text
	}
	return text
}

// signed is short with a plus sign for what is above zero.
func (p Points) signed(mark string) string {
	text := p.short(mark)
	if p > 0 && strings.Trim(text, "0") != "" {
		return "+" + text
	}
	return text
}

func (p Points) abs() Points {
	if p < 0 {
		return -p
	}
	return p
}
