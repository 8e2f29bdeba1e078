package salesforce_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestIndividuals: what people allow is kept beside them, read by path, and follows a lead to its contact; a change of it
// moves no stamp but its own.
func TestIndividuals(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 200, Seed: 3, Individuals: true})
	if len(o.query("SELECT Id FROM Contact WHERE Individual.HasOptedOutProfiling = true")) == 0 {
		t.Error("nobody of the population has opted out of profiling")
	}
	whose := o.create("Individual", body{"LastName": "Doe", "HasOptedOutProfiling": true})
	id := o.lead(body{"IndividualId": whose})
	o.Pass(time.Hour)
	lead := o.one("SELECT Id, SystemModstamp, Individual.Name, Individual.HasOptedOutProfiling FROM Lead WHERE Id = '" + id + "'")
	if individual := lead["Individual"].(body); individual["HasOptedOutProfiling"] != true || individual["Name"] != "Doe" {
		t.Errorf("read as %v", individual)
	}
	if silent := o.query("SELECT Id, Individual.HasOptedOutProfiling FROM Lead WHERE IndividualId = null LIMIT 1"); silent[0]["Individual"] != nil {
		t.Errorf("who has said nothing is read as %v", silent[0])
	}
	if leads := o.one("SELECT (SELECT Id FROM Leads) FROM Individual WHERE Id = '" + whose + "'")["Leads"].(body); leads["totalSize"] != 1.0 {
		t.Errorf("the leads of an Individual: %v", leads)
	}

	if err := o.Change(whose, map[string]any{"HasOptedOutProfiling": false}, 0); err != nil {
		t.Fatal(err)
	}
	after := o.one("SELECT SystemModstamp, Individual.HasOptedOutProfiling FROM Lead WHERE Id = '" + id + "'")
	if after["SystemModstamp"] != lead["SystemModstamp"] || after["Individual"].(body)["HasOptedOutProfiling"] != false {
		t.Errorf("after a change of mind: %v", after)
	}
	contact, err := o.Convert(id, "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if heir, _ := o.Value(contact, "IndividualId"); heir["IndividualId"] != whose {
		t.Error("the Individual did not follow the lead to its contact")
	}

	o.HideField("Lead.IndividualId", false)
	if text := o.text(http.StatusOK, http.MethodGet, "/sobjects/Lead/describe", nil); strings.Contains(text, "IndividualId") {
		t.Error("a hidden Individual is described")
	}
	o.text(http.StatusBadRequest, http.MethodGet, "/query?q="+url.QueryEscape("SELECT Individual.HasOptedOutProfiling FROM Lead"), nil)
}

// TestWithoutIndividuals: an org without Data Protection and Privacy knows neither the object nor the field.
func TestWithoutIndividuals(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 20, Seed: 3})
	o.text(http.StatusNotFound, http.MethodGet, "/sobjects/Individual/describe", nil)
	if text := o.text(http.StatusOK, http.MethodGet, "/sobjects/Lead/describe", nil); strings.Contains(text, "IndividualId") {
		t.Error("a lead has an Individual")
	}
}
