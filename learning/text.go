package learning

import (
	"fmt"
	"strings"
	"time"
)

// String is what was learnt: figures, findings, and the card's tables.
func (f *Fitted) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", f.Card)
	fmt.Fprintf(&b, "\nStanding: %s (%d converted, %d did not, %d not known yet)\n", f.Standing, f.Events, f.Rows-f.Events, f.Unknown)
	b.WriteString("\n" + f.HeldOut.String())
	if len(f.Findings) > 0 {
		b.WriteString("\nSuspected of knowing the outcome\n")
		for i := range f.Findings {
			b.WriteString("- " + f.Findings[i].words() + "\n")
		}
	}
	if len(f.LeftOut) > 0 {
		b.WriteString("\nNot in the card\n")
		for _, l := range f.LeftOut {
			fmt.Fprintf(&b, "- %s: %s\n", l.Name, l.Why)
		}
	}
	return b.String()
}

// String is the figures of a judgement, with its calibration table and its gains.
func (j *Judged) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, on %d rows it did not learn from (%d converted)\n", j.Name, j.Rows, j.Events)
	fmt.Fprintf(&b, "  AUC %.3f ± %.3f, Gini %.3f, KS %.3f\n", j.Rank.AUC, j.Rank.SE, j.Rank.Gini, j.Rank.KS)
	fmt.Fprintf(&b, "  log-loss %.4f against %.4f of the base rate (gain %.4f ± %.4f), Brier %.4f\n", j.Loss.LogLoss, j.BaseLoss, j.Gain.Mean, j.Gain.SE, j.Loss.Brier)
	fmt.Fprintf(&b, "  calibration: intercept %.2f, slope %.2f, mean gap %.3f\n", j.Calibrated.Intercept, j.Calibrated.Slope, j.Calibrated.ECE)
	b.WriteString("\n  said       came                 rows\n")
	for _, c := range j.Calibrated.Bins {
		fmt.Fprintf(&b, "  %5.1f %%   %5.1f %% ± %4.1f  %7d  %s\n", 100*c.Said, 100*c.Came, 100*c.SE, c.Rows, blocks(c.Came))
	}
	b.WriteString("\n  best        of all who converted   lift\n")
	for _, s := range j.Gains {
		fmt.Fprintf(&b, "  %3.0f %%       %5.1f %%               %5.2f  %s\n", 100*s.Top, 100*s.Share, s.Lift, blocks(s.Share))
	}
	return b.String()
}

// blocks is a share as a bar of at most twenty-five.
func blocks(share float64) string { return strings.Repeat("█", int(25*min(1, max(0, share))+.5)) }

// String is the backtest in words and tables.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Learnt from %d rows before %s (%.1f %% converted), judged on %d rows after (%.1f %%)\n\n",
		r.Past, r.Cut.Format(time.DateOnly), 100*r.PastRate, r.After, 100*r.Rate)
	fmt.Fprintf(&b, "  %-20s %15s %9s %8s %9s %8s\n", "", "AUC", "log-loss", "Brier", "top 10 %", "slope")
	for i := range r.Judged {
		j := &r.Judged[i]
		fmt.Fprintf(&b, "  %-20s %6.3f ± %6.3f %9.4f %8.4f %8.2fx %8.2f\n", j.Name, j.Rank.AUC, j.Rank.SE, j.Loss.LogLoss, j.Loss.Brier, j.Gains[0].Lift, j.Calibrated.Slope)
	}
	for _, a := range r.Against {
		fmt.Fprintf(&b, "  scorecard against %s: AUC %+.3f ± %.3f (p %.3f)\n", a.Name, a.AUC.Difference, a.AUC.SE, a.AUC.P)
	}
	for _, g := range r.Groups {
		fmt.Fprintf(&b, "\n%s\n", g.Name)
		for _, x := range g.Groups {
			fmt.Fprintf(&b, "  %-12s %6d rows  %5.1f %% ± %4.1f  %s\n", x.Name, x.Rows, 100*x.Rate, 100*x.SE, blocks(x.Rate))
		}
	}
	b.WriteString("\n" + r.Judged[0].String() + "\n" + r.Drift.String())
	switch {
	case r.Refused != "":
		b.WriteString("\nRefused: " + r.Refused + "\n")
	case r.Trusted():
		b.WriteString("\nIt would have worked.\n")
	default:
		b.WriteString("\nDo not rely on it: see the alarms above.\n")
	}
	return b.String()
}

// String is the drift report in words and tables.
func (d *DriftReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Drift over %d rows (PSI: above %.2f worth a look, above %.2f an alarm)\n", d.Rows, watchPSI, alarmPSI)
	for _, s := range append([]Shift{d.Score}, d.Attributes...) {
		fmt.Fprintf(&b, "  %-32s %6.2f  %-6s  %s: %.0f %% → %.0f %%\n", s.Name, s.PSI, s.Level, s.Bin, 100*s.Was, 100*s.Is)
	}
	if len(d.Periods) > 1 {
		b.WriteString("\n  month       rows  converted  foretold\n")
		for _, p := range d.Periods {
			fmt.Fprintf(&b, "  %s  %7d    %5.1f %%   %5.1f %%\n", p.From.Format("2006-01"), p.Rows, 100*p.Rate, 100*p.Said)
		}
	}
	for _, g := range d.Groups {
		fmt.Fprintf(&b, "\n  %s by month\n", g.Name)
		for _, p := range g.Periods {
			fmt.Fprintf(&b, "  %s ", p.Month)
			for _, x := range p.Groups {
				fmt.Fprintf(&b, " %s %5.1f %% of %d;", x.Name, 100*x.Rate, x.Rows)
			}
			b.WriteString("\n")
		}
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "\n%s: %s.\n  %s.\n", map[Level]string{Alarm: "ALARM", Watch: "Watch"}[w.Level], w.What, w.Do)
	}
	if len(d.Warnings) == 0 {
		b.WriteString("\nNothing has moved enough to matter.\n")
	}
	return b.String()
}
