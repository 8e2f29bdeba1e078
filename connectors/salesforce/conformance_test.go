package salesforce_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// TestConformance runs the suite by REST, and with the thresholds so low that all goes by Bulk.
func TestConformance(t *testing.T) {
	for _, bulk := range []bool{false, true} {
		name := map[bool]string{false: "REST", true: "Bulk"}[bulk]
		t.Run(name, func(t *testing.T) {
			if testing.Short() && bulk {
				t.Skip("the second way takes as long again")
			}
			crmtest.Run(t, func(t *testing.T) crmtest.Harness { return harness(t, bulk) })
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

func harness(t *testing.T, bulk bool) crmtest.Harness {
	a := begin(t)
	logs := new(safeBuffer)
	reopen := func() crm.Connector {
		return a.connect(logTo(logs), func(o *salesforce.Options) {
			if bulk {
				o.BulkRead, o.BulkWrite, o.PageSize = 1, 1, 40
			}
		})
	}
	mark(a)
	text := map[string]string{crm.People: "Title", crm.Companies: "Description", crm.Deals: "Name"}
	faults := append(crmtest.StandardFaults(),
		crmtest.Fault{Name: "web page", Passing: true, Kind: crm.ErrUnavailable},
		crmtest.Fault{Name: "not acceptable", Passing: true, Kind: crm.ErrUnavailable},
		crmtest.Fault{Name: "setting up", Passing: true, Kind: crm.ErrUnavailable},
		crmtest.Fault{Name: "metering", Passing: true, Kind: crm.ErrUnavailable},
		crmtest.Fault{Name: "not for REST", Kind: crm.ErrAuth},
	)
	page := 200
	if bulk { // small pages, because results come in pages of any size; another source, and the faults that can hit a job in ways of their own
		text = map[string]string{crm.People: "Title", crm.Companies: "Description", crm.Calls: "Subject"}
		page = 40
		a.SetBulk(sandbox.BulkSettings{PageRows: page})
		faults = append(crmtest.StandardFaults(), crmtest.Fault{Name: "web page", Passing: true, Kind: crm.ErrUnavailable})
	}
	return crmtest.Harness{
		Connector: reopen(),
		System:    system{a},
		Reopen:    reopen,
		Text:      text,
		ReadOnly:  "CreatedDate",
		Samples: []crmtest.Sample{
			{Field: "Points__c", Type: crm.Number, Stored: "1.50", Canonical: "1.5"},
			{Field: "Points__c", Type: crm.Number, Stored: "-0", Canonical: "0"},
			{Field: "Birthday__c", Type: crm.Date, Stored: "2026-02-03", Canonical: "2026-02-03"},
			{Field: "Seen__c", Type: crm.DateTime, Stored: "2026-02-03T04:05:06.000Z", Canonical: "2026-02-03T04:05:06Z"},
			{Field: "Member__c", Type: crm.Bool, Stored: "true", Canonical: "true"},
			{Field: "Stage__c", Type: crm.Choice, Stored: "lead", Canonical: "lead"},
			{Field: "Topics__c", Type: crm.Choices, Stored: "a;b", Canonical: "a;b"},
		},
		Faults: faults,
		Provision: []crm.Field{
			{Name: "Bareme_Score__c", Label: "Score", Type: crm.Number},
			{Name: "Bareme_Label__c", Label: "Label", Type: crm.Choice, Options: []crm.Option{{Value: "hot", Label: "Hot"}, {Value: "cold", Label: "Cold"}}},
			{Name: "Bareme_Reasons__c", Label: "Reasons", Type: crm.Text, Length: 2000},
			{Name: "Bareme_Scored_At__c", Label: "Scored at", Type: crm.DateTime},
		},
		PageSize: page, BatchSize: page,
		OneCompany: true, Daily: map[string]bool{crm.Deals: true},
		Secrets: []string{clientSecret, "!AR8AQ"},
		Logs:    logs.String,
	}
}

// mark gives the org what the suite needs besides: fields of every type on both objects of people.
func mark(a *org) {
	for _, object := range []string{"Lead", "Contact"} {
		for name, typed := range map[string]string{"Points__c": "double(18,4)", "Birthday__c": "date", "Seen__c": "datetime", "Member__c": "boolean",
			"Stage__c": "picklist(lead|customer) restricted", "Topics__c": "multipicklist(a|b) restricted"} {
			kind, flags, _ := strings.Cut(typed, " ")
			a.ok(a.AddField(object, name, kind, false, strings.Fields(flags)...))
		}
	}
	remember(a)
}

// remember switches field history tracking on, and lets each tracked field change once: from then on its past is certain.
func remember(a *org) {
	tracked := map[string]any{"Title": "A", "Points__c": 1, "Birthday__c": "2000-01-01", "Seen__c": "2026-01-01T00:00:00Z", "Member__c": true, "Stage__c": "lead"}
	a.ok(a.Track("Contact", true, "AccountId"))
	account := a.make("Account", map[string]any{"Name": "A company"})
	for object, values := range map[string]map[string]any{"Lead": {"LastName": "Lead", "Company": "A company"}, "Contact": {"LastName": "Contact"}} {
		id := a.make(object, values)
		for name, value := range tracked {
			a.ok(a.Track(object, true, name))
			a.ok(a.Change(id, map[string]any{name: value}, 0))
		}
		if object == "Contact" {
			a.ok(a.Change(id, map[string]any{"AccountId": account}, 0))
		}
		a.ok(a.Delete(id))
	}
	a.ok(a.Delete(account))
	a.pass(time.Hour)
}

// system is the sandbox as the suite moves it.
type system struct{ a *org }

var entities = map[string]string{crm.Companies: "Account", crm.Deals: "Opportunity", crm.Meetings: "Event", crm.Calls: "Task"}

func (s system) Create(object string, fields crm.Fields, links map[string][]string) string {
	values := map[string]any{}
	for name, value := range fields {
		values[name] = value
	}
	entity := entities[object]
	switch {
	case object == crm.Companies:
		values["Name"] = "A company"
	case len(links[crm.Companies]) > 0:
		entity = "Contact"
		values["LastName"], values["AccountId"] = "Contact", links[crm.Companies][0]
	default:
		entity = "Lead"
		values["LastName"], values["Company"] = "Lead", "A company"
	}
	return s.a.make(entity, values)
}

func (s system) CreateActivity(source string, activity crm.Activity) string {
	at := activity.Time.UTC()
	values := map[string]any{}
	for name, value := range activity.Fields {
		values[name] = value
	}
	people := activity.Links[crm.People]
	if source != crm.Deals && len(people) > 0 {
		values["WhoId"] = people[0]
	}
	switch source {
	case crm.Deals:
		values["StageName"], values["CloseDate"] = "Prospecting", at.Format(time.DateOnly)
	case crm.Meetings:
		values["StartDateTime"], values["DurationInMinutes"] = at, "30"
	case crm.Calls:
		values["TaskSubtype"], values["CompletedDateTime"], values["Status"] = "Call", at, "Completed"
	}
	id := s.a.make(entities[source], values)
	if source == crm.Deals && len(people) > 0 && strings.HasPrefix(people[0], "003") { // a lead has no deals
		s.a.make("OpportunityContactRole", map[string]any{"OpportunityId": id, "ContactId": people[0]})
	}
	return id
}

func (s system) Change(_, id string, fields crm.Fields) {
	values := map[string]any{}
	for name, value := range fields {
		values[name] = value
	}
	s.a.ok(s.a.Sandbox.Change(id, values, 0))
}

func (s system) Merge(_, winner, loser string) string {
	s.a.ok(s.a.Sandbox.Merge(winner, loser))
	return winner
}

func (s system) Delete(_, id string) { s.a.ok(s.a.Sandbox.Delete(id)) }

// Stored looks at a record past the API: the suite looks at each record after each fault, and requests would take most of
// its time.
func (s system) Stored(_, id string) (crm.Fields, bool) {
	stored, ok := s.a.Value(id, "Title", "Points__c", "Birthday__c", "Seen__c", "Member__c", "Stage__c", "Topics__c", "Description", "Name", "Subject")
	if !ok {
		return nil, false
	}
	out := crm.Fields{}
	for name, value := range stored {
		if value != "" {
			out[name] = value
		}
	}
	return out, true
}

// Refuse sets up a rule of the org that this record breaks from now on.
func (s system) Refuse(_, id string) {
	s.a.ok(s.a.SpoilRows(sandbox.RowFault{ID: id, Count: -1, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "canary7f3a is not valid"}))
}

func (s system) Fail(fault string, skip, n int) {
	f := sandbox.Fault{After: skip, Count: n, Path: "/v66.0"}
	switch fault {
	case crmtest.RateLimited:
		f.Kind = sandbox.FaultConcurrent
	case crmtest.RateLimitedLong:
		f.Kind, f.Status, f.RetryAfter = sandbox.FaultStatus, http.StatusTooManyRequests, 3600
	case crmtest.QuotaSpent:
		f.Kind = sandbox.FaultDaily
	case crmtest.TokenExpired:
		f.Kind = sandbox.FaultExpired
	case crmtest.ScopeMissing:
		f.Kind, f.Status, f.Code = sandbox.FaultStatus, http.StatusForbidden, "INSUFFICIENT_ACCESS"
	case crmtest.Unavailable:
		f.Kind = sandbox.FaultUnready
	case crmtest.ConnectionReset:
		f.Kind = sandbox.FaultReset
	case crmtest.BodyTruncated:
		f.Kind = sandbox.FaultTruncated
	case "web page":
		f.Kind = sandbox.FaultHTML
	case "not acceptable":
		f.Kind = sandbox.FaultEmpty
	case "setting up":
		f.Kind, f.Status = sandbox.FaultHTML, 420
	case "metering":
		f.Kind = sandbox.FaultSecurity
	case "not for REST":
		f.Kind = sandbox.FaultNotValid
	default:
		s.a.t.Fatalf("no such fault: %s", fault)
	}
	s.a.ok(s.a.Inject(f))
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

func (s system) Settle() { s.a.pass(time.Hour) }
