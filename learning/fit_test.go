package learning_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/learning"
	"github.com/bareme/bareme/learning/scorecard"
)

// history makes rows in which size and industry tell who converts, and colour and luck tell nothing.
func history(n int, signal float64, seed uint64) *learning.Table {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &learning.Table{}
	size, luck := make([]float64, n), make([]float64, n)
	industry, colour := make([]string, n), make([]string, n)
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		size[i], luck[i] = math.Round(100*math.Exp(r.NormFloat64())), r.Float64()
		industry[i] = []string{"bank", "farm", "shop", "school"}[r.IntN(4)]
		colour[i] = []string{"red", "green", "blue"}[r.IntN(3)]
		logit := -1 + signal*(math.Log(size[i]/100))
		if industry[i] == "bank" {
			logit += 1.5 * signal
		}
		if r.IntN(10) == 0 {
			size[i] = math.NaN()
		}
		outcome := learning.No
		if r.Float64() < 1/(1+math.Exp(-logit)) {
			outcome = learning.Yes
		}
		t.IDs = append(t.IDs, fmt.Sprintf("p%05d", r.IntN(1_000_000)*n+i))
		t.At = append(t.At, start.Add(time.Duration(i)*time.Hour))
		t.Outcomes = append(t.Outcomes, outcome)
	}
	t.Columns = []scorecard.Column{
		scorecard.Numbers("size", size), scorecard.Texts("industry", industry, nil),
		scorecard.Texts("colour", colour, nil), scorecard.Numbers("luck", luck),
	}
	return t
}

func TestFitFindsWhatTells(t *testing.T) {
	t.Parallel()
	f, err := learning.Fit(history(2000, 1, 7), learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := f.Card.Names()
	slices.Sort(names)
	if !slices.Equal(names, []string{"industry", "size"}) {
		t.Errorf("the card looks at %v", names)
	}
	if f.Standing != learning.Full || !f.ByTime || !f.HeldOut.Beats() || f.HeldOut.Rank.AUC < .7 {
		t.Errorf("standing %s, by time %v, held out %+v", f.Standing, f.ByTime, f.HeldOut.Rank)
	}
	if s := f.HeldOut.Calibrated.Slope; s < .7 || s > 1.4 {
		t.Errorf("calibration slope %v", s)
	}
	least, most := f.Card.Range()
	if least != 0 || most < 95 || most > 105 {
		t.Errorf("points from %d to %d; they should sum to about 100", least, most)
	}
	for _, want := range []string{"industry", "bank", "not known", "█", "points"} {
		if text := f.String(); !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

// TestNoiseIsRefused: fifty histories in which nothing tells who converts. By chance about one in forty would pass two
// standard errors if a card were fitted at all; none of these does.
func TestNoiseIsRefused(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		table := history(600, 0, seed)
		if seed%2 == 0 {
			table.At = nil
		}
		f, err := learning.Fit(table, learning.Options{})
		if !errors.Is(err, learning.ErrNoSignal) {
			t.Errorf("seed %d: %v, held out %+v", seed, err, f.HeldOut.Gain)
		}
	}
}

// TestSameBytes: whatever the order of rows and columns, and the number of cores.
func TestSameBytes(t *testing.T) { //nolint:paralleltest // sets the number of cores
	first := encoded(t, history(3000, 1, 3))
	table := history(3000, 1, 3)
	n := len(table.IDs)
	order := rand.New(rand.NewPCG(5, 5)).Perm(n)
	turned := &learning.Table{}
	for _, row := range order {
		turned.IDs = append(turned.IDs, table.IDs[row])
		turned.At = append(turned.At, table.At[row])
		turned.Outcomes = append(turned.Outcomes, table.Outcomes[row])
	}
	for _, i := range []int{3, 1, 0, 2} {
		c := &table.Columns[i]
		if c.Kind == scorecard.Number {
			turned.Columns = append(turned.Columns, c.Pick(order))
			continue
		}
		texts := make([]string, n) // levels are met in another order
		for at, row := range order {
			texts[at] = c.Levels[c.Codes[row]]
		}
		turned.Columns = append(turned.Columns, scorecard.Texts(c.Name, texts, nil))
	}
	cores := runtime.GOMAXPROCS(1)
	second := encoded(t, turned)
	runtime.GOMAXPROCS(cores)
	if !bytes.Equal(first, second) {
		t.Errorf("other bytes:\n%s\n\n%s", first, second)
	}
}

func encoded(t *testing.T, table *learning.Table) []byte {
	t.Helper()
	f, err := learning.Fit(table, learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := learning.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	back, err := again.Encode()
	if err != nil || !bytes.Equal(text, back) {
		t.Fatalf("what was stored does not come back: %v", err)
	}
	return text
}

func TestLadder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		yes  int
		want learning.Standing
	}{{39, ""}, {60, learning.Provisional}, {200, learning.Standard}, {450, learning.Full}} {
		table := history(3000, 2, 11)
		yes := 0
		for i, o := range table.Outcomes {
			if o == learning.Yes {
				if yes++; yes > c.yes {
					table.Outcomes[i] = learning.Unknown
				}
			}
		}
		f, err := learning.Fit(table, learning.Options{})
		if c.want == "" {
			if !errors.Is(err, learning.ErrTooFew) || !strings.Contains(err.Error(), "40") {
				t.Errorf("%d conversions: %v", c.yes, err)
			}
			continue
		}
		if err != nil && !errors.Is(err, learning.ErrNoSignal) || f.Standing != c.want {
			t.Errorf("%d conversions: %v", c.yes, err)
		}
		_, err = learning.Fit(table, learning.Options{Scorecard: scorecard.Options{Short: 3}})
		if short := err == nil || errors.Is(err, learning.ErrNoSignal); short != (c.want == learning.Full) {
			t.Errorf("%d conversions: a short card: %v", c.yes, err)
		}
	}
}

func TestProvisionalKeepsFive(t *testing.T) {
	t.Parallel()
	table := history(230, 2, 13)
	for i := range 8 {
		c := table.Columns[0].Pick(seq(230))
		c.Name = fmt.Sprintf("size %d", i)
		for row := range c.Numbers {
			c.Numbers[row] += float64((row*7919+i*104729)%97) / 10
		}
		table.Columns = append(table.Columns, c)
	}
	f, err := learning.Fit(table, learning.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Standing != learning.Provisional || len(f.Card.Names()) > 5 {
		t.Errorf("%s with %v", f.Standing, f.Card.Names())
	}
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
