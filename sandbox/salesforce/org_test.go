package salesforce_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// standing is the time the clocks of tests stand at; Sandbox.Pass moves it on.
func standing() time.Time { return time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC) }

// org is a sandbox with a client that fails the test on what it does not expect.
type org struct {
	*salesforce.Sandbox
	t      *testing.T
	token  string
	header http.Header // of the next requests
}

func open(t *testing.T, o salesforce.Options) *org {
	t.Helper()
	if o.Now == nil {
		o.Now = standing
	}
	s := salesforce.New(o)
	return &org{Sandbox: s, t: t, token: s.Session(""), header: http.Header{}}
}

// body is a decoded JSON answer.
type body = map[string]any

// api is the path below which everything lies.
const api = "/services/data/v66.0"

func (o *org) raw(method, path string, in any) *http.Response {
	o.t.Helper()
	var r io.Reader
	switch x := in.(type) {
	case nil:
	case string:
		r = strings.NewReader(x)
	case url.Values:
		r = strings.NewReader(x.Encode())
	default:
		b, err := json.Marshal(in)
		if err != nil {
			o.t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	if strings.HasPrefix(path, "/query") || strings.HasPrefix(path, "/sobjects") || strings.HasPrefix(path, "/composite") ||
		strings.HasPrefix(path, "/limits") || strings.HasPrefix(path, "/tooling") {
		path = api + path
	}
	req := httptest.NewRequest(method, path, r)
	for k, v := range o.header {
		req.Header[k] = v
	}
	if o.token != "" {
		req.Header.Set("Authorization", "Bearer "+o.token)
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, req)
	return w.Result()
}

// text sends a request, wants a status, and returns the body as it is.
func (o *org) text(want int, method, path string, in any) string {
	o.t.Helper()
	res := o.raw(method, path, in)
	out, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if res.StatusCode != want {
		o.t.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, want, out)
	}
	return string(out)
}

// do sends a request, wants a status, and decodes the body.
func (o *org) do(want int, method, path string, in any) body {
	o.t.Helper()
	out := o.text(want, method, path, in)
	if out == "" {
		return nil
	}
	var b body
	if strings.HasPrefix(out, "[") {
		out = `{"all":` + out + `}`
	}
	if err := json.Unmarshal([]byte(out), &b); err != nil {
		o.t.Fatalf("%s %s: %v in %s", method, path, err, out)
	}
	return b
}

// refused sends a request, wants a status and an error of that code, and returns its message.
func (o *org) refused(want int, code, method, path string, in any) string {
	o.t.Helper()
	all, _ := o.do(want, method, path, in)["all"].([]any)
	if len(all) != 1 {
		o.t.Fatalf("%s %s: %d errors", method, path, len(all))
	}
	e, _ := all[0].(body)
	if e["errorCode"] != code {
		o.t.Fatalf("%s %s: %v, want %s", method, path, e, code)
	}
	message, _ := e["message"].(string)
	return message
}

// query asks and returns the records.
func (o *org) query(soql string) []body {
	o.t.Helper()
	return records(o.do(200, "GET", "/query?q="+url.QueryEscape(soql), nil))
}

func records(b body) []body {
	var out []body
	all, _ := b["records"].([]any)
	for _, x := range all {
		r, _ := x.(body)
		out = append(out, r)
	}
	return out
}

// one asks for one record.
func (o *org) one(soql string) body {
	o.t.Helper()
	all := o.query(soql)
	if len(all) != 1 {
		o.t.Fatalf("%s: %d records", soql, len(all))
	}
	return all[0]
}

// create makes a record and returns its id.
func (o *org) create(object string, values body) string {
	o.t.Helper()
	id, _ := o.do(201, "POST", "/sobjects/"+object, values)["id"].(string)
	return id
}

// lead makes a lead without running assignment rules.
func (o *org) lead(values body) string {
	o.t.Helper()
	o.header.Set("Sforce-Auto-Assign", "FALSE")
	defer o.header.Del("Sforce-Auto-Assign")
	for k, v := range (body{"LastName": "Doe", "Company": "Acme"}) {
		if _, given := values[k]; !given {
			values[k] = v
		}
	}
	return o.create("Lead", values)
}
