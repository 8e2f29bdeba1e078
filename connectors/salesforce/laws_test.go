package salesforce

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

// TestSameRowLaw: whatever text a record holds, REST and Bulk make the same row of it.
func TestSameRowLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringMatching(`[ -~éœ東\n\r\x00"',;]{0,12}`), 1, 4).Draw(t, "values")
		header := []string{"A", "B", "Account.C", "D__c"}[:len(values)]
		record := map[string]json.RawMessage{}
		for i, v := range values {
			raw, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if v == "" {
				raw = []byte("null")
			}
			if header[i] == "Account.C" {
				record["Account"] = []byte(`{"attributes":{"type":"Account"},"C":` + string(raw) + `}`)
				continue
			}
			record[header[i]] = raw
		}
		byREST, err := restRow(record)
		if err != nil {
			t.Fatal(err)
		}
		var file strings.Builder
		out := csv.NewWriter(&file)
		if err := errors.Join(out.Write(header), out.Write(values)); err != nil {
			t.Fatal(err)
		}
		if out.Flush(); len(values) == 1 && values[0] == "" {
			return // a line of one empty cell is an empty line, which Salesforce, quoting every cell, never writes
		}
		lines := linesOf(strings.NewReader(file.String()))
		if _, err := lines.Read(); err != nil {
			t.Fatal(err)
		}
		line, err := lines.Read()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(byREST, csvRow(header, line)); diff != "" {
			t.Fatalf("(-REST +Bulk)\n%s", diff)
		}
	})
}

// TestCanonicalValues: the two notations of one value come to the same text.
func TestCanonicalValues(t *testing.T) {
	for _, c := range []struct {
		typ        crm.Type
		rest, bulk string
		want       string
	}{
		{crm.DateTime, "2020-10-22T21:03:23.000+0000", "2020-10-22T21:03:23.000Z", "2020-10-22T21:03:23Z"},
		{crm.DateTime, "2020-10-22T23:03:23.120+0200", "2020-10-22T21:03:23.120Z", "2020-10-22T21:03:23.12Z"},
		{crm.Number, "1.0E7", "1.0E7", "10000000"}, {crm.Number, "5.0", "5.0", "5"}, {crm.Number, "-0.0", "0", "0"},
		{crm.Number, "12345678901234567.89", "12345678901234567.89", "12345678901234567.89"},
		{crm.Bool, "true", "TRUE", "true"}, {crm.Date, "2026-02-03", "2026-02-03", "2026-02-03"},
		{crm.Text, "N/A", "N/A", "N/A"}, {crm.Choices, "a;b", "a;b", "a;b"},
	} {
		for _, raw := range []string{c.rest, c.bulk} {
			if got := canonical(c.typ, raw); got != c.want {
				t.Errorf("%s %q: got %q, want %q", c.typ, raw, got, c.want)
			}
		}
	}
}

// TestIDs: the check of 18 characters is Salesforce's.
func TestIDs(t *testing.T) {
	for id, want := range map[string]string{
		"0015000000Gv7qJ": "0015000000Gv7qJAAR", "0015000000Gv7qJAAR": "0015000000Gv7qJAAR", "0015000000Gv7qJaar": "0015000000Gv7qJAAR",
		"0015000000Gv7qJAAS": "", "0015000000Gv7q": "", "": "", "0015000000Gv7q'": "",
	} {
		if got, ok := long(id); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t", id, got, ok)
		}
	}
}

// FuzzWithin: a link that is followed leads to a data resource of the same host.
func FuzzWithin(f *testing.F) {
	for _, s := range []string{"/services/data/v66.0/query/01g-2000", "https://example.my.salesforce.com/services/data/v66.0/query", "//evil/services/data/v1",
		"/services/data/v66.0/../../x", "/services/data/v66.0/%2e%2e/x", "https://example.my.salesforce.com:443/services/data/v66.0"} {
		f.Add(s)
	}
	at := &url.URL{Scheme: "https", Host: "example.my.salesforce.com"}
	f.Fuzz(func(t *testing.T, link string) {
		path, _, err := within(at, link)
		if err != nil {
			return
		}
		u, err := url.Parse(at.String() + path)
		if err != nil || u.Host != at.Host || !strings.HasPrefix(u.Path, "/services/data/v") {
			t.Errorf("%q leads to %q", link, path)
		}
	})
}

// FuzzRowError: no text of a bulk result breaks its reader, and what is passed on of it is names.
func FuzzRowError(f *testing.F) {
	for _, s := range []string{"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --", "UNABLE_TO_LOCK_ROW:unable:--", "", ":", "::--", "X:y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := rowError(text).explain("write people", "people", "")
		if e.Field != "" && !fieldShape.MatchString(e.Field) && !strings.Contains(text, e.Field) {
			t.Errorf("field %q of %q", e.Field, text)
		}
	})
}

// FuzzCursor: a cursor that is taken cannot break out of a query.
func FuzzCursor(f *testing.F) {
	f.Add(`{"part":"Lead","until":5,"stamp":"2026-01-01T00:00:00.000Z","id":"0015000000Gv7qJAAR"}`)
	f.Add(`{"since":1,"again":true}`)
	f.Fuzz(func(t *testing.T, raw string) {
		at, err := parseCursor("read", crm.People, crm.Cursor(raw))
		if err != nil {
			return
		}
		if where := strings.Join(window(at), " "); strings.Count(where, "'")%2 != 0 || strings.ContainsAny(where, "\\\n;") {
			t.Errorf("%q becomes %q", raw, where)
		}
		again, err := parseCursor("read", crm.People, at.next())
		if err != nil || again != at {
			t.Errorf("%q does not survive being stored: %v", raw, err)
		}
	})
}
