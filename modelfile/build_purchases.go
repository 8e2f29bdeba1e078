package modelfile

import (
	"strconv"
	"strings"

	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/scoring/rfm"
)

// defaultBins are the places of each measure when the file does not say.
const defaultBins = 5

// purchaseNeeds says which keys of a score need which other.
func purchaseNeeds() map[string]any {
	needs := map[string]any{"method": []string{"activity"}, "first_wins": []string{"segments"}}
	for _, f := range purchaseFields {
		if needs[f.key] == nil {
			needs[f.key] = []string{"method"}
		}
	}
	return needs
}

// purchases reads a score by purchases; nil when it is a sum of groups.
func (b *builder) purchases(n *node, score string) *scoring.RFMSpec {
	method := n.get("method")
	if method == nil {
		for _, e := range n.entries {
			if _, ok := purchaseNeeds()[e.key.text]; ok {
				b.add(e.key.span(b.src), score+": "+e.key.text+" only makes sense beside method", "Add method: rfm, or remove it.")
			}
		}
		if n.get("groups") == nil {
			b.add(n.span(b.src), score+` lacks the key "groups"`, "Add it, with criteria that give points; or write method: rfm for a score by purchases.")
		}
		return nil
	}
	if n.get("activity") == nil {
		b.add(n.span(b.src), score+` lacks the key "activity"`, "Add the kind of activity that is a purchase, as in activity: purchase.")
	}
	if first := n.get("first_wins"); first != nil && n.get("segments") == nil {
		b.add(first.span(b.src), score+": first_wins only makes sense beside segments", "Remove it, or write segments.")
	}
	s := &scoring.RFMSpec{Activity: textOf(n.get("activity")), Binning: rfm.Binning(textOf(n.get("binning")))}
	cuts := false
	for i, m := range []*rfm.Measure{&s.Recency, &s.Frequency, &s.Monetary} {
		*m = measureOf(n.get(rfm.Measures()[i]))
		cuts = cuts || m.Cuts != nil
	}
	switch {
	case s.Binning != "":
	case cuts:
		s.Binning = rfm.Fixed
	default:
		s.Binning = rfm.MidRank
	}
	s.Days = textOf(n.get("frequency").get("count")) == "days"
	s.Segments = b.segments(n)
	return s
}

// priced checks that the purchases of every score that divides money have amounts.
func (b *builder) priced(root *node, scores []scoring.ScoreSpec) {
	activities := root.get("people").get("activity")
	for _, s := range scores {
		if s.RFM == nil || s.RFM.Monetary.Bins == 1 {
			continue
		}
		if bought := activities.get(s.RFM.Activity); bought != nil && bought.get("amount") == nil {
			b.add(root.get("scores").get(s.Name).get("activity").span(b.src), s.Name+": "+quote(s.RFM.Activity)+" has no amount, so there is no monetary value to divide",
				"Add amount and currency to people.activity, or leave money out with monetary: {bins: 1}.")
		}
	}
}

func measureOf(n *node) rfm.Measure {
	m := rfm.Measure{Bins: defaultBins}
	if v := n.get("cuts"); v != nil {
		m = rfm.Measure{Cuts: cuts(v)}
	}
	if v := n.get("bins"); v != nil {
		m.Bins = wholeOf(v.text)
	}
	return m
}

func (b *builder) segments(n *node) *rfm.Table {
	list := n.get("segments")
	if list == nil {
		return nil
	}
	t := &rfm.Table{FirstWins: textOf(n.get("first_wins")) == "true"}
	for _, e := range list.entries {
		segment := rfm.Segment{Name: e.key.text}
		for _, text := range textsOf(e.value) {
			block, err := rfm.ParseBlock(text)
			if err != nil {
				b.add(e.value.span(b.src), strconv.Quote(e.key.text)+": "+strings.TrimSpace(err.Error()), `Write places such as "R4-5 F3", or "*" for the rest.`)
			}
			segment.Blocks = append(segment.Blocks, block)
		}
		t.Segments = append(t.Segments, segment)
	}
	return t
}

// entriesOf are the keys of a mapping that may be absent.
func entriesOf(n *node) []entry {
	if n == nil {
		return nil
	}
	return n.entries
}
