package soql

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT LastName FROM Lead LIMIT 1": `{"attributes":{"type":"Lead","url":"/services/data/v66.0/sobjects/Lead/00Q000000000001AAA"},"LastName":"Noether"}`,
		"SELECT Subject, Who.Name, What.Name FROM Task LIMIT 1": `{"attributes":{"type":"Task","url":"/services/data/v66.0/sobjects/Task/00T000000000001AAA"},"Subject":"Call",` +
			`"Who":{"attributes":{"type":"Name","url":"/services/data/v66.0/sobjects/Contact/003000000000001AAA"},"Name":"Ada Lovelace"},` +
			`"What":{"attributes":{"type":"Account","url":"/services/data/v66.0/sobjects/Account/001000000000001AAA"},"Name":"Acme"}}`,
		"SELECT COUNT(Id) FROM Lead": `{"attributes":{"type":"AggregateResult"},"expr0":3}`,
	} {
		o := newOrg()
		stmt, err := Prepare(text, o, today())
		if err != nil {
			t.Fatal(err)
		}
		got := stmt.Run(o, Live).Record(0).AppendJSON(nil, "/services/data/v66.0")
		if !json.Valid(got) {
			t.Errorf("%s: not JSON", got)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{0: "0.0", 5: "5.0", -0.25: "-0.25", 139e6: "1.39E8", 1e7: "1.0E7", 9999999: "9999999.0", 0.0001: "1.0E-4", 12345678.5: "1.23456785E7"} {
		if got := CSVText(Double, n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
	if got := CSVText(Int, 139e6); got != "139000000" {
		t.Error(got)
	}
}

func TestRow(t *testing.T) {
	t.Parallel()
	o := newOrg()
	stmt, err := Prepare("SELECT Id, LastName, Account.Name, CreatedDate, HasOptedOut, Birthdate FROM Contact ORDER BY LastName", o, today())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{id("003", 2), "Hopper", "Acme", "2026-11-01T09:00:01.000Z", "true", "2026-11-20"}
	if diff := cmp.Diff(want, stmt.Run(o, Live).Row(0)); diff != "" {
		t.Error(diff)
	}
	var header []string
	for _, c := range stmt.Columns() {
		header = append(header, c.Path)
	}
	if diff := cmp.Diff([]string{"Id", "LastName", "Account.Name", "CreatedDate", "HasOptedOut", "Birthdate"}, header); diff != "" {
		t.Error(diff)
	}
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT Id, Account.Name FROM Contact ORDER BY Id LIMIT 1":           "",
		"SELECT COUNT() FROM Lead":                                           "aggregate functions",
		"SELECT Rating FROM Lead GROUP BY Rating":                            "aggregate functions",
		"SELECT FIELDS(STANDARD) FROM Lead":                                  "FIELDS()",
		"SELECT Id FROM Lead OFFSET 1":                                       "OFFSET",
		"SELECT Id, (SELECT Id FROM Contacts) FROM Account":                  "nested queries",
		"SELECT Id, BillingAddress FROM Account":                             "compound data",
		"SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)": "",
	} {
		stmt, err := Prepare(text, newOrg(), today())
		if err != nil {
			t.Fatal(err)
		}
		if got := stmt.Unfit(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestTextRoundTrip: whatever a text holds, JSON gives it back.
func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(AppendValue(nil, Text, want), &got); err != nil || got != want {
			t.Errorf("%q came back as %q: %v", want, got, err)
		}
	})
}
