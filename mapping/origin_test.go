package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// TestOrigins: an attribute is made from every field that is looked at, its currency and the form of address included.
func TestOrigins(t *testing.T) {
	t.Parallel()
	m, problems := Compile(Spec{
		Attributes: []AttributeSpec{
			{Name: "size", From: []string{"employees", "company.numberofemployees"}, Type: scoring.Number},
			{Name: "owner", From: []string{"owner.email"}},
			{Name: "budget", From: []string{"budget"}, Type: scoring.Money, Currency: "EUR", CurrencyFrom: "currency"},
		},
		Activities: []ActivitySpec{{Name: "won", From: "deals"}, {Name: "click", From: "counter", Count: "clicks"}},
	})
	if m == nil {
		t.Fatal(problems)
	}
	for name, want := range map[string][]Origin{
		"size":   {{Object: crm.People, Field: "employees"}, {Object: crm.Companies, Field: "numberofemployees"}},
		"owner":  {{Object: crm.Owners, Field: "email"}},
		"budget": {{Object: crm.People, Field: "budget"}, {Object: crm.People, Field: "currency"}},
		"none":   nil,
	} {
		if diff := cmp.Diff(want, m.Origins(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, want := range map[string]string{"won": "deals", "click": "", "none": ""} {
		if _, got := m.SourceOf(name); got != want {
			t.Errorf("%s comes from %q", name, got)
		}
	}
}

// TestOriginsOfJoined: with several connections each field has its own, by the CRM's own name.
func TestOriginsOfJoined(t *testing.T) {
	t.Parallel()
	m, _ := joined(t)
	for _, a := range m.Schema().Attributes {
		for _, o := range m.Origins(a.Name) {
			if o.Connection == "" || o.Field == "" || len(o.Field) > len(o.Connection) && o.Field[:len(o.Connection)+1] == o.Connection+"." {
				t.Errorf("%s: %+v", a.Name, o)
			}
		}
	}
}
