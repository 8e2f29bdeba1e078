package scoring

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"pgregory.net/rapid"
)

// The conditions are checked against the virtual machine of the expr language, which knows nothing of slots.

var testNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var testSchema = Schema{
	Attributes: []Attribute{
		{"employees", Number}, {"revenue", Money}, {"seniority", Text}, {"jobtitle", Text},
		{"opted_in", Bool}, {"renewal", Date}, {"signed", Date}, {"interests", List},
	},
	Activities: []string{"email_click", "meeting"},
}

var testTexts = []string{"", "vp", "director", "Sales Director", "intern", "été"}

// drawSubject makes a subject of the test schema; unknown is the chance in ten that a value is not known.
func drawSubject(t *rapid.T, schema Schema, unknown int) Subject {
	var s Subject
	text := rapid.SampledFrom(testTexts)
	for _, a := range schema.Attributes {
		v := Value{Type: a.Type}
		switch a.Type {
		case Number, Money:
			v.Num = float64(rapid.IntRange(-4, 2000).Draw(t, a.Name)) / 2
		case Text:
			v.Str = text.Draw(t, a.Name)
		case Bool:
			v.Num = float64(rapid.IntRange(0, 1).Draw(t, a.Name))
		case Date:
			v.Num = float64(testNow.Add(-time.Duration(rapid.IntRange(-100, 900).Draw(t, a.Name)) * day).UnixMilli())
		case List:
			v.List = rapid.SliceOfN(text, 0, 3).Draw(t, a.Name)
		}
		if rapid.IntRange(1, 10).Draw(t, "known?") <= unknown {
			v = Value{}
		}
		s.Values = append(s.Values, v)
	}
	s.Events = drawEvents(t, len(schema.Activities), 8)
	return s
}

func drawEvents(t *rapid.T, kinds, most int) []Event {
	if kinds == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Event {
		e := Event{
			Kind:  uint16(rapid.IntRange(0, kinds-1).Draw(t, "kind")),
			Count: uint32(rapid.IntRange(1, 4).Draw(t, "count")),
			At:    testNow.Add(-time.Duration(rapid.IntRange(-24*5, 24*200).Draw(t, "hours ago")) * time.Hour).UnixMilli(),
		}
		if rapid.IntRange(1, 10).Draw(t, "dated?") == 1 {
			e.At = 0
		}
		return e
	}), 0, most).Draw(t, "events")
}

// drawCondition writes a random condition that both languages accept.
func drawCondition(t *rapid.T, depth int) string {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	if depth > 0 {
		deeper := func() string { return drawCondition(t, depth-1) }
		switch rapid.IntRange(0, 8).Draw(t, "shape") {
		case 0, 1:
			return "(" + deeper() + pick("and", " and ", " && ") + deeper() + ")"
		case 2, 3:
			return "(" + deeper() + pick("or", " or ", " || ") + deeper() + ")"
		case 4:
			return "not (" + deeper() + ")"
		case 5:
			return "(" + deeper() + " ? " + deeper() + " : " + deeper() + ")"
		case 6:
			return "((" + deeper() + ")" + pick("same", " == ", " != ") + "(" + deeper() + "))"
		}
	}
	compare := func(kind string) string { return pick(kind, " == ", " != ", " < ", " <= ", " > ", " >= ") }
	switch rapid.IntRange(0, 8).Draw(t, "leaf") {
	case 0, 1:
		return drawNumber(t, 2) + compare("numbers") + drawNumber(t, 1)
	case 2:
		return drawText(t) + compare("texts") + drawText(t)
	case 3:
		return drawText(t) + pick("text operator", " contains ", " startsWith ", " endsWith ", " not contains ") + drawText(t)
	case 4:
		return drawText(t) + pick("in", ` in ["vp", "director"]`, ` in interests`, ` not in ["intern", "été"]`, ` matches "^[a-z]+$"`)
	case 5:
		return drawDate(t) + compare("dates") + drawDate(t)
	case 6:
		// Plain numbers only: the machine takes max(1, 2.5) and a ? 1 : 2.5 for whole numbers.
		return drawNumber(t, 0) + pick("in numbers", " in [1, 5, 12.5, 100]", " in 1..100", " not in -2..2")
	case 7:
		return pick("happened", `happened("meeting")`, `happened("email_click", "30d")`)
	}
	return pick("flag", "opted_in", "opted_in", "true", "false")
}

func drawNumber(t *rapid.T, depth int) string {
	if depth > 0 {
		deeper := func() string { return drawNumber(t, depth-1) }
		switch rapid.IntRange(0, 8).Draw(t, "arithmetic") {
		case 0:
			return "(" + deeper() + rapid.SampledFrom([]string{" + ", " - ", " * "}).Draw(t, "op") + deeper() + ")"
		case 1:
			return "(" + deeper() + " / " + rapid.SampledFrom([]string{"2", "0.5", "3"}).Draw(t, "by") + ")"
		case 2:
			return rapid.SampledFrom([]string{"abs", "floor", "ceil", "round"}).Draw(t, "round") + "(" + deeper() + ")"
		case 3:
			return rapid.SampledFrom([]string{"min", "max"}).Draw(t, "extreme") + "(" + deeper() + ", " + deeper() + ")"
		case 4:
			return "(" + drawCondition(t, 0) + " ? " + deeper() + " : " + deeper() + ")"
		}
	}
	return rapid.SampledFrom([]string{
		"employees", "employees", "revenue", "5", "12.5", "-3", "0", "1_000", "len(jobtitle)", "len(interests)",
		`count("email_click")`, `count("meeting", "30d")`, "days_since(renewal)", "days_between(signed, renewal)",
	}).Draw(t, "number")
}

func drawText(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"seniority", "jobtitle", `"director"`, `'vp'`, `""`, "lower(jobtitle)", "upper(seniority)", "trim(jobtitle)", `(opted_in ? seniority : "x")`,
	}).Draw(t, "text")
}

func drawDate(t *rapid.T) string {
	return rapid.SampledFrom([]string{"renewal", "signed", "now()", `date("2026-01-31")`}).Draw(t, "date")
}

// hold evaluates a condition for a subject.
func hold(c *condition, schema Schema, s *Subject, now time.Time) truth {
	f := facts{values: s.Values, events: s.Events, tally: make([]kindTally, len(schema.Activities)), now: now.UnixMilli()}
	for i := range s.Events {
		if e := &s.Events[i]; e.At <= f.now {
			f.tally[e.Kind].add(e)
		}
	}
	return c.holds(&f)
}

// machineEnv is the subject as the virtual machine sees it.
func machineEnv(schema Schema, s *Subject, now time.Time) map[string]any {
	count := func(kind string, window ...string) float64 {
		n := 0
		for _, e := range s.Events {
			if schema.Activities[e.Kind] != kind || e.At > now.UnixMilli() {
				continue
			}
			if len(window) == 0 {
				n += int(e.Count)
			} else if d, err := ParseDuration(window[0]); err == nil && !e.Undated() && now.Sub(e.Time()) <= time.Duration(d) {
				n += int(e.Count)
			}
		}
		return float64(n)
	}
	env := map[string]any{
		"now":          func() time.Time { return now },
		"known":        func(x any) bool { return x != nil },
		"count":        count,
		"happened":     func(kind string, window ...string) bool { return count(kind, window...) > 0 },
		"days_since":   func(d time.Time) float64 { return now.Sub(d).Hours() / 24 },
		"days_between": func(a, b time.Time) float64 { return b.Sub(a).Hours() / 24 },
		"last": func(kind string) time.Time {
			var last time.Time
			for _, e := range s.Events {
				if schema.Activities[e.Kind] == kind && !e.Undated() && !e.Time().After(now) && e.Time().After(last) {
					last = e.Time()
				}
			}
			return last
		},
	}
	for i, a := range schema.Attributes {
		switch v := s.Values[i]; a.Type {
		case Text:
			env[a.Name] = v.Str
		case Bool:
			env[a.Name] = v.Num != 0
		case Date:
			env[a.Name] = time.UnixMilli(int64(v.Num)).UTC()
		case List:
			env[a.Name] = append([]string{}, v.List...)
		default:
			env[a.Name] = v.Num
		}
	}
	return env
}

// TestConditionsAgreeWithExpr: where everything is known, a condition means what the expr language says it means.
func TestConditionsAgreeWithExpr(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawCondition(t, 3)
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Fatalf("%s: %v", source, problems)
		}
		for range 3 {
			s := drawSubject(t, testSchema, 0)
			env := machineEnv(testSchema, &s, testNow)
			program, err := expr.Compile(source, expr.Env(env), expr.AsBool())
			if err != nil {
				t.Fatalf("expr refuses %s: %v", source, err)
			}
			out, err := expr.Run(program, env)
			if err != nil && strings.Contains(err.Error(), "interface conversion") {
				continue // a flaw of the machine: it compares min(2, 2.5) as if it were an int
			}
			if err != nil {
				t.Fatalf("expr cannot run %s: %v", source, err)
			}
			if got := hold(c, testSchema, &s, testNow); got != truthOf(out.(bool)) {
				t.Fatalf("%s: %v here, %v in expr", source, got, out)
			}
		}
	})
}

// TestUnknownIsSound: what a condition decides without some values, no knowledge of them would change.
func TestUnknownIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawCondition(t, 3)
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Fatalf("%s: %v", source, problems)
		}
		partial := drawSubject(t, testSchema, 4)
		decided := hold(c, testSchema, &partial, testNow)
		for range 4 {
			whole := drawSubject(t, testSchema, 0)
			whole.Events = partial.Events
			for i, v := range partial.Values {
				if v.Type != Unknown {
					whole.Values[i] = v
				}
			}
			if got := hold(c, testSchema, &whole, testNow); got == maybe || decided != maybe && got != decided {
				t.Fatalf("%s: %v with %v, %v with %v", source, decided, partial.Values, got, whole.Values)
			}
		}
	})
}

// TestThreeValuedLogic is the truth table of Kleene, and of what asks about knowing.
func TestThreeValuedLogic(t *testing.T) {
	schema := Schema{Attributes: []Attribute{{"a", Bool}, {"b", Bool}, {"n", Number}}}
	value := map[truth]Value{yes: {Type: Bool, Num: 1}, no: {Type: Bool}, maybe: {}}
	check := func(source string, a, b, want truth) {
		t.Helper()
		c, problems := compileCondition(source, &schema)
		if c == nil {
			t.Fatal(problems)
		}
		s := Subject{Values: []Value{value[a], value[b], {}}}
		if got := hold(c, schema, &s, testNow); got != want {
			t.Errorf("%s with %v and %v: %v, want %v", source, a, b, got, want)
		}
	}
	for _, row := range []struct{ a, b, and, or truth }{
		{no, no, no, no}, {no, yes, no, yes}, {no, maybe, no, maybe},
		{yes, no, no, yes}, {yes, yes, yes, yes}, {yes, maybe, maybe, yes},
		{maybe, no, no, maybe}, {maybe, yes, maybe, yes}, {maybe, maybe, maybe, maybe},
	} {
		check("a and b", row.a, row.b, row.and)
		check("a or b", row.a, row.b, row.or)
	}
	check("not a", maybe, no, maybe)
	check("a == b", maybe, yes, maybe)
	check("a == nil", maybe, no, yes)
	check("a != nil", maybe, no, no)
	check("nil != a", yes, no, yes)
	check("known(a)", maybe, no, no)
	check("known(not a)", yes, no, yes)
	check("a ?? b", maybe, yes, yes)
	check("a ?? b", no, yes, no)
	check("(n ?? 3) == 3", no, no, yes)
	check("a ? true : true", maybe, no, maybe)
	check("n / n > 0", no, no, maybe)
	check("1 / 0 > 0", no, no, maybe)
	check("10 ** 400 > 0", no, no, maybe)
}

// TestOperators has what the random conditions above cannot have, for someone of whom only some things are known.
func TestOperators(t *testing.T) {
	s := Subject{Values: make([]Value, len(testSchema.Attributes)), Events: []Event{{Kind: 1, Count: 2, At: testNow.Add(-3 * day).UnixMilli()}}}
	s.Values[0] = Value{Type: Number, Num: 100}
	s.Values[2] = Value{Type: Text, Str: "vp"}
	s.Values[6] = Value{Type: Date, Num: float64(testNow.Add(-10 * day).UnixMilli())}
	for source, want := range map[string]truth{
		`(jobtitle ?? "none") == "none"`:                                        yes,
		`(seniority ?? "none") == "vp"`:                                         yes,
		`(renewal ?? signed) == signed`:                                         yes,
		`(signed ?? renewal) == signed`:                                         yes,
		`"a" in (interests ?? interests)`:                                       maybe,
		`(opted_in ?? false) or (opted_in ?? true)`:                             yes,
		`known(renewal) or known(interests) or known(jobtitle)`:                 no,
		`known(signed) and known(seniority) and known(count("meeting"))`:        yes,
		`interests == nil and renewal == nil and last("email_click") == nil`:    yes,
		`last("meeting") != nil`:                                                yes,
		`last("email_click") > signed`:                                          maybe,
		`days_since(signed) == 10 and days_since(last("meeting")) == 3`:         yes,
		`days_between(signed, now()) == 10`:                                     yes,
		`days_since(renewal) > 3`:                                               maybe,
		`count("meeting") == 2 and count("meeting", "2d") == 0`:                 yes,
		`happened("meeting", "3d") and not happened("meeting", "2d")`:           yes,
		`happened("email_click")`:                                               no,
		`seniority in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "vp"]`:      yes,
		`jobtitle in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "vp"]`:       maybe,
		`seniority in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]`:       no,
		`-employees == -100 and +employees == 100 and -revenue == 1`:            maybe,
		`employees ** 2 == 10000 and employees ^ 2 == 10000`:                    yes,
		`50 < employees <= 100`:                                                 yes,
		`employees in 100..100 and employees not in 1..99`:                      yes,
		`employees / 3 in 1..100`:                                               no,
		`revenue in 1..3`:                                                       maybe,
		`employees | max(200) == 200`:                                           yes,
		`if employees > 50 { seniority == "vp" } else { false }`:                yes,
		`lower("VP") == seniority and len("été") == 3`:                          yes,
		`seniority matches "^VP$"`:                                              no,
		`signed < date("2026-11-12T00:00:00Z") and signed > date("2026-11-11")`: yes,
		`"golf" in interests`:                                                   maybe,
		`len(interests) > 0 or interests == nil`:                                yes,
	} {
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Error(source, problems)
			continue
		}
		if got := hold(c, testSchema, &s, testNow); got != want {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
}

// TestNeeds: a condition needs the attributes it mentions, but not those whose absence it asks about.
func TestNeeds(t *testing.T) {
	for source, want := range map[string]string{
		"employees > 5 and opted_in":                 "[0 4]",
		"employees == nil or known(revenue)":         "[]",
		"(employees ?? 0) > 5":                       "[]",
		"(employees ?? revenue) > 5":                 "[1]",
		`seniority == "vp" and seniority != "a"`:     "[2]",
		`happened("meeting") or (renewal != signed)`: "[5 6]",
	} {
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Fatal(problems)
		}
		if got := fmt.Sprint(c.needs); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

// TestKnows: to find that something is not known is not to know anything.
func TestKnows(t *testing.T) {
	nobody := facts{values: make([]Value, len(testSchema.Attributes)), tally: make([]kindTally, 2)}
	somebody := facts{values: append([]Value{{Type: Number, Num: 1}}, nobody.values[1:]...), tally: nobody.tally}
	for source, want := range map[string][2]bool{
		"known(employees)":                          {false, true},
		"employees == nil":                          {false, true},
		"known(employees) and employees > 5":        {false, true},
		"known(revenue) and employees > 5":          {false, true},
		"(employees ?? 0) > 5":                      {false, true},
		`known(employees) and happened("meeting")`:  {true, true},
		`happened("meeting") or count("meeting")<1`: {true, true},
		"true": {true, true},
	} {
		c, problems := compileCondition(source, &testSchema)
		if c == nil {
			t.Fatal(problems)
		}
		if got := [2]bool{c.knows(&nobody), c.knows(&somebody)}; got != want {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
}

// FuzzCondition: whatever an author writes gives a condition or a message, at once, and what we accept the expr
// language accepts too and answers alike.
func FuzzCondition(f *testing.F) {
	for _, source := range []string{
		`employees >= 50 && seniority in ["vp"]`, `not (lower(jobtitle) contains "dir") or opted_in`, `a ?: b ?: c`,
		`1 < employees < 5 < 7`, `employees in 1..10 ? renewal > now() : "golf" in interests`, `count("meeting", "30d") > 3`,
		`(((employees)))`, `jobtitle matches "^(a+)+$"`, `date("2026-01-31") < last("meeting")`, `employees | abs() > 3`,
		`if opted_in { true } else { false }`, `employees == nil`, `(revenue ?? 0) == 3.5`, "seniority == `vp`", `all(1..1000000000, true)`,
	} {
		f.Add(source, 5.0, "vp", true)
	}
	f.Fuzz(func(t *testing.T, source string, number float64, text string, flag bool) {
		c, problems := compileCondition(source, &testSchema)
		length := len([]rune(source))
		for _, p := range problems {
			if p.Message == "" || p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > length {
				t.Fatalf("%q: a problem without message or place: %+v", source, p)
			}
		}
		if (c == nil) != (len(problems) > 0) {
			t.Fatalf("%q: condition %v, problems %v", source, c, problems)
		}
		if c == nil {
			return
		}
		s := fuzzSubject(number, text, flag)
		got := hold(c, testSchema, &s, testNow)
		hold(c, testSchema, &Subject{Values: make([]Value, len(testSchema.Attributes))}, testNow)
		if strings.ContainsAny(source, "+-*/^") || strings.Contains(source, "nil") || strings.Contains(source, "??") || !finite(number) {
			return // our numbers are all float64 and our nil means not known: there the two differ by intent
		}
		env := machineEnv(testSchema, &s, testNow)
		program, err := expr.Compile(source, expr.Env(env), expr.AsBool())
		if err != nil {
			t.Fatalf("expr refuses %q: %v", source, err)
		}
		if out, err := expr.Run(program, env); err == nil && got != maybe && got != truthOf(out.(bool)) {
			t.Fatalf("%q: %v here, %v in expr", source, got, out)
		}
	})
}

// fuzzSubject has every value known.
func fuzzSubject(number float64, text string, flag bool) Subject {
	on := Value{Type: Bool}
	if flag {
		on.Num = 1
	}
	at := testNow.Add(-20 * day)
	return Subject{
		Values: []Value{
			{Type: Number, Num: number}, {Type: Money, Num: -number}, {Type: Text, Str: text}, {Type: Text, Str: text + "x"}, on,
			{Type: Date, Num: float64(at.UnixMilli())}, {Type: Date, Num: float64(testNow.UnixMilli())}, {Type: List, List: []string{text, "golf"}},
		},
		Events: []Event{{Kind: 0, Count: 2, At: at.UnixMilli()}, {Kind: 1, Count: 1, At: at.UnixMilli()}},
	}
}
