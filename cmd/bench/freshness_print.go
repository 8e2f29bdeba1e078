package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// print tells what the CRM saw.
func (w *freshWatch) print() {
	slices.Sort(w.took)
	row(w.name, count(w.changes), count(len(w.took)), secondsOf(quantile(w.took, 0.5)), secondsOf(quantile(w.took, 0.95)), secondsOf(quantile(w.took, 1)), count(w.refused()))
}

// How far the program's metric may be from what the CRM saw: it counts whole seconds, and Salesforce tells no others.
const (
	countsDiffer = 0.02 // of the changes
	meansDiffer  = time.Second
)

// compare tells what the program's own metric says of the same changes, and whether that is true.
func (w *freshWatch) compare() error {
	var sum time.Duration
	for _, d := range w.took {
		sum += d
	}
	shown := float64(max(len(w.took), 1))
	off := time.Duration((w.told.sum/max(w.told.count, 1) - sum.Seconds()/shown) * float64(time.Second))
	row("  "+w.name, "", count(int(w.told.count)), secondsOf(w.told.quantile(0.5)), secondsOf(w.told.quantile(0.95)), "", fmt.Sprintf("%+.2f s", off.Seconds()))
	if math.Abs(w.told.count-shown) > countsDiffer*shown || off.Abs() > meansDiffer {
		return fmt.Errorf("%s: the metric tells of %.0f changes and a mean that is off by %s; the CRM saw %.0f", w.name, w.told.count, off, shown)
	}
	return nil
}

// picture shows how the times are distributed.
func (w *freshWatch) picture(step time.Duration) {
	fmt.Printf("\n%s\n", w.name)
	bins := map[time.Duration]int{}
	most := 1
	for _, d := range w.took {
		bin := d / step
		bins[bin]++
		most = max(most, bins[bin])
	}
	for bin := range slices.Max(append(sorted(bins), 0)) + 1 {
		fmt.Printf("  %4.0f s %-50s %d\n", ((bin + 1) * step).Seconds(), strings.Repeat("█", (bins[bin]*50+most-1)/most), bins[bin])
	}
}

func secondsOf(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// sorted are the keys of a map, rising.
func sorted[K ~int64 | ~float64, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
