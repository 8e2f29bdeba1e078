package nextproduct_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/learning/nextproduct"
)

var start = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

func on(day int) time.Time { return start.AddDate(0, 0, day) }

// leads are products that lead to another in made-up purchases, with the chance that they do within the year.
var leads = map[string]struct {
	to     string
	chance float64
}{"printer": {"ink", .6}, "camera": {"lens", .4}, "tent": {"stove", .5}}

// shop makes people up who buy some of twelve products, from a seed. With structure, some of these lead to others.
func shop(seed uint64, people int, structure bool) []nextproduct.Purchase {
	r := rand.New(rand.NewPCG(seed, 1))
	names := []string{"book", "bag", "shoes", "lamp", "chair", "rug", "printer", "camera", "tent", "ink", "lens", "stove"}
	var out []nextproduct.Purchase
	for i := range people {
		who := fmt.Sprintf("p%05d", i)
		day := r.IntN(900)
		for range 1 + r.IntN(4) {
			// The first are bought more often.
			product := names[min(r.IntN(12), r.IntN(12))]
			out = append(out, nextproduct.Purchase{Person: who, Product: product, At: on(day)})
			if l, ok := leads[product]; ok && structure && r.Float64() < l.chance {
				out = append(out, nextproduct.Purchase{Person: who, Product: l.to, At: on(day + 5 + r.IntN(200))})
			}
			day += 1 + r.IntN(300)
		}
	}
	return out
}

// TestCounts is the sentence of the documentation: of 80 who bought a printer 31 bought ink within a year.
func TestCounts(t *testing.T) {
	t.Parallel()
	var all []nextproduct.Purchase
	add := func(who int, product string, day int) {
		all = append(all, nextproduct.Purchase{Person: fmt.Sprint(who), Product: product, At: on(day)})
	}
	for i := range 120 {
		add(i, "printer", 10)
		switch {
		case i < 31:
			add(i, "ink", 11+i)
		case i < 41:
			add(i, "ink", 10) // at the same moment: had it
		case i < 51:
			add(i, "ink", 3) // before
		case i < 61:
			add(i, "ink", 380) // later than a year after: could have, and did not in time
		case i < 81:
			all[len(all)-1].At = on(700) // the year is not over: not known
		}
	}
	for i := range 200 {
		add(1000+i, "lamp", 20)
		if i < 20 {
			add(1000+i, "ink", 30)
		}
	}
	m, err := nextproduct.Fit(all, on(900), nextproduct.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Rules) != 1 {
		t.Fatalf("%+v", m.Rules)
	}
	// After any product: 31 of 80 after the printer, 20 of 200 after the lamp.
	want := nextproduct.Rule{After: "printer", Product: "ink", Bought: 31, Of: 80, Base: 51.0 / 280}
	if diff := cmp.Diff(want, m.Rules[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, silence := m.Suggest([]nextproduct.Purchase{{Product: "printer", At: on(890)}}, on(900), 3)
	if silence != nextproduct.Spoke || len(got) != 1 || got[0].Words != "31 of 80 who bought printer bought ink within a year, 2.1 times as many as after any product" {
		t.Errorf("%+v %s", got, silence)
	}
}

// TestSilence: why nothing is suggested.
func TestSilence(t *testing.T) {
	t.Parallel()
	m, err := nextproduct.Fit(shop(1, 6000, true), on(1500), nextproduct.Options{})
	if err != nil {
		t.Fatal(err)
	}
	buy := func(product string, day int) nextproduct.Purchase {
		return nextproduct.Purchase{Product: product, At: on(day)}
	}
	everything := []nextproduct.Purchase{buy("printer", 1400)}
	for _, r := range m.Rules {
		everything = append(everything, buy(r.Product, 1300))
	}
	for _, r := range m.Rules {
		if r.After != "printer" {
			everything = append(everything, buy(r.After, 100))
		}
	}
	for want, bought := range map[nextproduct.Silence][]nextproduct.Purchase{
		nextproduct.Nothing:  {buy("printer", 1600)},
		nextproduct.LongAgo:  {buy("printer", 1000)},
		nextproduct.NoRule:   {buy("unheard of", 1400)},
		nextproduct.GotThose: everything,
		nextproduct.Spoke:    {buy("printer", 1400)},
	} {
		if got, silence := m.Suggest(bought, on(1500), 3); silence != want || (len(got) > 0) != (want == nextproduct.Spoke) {
			t.Errorf("%v %q, want %q", got, silence, want)
		}
	}
}

// TestKnownStructure: the products that lead to another are found, with the chances they were made with, and suggesting
// them beats the most bought products on later data.
func TestKnownStructure(t *testing.T) {
	t.Parallel()
	all := shop(2, 12000, true)
	m, err := nextproduct.Fit(all, on(1500), nextproduct.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for from, l := range leads {
		i := slices.IndexFunc(m.Rules, func(r nextproduct.Rule) bool { return r.After == from })
		if i < 0 || m.Rules[i].Product != l.to {
			t.Errorf("after %s: no rule for %s", from, l.to)
			continue
		}
		if share := m.Rules[i].Share(); share < l.chance-.05 || share > l.chance+.1 {
			t.Errorf("after %s: %.2f, made with %.2f and what is bought anyway", from, share, l.chance)
		}
	}
	e, err := nextproduct.Evaluate(all, on(800), nextproduct.Options{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(e)
	if !e.Convincing() || e.Gain.Share < .1 {
		t.Errorf("%+v", e)
	}
}

// TestNoStructure: of purchases that follow nothing but how popular a product is, next to nothing is learnt, and what is
// does not convince on later data.
func TestNoStructure(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		all := shop(100+seed, 6000, false)
		m, err := nextproduct.Fit(all, on(1500), nextproduct.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Rules) > 13 { // a tenth of the pairs; by chance one in forty
			t.Errorf("seed %d: %d rules of 132 pairs", seed, len(m.Rules))
		}
		e, err := nextproduct.Evaluate(all, on(800), nextproduct.Options{}, 3)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(len(m.Rules), e)
		if e.Convincing() {
			t.Errorf("seed %d: %s", seed, e)
		}
	}
}

// TestOrder: in another order, the same bytes; stored and read, the same model.
func TestOrder(t *testing.T) {
	t.Parallel()
	all := shop(3, 3000, true)
	var first []byte
	for seed := range uint64(3) {
		m, err := nextproduct.Fit(all, on(1200), nextproduct.Options{Buyers: 20, Both: 5})
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out
		}
		if string(out) != string(first) {
			t.Fatal("other bytes in another order")
		}
		var back nextproduct.Model
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*m, back); diff != "" {
			t.Errorf("(-stored +read):\n%s", diff)
		}
		r := rand.New(rand.NewPCG(seed, 2))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	few := shop(1, 30, true)
	large := make([]nextproduct.Purchase, 0, nextproduct.MostProducts+1)
	for i := range cap(large) {
		large = append(large, nextproduct.Purchase{Person: "a", Product: fmt.Sprint(i), At: on(1)})
	}
	for name, c := range map[string]struct {
		bought  []nextproduct.Purchase
		options nextproduct.Options
		kind    error
		words   string
	}{
		"nothing":        {nil, nextproduct.Options{}, nextproduct.ErrTooFew, "of 0 products none has 40 buyers seen for 365 days"},
		"few":            {few, nextproduct.Options{}, nextproduct.ErrTooFew, "the most bought has"},
		"no person":      {[]nextproduct.Purchase{{Product: "ink", At: on(0)}}, nextproduct.Options{}, nextproduct.ErrPurchase, "purchase 1 of 2023-01-01 has no person"},
		"no product":     {[]nextproduct.Purchase{{Person: "a", Product: " ", At: on(0)}}, nextproduct.Options{}, nextproduct.ErrPurchase, "has no product"},
		"account of all": {large, nextproduct.Options{}, nextproduct.ErrTooFew, "none has 40 buyers"},
		"long window":    {few, nextproduct.Options{Days: 5000}, nextproduct.ErrOptions, "a window of 5000 days"},
		"short window":   {few, nextproduct.Options{Days: -1}, nextproduct.ErrOptions, "a window of -1 days"},
		"low support":    {few, nextproduct.Options{Buyers: 2}, nextproduct.ErrOptions, "rules of 2 people prove nothing"},
		"low pairs":      {few, nextproduct.Options{Both: 1}, nextproduct.ErrOptions, "1 is not between 3"},
	} {
		if m, err := nextproduct.Fit(c.bought, on(900), c.options); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %+v %v, want %q", name, m, err, c.words)
		}
	}
	if _, err := nextproduct.Evaluate(few, on(900), nextproduct.Options{}, 0); !errors.Is(err, nextproduct.ErrOptions) {
		t.Error(err)
	}
	for text, words := range map[string]string{
		`{"version":2}`:          "version 2",
		`{"version":1,"days":0}`: "a window of 0 days",
		`{"version":1,"rule":0}`: "unknown field",
		`{"version":1,"days":1,"rules":[{"after":"a","product":"b","bought":5,"of":4,"base":0.1}]}`: "5 of 4 people",
		`{"version":1,"days":1,"rules":[{"after":"a","product":"b","bought":3,"of":4,"base":0}]}`:   "a share of 0 after any product",
	} {
		var m nextproduct.Model
		if err := json.Unmarshal([]byte(text), &m); !errors.Is(err, nextproduct.ErrModel) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", text, err, words)
		}
	}
}

// FuzzFit: whatever is bought, a model that can be stored, or words.
func FuzzFit(f *testing.F) {
	f.Add([]byte("aAbBcCaBbCcAaAbBcC"), 3)
	f.Fuzz(func(t *testing.T, raw []byte, repeat int) {
		var all []nextproduct.Purchase
		for copies := range min(max(repeat, 1), 30) {
			for i := 0; i+2 < len(raw) && i < 200; i += 3 {
				all = append(all, nextproduct.Purchase{
					Person: fmt.Sprint(copies, raw[i]%16), Product: fmt.Sprint(raw[i+1] % 8), At: on(int(raw[i+2]) * 9),
				})
			}
		}
		m, err := nextproduct.Fit(all, on(2000), nextproduct.Options{Buyers: 10, Both: 3})
		if err != nil {
			return
		}
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back nextproduct.Model
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		got, silence := m.Suggest(all[:1], on(2000), 3)
		if (len(got) == 0) != (silence != nextproduct.Spoke) {
			t.Errorf("%v %q", got, silence)
		}
	})
}
