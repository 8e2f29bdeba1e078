package scorecard_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/learning/scorecard"
)

// rows is a history of every kind of attribute, with odd values among them.
type rows struct {
	columns   []scorecard.Column
	values    []map[string]scorecard.Value // by row, the same
	converted []bool
	at        []float64
}

func draw(t *rapid.T) *rows {
	n := rapid.IntRange(20, 300).Draw(t, "n")
	r := &rows{values: make([]map[string]scorecard.Value, n)}
	number, date := make([]float64, n), make([]float64, n)
	text, flag, list := make([]string, n), make([]int8, n), make([][]string, n)
	odd := []float64{0, -1, 1e-300, 1e300, -math.MaxFloat64, math.NaN(), math.Inf(1), .1, 12345.678}
	strength := rapid.Float64Range(0, 3).Draw(t, "strength")
	state := rapid.Uint64().Draw(t, "seed")
	random := func() float64 {
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>11) / (1 << 53)
	}
	for i := range n {
		number[i] = math.Round(random()*50) - 10
		if random() < .1 {
			number[i] = odd[int(random()*float64(len(odd)))]
		}
		text[i] = []string{"a", "b", "", "other", fmt.Sprint("rare", i)}[int(random()*5)]
		flag[i] = int8(random()*3) - 1
		date[i] = math.Floor(1.6e12 + random()*3e10)
		if random() < .3 {
			date[i] = math.NaN()
		}
		for _, tag := range []string{"x", "y", "z"} {
			if random() < .4 {
				list[i] = append(list[i], tag)
			}
		}
		z := random() + strength*(number[i]/50)
		r.converted = append(r.converted, z > .7 || i == 0 && i != 1)
		r.at = append(r.at, 1.7e12)
		r.values[i] = map[string]scorecard.Value{
			"number": {Known: !math.IsNaN(number[i]) && !math.IsInf(number[i], 0), Number: number[i]}, "text": {Known: text[i] != "", Text: text[i]},
			"flag": {Known: flag[i] >= 0, Number: float64(max(0, flag[i]))}, "date": {Known: !math.IsNaN(date[i]), Number: date[i]},
			"list": {Known: list[i] != nil, List: list[i]},
		}
	}
	r.converted[0], r.converted[1] = true, false
	r.columns = []scorecard.Column{
		scorecard.Numbers("number", number), scorecard.Texts("text", text, func(row int) bool { return text[row] != "" }),
		scorecard.Bools("flag", flag), scorecard.Dates("date", date), scorecard.Lists("list", list),
	}
	return r
}

// TestLaws: whatever the rows, a fit ends in words or in a card that is valid, whose JSON comes back the same, and which
// says of each row the same alone as in its table: parts that sum to the points, and a probability between 0 and 1.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		o := scorecard.Options{Points: rapid.SampledFrom([]int{0, 30, 1000}).Draw(t, "points")}
		if rapid.Bool().Draw(t, "short") {
			o.Short = 3
		} else if rapid.Bool().Draw(t, "credit") {
			o.Scaling = &scorecard.Scaling{PDO: 20, Score: 600, Odds: 1. / 50}
		}
		fitted, err := scorecard.Fit(r.columns, r.converted, r.at, o)
		if err != nil {
			if !errors.Is(err, scorecard.ErrNothing) {
				t.Fatal(err)
			}
			return
		}
		card := fitted.Card
		text, err := card.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := scorecard.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := back.Encode(); err != nil || !bytes.Equal(text, again) {
			t.Fatalf("the JSON of a card does not come back: %v", err)
		}
		for _, p := range fitted.OutOfFold {
			if !(p > 0 && p < 1) {
				t.Fatalf("out of fold: %v", p)
			}
		}
		points, probability, err := card.Table(r.columns, r.at, len(r.converted))
		if err != nil {
			t.Fatal(err)
		}
		least, most := card.Range()
		now := time.UnixMilli(int64(r.at[0]))
		for i := range points {
			s := back.Score(func(name string) scorecard.Value { return r.values[i][name] }, now)
			sum := card.Base
			for _, part := range s.Parts {
				sum += part.Points
				if card.Attributes[part.Attribute].Label(part.Bin) == "" && r.values[i]["text"].Known {
					t.Fatal("a bin without words")
				}
			}
			if s.Points != points[i] || s.Points != sum || s.Probability != probability[i] || !(s.Probability > 0 && s.Probability < 1) {
				t.Fatalf("row %d: alone %+v, in the table %d (%v)", i, s, points[i], probability[i])
			}
			if s.Points < least || s.Points > most {
				t.Fatalf("row %d: %d points are outside %d to %d", i, s.Points, least, most)
			}
		}
		if strings.Contains(card.String(), "NaN") {
			t.Fatalf("NaN in:\n%s", card)
		}
	})
}

// TestEditedPointsStay: a hand edit changes those points alone, and the mean probability is what came.
func TestEditedPointsStay(t *testing.T) {
	t.Parallel()
	g := readGerman(t)
	fitted, err := scorecard.Fit(g.columns, g.bad, nil, scorecard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := fitted.Card.Encode()
	if err != nil {
		t.Fatal(err)
	}
	a := fitted.Card.Attributes[0]
	edited, err := fitted.Card.With([]scorecard.Edit{{Attribute: a.Title(), Bin: 0, Points: 77}}, g.columns, g.bad, nil)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := fitted.Card.Encode(); err != nil || !bytes.Equal(before, after) {
		t.Error("the card that was edited changed too")
	}
	if edited.Attributes[0].Bins[0].Points != 77 || !edited.ByHand || edited.Intercept == fitted.Card.Intercept {
		t.Errorf("edited: %+v", edited.Attributes[0])
	}
	if !slices.EqualFunc(edited.Attributes[1:], fitted.Card.Attributes[1:], func(a, b scorecard.Attribute) bool { return a.String() == b.String() }) {
		t.Error("other points moved")
	}
	_, p, err := edited.Table(g.columns, nil, len(g.bad))
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for _, v := range p {
		mean += v / float64(len(p))
	}
	if math.Abs(mean-.3) > 1e-6 {
		t.Errorf("the mean probability is %v, and 30 %% came", mean)
	}
	for _, bad := range []scorecard.Edit{{Attribute: "nobody"}, {Attribute: a.Title(), Bin: 99}, {Attribute: a.Title(), Points: math.MinInt}} {
		if _, err := fitted.Card.With([]scorecard.Edit{bad}, g.columns, g.bad, nil); !errors.Is(err, scorecard.ErrCard) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestShortCardIsShort: a criterion is one difference in points, so K criteria make at most K more bins than attributes.
func TestShortCardIsShort(t *testing.T) {
	t.Parallel()
	g := readGerman(t)
	for _, k := range []int{1, 4, 8} {
		fitted, err := scorecard.Fit(g.columns, g.bad, nil, scorecard.Options{Short: k})
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		for _, a := range fitted.Card.Attributes {
			changes += len(a.Bins) - 1
			for _, b := range a.Bins {
				if b.Points < -10*k || b.Points > 10*k {
					t.Errorf("%d points", b.Points)
				}
			}
		}
		if changes > 2*k || len(fitted.Card.Attributes) > k {
			t.Errorf("%d criteria: %d attributes, %d changes\n%s", k, len(fitted.Card.Attributes), changes, fitted.Card)
		}
	}
}

func TestReadableTable(t *testing.T) {
	t.Parallel()
	a := scorecard.Attribute{
		Name: "employees", Cuts: []float64{10, 12500}, Missing: 3, Other: -1, IV: .31,
		Bins: []scorecard.Bin{{Rows: 1200, Events: 60}, {Rows: 2000, Events: 300, Points: 12}, {Rows: 300, Events: 90, Points: 24}, {Rows: 50, Points: 6}},
	}
	want := `
employees  (information value 0.31)
                       rows converted  points
  under 10            1,200     5.0 %      +0 
  10 to under 12,500    2,000    15.0 %     +12 ██████████
  12,500 or more        300    30.0 %     +24 ████████████████████
  not known              50     0.0 %      +6 █████
`
	if got := a.String(); squeeze(got) != squeeze(want) {
		t.Errorf("got:%s", got)
	}
}

// squeeze makes any run of spaces one.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestMisuse(t *testing.T) {
	t.Parallel()
	c := []scorecard.Column{scorecard.Numbers("a", []float64{1, 2, 3, 4})}
	y := []bool{true, false, true, false}
	for says, err := range map[string]error{
		"both outcomes":      fit(c, []bool{true, true, true, true}, scorecard.Options{}),
		"points to double":   fit(c, y, scorecard.Options{Scaling: &scorecard.Scaling{Odds: 1}}),
		"must be 0 or more":  fit(c, y, scorecard.Options{Ridge: &scorecard.Ridge{Line: math.NaN()}}),
		"needs its ridge":    fit(c, y, scorecard.Options{Once: true}),
		"no attribute":       fit(c, y, scorecard.Options{Fixed: map[string]scorecard.Bins{"b": {}}}),
		"numbers that rise":  fit(c, y, scorecard.Options{Fixed: map[string]scorecard.Bins{"a": {Cuts: []float64{2, 1}}}}),
		"cuts are for":       fit(c, y, scorecard.Options{Fixed: map[string]scorecard.Bins{"a": {Groups: [][]string{{"x"}}}}}),
		"values for 3 rows":  fit(c, y[:3], scorecard.Options{}),
		"not of its kind":    fit([]scorecard.Column{{Name: "a", Numbers: []float64{1, 2, 3, 4}, Kind: scorecard.Text}}, y, scorecard.Options{}),
		"code without a lev": fit([]scorecard.Column{{Name: "a", Codes: []int32{0, 1, 2, 3}, Kind: scorecard.Text}}, y, scorecard.Options{}),
	} {
		if !errors.Is(err, scorecard.ErrRows) || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q in: %v", says, err)
		}
	}
}

func fit(c []scorecard.Column, y []bool, o scorecard.Options) error {
	_, err := scorecard.Fit(c, y, nil, o)
	return err
}

// FuzzDecode: any text is a card that is valid, comes back the same and says a probability, or an error.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`{"version":1,"base":0,"attributes":[{"name":"a","kind":"number","iv":1,"cuts":[1,2],"bins":[{"rows":1,"events":0,"woe":0,"logit":0,"points":3},{"rows":1,"events":0,"woe":0,"logit":0,"points":1},{"rows":1,"events":0,"woe":0,"logit":0,"points":0}],"missing":-1,"other":-1,"neutral":2}],"intercept":-1,"slope":0.1,"rows":3,"events":1,"ridge":{"line":1,"bends":30}}`))
	f.Add([]byte(`{"version":1,"attributes":[{"name":"l","kind":"list","member":"x","bins":[{"levels":["yes"]},{"levels":["no"]}],"missing":-1,"other":-1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := scorecard.Decode(text)
		if err != nil {
			if !errors.Is(err, scorecard.ErrCard) {
				t.Fatal(err)
			}
			return
		}
		first, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := scorecard.Decode(first)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := back.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\n%s", err, first, second)
		}
		for _, v := range []scorecard.Value{{}, {Known: true}, {Known: true, Number: math.Inf(-1)}, {Known: true, Number: math.NaN(), Text: "x", List: []string{"x"}}} {
			s := c.Score(func(string) scorecard.Value { return v }, time.UnixMilli(0))
			if !(s.Probability > 0 && s.Probability < 1) {
				t.Fatalf("probability %v", s.Probability)
			}
		}
		_ = c.String()
	})
}
