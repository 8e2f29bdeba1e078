package mapping

import (
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// wide is a mapping with one of everything.
func wide() Spec {
	return Spec{
		Identity: "email",
		Attributes: []AttributeSpec{
			{Name: "number", From: []string{"company.n", "n"}, Type: scoring.Number},
			{Name: "words", From: []string{"t"}},
			{Name: "yes", From: []string{"b"}, Type: scoring.Bool},
			{Name: "day", From: []string{"d"}, Type: scoring.Date},
			{Name: "list", From: []string{"l"}, Type: scoring.List},
			{Name: "money", From: []string{"m"}, Type: scoring.Money, Currency: "EUR", CurrencyFrom: "c"},
			{Name: "level", From: []string{"t"}, Transform: "seniority"},
			{Name: "role", From: []string{"t"}, Transform: "function"},
			{Name: "country", From: []string{"t", "company.country"}, Transform: "country"},
			{Name: "area", From: []string{"t"}, Transform: "region", Default: text("EMEA")},
			{Name: "trade", From: []string{"t"}, Transform: "industry_group"},
			{Name: "size", From: []string{"n"}, Transform: "size_band"},
			{Name: "free", From: []string{"email"}, Transform: "free_mail"},
			{Name: "gone", From: []string{"email"}, Transform: "disposable"},
			{Name: "tier", From: []string{"t"}, Lookup: map[string]string{"a": "1"}, Type: scoring.Number},
			{Name: "rep", From: []string{"owner.name", "owner.email"}, Transform: "trim"},
		},
		Activities: []ActivitySpec{
			{Name: "click", From: Counter, Count: "clicks", Last: "last"},
			{Name: "met", From: crm.Meetings, When: []Condition{{"outcome", []string{"done", ""}}}, Time: "at"},
			{Name: "sale", From: crm.Deals, Amount: "amount", Currency: "EUR", CurrencyFrom: "currency"},
		},
		SkipIf: []Condition{{"optout", []string{"true", "Oui"}}},
		Write: WriteSpec{Fields: []WriteField{
			{KeyScore, "b_score"}, {KeyGrade, "b_grade"}, {KeyReasons, "b_reasons"}, {KeyScoredAt, "b_at"}, {"fit", "b_fit"}}},
	}
}

func TestNeed(t *testing.T) {
	m := mustCompile(t, wide())
	want := crm.Need{
		Read: map[string][]string{
			crm.People:    {"b", "c", "clicks", "d", "email", "l", "last", "m", "n", "optout", "t"},
			crm.Companies: {"country", "n"},
			crm.Owners:    {"email", "name"},
			crm.Meetings:  {"at", "outcome"},
			crm.Deals:     {"amount", "currency"},
		},
		Write: map[string][]string{crm.People: {"b_at", "b_fit", "b_grade", "b_reasons", "b_score"}},
	}
	if diff := cmp.Diff(want, m.Need()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b_reasons", "b_at"}, m.Quiet()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"click", "met", "sale"}, m.Schema().Activities); diff != "" {
		t.Error(diff)
	}
}

func TestHash(t *testing.T) {
	hashOf := func(change func(*Spec)) string {
		s := wide()
		change(&s)
		return mustCompile(t, s).Hash()
	}
	same := hashOf(func(*Spec) {})
	for name, change := range map[string]func(*Spec){
		"where scores are written": func(s *Spec) { s.Write.Fields = s.Write.Fields[:1] },
		"the language":             func(s *Spec) { s.Write.Language = "fr" },
		"the place in the file":    func(s *Spec) { s.Attributes[0].Path = "$.elsewhere" },
	} {
		if hashOf(change) != same {
			t.Errorf("%s changes the hash", name)
		}
	}
	seen := map[string]string{same: "nothing"}
	for name, change := range map[string]func(*Spec){
		"another field":         func(s *Spec) { s.Attributes[0].From = []string{"n"} },
		"fields joined":         func(s *Spec) { s.Attributes[0].From = []string{"company.nn"} },
		"another type":          func(s *Spec) { s.Attributes[0].Type = scoring.Text },
		"another transform":     func(s *Spec) { s.Attributes[6].Transform = "lower" },
		"a default":             func(s *Spec) { s.Attributes[0].Default = text("0") },
		"an empty text":         func(s *Spec) { s.Attributes[0].Empty = []string{"Select"} },
		"another table":         func(s *Spec) { s.Attributes[14].Lookup = map[string]string{"a": "2"} },
		"another order":         func(s *Spec) { s.Attributes[0], s.Attributes[1] = s.Attributes[1], s.Attributes[0] },
		"another counter":       func(s *Spec) { s.Activities[0].Count = "opens" },
		"another condition":     func(s *Spec) { s.Activities[1].When[0].In = []string{"done"} },
		"another privacy rule":  func(s *Spec) { s.SkipIf = nil },
		"another retention":     func(s *Spec) { s.Retain = scoring.Duration(time.Hour) },
		"an attribute left out": func(s *Spec) { s.Attributes = s.Attributes[1:] },
	} {
		h := hashOf(change)
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[h] = name
	}
}

func TestSkip(t *testing.T) {
	m := mustCompile(t, wide())
	for value, want := range map[string]bool{"true": true, "TRUE ": true, "oui": true, "false": false, "": false} {
		reason, skip := m.Skip(crm.Fields{"optout": value})
		if skip != want || (reason != "") != want {
			t.Errorf("optout %q: %v %q", value, skip, reason)
		}
	}
	french := wide()
	french.Write.Language = "fr"
	if reason, _ := mustCompile(t, french).Skip(crm.Fields{"optout": "true"}); reason != "exclu par la règle de confidentialité sur optout" {
		t.Error(reason)
	}
}

func TestConditionsOnEmptyAndManyOptions(t *testing.T) {
	conditions := compileConditions([]Condition{{"topics", []string{"CRM"}}, {"stage", []string{""}}})
	for _, c := range []struct {
		fields crm.Fields
		want   [2]bool
	}{
		{crm.Fields{"topics": "news;crm"}, [2]bool{true, true}},
		{crm.Fields{"topics": "crm-free", "stage": "lead"}, [2]bool{false, false}},
		{nil, [2]bool{false, true}},
	} {
		if got := [2]bool{conditions[0].holds(c.fields), conditions[1].holds(c.fields)}; got != c.want {
			t.Errorf("%v: %v, want %v", c.fields, got, c.want)
		}
	}
}

func TestIdentityHash(t *testing.T) {
	same := IdentityHash("zoé@acme.fr")
	for _, other := range []string{" Zoé@ACME.fr ", "zoe\u0301@acme.fr", "mailto:zoé@acme.fr"} {
		if IdentityHash(other) != same {
			t.Errorf("%q is someone else", other)
		}
	}
	if len(same) != 64 || IdentityHash("zoe@acme.fr") == same || IdentityHash("  ") != "" {
		t.Error("hashes of other addresses")
	}
}

func TestHugeValues(t *testing.T) {
	m := mustCompile(t, wide())
	huge := strings.Repeat("é", 1<<15)
	in := Input{Person: crm.Fields{"t": huge, "l": strings.Repeat("a;b"+huge[:100]+";", 1000), "n": huge, "b": huge, "d": huge, "m": huge, "email": huge, "clicks": huge, "last": huge}}
	in.Memory = m.Remember(nil, in.Person, now)
	var s scoring.Subject
	warnings := m.Subject(in, now, &s)
	if n := len(s.Values[1].Str); n > maxText || n < maxText-4 {
		t.Errorf("a text of %d bytes", n)
	}
	for _, w := range warnings {
		if len(w.Message) > 120 || strings.Contains(w.Message, "é") {
			t.Errorf("a value in the warning %q", w.Message)
		}
	}
	if len(warnings) == 0 {
		t.Error("no warning")
	}
}

func TestTenThousandEvents(t *testing.T) {
	m := mustCompile(t, wide())
	in := Input{}
	for i := range 10000 {
		in.Activities = append(in.Activities, Activity{crm.Meetings, crm.Activity{Fields: crm.Fields{"outcome": "done", "at": "2999-01-01"}, ID: string(rune(i))}})
	}
	var s scoring.Subject
	warnings := m.Subject(in, now, &s)
	if len(s.Events) != 10000 {
		t.Errorf("%d events", len(s.Events))
	}
	want := []Warning{{"met", "at", "dated in the future: not counted until then (10000 times)"}}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Error(diff)
	}
}

// TestSubjectLaws: whatever the fields hold, mapping answers, alike each time, with values of the type of their slot.
func TestSubjectLaws(t *testing.T) {
	m := mustCompile(t, wide())
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9 .,€$%+-]{0,12}`), rapid.SampledFrom([]string{"VP Sales", "France", "2026-11-01", "9999-12-31", "true", "a", "EUR", "USD", "7", "done", "a;b;;a", "zoe@gmail.com", "51-200"}))
	fields := rapid.MapOf(rapid.SampledFrom([]string{"n", "t", "b", "d", "l", "m", "c", "email", "clicks", "last", "outcome", "at", "amount", "currency", "country", "optout"}), word)
	schema := m.Schema()
	var reused scoring.Subject
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Person: fields.Draw(t, "person"), Company: fields.Draw(t, "company")}
		if rapid.Bool().Draw(t, "owned") {
			in.Owner = &crm.Owner{Name: word.Draw(t, "name")}
		}
		for range rapid.IntRange(0, 5).Draw(t, "activities") {
			in.Activities = append(in.Activities, Activity{rapid.SampledFrom([]string{crm.Meetings, crm.Deals, crm.Notes}).Draw(t, "source"),
				crm.Activity{Time: time.Unix(rapid.Int64Range(-1e11, 1e11).Draw(t, "time"), 0), Fields: fields.Draw(t, "fields")}})
		}
		in.Memory = m.Remember(rapid.SliceOf(rapid.Byte()).Draw(t, "memory"), in.Person, now)
		var fresh scoring.Subject
		first := m.Subject(in, now, &fresh)
		second := m.Subject(in, now, &reused)
		if diff := cmp.Diff(fresh, reused, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("a reused subject differs:\n%s", diff)
		}
		if diff := cmp.Diff(first, second, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("warnings differ:\n%s", diff)
		}
		for i, v := range fresh.Values {
			if v.Type != scoring.Unknown && v.Type != schema.Attributes[i].Type {
				t.Fatalf("%s has a value of type %d", schema.Attributes[i].Name, v.Type)
			}
		}
		for _, e := range fresh.Events {
			if e.Count == 0 || int(e.Kind) >= len(schema.Activities) {
				t.Fatalf("event %+v", e)
			}
		}
		m.Skip(in.Person)
	})
}

func BenchmarkSubject(b *testing.B) {
	m := mustCompile(b, wide())
	person := crm.Fields{"n": "250", "t": "Directrice marketing", "b": "true", "d": "2026-01-01", "l": "a;b", "m": "100", "email": "zoe@acme.fr", "clicks": "5", "last": "2026-11-01T00:00:00Z"}
	in := Input{Person: person, Company: crm.Fields{"n": "10"}, Memory: m.Remember(nil, person, now)}
	for range 20 {
		in.Activities = append(in.Activities, Activity{crm.Deals, crm.Activity{Time: now, Fields: crm.Fields{"amount": "12.5", "currency": "EUR"}}})
	}
	var s scoring.Subject
	for b.Loop() {
		m.Subject(in, now, &s)
	}
}
