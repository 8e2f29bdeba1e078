package mapping

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

func TestSensitiveNames(t *testing.T) {
	for name, want := range map[string]protected{
		"health_status": health, "Etat de santé": health, "handicap": health, "RQTH": health, "disability": health, "medicalCondition": health,
		"religion": belief, "Religious_Affiliation__c": belief, "confession": belief, "faith": belief,
		"trade_union": union, "tradeUnionMember": union, "trade-union membership": union, "union": union, "syndicat": union, "appartenance_syndicale": union, "syndiqué": union,
		"nationality": origin, "Nationalité": origin, "nationalite__c": origin, "ethnicity": origin, "origine_ethnique": origin, "origine ethnique": origin, "country_of_birth": origin, "pays de naissance": origin, "race": origin, "citizenship": origin,
		"political_opinion": politics, "opinion politique": politics, "party_affiliation": politics,
		"sexual_orientation": orientation, "orientation sexuelle": orientation,
		"biometric_id": biology, "données génétiques": biology, "casier judiciaire": offences,

		"hs_analytics_source": "", "originating_source": "", "origine": "", "origin": "", "origine_du_lead": "", "country": "", "pays": "",
		"health_check_date": "", "customer_health": "", "health_score": "", "hospital & health care": "", "healthcare_segment": "",
		"content_syndication": "", "syndicated_content": "", "syndic": "", "syndicat de copropriété": "", "credit_union": "", "union_pay": "", "reunion_date": "", "european union": "",
		"politique_de_confidentialite": "", "policy_number": "", "race_registration": "", "trace_id": "", "technique": "", "golf_handicap": "",
		"gender": "", "marital_status": "", "native_lead": "", "hs_email_optout": "", "hs_legal_basis": "", "genetics": biology, "essex_office": "", "jobtitle": "",
		"industry": "", "birthdate": "", "date_of_birth": "", "language": "", "medium": "", "mediation": "", "mission": "",
	} {
		if got := sensitive(name, false); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]protected{"health_sector": "", "nationality": "", "religious_affiliation": belief} {
		if got := sensitive(name, true); got != want {
			t.Errorf("of a company, %q is %q, want %q", name, got, want)
		}
	}
}

// TestBareTellsTheSame: what is kept of someone who said no is enough to tell that they still do, and no more.
func TestBareTellsTheSame(t *testing.T) {
	value := rapid.SampledFrom([]string{"", "true", "false", "Legitimate interest – prospect/lead", "Not applicable", "Not applicable;Freely given consent from contact"})
	rapid.Check(t, func(t *rapid.T) {
		spec := Spec{SkipIf: []Condition{{"optout", []string{"true"}}}, SkipSets: [][]Condition{
			{{"hs_legal_basis", []string{"", "Not applicable"}}, {"customer", []string{"", "false"}}},
		}}
		if rapid.Bool().Draw(t, "only sets") {
			spec.SkipIf = nil
		}
		m, problems := Compile(spec)
		if m == nil {
			t.Fatal(problems)
		}
		person := crm.Fields{"jobtitle": "x"}
		for _, field := range []string{"optout", "hs_legal_basis", "customer"} {
			if v := value.Draw(t, field); v != "" {
				person[field] = v
			}
		}
		bare := m.Bare(person)
		_, before := m.Skip(person)
		_, after := m.Skip(bare)
		if before != after || bare["jobtitle"] != "" {
			t.Fatalf("%v: %v, and bare %v: %v", person, before, bare, after)
		}
	})
}

// TestSensitiveLabel: a field of a harmless name is refused for what the CRM calls it.
func TestSensitiveLabel(t *testing.T) {
	m, problems := Compile(Spec{Attributes: []AttributeSpec{{Name: "segment", Path: "$.people.attributes.segment", From: []string{"custom_16", "custom_17"}}}})
	if m == nil {
		t.Fatal(problems)
	}
	found := m.Validate(map[string]crm.Schema{crm.People: {Fields: []crm.Field{{Name: "custom_16", Label: "Segment"}, {Name: "custom_17", Label: "Religion"}}}})
	if len(found) != 1 || found[0].Path != "$.people.attributes.segment.from[1]" || found[0].Warning {
		t.Errorf("%+v", found)
	}
}
