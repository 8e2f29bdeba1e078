package hubspot_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func contactInputs(n int) []any {
	var in []any
	for i := range n {
		in = append(in, body{"id": strconv.Itoa(i + 1), "properties": body{}})
	}
	return in
}

func TestBatchSizes(t *testing.T) {
	a := quiet(t)
	for _, path := range []string{"read", "update", "upsert", "create", "archive"} {
		a.do(400, "POST", contactsPath+"/batch/"+path, body{"inputs": contactInputs(101)})
	}
	for _, path := range []string{"read", "update", "upsert"} {
		b := a.do(200, "POST", contactsPath+"/batch/"+path, body{})
		if b["status"] != "COMPLETE" || len(ids(b)) != 0 {
			t.Errorf("%s without inputs: %v", path, b)
		}
	}
}

func TestBatchReadNamesMissingIDs(t *testing.T) {
	a := quiet(t)
	x, y := a.create(map[string]string{"email": "x@b.example"}), a.create(map[string]string{"email": "y@b.example"})
	b := a.do(207, "POST", contactsPath+"/batch/read", body{"properties": []string{"email"}, "inputs": []any{body{"id": y}, body{"id": "9"}, body{"id": x}, body{"id": x}}})
	if !slices.Equal(ids(b), []string{x, y}) || b["numErrors"] != 1.0 {
		t.Errorf("got %v", b)
	}
	if at(b, "errors", 0, "category") != "OBJECT_NOT_FOUND" || at(b, "errors", 0, "context", "ids", 0) != "9" {
		t.Errorf("errors: %v", b["errors"])
	}
	b = a.do(200, "POST", "/crm/v3/objects/contacts/batch/read", body{"idProperty": "email", "inputs": []any{body{"id": "X@b.example"}}})
	if !slices.Equal(ids(b), []string{x}) {
		t.Errorf("by e-mail: %v", b)
	}
}

func TestBatchUpdate(t *testing.T) {
	bad := body{"hs_lead_status": "HOT"}
	good := body{"hs_lead_status": "OPEN"}
	for _, c := range []struct {
		name      string
		inputs    func(x, y string) []any
		status    int
		written   int // records of the answer
		wantInErr string
	}{
		{"all good", func(x, y string) []any {
			return []any{body{"id": x, "properties": good}, body{"id": y, "properties": good}}
		}, 200, 2, ""},
		{"one bad value without trace ids spoils all", func(x, y string) []any {
			return []any{body{"id": x, "properties": good}, body{"id": y, "properties": bad}}
		}, 400, 0, "INVALID_OPTION"},
		{"one bad value with trace ids", func(x, y string) []any {
			return []any{body{"id": x, "objectWriteTraceId": "1", "properties": good}, body{"id": y, "objectWriteTraceId": "2", "properties": bad}}
		}, 207, 1, `"objectWriteTraceId":["2"]`},
		{"trace ids that repeat do not count", func(x, y string) []any {
			return []any{body{"id": x, "objectWriteTraceId": "1", "properties": good}, body{"id": y, "objectWriteTraceId": "1", "properties": bad}}
		}, 400, 0, "INVALID_OPTION"},
		{"unknown id", func(x, _ string) []any {
			return []any{body{"id": x, "properties": good}, body{"id": "9", "properties": good}}
		}, 207, 1, "Could not get some CONTACT objects"},
		{"the same id twice", func(x, _ string) []any {
			return []any{body{"id": x, "properties": good}, body{"id": x, "properties": good}}
		}, 400, 0, "Duplicate IDs found in batch input: ["},
		{"by e-mail", func(x, _ string) []any {
			return []any{body{"id": "x@b.example", "idProperty": "email", "properties": good}}
		}, 400, 0, "idProperty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := quiet(t)
			x, y := a.create(map[string]string{"email": "x@b.example"}), a.create(map[string]string{"email": "y@b.example"})
			b := a.do(c.status, "POST", contactsPath+"/batch/update", body{"inputs": c.inputs(x, y)})
			if got := len(ids(b)); got != c.written {
				t.Errorf("%d results, want %d", got, c.written)
			}
			if text := string(mustJSON(t, b)); !strings.Contains(text, c.wantInErr) && !strings.Contains(text, strings.ReplaceAll(c.wantInErr, `"`, `\"`)) {
				t.Errorf("no %q in %s", c.wantInErr, text)
			}
			values, err := a.Values("contacts", "hs_lead_status")
			if err != nil {
				t.Fatal(err)
			}
			stored := 0
			for _, v := range values {
				if v["hs_lead_status"] == "OPEN" {
					stored++
				}
			}
			if stored != c.written {
				t.Errorf("%d records written, want %d", stored, c.written)
			}
		})
	}
}

func TestBatchCreateAndArchive(t *testing.T) {
	a := quiet(t)
	two := []any{body{"properties": body{"email": "x@b.example"}}, body{"properties": body{"email": "X@b.example"}}}
	a.do(400, "POST", contactsPath+"/batch/create", body{"inputs": two})
	if len(a.IDs("contacts")) != 0 {
		t.Fatal("a refused batch left records behind")
	}
	two = []any{body{"objectWriteTraceId": "1", "properties": body{"email": "x@b.example"}}, body{"objectWriteTraceId": "2", "properties": body{"email": "x@b.example"}}}
	b := a.do(207, "POST", contactsPath+"/batch/create", body{"inputs": two})
	if len(ids(b)) != 1 || at(b, "errors", 0, "category") != "CONFLICT" {
		t.Errorf("got %v", b)
	}
	a.do(204, "POST", contactsPath+"/batch/archive", body{"inputs": []any{body{"id": ids(b)[0]}, body{"id": "9"}}})
	if len(a.IDs("contacts")) != 0 {
		t.Error("not archived")
	}
}

func TestBatchUpsert(t *testing.T) {
	a := quiet(t)
	x := a.create(map[string]string{"email": "x@b.example"})
	b := a.do(200, "POST", contactsPath+"/batch/upsert", body{"inputs": []any{
		body{"id": "X@B.example", "idProperty": "email", "properties": body{"city": "Lyon"}},
		body{"id": "New@B.example", "idProperty": "email", "properties": body{"city": "Lille"}}}})
	if at(b, "results", 0, "new") != true || at(b, "results", 0, "properties", "email") != "new@b.example" {
		t.Errorf("the last input comes first, in lower case: %v", b)
	}
	if at(b, "results", 1, "id") != x || at(b, "results", 1, "new") != false {
		t.Errorf("the record that was there: %v", b)
	}
}
