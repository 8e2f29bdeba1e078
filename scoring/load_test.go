package scoring

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// The loader of the cases in testdata. It knows the shape of the model file, in a small way: the product's own reader
// with its messages is package modelfile.

type rawModel struct {
	Attributes yaml.MapSlice
	Activity   []string
	Scores     yaml.MapSlice
	Overall    yaml.MapSlice
	Grade      rawGrade
	Company    []string // attributes that are facts about the company
	Money      []string // activities with amounts
	Adjust     []AdjustSpec
	Lifecycle  yaml.MapSlice
	Routing    yaml.MapSlice
	Filters    rawFilters
	RollUps    []string `yaml:"roll_ups"` // who takes part when companies are scored by their people
	Scope      rawScope `yaml:",inline"`
	Trend      struct {
		Over string
		Move float64
	}
}

type rawMatrix struct {
	Rows, Columns string
	RowCuts       []float64 `yaml:"row_cuts"`
	ColumnCuts    []float64 `yaml:"column_cuts"`
}

type rawDecay struct {
	Decay    string
	HalfLife string `yaml:"half_life"`
	Linear   string
	Window   string
	Steps    yaml.MapSlice
	Interval *struct {
		Every   string
		Percent float64
	}
	Erosion *struct {
		Every   string
		AtLeast float64 `yaml:"at_least"`
		Percent float64
	}
}

type rawScore struct {
	Min    float64
	Max    *float64
	Groups yaml.MapSlice
	Bought rawRFM   `yaml:",inline"`
	Scope  rawScope `yaml:",inline"`
	Fading rawDecay `yaml:",inline"`
}

type rawGroup struct {
	Min, Max *float64
	Criteria []rawCriterion
	Family   string
	Weight   float64
	Fading   rawDecay `yaml:",inline"`
}

type rawCriterion struct {
	Name     string
	When     string
	Unknown  *float64
	Activity string
	Each     bool
	Tiers    yaml.MapSlice
	Cap      *float64
	Within   string
	Inactive string
	Of       []string
	Points   float64
	Family   string
	Fading   rawDecay `yaml:",inline"`
}

var typeNames = map[string]Type{"number": Number, "text": Text, "bool": Bool, "date": Date, "list": List, "money": Money}

// loadModel reads a model; it fails the test for what is not even its shape.
func loadModel(t *testing.T, text []byte) (Spec, Schema) {
	t.Helper()
	var raw rawModel
	if err := yaml.UnmarshalWithOptions(text, &raw, yaml.Strict(), yaml.UseOrderedMap()); err != nil {
		t.Fatal(err)
	}
	l := loader{t}
	schema := Schema{Activities: raw.Activity}
	for _, item := range raw.Attributes {
		typ, ok := typeNames[l.text(item.Value)]
		if !ok {
			t.Fatalf("unknown type %v", item.Value)
		}
		schema.Attributes = append(schema.Attributes, Attribute{l.text(item.Key), typ})
	}
	var spec Spec
	for _, item := range raw.Scores {
		spec.Scores = append(spec.Scores, l.score(item))
	}
	l.known(&schema, raw.Company, raw.Money)
	l.total(&spec, raw.Overall)
	l.grade(&spec, raw.Grade)
	spec.Adjust = raw.Adjust
	for i := range spec.Adjust {
		spec.Adjust[i].Path = fmt.Sprintf("$.adjust[%d]", i)
	}
	spec.Lifecycle, spec.Routing = l.stages(raw.Lifecycle, "$.lifecycle"), l.stages(raw.Routing, "$.routing")
	spec.Filters, spec.Scope = l.filters(raw.Filters), ScopeSpec(raw.Scope)
	for i, when := range raw.RollUps {
		spec.RollUps = append(spec.RollUps, RollUpSpec{Path: fmt.Sprintf("$.roll_ups[%d]", i), When: when})
	}
	for _, item := range raw.Grade.Label {
		name := l.text(item.Key)
		spec.Labels = append(spec.Labels, LabelSpec{Path: "$.grade.label." + name, Label: name, Grades: strings.Fields(l.text(item.Value))})
	}
	spec.Trend = TrendSpec{Over: l.span(raw.Trend.Over), Move: raw.Trend.Move}
	return spec, schema
}

type loader struct{ t *testing.T }

func (l loader) score(item yaml.MapItem) ScoreSpec {
	var raw rawScore
	l.again(item.Value, &raw)
	s := ScoreSpec{Name: l.text(item.Key), Min: raw.Min, Max: 100, Decay: l.decay(raw.Fading)}
	s.Path = "$.scores." + s.Name
	if raw.Max != nil {
		s.Max = *raw.Max
	}
	s.RFM, s.Scope = l.rfm(raw.Bought), ScopeSpec(raw.Scope)
	for _, g := range raw.Groups {
		s.Groups = append(s.Groups, l.group(g, s.Path))
	}
	return s
}

func (l loader) group(item yaml.MapItem, path string) GroupSpec {
	var raw rawGroup
	l.again(item.Value, &raw)
	g := GroupSpec{Name: l.text(item.Key), Min: raw.Min, Max: raw.Max, Decay: l.decay(raw.Fading), Family: raw.Family, Weight: raw.Weight}
	g.Path = path + ".groups." + g.Name
	for i, c := range raw.Criteria {
		spec := CriterionSpec{
			Name: c.Name, Path: fmt.Sprintf("%s.criteria[%d]", g.Path, i), When: c.When, Unknown: c.Unknown,
			Activity: c.Activity, Each: c.Each, Cap: c.Cap, Within: l.span(c.Within), Decay: l.decay(c.Fading),
			Inactive: l.span(c.Inactive), Of: c.Of, Points: c.Points, Family: c.Family,
		}
		for _, tier := range c.Tiers {
			spec.Tiers = append(spec.Tiers, TierSpec{int(l.number(tier.Key)), l.number(tier.Value)})
		}
		g.Criteria = append(g.Criteria, spec)
	}
	return g
}

func (l loader) decay(raw rawDecay) Decay {
	d := Decay{None: raw.Decay == "none", HalfLife: l.span(raw.HalfLife), Linear: l.span(raw.Linear), Window: l.span(raw.Window)}
	for _, s := range raw.Steps {
		d.Steps = append(d.Steps, Step{l.span(l.text(s.Key)), l.number(s.Value)})
	}
	if raw.Interval != nil {
		d.Interval = &Interval{l.span(raw.Interval.Every), raw.Interval.Percent}
	}
	if raw.Erosion != nil {
		d.Erosion = &Erosion{l.span(raw.Erosion.Every), raw.Erosion.AtLeast, raw.Erosion.Percent}
	}
	return d
}

// again decodes a part that was read in its order.
func (l loader) again(part, into any) {
	l.t.Helper()
	text, err := yaml.Marshal(part)
	if err == nil {
		err = yaml.UnmarshalWithOptions(text, into, yaml.Strict(), yaml.UseOrderedMap())
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l loader) text(v any) string { return fmt.Sprint(v) }

func (l loader) number(v any) float64 {
	l.t.Helper()
	f, err := strconv.ParseFloat(strings.TrimSuffix(fmt.Sprint(v), "%"), 64)
	if err != nil {
		l.t.Fatal(err)
	}
	if strings.HasSuffix(fmt.Sprint(v), "%") {
		f /= 100
	}
	return f
}

func (l loader) span(text string) Duration {
	l.t.Helper()
	if text == "" {
		return 0
	}
	negative := strings.HasPrefix(text, "-")
	d, err := ParseDuration(strings.TrimPrefix(text, "-"))
	if err != nil {
		l.t.Fatal(err)
	}
	if negative {
		return -d
	}
	return d
}

// loadSubject reads a person: now, attributes by name, and activity as "kind day [xN] [=amount]" or "kind undated [xN]".
// was is the stage the person was in, "" for none.
func loadSubject(t *testing.T, text []byte, schema Schema) (s Subject, was string, now time.Time) {
	t.Helper()
	var raw map[string]any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	l := loader{t}
	now = l.day(fmt.Sprint(raw["now"]))
	s = Subject{Values: make([]Value, len(schema.Attributes))}
	if stage, ok := raw["was"]; ok {
		was = l.text(stage)
	}
	delete(raw, "was")
	for i, a := range schema.Attributes {
		if v, ok := raw[a.Name]; ok {
			s.Values[i] = l.value(a.Type, v)
		}
		delete(raw, a.Name)
	}
	if list, ok := raw["activity"].([]any); ok {
		for _, e := range list {
			s.Events = append(s.Events, l.event(fmt.Sprint(e), schema))
		}
	}
	delete(raw, "now")
	delete(raw, "activity")
	if len(raw) > 0 {
		t.Fatalf("the person has keys the model does not know: %v", raw)
	}
	return s, was, now
}

func (l loader) value(typ Type, v any) Value {
	switch typ {
	case Text:
		return Value{Type: Text, Str: fmt.Sprint(v)}
	case Bool:
		if v == true {
			return Value{Type: Bool, Num: 1}
		}
		return Value{Type: Bool}
	case Date:
		day, estimated := strings.CutSuffix(fmt.Sprint(v), " estimated")
		return Value{Type: Date, Num: float64(l.day(day).UnixMilli()), Estimated: estimated}
	case List:
		var list []string
		for _, x := range v.([]any) {
			list = append(list, fmt.Sprint(x))
		}
		return Value{Type: List, List: list}
	}
	return Value{Type: typ, Num: l.number(v)}
}

func (l loader) event(text string, schema Schema) Event {
	l.t.Helper()
	words := strings.Fields(text)
	e := Event{Count: 1, Amount: math.NaN()}
	for i, kind := range schema.Activities {
		if kind == words[0] {
			e.Kind = uint16(i)
		}
	}
	if schema.Activities[e.Kind] != words[0] {
		l.t.Fatalf("unknown activity %q", words[0])
	}
	if words[1] != "undated" {
		e.At = l.day(words[1]).UnixMilli()
	}
	for _, word := range words[2:] {
		if amount, ok := strings.CutPrefix(word, "="); ok {
			e.Amount = l.number(amount)
		} else {
			e.Count = uint32(l.number(strings.TrimPrefix(word, "x")))
		}
	}
	return e
}

func (l loader) day(text string) time.Time {
	l.t.Helper()
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if d, err := time.Parse(layout, text); err == nil {
			return d
		}
	}
	l.t.Fatalf("%q is not a day", text)
	return time.Time{}
}
