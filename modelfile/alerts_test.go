package modelfile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/alert"
	"github.com/bareme/bareme/modelfile"
)

const alertModel = `version: 1
connections: [CONNECTIONS]
people:
  attributes:
    title: {from: TITLE}
    size:  {from: SIZE, type: number}
scores:
  fit: {groups: {a: {criteria: [{name: Director, when: title contains "director", points: 100}]}}}
  interest: {groups: {a: {criteria: [{name: Large, when: size > 10, points: 100}]}}}
grade:
  matrix: {rows: fit, columns: interest}
  label: {very hot: "A1", cold: "*"}
write: {people: WRITES}
alerts:
ALERTS
`

func parseAlerts(t *testing.T, replace ...string) *modelfile.File {
	t.Helper()
	f, err := modelfile.Parse("bareme.yaml", []byte(strings.NewReplacer(replace...).Replace(alertModel)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	one := []string{"CONNECTIONS", "{name: marketing, crm: hubspot}", "TITLE", "[role, jobtitle]", "SIZE", "company.employees",
		"WRITES", "{score: s, grade: g, label: l}", "ALERTS"}
	f := parseAlerts(t, append(one, `  - {name: Hot, enters: [very hot, "A2 B1"], keeps: B2, to: [task, slack], show: [title, size]}
  - {name: Top, score: 80, to: [webhook], margin: 2.5, cool_down: 0d, per_owner: 0, digest: "17:00", backfill: true,
     quiet: {from: 19:00, to: "08:00", weekends: true}}`)...)
	eighty := 80.0
	want := []alert.Rule{
		{Name: "Hot", Enters: []string{"very hot", "A2", "B1"}, Keeps: []string{"B2"}, To: []string{"task", "slack"}, Margin: 5, CoolDown: 14 * 24 * time.Hour,
			PerOwner: 10, Digest: 8*60 + 30, Show: []alert.Shown{{Name: "title", Fields: []string{"role", "jobtitle"}}, {Name: "size", Fields: []string{"company.employees"}}}},
		{Name: "Top", Score: &eighty, Margin: 2.5, To: []string{"webhook"}, Digest: 17 * 60, Backfill: true, Quiet: &alert.Quiet{From: 19 * 60, To: 8 * 60, Weekends: true}},
	}
	if diff := cmp.Diff(want, f.AlertsOf("marketing")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	without := parseAlerts(t, append(one, "  - {name: Hot, enters: very hot, to: [task]}")...)
	if f.Hash() != without.Hash() {
		t.Error("alerts decide nothing of what records show, and change the hash")
	}
}

// TestAlertsOfSeveralConnections: each alert watches one connection, and shows the fields that one has.
func TestAlertsOfSeveralConnections(t *testing.T) {
	t.Parallel()
	f := parseAlerts(t, "CONNECTIONS", "{name: marketing, crm: hubspot}, {name: sales, crm: salesforce}", "TITLE", "[marketing.jobtitle, sales.Title]",
		"SIZE", "marketing.size", "WRITES", "{marketing: {score: s, label: l}, sales: {score: S__c, grade: G__c}}", "ALERTS",
		`  - {name: Hot, enters: very hot, to: [task], show: [title]}
  - {name: Best, enters: A1, to: [task], in: sales, show: [title]}`)
	var got []string
	for _, connection := range []string{"marketing", "sales"} {
		for _, r := range f.AlertsOf(connection) {
			got = append(got, connection+" "+r.Name+" "+strings.Join(r.Show[0].Fields, " "))
		}
	}
	if diff := cmp.Diff([]string{"marketing Hot jobtitle", "sales Best Title"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
