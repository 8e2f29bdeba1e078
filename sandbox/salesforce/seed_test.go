package salesforce_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestPopulation(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 400, Seed: 1})
	for _, object := range []string{"Lead", "Contact", "Account", "Opportunity", "OpportunityHistory", "OpportunityContactRole", "Task", "Event",
		"Campaign", "CampaignMember", "EmailMessage", "EmailMessageRelation", "User"} {
		if n := o.do(200, "GET", "/query?q=SELECT+COUNT()+FROM+"+object, nil)["totalSize"]; n == 0.0 {
			t.Errorf("no %s", object)
		}
	}
	for what, soql := range map[string]string{
		"converted leads":        "SELECT ConvertedContact.Email, Email FROM Lead WHERE IsConverted = true",
		"archived tasks":         "SELECT Id FROM Task WHERE IsArchived = true ALL ROWS",
		"opportunities won":      "SELECT Id FROM Opportunity WHERE IsWon = true",
		"answers to campaigns":   "SELECT Id FROM CampaignMember WHERE HasResponded = true",
		"two of one address":     "SELECT Email, COUNT(Id) n FROM Contact WHERE Email != null GROUP BY Email HAVING COUNT(Id) > 1",
		"shared mailboxes":       "SELECT Id FROM Contact WHERE Email LIKE 'info@%'",
		"meetings with somebody": "SELECT Who.Name, Account.Name FROM Event WHERE WhoId != null",
	} {
		if len(o.query(soql)) == 0 {
			t.Errorf("no %s", what)
		}
	}
	for _, r := range o.query("SELECT ConvertedContact.Email, Email FROM Lead WHERE IsConverted = true") {
		if r["ConvertedContact"].(body)["Email"] != r["Email"] {
			t.Errorf("%v", r)
		}
	}
	for _, r := range o.query("SELECT CreatedDate, SystemModstamp FROM Contact") {
		if made, changed := r["CreatedDate"].(string), r["SystemModstamp"].(string); made > changed || strings.Contains(changed, "2027") {
			t.Errorf("made %s, changed %s", made, changed)
		}
	}
}

// TestSameSeed: the same seed, size and moment give the same org; another seed another one.
func TestSameSeed(t *testing.T) {
	t.Parallel()
	all := func(seed int64) map[string]map[string]string {
		v, err := open(t, salesforce.Options{People: 100, Seed: seed}).Values("Contact", "Email", "AccountId", "SystemModstamp")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := all(5)
	if diff := cmp.Diff(first, all(5)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(first, all(6)) {
		t.Error("another seed, the same org")
	}
}
