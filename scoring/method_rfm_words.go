package scoring

import (
	"fmt"
	"strconv"

	"github.com/bareme/bareme/scoring/rfm"
)

// buying are the sentences about purchases.
type buying interface {
	measure(measure int) string
	lastPurchase(at int64) string
	purchases(n int, days bool) string
	sum(amount float64) string
	place(n, of int) string
	segment(score, segment string, number int) string
	notFitted() string
}

// tellPurchases replaces the words of a line of a score by purchases.
func (m *Model) tellPurchases(reason *Reason, r *Result, l Line, w phrases) {
	for i := range r.Buyers {
		c, p := &r.Buyers[i], &m.purchases[i]
		if c.Score != int(l.Score) {
			continue
		}
		measure := int(l.Criterion)
		what := [3]string{w.lastPurchase(c.Last), w.purchases(c.Purchases, p.days), w.sum(c.Total)}[measure]
		place := w.place([3]int{c.R, c.F, c.M}[measure], p.bins[measure])
		reason.Criterion = w.measure(measure)
		reason.Text = reason.Criterion + w.colon() + what + " (" + place + ")"
		reason.Short = reason.Criterion + " (" + what + ")"
	}
}

// remarkPurchases says the segment of each score by purchases, and which of them are not fitted yet.
func (m *Model) remarkPurchases(r *Result, w phrases, remark func(string)) {
	for i := range r.Buyers {
		c, name := &r.Buyers[i], m.scores[r.Buyers[i].Score].name
		switch {
		case c.Outside:
		case m.purchases[i].cuts == nil:
			remark(name + w.colon() + w.notFitted())
		case c.Placed:
			remark(w.segment(name, c.Segment, int(c.values()[1].Num)))
		}
	}
}

// SegmentOf is where score i has placed the customer: "Champions (543)"; "" for other scores and people.
func (m *Model) SegmentOf(r *Result, i int) string {
	for j := range r.Buyers {
		if c := &r.Buyers[j]; c.Score == i && c.Placed {
			return fmt.Sprintf("%s (%d)", c.Segment, rfm.Number(c.R, c.F, c.M))
		}
	}
	return ""
}

// AttributeName is the name of an attribute that conditions may ask for, by its slot in Result.Unknown.
func (m *Model) AttributeName(slot int) string { return m.extended.Attributes[slot].Name }

// amountText is money without its currency, which this package does not know: two decimals where there are any.
func amountText(x float64, mark string) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	if text[len(text)-3:] == ".00" {
		return text[:len(text)-3]
	}
	return text[:len(text)-3] + mark + text[len(text)-2:]
}

func (english) measure(i int) string { return [3]string{"Recency", "Frequency", "Monetary value"}[i] }

func (w english) lastPurchase(at int64) string { return "last purchase on " + w.date(at) }

func (english) purchases(n int, days bool) string {
	switch {
	case days && n == 1:
		return "purchases on 1 day"
	case days:
		return fmt.Sprintf("purchases on %d days", n)
	case n == 1:
		return "1 purchase"
	}
	return fmt.Sprintf("%d purchases", n)
}

func (w english) sum(amount float64) string { return amountText(amount, w.mark()) + " in all" }

func (english) place(n, of int) string { return fmt.Sprintf("%d of %d", n, of) }

func (english) segment(score, segment string, number int) string {
	return fmt.Sprintf("Segment by %s: %s (%d)", score, segment, number)
}

func (english) notFitted() string { return "not fitted yet: run a sync or bareme fit" }

func (french) measure(i int) string { return [3]string{"Récence", "Fréquence", "Montant"}[i] }

func (w french) lastPurchase(at int64) string { return "dernier achat le " + w.date(at) }

func (french) purchases(n int, days bool) string {
	switch {
	case days && n == 1:
		return "achats sur 1 jour"
	case days:
		return fmt.Sprintf("achats sur %d jours", n)
	case n == 1:
		return "1 achat"
	}
	return fmt.Sprintf("%d achats", n)
}

func (w french) sum(amount float64) string { return amountText(amount, w.mark()) + " en tout" }

func (french) place(n, of int) string { return fmt.Sprintf("%d sur %d", n, of) }

func (french) segment(score, segment string, number int) string {
	return fmt.Sprintf("Segment selon %s : %s (%d)", score, segment, number)
}

func (french) notFitted() string { return "pas encore calibré : lancer sync ou bareme fit" }
