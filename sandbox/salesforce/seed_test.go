package salesforce_test

import (
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestPopulation(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{People: 400, Seed: 1})
	for _, object := range []string{"Lead", "Contact", "Account", "Opportunity", "OpportunityHistory", "OpportunityContactRole", "Task", "Event",
		"Campaign", "CampaignMember", "EmailMessage", "EmailMessageRelation", "User"} {
		n := o.do(200, "GET", "/query?q=SELECT+COUNT()+FROM+"+object, nil)["totalSize"]
		t.Logf("%s: %v", object, n)
		if n == 0.0 {
			t.Errorf("no %s", object)
		}
	}
}
