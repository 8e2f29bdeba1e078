package hubspot

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		typ       crm.Type
		raw, want string
	}{
		{crm.Number, "", ""},
		{crm.Number, "0", "0"},
		{crm.Number, "-0.00", "0"},
		{crm.Number, "007", "7"},
		{crm.Number, "1.50", "1.5"},
		{crm.Number, "+12.", "12"},
		{crm.Number, ".5", "0.5"},
		{crm.Number, "1E3", "1000"},
		{crm.Number, "-1.25e-3", "-0.00125"},
		{crm.Number, "12345e-2", "123.45"},
		{crm.Number, "9007199254740993", "9007199254740993"}, // more than a float holds
		{crm.Number, " 72 ", "72"},
		{crm.Number, "1e9999999", "1e9999999"},
		{crm.Number, "NaN", "NaN"},
		{crm.Number, "1,000", "1,000"},
		{crm.Bool, "TRUE", "true"},
		{crm.Bool, "false", "false"},
		{crm.DateTime, "2024-10-28T16:40:10.123Z", "2024-10-28T16:40:10.123Z"},
		{crm.DateTime, "2024-10-28T16:40:10.000+02:00", "2024-10-28T14:40:10Z"},
		{crm.DateTime, "2024-10-28T16:40:10.000+0200", "2024-10-28T14:40:10Z"},
		{crm.DateTime, "1730133610123", "2024-10-28T16:40:10.123Z"},
		{crm.DateTime, "-1", "1969-12-31T23:59:59.999Z"},
		{crm.DateTime, "tomorrow", "tomorrow"},
		{crm.Date, "2024-10-28", "2024-10-28"},
		{crm.Date, "631152000000", "1990-01-01"},
		{crm.Date, "1990-01-01T00:00:00Z", "1990-01-01"},
		{crm.Choices, ";a; b;;c", "a;b;c"},
		{crm.Choice, "a b", "a b"},
		{crm.Text, " kept ", " kept "},
	} {
		if got := canonical(c.typ, c.raw); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.typ, c.raw, got, c.want)
		}
	}
}

// Canonical text of a number is the same number, and canonical already.
func TestCanonicalNumberKeepsTheNumber(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		raw := rapid.StringMatching(`[+-]?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?`).Draw(r, "number")
		got := fields.Decimal(raw)
		want, ok := new(big.Rat).SetString(raw)
		have, okHave := new(big.Rat).SetString(got)
		if !ok || !okHave || want.Cmp(have) != 0 {
			r.Fatalf("%s became %s", raw, got)
		}
		if strings.ContainsAny(got, "eE+") || got != fields.Decimal(got) || strings.Contains(got, ".") && strings.HasSuffix(got, "0") {
			r.Fatalf("%s is not canonical", got)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"", "1e3", "-0", "2024-10-28T16:40:10.123Z", "1730133610123", "a;b", "9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, typ := range []crm.Type{crm.Number, crm.Bool, crm.Date, crm.DateTime, crm.Choice, crm.Choices, crm.Text} {
			once := canonical(typ, raw)
			if twice := canonical(typ, once); twice != once {
				t.Errorf("%s %q: %q, then %q", typ, raw, once, twice)
			}
		}
		if at, ok := parseTime(raw); ok && at.Location() != time.UTC {
			t.Errorf("%q is not in UTC", raw)
		}
	})
}

// Whatever an error says, what we make of it holds none of its free text.
func FuzzEnvelope(f *testing.F) {
	f.Add(`{"message":"Property values were not valid: [{\"error\":\"INVALID_OPTION\",\"name\":\"grade\"}]","category":"VALIDATION_ERROR"}`)
	f.Add(`{"errors":[{"code":"X","context":{"propertyName":["a"]}}],"context":{"ids":[1,"2"]}}`)
	f.Add(`{"status":1,"subCategory":{},"id":5,"context":{"ids":"9"}}`)
	f.Add(`{"errors":[{"errors":[{"errors":[{}]}]}]}`)
	f.Fuzz(func(t *testing.T, raw string) {
		e, ok := parseEnvelope([]byte(raw))
		if !ok {
			return
		}
		_, _, _ = e.ids(), e.traces(), e.scopes()
		text := e.valueError("write people", crm.People, "1").Error()
		if strings.ContainsAny(text, "@\n\"<>{}") || len(text) > 500 {
			t.Errorf("%q", text)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`{"mode":"search","since":1,"until":2,"id":"3"}`)
	f.Add(`{"mode":"list","after":"100"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := parseCursor("read", crm.People, crm.Cursor(raw), listing)
		if err != nil {
			return
		}
		again, err := parseCursor("read", crm.People, c.next(), listing)
		if err != nil || again != c {
			t.Errorf("%+v came back as %+v, %v", c, again, err)
		}
	})
}
