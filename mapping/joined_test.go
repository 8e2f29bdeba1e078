package mapping

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// joinedSpec is one person in a marketing CRM that counts clicks and a sales CRM that knows the title and the meetings.
func joinedSpec() Spec {
	return Spec{
		Attributes: []AttributeSpec{
			{Name: "title", Path: "$.people.attributes.title", From: []string{"sales.Title", "marketing.jobtitle"}},
			{Name: "employees", Path: "$.people.attributes.employees", From: []string{"sales.company.NumberOfEmployees", "marketing.company.numberofemployees"}, Type: scoring.Number},
		},
		Activities: []ActivitySpec{
			{Name: "click", Path: "$.people.activity.click", From: Counter, Count: "marketing.hs_email_click", Last: "marketing.hs_email_last_click_date"},
			{Name: "meeting", Path: "$.people.activity.meeting", From: "sales.meetings"},
		},
		SkipIf: []Condition{{Field: "sales.HasOptedOutOfEmail", In: []string{"true"}}},
		Joined: &JoinSpec{
			Connections: []string{"marketing", "sales"},
			Identities:  map[string]string{"marketing": "email", "sales": "Email"},
			Writes: map[string]WriteSpec{
				"marketing": {Path: "$.write.people.marketing", Fields: []WriteField{{KeyScore, "bareme_score"}}},
				"sales":     {Path: "$.write.people.sales", Fields: []WriteField{{KeyScore, "Bareme_Score__c"}}},
			},
			Links: []LinkSpec{{Path: "$.identity.links", Connection: "marketing", Field: "salesforcecontactid", To: "sales"}},
		},
	}
}

func joined(t *testing.T) (marketing, sales *Mapper) {
	t.Helper()
	m, problems := Compile(joinedSpec())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return m.For("marketing"), m.For("sales")
}

func TestEachConnectionNeedsItsOwn(t *testing.T) {
	marketing, sales := joined(t)
	want := crm.Need{
		Read: map[string][]string{
			crm.People:    {"email", "hs_email_click", "hs_email_last_click_date", "jobtitle", "salesforcecontactid"},
			crm.Companies: {"numberofemployees"},
		},
		Write: map[string][]string{crm.People: {"bareme_score"}},
	}
	if d := cmp.Diff(want, marketing.Need()); d != "" {
		t.Errorf("marketing (-want +got):\n%s", d)
	}
	want = crm.Need{
		Read: map[string][]string{
			crm.People: {"Email", "HasOptedOutOfEmail", "Title"}, crm.Companies: {"NumberOfEmployees"}, crm.Meetings: {},
		},
		Write: map[string][]string{crm.People: {"Bareme_Score__c"}},
	}
	if d := cmp.Diff(want, sales.Need()); d != "" {
		t.Errorf("sales (-want +got):\n%s", d)
	}
	if len(marketing.Sources()) != 0 || !cmp.Equal(sales.Sources(), []string{crm.Meetings}) {
		t.Errorf("sources: %v, %v", marketing.Sources(), sales.Sources())
	}
}

// TestOnePersonOfTwoRecords: both connections make the same subject of the same records, and the CRM named first wins.
func TestOnePersonOfTwoRecords(t *testing.T) {
	marketing, sales := joined(t)
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	clicks := crm.Fields{"hs_email_click": "1", "hs_email_last_click_date": "2026-11-20T00:00:00Z", "jobtitle": "Intern"}
	parts := []Part{
		{Connection: "marketing", Person: clicks, Memory: marketing.Remember(nil, clicks, now)},
		{Connection: "sales", Person: crm.Fields{"Title": "CEO"}, Company: crm.Fields{"NumberOfEmployees": "120"},
			Memory:     sales.Remember(nil, crm.Fields{"Title": "CEO"}, now),
			Activities: []Activity{{Source: crm.Meetings, Activity: crm.Activity{ID: "00U1", Time: now.Add(-24 * time.Hour)}}}},
	}
	var one, other scoring.Subject
	if warnings := marketing.Subject(marketing.Join(parts), now, &one); len(warnings) > 0 {
		t.Error(warnings)
	}
	sales.Subject(sales.Join([]Part{parts[1], parts[0]}), now, &other)
	if d := cmp.Diff(one, other, cmp.Comparer(func(a, b scoring.Event) bool {
		return a.Kind == b.Kind && a.At == b.At && a.Count == b.Count
	})); d != "" {
		t.Errorf("the two records make different people:\n%s", d)
	}
	if one.Values[0].Str != "CEO" || one.Values[1].Num != 120 || len(one.Events) != 2 {
		t.Errorf("%+v", one)
	}
	if _, skip := sales.Skip(sales.Own(crm.Fields{"HasOptedOutOfEmail": "true"})); !skip {
		t.Error("who said no in one CRM said no")
	}
}

func TestIdentityOfASharedMailboxJoinsNobody(t *testing.T) {
	marketing, sales := joined(t)
	a, kept := marketing.Identify(crm.Fields{"email": " Ada@Example.com "})
	b, _ := sales.Identify(crm.Fields{"Email": "ada@example.com"})
	if a == "" || a != b || !Joins(a) || len(kept) != 0 {
		t.Errorf("%q and %q, kept %v", a, b, kept)
	}
	shared, _ := sales.Identify(crm.Fields{"Email": "info@example.com"})
	if Joins(shared) || shared != marketing.IdentityOf("INFO@example.com") {
		t.Errorf("info@ joins: %q", shared)
	}
	if links := marketing.Links(crm.Fields{"salesforcecontactid": "003000000000001AAA"}); !cmp.Equal(links, []Link{{"sales", "003000000000001AAA"}}) {
		t.Errorf("links: %v", links)
	}
	if len(sales.Links(crm.Fields{"salesforcecontactid": "x"})) > 0 {
		t.Error("sales has no links")
	}
}

// TestJoinedNeedsAConnectionForEveryField: a field of two CRMs without the CRM is nobody's.
func TestJoinedNeedsAConnectionForEveryField(t *testing.T) {
	s := joinedSpec()
	s.Attributes[0].From = []string{"Title"}
	s.Activities[0].Count = "hs_email_click"
	s.Activities[1].From = crm.Meetings
	s.SkipIf[0].Field = "HasOptedOutOfEmail"
	s.Joined.Links[0].To = "nowhere"
	_, problems := Compile(s)
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		`$.people.attributes.title.from: "Title" does not say in which connection; write the connection before it, such as marketing., or add connection: sales`,
		`$.people.activity.click.count: "hs_email_click" does not say in which connection`,
		`$.people.activity.meeting.from: "meetings" does not say in which connection`,
		`$.privacy.skip_if.HasOptedOutOfEmail: "HasOptedOutOfEmail" does not say in which connection`,
		`$.identity.links: a link goes from one connection to another, not from "marketing" to "nowhere"; the connections are marketing, sales`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %s in\n%s", want, text)
		}
	}
}

func TestLongID(t *testing.T) {
	for short, long := range map[string]string{
		"003D000000QUJS5": "003D000000QUJS5IAP", "00Q5g00000AbCdE": "00Q5g00000AbCdEEAV", "": "", "003000000000001AAA": "003000000000001AAA",
		"123456789012345": "123456789012345", "a b": "a b",
	} {
		if got := longID(short); got != long {
			t.Errorf("%q is %q, want %q", short, got, long)
		}
	}
}
