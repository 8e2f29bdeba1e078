package salesforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

const profiling = "Individual.HasOptedOutProfiling"

// TestChangeOfMind: what people allow changes without a trace at lead and contact, and is read all the same, where it is
// asked for.
func TestChangeOfMind(t *testing.T) {
	for name, change := range ways {
		t.Run(name, func(t *testing.T) {
			a := begin(t, func(o *sandbox.Options) { o.Individuals = true })
			whose := a.make("Individual", map[string]any{"LastName": "Doe"})
			lead := a.make("Lead", map[string]any{"LastName": "Doe", "Company": "A company", "IndividualId": whose})
			contact := a.make("Contact", map[string]any{"LastName": "Doe", "IndividualId": whose})
			silent := a.lead("Roe")
			c := a.connect(change)
			asked := crm.Query{Object: crm.People, Fields: []string{"LastName", profiling}}
			got, cursor := records(t, c, asked)
			if got[lead].Fields[profiling] != "false" || got[contact].Fields[profiling] != "false" || len(got[silent].Fields) != 1 {
				t.Fatalf("at first: %v", got)
			}
			a.pass(time.Hour)
			asked.Cursor = cursor
			_, asked.Cursor = records(t, c, asked)
			a.pass(time.Hour)
			a.ok(a.Change(whose, map[string]any{"HasOptedOutProfiling": true}, 0))
			got, _ = records(t, c, asked)
			if got[lead].Fields[profiling] != "true" || got[contact].Fields[profiling] != "true" || len(got) != 2 {
				t.Errorf("after the change: %v", got)
			}
			unasked := people
			unasked.Cursor = asked.Cursor
			if got, _ := records(t, c, unasked); len(got) != 0 {
				t.Errorf("nobody asked what people allow, and got %v", got)
			}
		})
	}
}

// TestIndividualNotThere: in an org without the object, or where it is hidden, its fields are not listed, and asking for
// one names the remedy.
func TestIndividualNotThere(t *testing.T) {
	for name, prepare := range map[string]func(*sandbox.Options){
		"not switched on": func(*sandbox.Options) {}, "hidden": func(o *sandbox.Options) { o.Individuals = true },
	} {
		a := begin(t, prepare)
		a.HideField("Individual", false)
		c := a.connect(func(o *salesforce.Options) { o.People = []string{"Lead"} })
		s, err := c.Describe(t.Context(), crm.People)
		a.ok(err)
		if _, listed := s.Field(profiling); listed {
			t.Errorf("%s: its fields are listed", name)
		}
		err = c.Check(t.Context(), crm.Need{Read: map[string][]string{crm.People: {profiling}}})
		if err == nil || !strings.Contains(err.Error(), "Switch on Data Protection and Privacy") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
