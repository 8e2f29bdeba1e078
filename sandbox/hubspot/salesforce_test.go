package hubspot_test

import (
	"testing"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestTwins: the ids that contacts carry are those of the same people in the Salesforce sandbox of the same seed.
func TestTwins(t *testing.T) {
	t.Parallel()
	const people, seed = 300, 7
	here, err := hubspot.New(hubspot.Options{People: people, Seed: seed, Now: standing, Salesforce: true}).Values("contacts", "email", "lastname", "salesforceleadid", "salesforcecontactid")
	if err != nil {
		t.Fatal(err)
	}
	org := salesforce.New(salesforce.Options{People: people, Seed: seed, Now: standing})
	there := map[string]map[string]string{}
	emails := map[string]bool{}
	for _, object := range []string{"Lead", "Contact"} {
		values, err := org.Values(object, "Email", "LastName")
		if err != nil {
			t.Fatal(err)
		}
		for id, v := range values {
			there[id], emails[v["Email"]] = v, true
		}
	}
	linked, both := 0, 0
	for id, h := range here {
		if h["email"] != "" && emails[h["email"]] {
			both++
		}
		for _, name := range []string{"salesforceleadid", "salesforcecontactid"} {
			if h[name] == "" {
				continue
			}
			linked++
			if twin := there[h[name]]; twin["Email"] != h["email"] || twin["LastName"] != h["lastname"] {
				t.Errorf("contact %s is %v, its twin %s is %v", id, h, h[name], twin)
			}
		}
	}
	firms, err := hubspot.New(hubspot.Options{People: people, Seed: seed, Now: standing, Salesforce: true}).Values("companies", "domain", "salesforceaccountid")
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := org.Values("Account", "Website")
	if err != nil {
		t.Fatal(err)
	}
	for id, h := range firms {
		if h["salesforceaccountid"] != "" && accounts[h["salesforceaccountid"]]["Website"] != "https://www."+h["domain"] {
			t.Errorf("company %s is %v, its twin %v", id, h, accounts[h["salesforceaccountid"]])
		}
	}
	if both < people*4/10 || both > people*6/10 || linked < both/2 {
		t.Errorf("%d of %d people are in both, %d links", both, people, linked)
	}
}
