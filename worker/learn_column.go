package worker

import (
	"math"

	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
)

// learnColumn takes in the answers to one question.
type learnColumn struct {
	name    string
	typ     scoring.Type
	numbers []float64 // Number and Date; NaN: not known
	flags   []int8    // -1: not known
	texts   []string
	known   []bool
	lists   [][]string
}

func (c *learnColumn) add(v scoring.Value) {
	known := v.Type != scoring.Unknown
	switch c.typ {
	case scoring.Text:
		c.texts, c.known = append(c.texts, v.Str), append(c.known, known)
	case scoring.Bool:
		flag := int8(-1)
		if known {
			flag = int8(v.Num)
		}
		c.flags = append(c.flags, flag)
	case scoring.List:
		var list []string
		if known {
			list = append([]string{}, v.List...)
		}
		c.lists = append(c.lists, list)
	default:
		x := math.NaN()
		if known {
			x = v.Num
		}
		c.numbers = append(c.numbers, x)
	}
}

func (c *learnColumn) column() scorecard.Column {
	switch c.typ {
	case scoring.Text:
		return scorecard.Texts(c.name, c.texts, func(row int) bool { return c.known[row] })
	case scoring.Bool:
		return scorecard.Bools(c.name, c.flags)
	case scoring.Date:
		return scorecard.Dates(c.name, c.numbers)
	case scoring.List:
		return scorecard.Lists(c.name, c.lists)
	}
	return scorecard.Numbers(c.name, c.numbers)
}
