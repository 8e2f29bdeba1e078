package hubspot_test

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

func TestConformance(t *testing.T) {
	for name, dialect := range map[string]string{"dated": hubspot.Version, "legacy": hubspot.Legacy} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && dialect == hubspot.Legacy {
				t.Skip("the second dialect takes as long again")
			}
			crmtest.Run(t, func(t *testing.T) crmtest.Harness { return harness(t, dialect) })
		})
	}
}

// safeBuffer is a buffer that goroutines may write to while it is read.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func harness(t *testing.T, dialect string) crmtest.Harness {
	a := open(t)
	if dialect == hubspot.Legacy {
		a.theirs = "/crm/objects/2026-09/"
	}
	logs := new(safeBuffer)
	reopen := func() crm.Connector {
		return a.connect(logTo(logs), func(o *hubspot.Options) { o.Dialect = dialect })
	}
	mark(a)
	return crmtest.Harness{
		Connector: reopen(),
		System:    system{a, dialect},
		Reopen:    reopen,
		Text: map[string]string{crm.People: "jobtitle", crm.Companies: "description", crm.Meetings: "hs_meeting_title",
			crm.Deals: "dealname"},
		ReadOnly: "hs_email_open",
		Samples: []crmtest.Sample{
			{Field: "numemployees_exact", Type: crm.Number, Stored: "1.50", Canonical: "1.5"},
			{Field: "numemployees_exact", Type: crm.Number, Stored: "-0", Canonical: "0"},
			{Field: "birthday", Type: crm.Date, Stored: "2026-02-03", Canonical: "2026-02-03"},
			{Field: "seen_at", Type: crm.DateTime, Stored: "2026-02-03T04:05:06.000Z", Canonical: "2026-02-03T04:05:06Z"},
			{Field: "seen_at", Type: crm.DateTime, Stored: "1770091506789", Canonical: "2026-02-03T04:05:06.789Z"},
			{Field: "member", Type: crm.Bool, Stored: "true", Canonical: "true"},
			{Field: "stage", Type: crm.Choice, Stored: "lead", Canonical: "lead"},
			{Field: "topics", Type: crm.Choices, Stored: "a;b", Canonical: "a;b"},
		},
		Faults: append(crmtest.StandardFaults(),
			crmtest.Fault{Name: "web page", Passing: true, Kind: crm.ErrUnavailable},
			crmtest.Fault{Name: "web page as success", Passing: true, Kind: crm.ErrUnavailable},
			crmtest.Fault{Name: "migrating", Kind: crm.ErrUnavailable},
			crmtest.Fault{Name: "locked", Kind: crm.ErrUnavailable},
		),
		Provision: []crm.Field{
			{Name: "bareme_score", Label: "Score", Type: crm.Number},
			{Name: "bareme_label", Label: "Label", Type: crm.Choice, Options: []crm.Option{{Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}},
			{Name: "bareme_reasons", Label: "Reasons", Type: crm.Text, Length: 2000},
			{Name: "bareme_scored_at", Label: "Scored at", Type: crm.DateTime},
		},
		Secrets: []string{token, "pat-na1"},
		Logs:    logs.String,
	}
}

// mark gives the account what the suite needs besides: fields of every type, and a rule to refuse single records by.
func mark(a *account) {
	option := func(values ...string) []body {
		var out []body
		for i, v := range values {
			out = append(out, body{"label": v, "value": v, "displayOrder": i, "hidden": false})
		}
		return out
	}
	for _, p := range []body{
		{"name": "numemployees_exact", "type": "number", "fieldType": "number"},
		{"name": "birthday", "type": "date", "fieldType": "date"},
		{"name": "seen_at", "type": "datetime", "fieldType": "date"},
		{"name": "member", "type": "bool", "fieldType": "booleancheckbox", "options": option("true", "false")},
		{"name": "stage", "type": "enumeration", "fieldType": "select", "options": option("lead", "customer")},
		{"name": "topics", "type": "enumeration", "fieldType": "checkbox", "options": option("a", "b")},
		{"name": "refused", "type": "string", "fieldType": "text"},
	} {
		p["label"], p["groupName"] = p["name"], "contactinformation"
		a.do(http.StatusCreated, http.MethodPost, "/crm/v3/properties/contacts", p)
	}
	a.do(http.StatusCreated, http.MethodPost, "/crm/v3/properties/companies",
		body{"name": "refused", "type": "string", "fieldType": "text", "label": "refused", "groupName": "companyinformation"})
}

// system is the sandbox as the suite moves it.
type system struct {
	a       *account
	dialect string
}

var names = map[string]string{crm.People: "contacts", crm.Companies: "companies", crm.Deals: "deals", crm.Meetings: "meetings"}

func (s system) Create(object string, fields crm.Fields, links map[string][]string) string {
	props := map[string]string{}
	for name, value := range fields {
		props[name] = value
	}
	if companies := links[crm.Companies]; object == crm.People && len(companies) > 0 {
		props["associatedcompanyid"] = companies[0]
	}
	id := s.a.create(names[object], props)
	for to, ids := range links {
		for i, other := range ids {
			if object == crm.People && to == crm.Companies && i == 0 {
				continue
			}
			s.a.link(names[object], id, names[to], other)
		}
	}
	return id
}

func (s system) CreateActivity(source string, activity crm.Activity) string {
	fields := crm.Fields{"hs_timestamp": activity.Time.UTC().Format(time.RFC3339)}
	if source == crm.Deals {
		fields = crm.Fields{"closedate": activity.Time.UTC().Format(time.RFC3339)}
	}
	for name, value := range activity.Fields {
		fields[name] = value
	}
	return s.Create(source, fields, activity.Links)
}

func (s system) Change(object, id string, fields crm.Fields) { s.a.change(names[object], id, fields) }
func (s system) Merge(object, winner, loser string) string {
	return s.a.merge(names[object], winner, loser)
}

func (s system) Delete(object, id string) { s.a.delete(names[object], id) }

// Stored looks at a record past the API: the suite looks at each record after each fault, and requests would take most of
// its time.
func (s system) Stored(object, id string) (crm.Fields, bool) {
	record, err := s.a.Record(names[object], id)
	if err != nil || record.ID != id || record.Archived {
		return nil, false
	}
	return record.Values, true
}

// Refuse sets up a rule of the account that this record breaks from now on.
func (s system) Refuse(object, id string) {
	s.a.DropRules()
	s.a.change(names[object], id, crm.Fields{"refused": "yes"})
	for _, object := range []string{"contacts", "companies"} {
		if err := s.a.Require(object, "city", "refused", "yes"); err != nil {
			s.a.t.Fatal(err)
		}
	}
}

func (s system) Fail(fault string, skip, n int) {
	f := sandbox.Fault{After: skip, Count: n, Path: "2026-09"}
	if s.dialect == hubspot.Legacy {
		f.Path = "/v"
	}
	switch fault {
	case crmtest.RateLimited:
		f.Kind = sandbox.FaultTenSecondly
	case crmtest.RateLimitedLong:
		f.Kind, f.RetryAfter = sandbox.FaultTenSecondly, 3600
	case crmtest.QuotaSpent:
		f.Kind = sandbox.FaultDaily
	case crmtest.TokenExpired:
		f.Kind = sandbox.FaultExpired
	case crmtest.ScopeMissing:
		f.Kind, f.Scope = sandbox.FaultMissingScopes, "crm.objects.contacts.read"
	case crmtest.Unavailable:
		f.Kind, f.Status = sandbox.FaultStatus, http.StatusServiceUnavailable
	case crmtest.ConnectionReset:
		f.Kind = sandbox.FaultReset
	case crmtest.BodyTruncated:
		f.Kind = sandbox.FaultTruncated
	case "web page":
		f.Kind = sandbox.FaultHTML
	case "web page as success":
		f.Kind, f.Status = sandbox.FaultHTML, http.StatusOK
	case "migrating":
		f.Kind, f.RetryAfter = sandbox.FaultMigrating, 60
	case "locked":
		f.Kind = sandbox.FaultLocked
	default:
		s.a.t.Fatalf("no such fault: %s", fault)
	}
	s.a.inject(f)
}

func (s system) Heal() { s.a.ClearFaults() }

func (s system) Before(n int, f func()) {
	s.a.mu.Lock()
	defer s.a.mu.Unlock()
	s.a.before[s.a.count+n] = f
}

func (s system) Requests() int {
	s.a.mu.Lock()
	defer s.a.mu.Unlock()
	return s.a.count
}

func (s system) Settle() { s.a.Pass(time.Hour) }
