package scoring

import (
	"fmt"
	"slices"
	"strings"
)

// OverallScore stands for the overall score where a grade asks for the name of a score.
const OverallScore = "overall"

// BandSpec is one grade of a single score: everything from From on, up to the next.
type BandSpec struct {
	Grade string
	From  float64
}

// Scale is a list of grades another product uses, in hundredths of the best score, best first. Below the last there is
// no grade.
type Scale struct {
	Name   string
	About  string
	Source string // where the product says so
	Bands  []BandSpec
}

// Scales lists the grades of other products that a model can use by name. The products cut whole numbers (75 to 100, 50 to
// 74); here a score of 74.5 belongs to the lower grade, since intervals are half-open.
func Scales() []Scale {
	return []Scale{
		{"dynamics365", "Dynamics 365 Sales, lead grade", "learn.microsoft.com/en-us/training/modules/manage-leads-dynamics-365-sales/4-lead-qualification",
			[]BandSpec{{"A", 75}, {"B", 50}, {"C", 25}, {"D", 1}}},
		{"madkudu", "MadKudu, lead grade", "support.madkudu.com/hc/en-us/articles/360036535612",
			[]BandSpec{{"A", 90}, {"B", 75}, {"C", 50}, {"D", 25}, {"E", 1}}},
		{"madkudu_fit", "MadKudu, customer fit", "support.madkudu.com/hc/en-us/articles/360036535612",
			[]BandSpec{{"very_good", 85}, {"good", 70}, {"medium", 50}, {"low", 0}}},
		{"madkudu_ltb", "MadKudu, likelihood to buy", "support.madkudu.com/hc/en-us/articles/360036535612",
			[]BandSpec{{"very_high", 85}, {"high", 70}, {"medium", 50}, {"low", 0}}},
		{"laywork", "LayWork, lead labels", "support.laywork.com/hc/articles/69",
			[]BandSpec{{"hot", 50}, {"warm", 25}, {"cold", 0}}},
		{"sheety", "Sheety CRM, lead labels", "github.com/sdntsng/sheety-crm/issues/62",
			[]BandSpec{{"hot", 80}, {"warm", 50}, {"cold", 0}}},
	}
}

// bands compiles the grades of one score: a matrix of one column, whose last row, below all cuts, has no name.
func (c *compiler) bands(g *compiledGrade, s *GradeSpec) {
	list, unit := s.Bands, 1.0
	g.rows, g.one = overallIndex, true
	top := c.model.total.top
	if s.Score != "" && s.Score != OverallScore {
		g.rows = c.scoreOf(s.Path+".score", s.Score)
		if g.rows < len(c.model.scores) {
			top = c.model.scores[g.rows].max
		}
	}
	if s.Scale != "" {
		scales := Scales()
		i := slices.IndexFunc(scales, func(scale Scale) bool { return scale.Name == s.Scale })
		if i < 0 {
			names := make([]string, len(scales))
			for i := range scales {
				names[i] = scales[i].Name
			}
			c.problems.add(s.Path+".scale", fmt.Sprintf("there is no scale %q", s.Scale), didYouMean(s.Scale, names, "scales"))
			return
		}
		list, unit = scales[i].Bands, top.Float()/100
	}
	path := s.Path + ".bands"
	if len(list) == 0 {
		c.problems.add(path, "there is no band", "write grades and the least score for each: {gold: 80, silver: 50, bronze: 0}")
	}
	seen := map[string]bool{}
	for i, b := range list {
		switch {
		case strings.TrimSpace(b.Grade) == "":
			c.problems.add(path, "a band has no name", "give it one, such as gold")
		case seen[b.Grade]:
			c.problems.add(path, fmt.Sprintf("two bands are named %q", b.Grade), "rename one of them")
		case i > 0 && !(b.From < list[i-1].From):
			c.problems.add(path, fmt.Sprintf("%q begins at %g and overlaps %q, which begins at %g", b.Grade, b.From, list[i-1].Grade, list[i-1].From),
				"write the best first, and each from a lower score than the one before")
		}
		seen[b.Grade] = true
		p, _ := c.points(path, b.From*unit)
		if p > top {
			c.problems.warn(path, fmt.Sprintf("no score reaches %q: it begins at %g and the most is %s", b.Grade, b.From, top), "lower it, or raise the max of the score")
		}
		g.rowCuts = append(g.rowCuts, p)
		g.names = append(g.names, []string{b.Grade})
	}
	g.names = append(g.names, []string{""})
}
