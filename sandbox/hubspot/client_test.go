package hubspot_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// standing is the time the clocks of tests stand at; Sandbox.Pass moves it on.
func standing() time.Time { return time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC) }

// account is a sandbox with a client that fails the test on what it does not expect.
type account struct {
	*hubspot.Sandbox
	t     *testing.T
	token string
}

func open(t *testing.T, o hubspot.Options) *account {
	t.Helper()
	if o.Now == nil {
		o.Now = standing
	}
	return &account{Sandbox: hubspot.New(o), t: t, token: "pat-na1-sandbox"}
}

// quiet is an empty account without limits.
func quiet(t *testing.T) *account {
	t.Helper()
	return open(t, hubspot.Options{Limits: hubspot.Limits{Off: true}})
}

// body is a decoded JSON answer.
type body = map[string]any

// do sends a request and wants a status.
func (a *account) do(want int, method, path string, in any) body {
	a.t.Helper()
	res := a.raw(method, path, in)
	out, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if res.StatusCode != want {
		a.t.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, want, out)
	}
	if len(out) == 0 {
		return nil
	}
	var b body
	if err := json.Unmarshal(out, &b); err != nil {
		a.t.Fatalf("%s %s: %v in %s", method, path, err, out)
	}
	return b
}

func (a *account) raw(method, path string, in any) *http.Response {
	a.t.Helper()
	var payload []byte
	switch in := in.(type) {
	case nil:
	case string:
		payload = []byte(in)
	default:
		var err error
		if payload, err = json.Marshal(in); err != nil {
			a.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(payload))
	r.Header.Set("Authorization", "Bearer "+a.token)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

// at walks into a decoded answer: strings are keys, numbers are positions.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[step]
		case int:
			l, ok := v.([]any)
			if !ok || step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

func ids(b body) []string {
	var out []string
	results, _ := b["results"].([]any)
	for _, r := range results {
		id, _ := at(r, "id").(string)
		out = append(out, id)
	}
	return out
}

// create makes a contact and returns its id.
func (a *account) create(props map[string]string) string {
	a.t.Helper()
	id, _ := a.do(201, "POST", "/crm/objects/2026-09/contacts", body{"properties": props})["id"].(string)
	return id
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// newRequest is nil for what is not a request.
func newRequest(method, path, payload string) *http.Request {
	r, err := http.NewRequest(method, "http://sandbox.example"+path, bytes.NewReader([]byte(payload)))
	if err != nil {
		return nil
	}
	r.Header.Set("Authorization", "Bearer pat-na1-sandbox")
	return r
}
