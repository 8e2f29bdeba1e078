package worker

import (
	"math"
	"strconv"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// headline reads the few numbers by which people are counted and compared.
type headline struct {
	overall, rows, cols, grade, label, trend string // written fields, "" when not written
	iRows, iCols                             int    // indexes of the grade's scores, -1 without a grade
	whole                                    bool   // the headline says everything that can cause a write
	decimals                                 int
}

func (w *Worker) headline() headline {
	h := headline{iRows: -1, iCols: -1, decimals: w.Decimals}
	var rows, cols string
	if w.Model.Spec().Grade != nil {
		rows, cols = w.Model.Matrix()
		h.iRows, _ = w.Model.ScoreIndex(rows)
		h.iCols, _ = w.Model.ScoreIndex(cols)
	}
	h.whole = true
	for _, f := range w.Mapper.Written() {
		switch f.Key {
		case mapping.KeyScore:
			h.overall = f.Field
		case mapping.KeyGrade:
			h.grade = f.Field
		case mapping.KeyLabel:
			h.label = f.Field
		case mapping.KeyTrend:
			h.trend = f.Field
		case rows:
			h.rows = f.Field
		case cols:
			h.cols = f.Field
		case mapping.KeyReasons, mapping.KeyScoredAt, mapping.KeyUnscored, mapping.KeyNext, mapping.KeyHistory, mapping.KeyChanges: // what to do follows from grade and label
		default:
			h.whole = false // another named score: only the full comparison sees it move
		}
	}
	return h
}

func (h headline) of(r *scoring.Result, trend string) Planned {
	p := Planned{Scored: r.Scored, Grade: r.Grade, Label: r.Label, Trend: trend}
	if !r.Scored {
		return p
	}
	p.Score = h.round(r.Overall)
	if h.iRows >= 0 && h.iCols >= 0 {
		p.Rows, p.Cols = h.round(r.Scores[h.iRows].Points), h.round(r.Scores[h.iCols].Points)
	}
	return p
}

func (h headline) round(p scoring.Points) float64 {
	scale := math.Pow10(h.decimals)
	return math.Round(p.Float()*scale) / scale
}

// shown reads the headline back from what a record shows.
func (h headline) shown(f crm.Fields) Planned {
	number := func(field string) float64 {
		x, err := strconv.ParseFloat(f[field], 64)
		if err != nil {
			return 0
		}
		return x
	}
	return Planned{
		Scored: f[h.overall] != "" || f[h.grade] != "", Score: number(h.overall), Rows: number(h.rows), Cols: number(h.cols),
		Grade: f[h.grade], Label: f[h.label], Trend: f[h.trend],
	}
}

// unmoved is what stays planned when the dead-band holds an update back: the numbers that the record shows.
func (h headline) unmoved(planned, shown Planned) Planned {
	for _, n := range []struct {
		field     string
		now, kept *float64
	}{{h.overall, &planned.Score, &shown.Score}, {h.rows, &planned.Rows, &shown.Rows}, {h.cols, &planned.Cols, &shown.Cols}} {
		if n.field != "" && shown.Scored {
			*n.now = *n.kept
		}
	}
	return planned
}

// still reports whether nothing that can cause a write has moved.
func (h headline) still(a, b Planned, minChange float64) bool {
	near := func(x, y float64) bool { return x == y || math.Abs(x-y) < minChange }
	return h.whole && a.Scored == b.Scored && a.Grade == b.Grade && a.Label == b.Label && a.Trend == b.Trend &&
		near(a.Score, b.Score) && near(a.Rows, b.Rows) && near(a.Cols, b.Cols)
}
