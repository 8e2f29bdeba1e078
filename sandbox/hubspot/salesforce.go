package hubspot

import (
	"github.com/bareme/bareme/sandbox/population"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// linkProperties are what HubSpot's Salesforce integration adds to contacts and companies.
func linkProperties() map[kind][]string {
	return map[kind][]string{
		contacts: {
			"salesforceleadid|string|text|salesforceinformation|ro||Salesforce Lead ID",
			"salesforcecontactid|string|text|salesforceinformation|ro||Salesforce Contact ID",
		},
		companies: {"salesforceaccountid|string|text|salesforceinformation|ro||Salesforce Account ID"},
	}
}

// connect adds the integration's properties to an account that is connected with Salesforce.
func (t *table) connect(properties []string, now int64) {
	for _, line := range properties {
		p := parseDefinition(line)
		p.CreatedAt, p.UpdatedAt = now, now
		t.addProperty(p)
	}
	t.groups["salesforceinformation"] = &group{Name: "salesforceinformation", Label: "Salesforce information", DisplayOrder: len(t.groups)}
}

// twin writes the ids that person i has in the Salesforce sandbox of the same seed, where the integration knows them. Of
// a converted lead it holds both, and so keeps an id that no longer takes writes.
func (p *seeder) twin(b *builder, i int, s population.Standing) {
	if !p.connected || !s.Linked {
		return
	}
	if s.Lead {
		b.text("salesforceleadid", salesforce.LeadID(i))
	}
	if s.Contact {
		b.text("salesforcecontactid", salesforce.ContactID(i))
	}
}

// account writes the id that company i has there, where the integration knows it: three in four.
func (p *seeder) account(b *builder, i int) {
	if p.connected && i%4 != 3 {
		b.text("salesforceaccountid", salesforce.AccountID(i))
	}
}
