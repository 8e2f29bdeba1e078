package salesforce_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

func TestCreateQueryUpdateDelete(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.lead(body{"Email": "a@b.example", "FirstName": "Ann"})
	if len(id) != 18 || !strings.HasPrefix(id, "00Q") {
		t.Fatalf("id %q", id)
	}
	got := o.one("SELECT Id, Name, Email, Owner.Name, SystemModstamp FROM Lead WHERE Email = 'A@B.example'")
	if got["Name"] != "Ann Doe" || got["Id"] != id || got["SystemModstamp"] != "2026-11-20T09:30:00.000+0000" {
		t.Errorf("got %v", got)
	}
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	o.do(204, "PATCH", "/sobjects/Lead/"+id[:15]+"/", body{"title": "CEO"})
	if got := o.do(200, "GET", "/sobjects/Lead/"+id+"?fields=Title,Status", nil); got["Title"] != "CEO" || got["Status"] != "Open - Not Contacted" {
		t.Errorf("got %v", got)
	}
	o.do(204, "DELETE", "/sobjects/Lead/"+id, nil)
	o.refused(404, "ENTITY_IS_DELETED", "GET", "/sobjects/Lead/"+id, nil)
	if n := len(o.query("SELECT Id FROM Lead")); n != 0 {
		t.Errorf("%d leads left", n)
	}
	all := records(o.do(200, "GET", "//services/data/v66.0//queryAll/?q="+url.QueryEscape("SELECT Id, IsDeleted FROM Lead"), nil))
	if len(all) != 1 || all[0]["IsDeleted"] != true {
		t.Errorf("queryAll: %v", all)
	}
}
