package hubspot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func where(property, operator string, values ...string) body {
	f := body{"propertyName": property, "operator": operator}
	switch {
	case strings.HasSuffix(operator, "IN"):
		f["values"] = values
	case operator == "BETWEEN":
		f["value"], f["highValue"] = values[0], values[1]
	case len(values) > 0:
		f["value"] = values[0]
	}
	return f
}

func all(filters ...body) []any {
	var fs []any
	for _, f := range filters {
		fs = append(fs, f)
	}
	return []any{body{"filters": fs}}
}

func TestSearchOperators(t *testing.T) {
	a := quiet(t)
	company, err := a.Create("companies", map[string]string{"name": "Vauban"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := a.create(map[string]string{"email": "x@lyon.example", "city": "Lyon", "closedate": "2026-01-01", "associatedcompanyid": company})
	a.Pass(time.Minute)
	y := a.create(map[string]string{"email": "y@lille.example", "city": "Lille", "closedate": "2026-06-01"})
	start := itoa(a.Now().UnixMilli())
	for _, c := range []struct {
		filter body
		want   []string
	}{
		{where("city", "EQ", "lyon"), []string{x}},
		{where("city", "NEQ", "Lyon"), []string{y}},
		{where("city", "IN", "Lyon", "Lille"), []string{x, y}},
		{where("city", "NOT_IN", "Lyon"), []string{y}},
		{where("city", "CONTAINS_TOKEN", "ly*"), []string{x}},
		{where("city", "NOT_CONTAINS_TOKEN", "lyon"), []string{y}},
		{where("email", "CONTAINS_TOKEN", "*.example"), []string{x, y}},
		{where("jobtitle", "HAS_PROPERTY"), nil},
		{where("jobtitle", "NOT_HAS_PROPERTY"), []string{x, y}},
		{where("closedate", "LT", "2026-03-01"), []string{x}},
		{where("closedate", "GTE", "1780272000000"), []string{y}},
		{where("lastmodifieddate", "GTE", start), []string{y}},
		{where("lastmodifieddate", "LT", start), []string{x}},
		{where("lastmodifieddate", "BETWEEN", "0", start), []string{x, y}},
		{where("lastmodifieddate", "EQ", start), []string{y}},
		{where("hs_object_id", "GT", x), []string{y}},
		{where("hs_object_id", "LTE", x), []string{x}},
		{where("associations.company", "EQ", company), []string{x}},
	} {
		for name, base := range dialects() {
			got := ids(a.do(200, "POST", base+"/search", body{"filterGroups": all(c.filter)}))
			if !slices.Equal(got, c.want) {
				t.Errorf("%s %v: got %v, want %v", name, c.filter, got, c.want)
			}
		}
	}
	either := []any{all(where("city", "EQ", "Lyon"))[0], all(where("city", "EQ", "Lille"))[0]}
	if got := ids(a.do(200, "POST", contactsPath+"/search", body{"filterGroups": either, "sorts": []any{body{"propertyName": "closedate", "direction": "DESCENDING"}}})); !slices.Equal(got, []string{y, x}) {
		t.Errorf("groups are alternatives, sorted: got %v", got)
	}
}

func TestSearchRefusals(t *testing.T) {
	a := quiet(t)
	many := func(n int) []any {
		var fs []any
		for range n {
			fs = append(fs, where("city", "EQ", "x"))
		}
		return fs
	}
	for name, request := range map[string]any{
		"limit":            body{"limit": 201},
		"beyond 10,000":    body{"limit": 100, "after": "9950"},
		"10,000 itself":    body{"limit": 10, "after": 10000},
		"far beyond":       body{"limit": 10, "after": "9223372036854775807"},
		"two sorts":        body{"sorts": []string{"city", "email"}},
		"unknown sort":     body{"sorts": []string{"nonsense"}},
		"unknown property": body{"filterGroups": all(where("nonsense", "EQ", "1"))},
		"unknown operator": body{"filterGroups": all(where("city", "LIKE", "1"))},
		"no value":         body{"filterGroups": all(where("city", "EQ"))},
		"six groups":       body{"filterGroups": []any{body{}, body{}, body{}, body{}, body{}, body{}}},
		"seven filters":    body{"filterGroups": []any{body{"filters": many(7)}}},
		"nineteen filters": body{"filterGroups": []any{body{"filters": many(5)}, body{"filters": many(5)}, body{"filters": many(5)}, body{"filters": many(4)}}},
		"3,001 characters": `{"query":"` + strings.Repeat("x", 3001-len(`{"query":""}`)) + `"}`,
		"not JSON":         `{`,
	} {
		b := a.do(400, "POST", contactsPath+"/search", request)
		if b["category"] != "VALIDATION_ERROR" {
			t.Errorf("%s: %v", name, b)
		}
	}
	a.do(200, "POST", contactsPath+"/search", `{"query":"`+strings.Repeat("é", 3000-len(`{"query":""}`))+`"}`)
	a.do(200, "POST", contactsPath+"/search", body{"limit": 50, "after": "9950"})
}

// TestKeysetPassesTheCap reads more than 10,000 records of one millisecond, the way that works with HubSpot.
func TestKeysetPassesTheCap(t *testing.T) {
	a := open(t, hubspot.Options{People: 10_500, Seed: 3, Limits: hubspot.Limits{Off: true}})
	a.Pass(time.Hour)
	if n, err := a.TouchAll("contacts"); err != nil || n != 10_500 {
		t.Fatal(n, err)
	}
	moment := itoa(a.Now().UnixMilli())
	var got []string
	for last := "0"; ; {
		b := a.do(200, "POST", contactsPath+"/search", body{"limit": 200, "sorts": []any{body{"propertyName": "hs_object_id", "direction": "ASCENDING"}},
			"properties":   []string{"lastmodifieddate"},
			"filterGroups": all(where("lastmodifieddate", "BETWEEN", moment, moment), where("hs_object_id", "GT", last))})
		page := ids(b)
		if want := float64(10_500 - len(got)); b["total"] != want {
			t.Fatalf("total %v, want %v", b["total"], want)
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		last = page[len(page)-1]
	}
	if !slices.Equal(got, a.IDs("contacts")) {
		t.Errorf("read %d records", len(got))
	}
}

func TestSearchLagsBehind(t *testing.T) {
	a := open(t, hubspot.Options{Limits: hubspot.Limits{Off: true}, IndexLag: 30 * time.Second})
	find := func(city string) string {
		return fmt.Sprint(ids(a.do(200, "POST", contactsPath+"/search", body{"filterGroups": all(where("city", "EQ", city))})))
	}
	expect := func(what, city, want string) {
		t.Helper()
		if got := find(city); got != want {
			t.Errorf("%s: search for %s found %s, want %s", what, city, got, want)
		}
	}
	id := a.create(map[string]string{"email": "a@b.example", "city": "Lyon"})
	expect("just created", "Lyon", "[]")
	a.Pass(31 * time.Second)
	expect("created a while ago", "Lyon", "["+id+"]")
	a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"city": "Lille"}})
	expect("just changed", "Lyon", "["+id+"]")
	expect("just changed", "Lille", "[]")
	a.Pass(20 * time.Second)
	a.do(200, "PATCH", contactsPath+"/"+id, body{"properties": body{"city": "Metz"}})
	a.Pass(11 * time.Second)
	expect("between two changes", "Lille", "["+id+"]")
	a.Pass(20 * time.Second)
	expect("caught up", "Metz", "["+id+"]")
	a.do(204, "DELETE", contactsPath+"/"+id, nil)
	expect("just deleted", "Metz", "["+id+"]")
	a.Pass(31 * time.Second)
	expect("deleted a while ago", "Metz", "[]")
}
