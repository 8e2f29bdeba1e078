package salesforce_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/internal/outside"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// observed is an error somebody has seen in a real org.
type observed struct {
	HTTP int             `json:"http"`
	Body json.RawMessage `json:"body"`
	From string          `json:"src"`
}

// TestKnownErrors: errors seen in real orgs come in the same words here, names of objects, fields and records apart.
func TestKnownErrors(t *testing.T) {
	t.Parallel()
	raw := outside.Read(t, "data/salesforce_errors.json")
	var list struct {
		Observed []observed `json:"observed"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, x := range list.Observed {
		if len(x.Body) > 0 {
			seen[fmt.Sprintf("%d %s", x.HTTP, canonical(t, x.Body))] = true
		}
	}
	for name, got := range ours(t) {
		if !seen[got] {
			t.Errorf("%s: nobody has seen %s", name, got)
		}
	}
}

func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// ours brings about the errors of the list, under the names the list has.
func ours(t *testing.T) map[string]string {
	t.Helper()
	o := open(t, salesforce.Options{})
	out := map[string]string{}
	note := func(name string, status int, text string) {
		out[name] = fmt.Sprintf("%d %s", status, canonical(t, []byte(text)))
	}
	token := o.token
	o.token = "gone"
	note("session", 401, o.text(401, "GET", "/limits", nil))
	o.token = token
	note("external id", 404, o.text(404, "GET", "/sobjects/Account/Namez/x", nil))
	o.must(o.Inject(salesforce.Fault{Kind: salesforce.FaultSecurity}))
	note("security", 400, o.text(400, "GET", "/limits", nil))
	o.token = ""
	form := url.Values{"grant_type": {"password"}}
	note("password", 400, o.text(400, "POST", tokenPath, form))
	form = url.Values{"grant_type": {"refresh_token"}, "client_id": {"sandbox-client"}}
	note("refresh", 400, o.text(400, "POST", tokenPath, form))
	form = url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"x"}}
	note("assertion", 400, o.text(400, "POST", tokenPath, form))
	return out
}

// TestNoSuchColumn has the words of the list but for the names.
func TestNoSuchColumn(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	id := o.create("Account", body{"Name": "A"})
	want := "No such column 'foo' on sobject of type Account"
	if diff := cmp.Diff(want, o.refused(400, "INVALID_FIELD", "PATCH", "/sobjects/Account/"+id, body{"foo": 1})); diff != "" {
		t.Error(diff)
	}
}
