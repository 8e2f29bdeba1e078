package mapping

import (
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func guess(t testing.TB, change func(*AttributeSpec)) *Mapper {
	t.Helper()
	a := AttributeSpec{Name: "born", From: []string{"date_of_birth", "firstname"}, Transform: AgeFromFirstName,
		FirstName: FirstNameSpec{Purpose: "choose the catalogue", Sex: "salutation"}}
	if change != nil {
		change(&a)
	}
	m, problems := Compile(Spec{Attributes: []AttributeSpec{a}})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// told is what a mapper makes of a person: "1972", "1972 estimated", or "" for unknown.
func told(m *Mapper, person crm.Fields) string {
	var s scoring.Subject
	m.Subject(Input{Person: person}, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), &s)
	if s.Values[0].Type == scoring.Unknown {
		return ""
	}
	text := time.UnixMilli(int64(s.Values[0].Num)).UTC().Format(time.DateOnly)
	if s.Values[0].Estimated {
		text += " estimated"
	}
	return text
}

func TestAgeFromFirstName(t *testing.T) {
	for _, test := range []struct {
		person crm.Fields
		want   string
	}{
		{crm.Fields{"firstname": "Virginie"}, "1978-07-01 estimated"},
		{crm.Fields{"firstname": "STEPHANE", "salutation": "M."}, "1972-07-01 estimated"},
		{crm.Fields{"firstname": "Stéphane", "salutation": "M."}, "1972-07-01 estimated"},
		{crm.Fields{"firstname": "Dominique"}, "1958-07-01 estimated"},
		{crm.Fields{"firstname": "Dominique", "salutation": "Mme"}, "1957-07-01 estimated"},
		{crm.Fields{"firstname": "Dominique", "salutation": "Monsieur"}, "1960-07-01 estimated"},
		{crm.Fields{"firstname": "Kevin", "salutation": "Mrs"}, ""}, // no such women: something is wrong, so nothing is said
		{crm.Fields{"firstname": "Paul"}, ""},
		{crm.Fields{"firstname": "Louise"}, ""},
		{crm.Fields{"firstname": "Xqzt"}, ""},
		{crm.Fields{}, ""},
		{crm.Fields{"firstname": "Virginie", "date_of_birth": "1950-02-03"}, "1950-02-03"}, // what is known wins
		{crm.Fields{"firstname": "Paul", "date_of_birth": "03.02.1950"}, "1950-02-03"},
		{crm.Fields{"firstname": "Virginie", "date_of_birth": "3/2/1950"}, "1978-07-01 estimated"}, // which day is that?
	} {
		for _, from := range [][]string{{"date_of_birth", "firstname"}, {"firstname", "date_of_birth"}} {
			if got := told(guess(t, func(a *AttributeSpec) { a.From = from }), test.person); got != test.want {
				t.Errorf("%v: %q, want %q", test.person, got, test.want)
			}
		}
	}
}

// TestAgeLimits: the author may ask for more certainty, or less, or for another of the ages.
func TestAgeLimits(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*FirstNameSpec)
		person string
		want   string
	}{
		"half within 8 years":  {func(f *FirstNameSpec) { f.MaxWidth = 8 }, "Virginie", ""},
		"half within 9 years":  {func(f *FirstNameSpec) { f.MaxWidth = 9 }, "Virginie", "1978-07-01 estimated"},
		"half within 60 years": {func(f *FirstNameSpec) { f.MaxWidth = 60 }, "Paul", "1996-07-01 estimated"},
		"a million bearers":    {func(f *FirstNameSpec) { f.MinCount = 1e6 }, "Virginie", ""},
		"one bearer":           {func(f *FirstNameSpec) { f.MinCount, f.MaxWidth = 1, 40 }, "N'deye", "1993-07-01 estimated"},
		"the youngest":         {func(f *FirstNameSpec) { f.Estimate = "youngest" }, "Virginie", "1983-07-01 estimated"},
		"the oldest":           {func(f *FirstNameSpec) { f.Estimate = "oldest" }, "Virginie", "1974-07-01 estimated"},
	} {
		m := guess(t, func(a *AttributeSpec) { test.change(&a.FirstName) })
		if got := told(m, crm.Fields{"firstname": test.person}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestAgeNeeds: the fields are pulled, and only a change that matters maps everyone anew.
func TestAgeNeeds(t *testing.T) {
	m := guess(t, nil)
	if diff := cmp.Diff([]string{"date_of_birth", "firstname", "salutation"}, m.Need().Read[crm.People]); diff != "" {
		t.Error(diff)
	}
	if guess(t, func(a *AttributeSpec) { a.FirstName.Purpose = "something else" }).Hash() != m.Hash() {
		t.Error("the purpose changes what is mapped")
	}
	for _, change := range []func(*FirstNameSpec){
		func(f *FirstNameSpec) { f.Sex = "" }, func(f *FirstNameSpec) { f.MaxWidth = 7 },
		func(f *FirstNameSpec) { f.MinCount = 7 }, func(f *FirstNameSpec) { f.Estimate = "oldest" },
	} {
		if guess(t, func(a *AttributeSpec) { change(&a.FirstName) }).Hash() == m.Hash() {
			t.Error("a change that matters has the same hash")
		}
	}
	schemas := map[string]crm.Schema{crm.People: {Fields: []crm.Field{{Name: "date_of_birth", Type: crm.Date}, {Name: "firstname", Type: crm.Text}}}}
	problems := m.Validate(schemas)
	if len(problems) != 1 || problems[0].Message != `people have no field "salutation"` {
		t.Errorf("%v", problems)
	}
}

// TestAgeLaws: whatever stands in the fields, a known date of birth is kept, an estimate lies between the youngest and the
// oldest, and nothing breaks.
func TestAgeLaws(t *testing.T) {
	median := guess(t, nil)
	youngest := guess(t, func(a *AttributeSpec) { a.FirstName.Estimate = "youngest" })
	oldest := guess(t, func(a *AttributeSpec) { a.FirstName.Estimate = "oldest" })
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Virginie", "Kévin", "Dominique", "Camille Marie", "Mme", "M."}))
	rapid.Check(t, func(t *rapid.T) {
		person := crm.Fields{"firstname": text.Draw(t, "name"), "salutation": text.Draw(t, "salutation")}
		low, middle, high := told(youngest, person), told(median, person), told(oldest, person)
		if !(high <= middle && middle <= low) {
			t.Fatalf("%v: %q, %q, %q", person, high, middle, low)
		}
		person["date_of_birth"] = "1950-02-03"
		if got := told(median, person); got != "1950-02-03" {
			t.Fatalf("%v: %q", person, got)
		}
	})
}
