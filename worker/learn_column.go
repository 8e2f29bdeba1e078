package worker

import (
	"math"
	"slices"

	"github.com/bareme/bareme/learning/scorecard"
	"github.com/bareme/bareme/scoring"
)

// learnColumn takes in the answers to one question.
type learnColumn struct {
	Name    string
	Type    scoring.Type
	Numbers []float64 // Number and Date; NaN: not known
	Flags   []int8    // -1: not known
	Texts   []string
	Lists   [][]string
	Known   []bool // of Texts and Lists
}

func (c *learnColumn) add(v scoring.Value) {
	known := v.Type != scoring.Unknown
	switch c.Type {
	case scoring.Text:
		c.Texts, c.Known = append(c.Texts, v.Str), append(c.Known, known)
	case scoring.Bool:
		flag := int8(-1)
		if known {
			flag = int8(v.Num)
		}
		c.Flags = append(c.Flags, flag)
	case scoring.List:
		var list []string
		if known {
			list = slices.Clone(v.List)
		}
		c.Lists, c.Known = append(c.Lists, list), append(c.Known, known)
	default:
		x := math.NaN()
		if known {
			x = v.Num
		}
		c.Numbers = append(c.Numbers, x)
	}
}

// join adds the answers of others to the same question.
func (c *learnColumn) join(of *learnColumn) {
	c.Numbers, c.Flags = append(c.Numbers, of.Numbers...), append(c.Flags, of.Flags...)
	c.Texts, c.Lists, c.Known = append(c.Texts, of.Texts...), append(c.Lists, of.Lists...), append(c.Known, of.Known...)
}

// rows is of how many people there are answers.
func (c *learnColumn) rows() int {
	return max(len(c.Numbers), len(c.Flags), len(c.Texts), len(c.Lists))
}

func (c *learnColumn) column() scorecard.Column {
	switch c.Type {
	case scoring.Text:
		return scorecard.Texts(c.Name, c.Texts, func(row int) bool { return c.Known[row] })
	case scoring.Bool:
		return scorecard.Bools(c.Name, c.Flags)
	case scoring.Date:
		return scorecard.Dates(c.Name, c.Numbers)
	case scoring.List:
		for row, known := range c.Known { // where there is nothing in a list, that is known
			if known && c.Lists[row] == nil {
				c.Lists[row] = []string{}
			}
		}
		return scorecard.Lists(c.Name, c.Lists)
	}
	return scorecard.Numbers(c.Name, c.Numbers)
}
