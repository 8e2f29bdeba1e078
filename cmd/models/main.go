// Command models proves the learnt scorecards on public data sets beside what others made of the same rows.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/bareme/bareme/learning/metrics"
	"github.com/bareme/bareme/learning/scorecard"
)

type figure struct {
	name    string
	auc     float64
	loss    float64
	seconds float64
}

func main() {
	for _, s := range sets() {
		h, err := s.read("../shared/data")
		if err != nil {
			fmt.Println(err)
			continue
		}
		tr, y := h.part(false)
		te, yt := h.part(true)
		t0 := time.Now()
		f, err := scorecard.Fit(tr, y, nil, scorecard.Options{})
		d := time.Since(t0)
		if err != nil {
			fmt.Println(s.name, err)
			continue
		}
		_, p, err := f.Card.Table(te, nil, len(yt))
		if err != nil {
			fmt.Println(err)
		}
		r, _ := metrics.Rank(p, yt)
		l, _ := metrics.Losses(p, yt)
		c, _ := metrics.Calibrate(p, yt)
		fmt.Printf("%-15s %d/%d auc %.4f±%.4f loss %.4f brier %.4f cal %.2f/%.2f %.3fs ridge %v attrs %d left %d  | LR %.4f %.4f\n", s.name, len(y), len(yt), r.AUC, r.SE, l.LogLoss, l.Brier, c.Intercept, c.Slope, d.Seconds(), f.Card.Ridge, len(f.Card.Attributes), len(f.LeftOut), s.record[0].auc, s.record[0].loss)
		if len(f.OutOfFold) > 0 {
			r, _ := metrics.Rank(f.OutOfFold, y)
			l, _ := metrics.Losses(f.OutOfFold, y)
			fmt.Printf("    oof auc %.4f loss %.4f\n", r.AUC, l.LogLoss)
		}
	}
	if err := clvTable(os.Stdout, "../shared/data"); err != nil {
		fmt.Println(err)
	}
}
