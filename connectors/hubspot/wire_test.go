package hubspot

import (
	"encoding/json"
	"testing"

	"github.com/bareme/bareme/crm"
)

// Whatever an answer holds, reading it neither panics nor makes ids of what is none.
func FuzzPage(f *testing.F) {
	f.Add(`{"total":1,"results":[{"id":"1","properties":{"hs_object_id":"1","email":null,"hs_merged_object_ids":"2;3:1700000000000","associatedcompanyid":"1e3"},
		"updatedAt":"2024-10-28T16:40:10.123Z","associations":{"companies":{"results":[{"id":"5","type":"a_to_b"},{"id":5}],"paging":{"next":{"after":"x"}}}}}],
		"paging":{"next":{"after":"1"}}}`)
	f.Add(`{"results":[{"id":"1","updatedAt":5}]}`)
	f.Add(`{"results":[{"name":"a","type":"enumeration","fieldType":"checkbox","options":[{"value":"x"}],"modificationMetadata":null}]}`)
	f.Add(`{"results":[{"from":{"id":7},"to":[{"toObjectId":1.5}]}]}`)
	f.Fuzz(func(t *testing.T, raw string) {
		var properties wireProperties
		if json.Unmarshal([]byte(raw), &properties) != nil {
			properties.Results = []wireProperty{{Name: "email", Type: "string"}, {Name: "lastmodifieddate", Type: "datetime"}}
		}
		people, companies := objects[crm.People], objects[crm.Companies]
		people.ours, companies.ours = crm.People, crm.Companies
		p := &pull{o: people, schema: newSchema(people, properties.Results), links: []object{companies}}
		for _, field := range p.schema.Fields {
			p.fields = append(p.fields, field.Name)
		}
		var links wireLinkBatch
		_ = json.Unmarshal([]byte(raw), &links) // a refusal is as good
		var page wirePage
		if json.Unmarshal([]byte(raw), &page) != nil {
			return
		}
		found := inline(page.Results)
		for _, r := range page.Results {
			record := p.record(r, found)
			for _, id := range record.Absorbed {
				if !isID(id) || id == r.ID {
					t.Errorf("absorbed %q", id)
				}
			}
			for name, value := range record.Fields {
				if value == "" {
					t.Errorf("%s is there without a value", name)
				}
			}
			_ = p.activity(r, found)
		}
		if last, err := p.advance("", page.Results); err == nil && last != "" && !isID(last) {
			t.Errorf("a search goes on after %q", last)
		}
	})
}
