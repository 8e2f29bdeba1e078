package scoring

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// The rest of the loader: what makes the overall score, grades of one score, stages and filters.

type rawTotal struct {
	Method  string
	Weights yaml.MapSlice
	Max     *float64
	Scale   float64
}

type rawGrade struct {
	Matrix *rawMatrix
	Label  yaml.MapSlice
	Next   yaml.MapSlice
	Scale  string
	Score  string
	Bands  yaml.MapSlice
	Thirds *struct {
		Start    string
		Criteria []ThirdSpec
	}
}

type rawFilters struct {
	Opens  string
	Bursts *struct {
		Times   int
		Seconds float64
		Of      []string
	}
	Scanners *struct {
		Clicks, Opens, Delivered string
		Seconds                  float64
	}
	Ignore struct{ Where string }
}

// total reads the short form of overall, weights by score, and the long one.
func (l loader) total(spec *Spec, overall yaml.MapSlice) {
	weights := overall
	if l.has(overall, "method") || l.has(overall, "weights") || l.has(overall, "scale") || l.has(overall, "max") {
		var raw rawTotal
		l.again(overall, &raw)
		weights = raw.Weights
		spec.Total = TotalSpec{Path: "$.overall", Sum: raw.Method == "sum", Max: raw.Max, Scale: raw.Scale}
	}
	for _, item := range weights {
		spec.Overall = append(spec.Overall, Weight{l.text(item.Key), l.number(item.Value)})
	}
}

func (loader) has(m yaml.MapSlice, key string) bool {
	for _, item := range m {
		if item.Key == key {
			return true
		}
	}
	return false
}

func (l loader) grade(spec *Spec, raw rawGrade) {
	switch m := raw.Matrix; {
	case m != nil:
		spec.Grade = &GradeSpec{Path: "$.grade.matrix", Rows: m.Rows, Columns: m.Columns, RowCuts: m.RowCuts, ColCuts: m.ColumnCuts}
	case raw.Scale != "" || raw.Bands != nil:
		spec.Grade = &GradeSpec{Path: "$.grade", Scale: raw.Scale, Score: raw.Score}
		for _, b := range raw.Bands {
			spec.Grade.Bands = append(spec.Grade.Bands, BandSpec{l.text(b.Key), l.number(b.Value)})
		}
	case raw.Thirds != nil:
		spec.Grade = &GradeSpec{Path: "$.grade", Thirds: &ThirdsSpec{Start: raw.Thirds.Start, Criteria: raw.Thirds.Criteria}}
		for i := range raw.Thirds.Criteria {
			raw.Thirds.Criteria[i].Path = fmt.Sprintf("$.grade.thirds.criteria[%d]", i)
		}
	}
	for _, item := range raw.Next {
		name := l.text(item.Key)
		spec.Next = append(spec.Next, NextSpec{For: name, Path: "$.grade.next." + name, Do: l.text(item.Value)})
	}
}

func (l loader) stages(items yaml.MapSlice, path string) []StageSpec {
	var list []StageSpec
	for _, item := range items {
		s := StageSpec{Name: l.text(item.Key), Path: path + "." + l.text(item.Key)}
		if text, ok := item.Value.(string); ok {
			s.Enter = text
		} else {
			var raw struct{ Enter, Leave string }
			l.again(item.Value, &raw)
			s.Enter, s.Leave, s.EnterPath = raw.Enter, raw.Leave, s.Path+".enter"
		}
		list = append(list, s)
	}
	return list
}

func (l loader) filters(raw rawFilters) FilterSpec {
	f := FilterSpec{Opens: raw.Opens}
	if raw.Ignore.Where != "" {
		f.Ignore = []IgnoreSpec{{"$.filters.ignore.where", raw.Ignore.Where}}
	}
	if b := raw.Bursts; b != nil {
		f.Bursts = &BurstSpec{"$.filters.bursts", b.Times, b.Seconds, b.Of}
	}
	if s := raw.Scanners; s != nil {
		f.Scanners = &ScannerSpec{"$.filters.scanners", s.Clicks, s.Opens, s.Delivered, s.Seconds}
	}
	return f
}

// known marks where attributes and activities come from: those of the company, those that carry money.
func (l loader) known(schema *Schema, company, money []string) {
	if company == nil && money == nil {
		return
	}
	mark := func(names []string, find func(string) int, n int) []bool {
		list := make([]bool, n)
		for _, name := range names {
			list[find(name)] = true
		}
		return list
	}
	schema.Company = mark(company, func(name string) int {
		for i, a := range schema.Attributes {
			if a.Name == name {
				return i
			}
		}
		l.t.Fatalf("no attribute %q", name)
		return 0
	}, len(schema.Attributes))
	schema.Money = mark(money, func(name string) int {
		for i, a := range schema.Activities {
			if a == name {
				return i
			}
		}
		l.t.Fatalf("no activity %q", name)
		return 0
	}, len(schema.Activities))
}
