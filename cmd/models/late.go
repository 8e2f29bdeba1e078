package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/bareme/bareme/learning"
)

// drift backtests a set whose rows are in the order of time: it must end in an alarm, since the later calls were made to
// other people in another economy.
func (o *printer) drift(h *history) error {
	t := asTable(h)
	// No row has a date; they are in the order of the calls, which is all a split in time needs.
	start := time.Date(2008, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range h.converted {
		t.At = append(t.At, start.Add(time.Duration(i)*32*time.Minute))
	}
	r, err := learning.Backtest(t, learning.Options{}, nil, nil)
	if errors.Is(err, learning.ErrNoSignal) {
		o.line("  backtest: refused: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	o.line("  backtest ends in an alarm, not in a confident model: %s", met(!r.Trusted() && r.Drift.Alarm()))
	if r.Refused != "" {
		o.line("    refused: %s", r.Refused)
	}
	const most = 4
	for i, w := range r.Drift.Warnings {
		if i < most {
			o.line("    %s: %s", w.Level, w.What)
		}
	}
	return nil
}

// asTable gives the rows ids, and no moments.
func asTable(h *history) *learning.Table {
	t := &learning.Table{Columns: h.columns}
	for i, c := range h.converted {
		t.IDs = append(t.IDs, fmt.Sprintf("%06d", i))
		outcome := learning.No
		if c {
			outcome = learning.Yes
		}
		t.Outcomes = append(t.Outcomes, outcome)
	}
	return t
}
