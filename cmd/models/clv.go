package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bareme/bareme/learning/clv"
	"github.com/bareme/bareme/learning/metrics"
)

const halfOfCDNOW = 39 // weeks, to learn from and to judge on

// buyer is a customer of the CDNOW sample as of the cut, with what came after.
type buyer struct {
	clv.History
	days  int     // with a purchase after the cut
	spent float64 // after the cut
}

// guess is what one method says of each customer.
type guess struct {
	name      string
	purchases []float64
	chance    []float64 // of a purchase; the order is judged
	revenue   []float64 // nil where the method knows no amounts
	fit       time.Duration
}

// clvTable judges what is said of the CDNOW customers after 39 weeks by the 39 weeks that followed, beside rules of
// thumb.
func clvTable(w io.Writer, data string) error {
	cut := time.Date(1997, 9, 30, 0, 0, 0, 0, time.UTC)
	buyers, err := cdnow(filepath.Join(data, "cdnow", "CDNOW_sample.txt"), cut)
	if err != nil {
		return err
	}
	guesses := thumbs(buyers)
	for _, kind := range clv.Kinds() {
		g, err := learnt(buyers, kind)
		if err != nil {
			return err
		}
		guesses = append(guesses, g)
	}
	bought, spent, again := sums(buyers)
	out := &strings.Builder{}
	fmt.Fprintf(out, "clv: %d customers of the CDNOW sample after %d weeks; in the %d that followed they bought on %.0f days for %.0f\n",
		len(buyers), halfOfCDNOW, halfOfCDNOW, bought, spent)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "method\tpurchases\toff\tMAE\tRMSE\tAUC buys again\trevenue off\tfit ms")
	for _, g := range guesses {
		auc, err := metrics.Rank(g.chance, again)
		if err != nil {
			return err
		}
		mae, rmse, sum := g.off(buyers)
		_, _ = fmt.Fprintf(t, "%s\t%.0f\t%+.1f %%\t%.3f\t%.3f\t%.3f ± %.3f\t%s\t%s\n", g.name, sum, 100*(sum/bought-1), mae, rmse, auc.AUC, auc.SE, g.money(spent), g.took())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// cdnow reads the log of purchases: number in all, in the sample, date, CDs, dollars.
func cdnow(path string, cut time.Time) ([]buyer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	bought := map[string][]clv.Purchase{}
	var ids []string
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) != 5 {
			return nil, fmt.Errorf("%s: %q has no five columns", path, line)
		}
		at, err := time.Parse("20060102", f[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		amount, err := clv.ParseAmount(f[4], "USD")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if bought[f[1]] == nil {
			ids = append(ids, f[1])
		}
		bought[f[1]] = append(bought[f[1]], clv.Purchase{At: at, Amount: amount})
	}
	slices.Sort(ids)
	var out []buyer
	for _, id := range ids {
		b, err := judged(bought[id], cut)
		if err != nil {
			return nil, fmt.Errorf("%s: customer %s: %w", path, id, err)
		}
		out = append(out, b)
	}
	return out, nil
}

// judged is a customer as of the cut, with the days and the money after it.
func judged(bought []clv.Purchase, cut time.Time) (buyer, error) {
	g, err := clv.Gather(bought, cut)
	if err != nil {
		return buyer{}, err
	}
	b := buyer{History: g.History}
	days := map[time.Time]bool{}
	for _, p := range bought {
		if p.At.After(cut) {
			days[p.At] = true
			b.spent += p.Amount.Float()
		}
	}
	b.days = len(days)
	return b, nil
}

// thumbs are the rules of thumb to beat.
func thumbs(buyers []buyer) []guess {
	same, mean, recent := guess{name: "as often as so far"}, guess{name: "everybody the mean"}, guess{name: "as often, 0 after 13 quiet weeks"}
	total, weeks := 0.0, 0.0
	for _, b := range buyers {
		total, weeks = total+float64(b.X), weeks+b.T
	}
	for _, b := range buyers {
		rate := halfOfCDNOW * float64(b.X) / b.T
		same.say(rate, rate)
		mean.say(halfOfCDNOW*total/weeks, 0)
		if quiet := b.T - b.Tx; quiet <= 13 {
			recent.say(rate, -quiet)
		} else {
			recent.say(0, -quiet)
		}
	}
	return []guess{mean, same, recent}
}

func (g *guess) say(purchases, chance float64) {
	g.purchases, g.chance = append(g.purchases, purchases), append(g.chance, chance)
}

func learnt(buyers []buyer, kind clv.Kind) (guess, error) {
	histories := make([]clv.History, len(buyers))
	for i, b := range buyers {
		histories[i] = b.History
	}
	started := time.Now()
	m, err := clv.Fit(histories, kind)
	if err != nil {
		return guess{}, err
	}
	g := guess{name: string(kind), fit: time.Since(started)}
	for _, h := range histories {
		n, err := m.Expected(h, halfOfCDNOW)
		if err != nil {
			return guess{}, err
		}
		next, err := m.Next(h, halfOfCDNOW)
		if err != nil {
			return guess{}, err
		}
		amount, err := m.Amount(h)
		if err != nil {
			return guess{}, err
		}
		g.say(n, next.Chance)
		g.revenue = append(g.revenue, n*amount)
	}
	return g, nil
}

func sums(buyers []buyer) (bought, spent float64, again []bool) {
	for _, b := range buyers {
		bought, spent = bought+float64(b.days), spent+b.spent
		again = append(again, b.days > 0)
	}
	return bought, spent, again
}

func (g *guess) off(buyers []buyer) (mae, rmse, sum float64) {
	n := float64(len(buyers))
	for i, b := range buyers {
		d := g.purchases[i] - float64(b.days)
		mae, rmse, sum = mae+math.Abs(d)/n, rmse+d*d/n, sum+g.purchases[i]
	}
	return mae, math.Sqrt(rmse), sum
}

func (g *guess) money(spent float64) string {
	if g.revenue == nil {
		return "–"
	}
	sum := 0.0
	for _, r := range g.revenue {
		sum += r
	}
	return fmt.Sprintf("%+.1f %%", 100*(sum/spent-1))
}

func (g *guess) took() string {
	if g.fit == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", g.fit.Seconds()*1000)
}
