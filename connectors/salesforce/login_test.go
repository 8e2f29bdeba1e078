package salesforce_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/salesforce"
)

// byJWT logs in with a key in a file.
func byJWT(t *testing.T, key []byte, user string) func(*salesforce.Options) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, key, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(o *salesforce.Options) {
		o.ClientSecret = ""
		o.JWT = salesforce.JWT{Username: user, KeyFile: path, Audience: "https://login.salesforce.com"}
	}
}

// signing makes the two halves of one key for every test that signs: finding primes takes long.
var signing = sync.OnceValues(func() (private, public []byte) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil
	}
	half, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, nil
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return private, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: half})
})

// key puts the key's public half into the org's app, and returns the private one.
func (a *org) key() []byte {
	a.t.Helper()
	private, public := signing()
	if !a.SetPublicKey(public) {
		a.t.Fatal("the app does not take the key")
	}
	return private
}

// newKey is key with another key.
func (a *org) newKey() []byte {
	a.t.Helper()
	key, err := a.SigningKey()
	a.ok(err)
	return key
}

// workerName finds out whom the app runs as.
func (a *org) workerName() string {
	a.t.Helper()
	users, err := a.Values("User", "Username", "Name")
	a.ok(err)
	for _, u := range users {
		if a.Session(u["Username"]) != "" && strings.Contains(strings.ToLower(u["Username"]), "bareme") {
			return u["Username"]
		}
	}
	for _, u := range users {
		if a.Session(u["Username"]) != "" {
			return u["Username"]
		}
	}
	return ""
}

// TestJWTWithAWrongClock: this machine's clock is three hours off, so the first assertion is worthless.
func TestJWTWithAWrongClock(t *testing.T) {
	a := begin(t)
	c := a.connect(byJWT(t, a.key(), a.workerName()))
	account, err := c.Account(t.Context())
	if err != nil || account.ID != a.OrgID() || len(account.ID) != 18 {
		t.Fatalf("account %q, error: %v", account.ID, err)
	}
}

func TestLoginRefused(t *testing.T) {
	other := begin(t).newKey()
	for _, c := range []struct {
		name string
		set  func(*org) func(*salesforce.Options)
		want string
	}{
		{"wrong key", func(a *org) func(*salesforce.Options) { a.key(); return byJWT(t, other, a.workerName()) }, "cannot verify the assertion"},
		{"not a key", func(a *org) func(*salesforce.Options) { return byJWT(t, []byte("secret words"), a.workerName()) }, "holds no RSA private key"},
		{"unapproved user", func(a *org) func(*salesforce.Options) {
			a.Approve(false)
			return byJWT(t, a.key(), a.workerName())
		}, "not approved for the app"},
		{"unknown user", func(a *org) func(*salesforce.Options) { return byJWT(t, a.key(), "nobody@example.com") }, "not approved for the app"},
		{"audience", func(a *org) func(*salesforce.Options) {
			set := byJWT(t, a.key(), a.workerName())
			return func(o *salesforce.Options) { set(o); o.JWT.Audience = "https://elsewhere.example" }
		}, "refuses the audience"},
		{"wrong secret", func(*org) func(*salesforce.Options) {
			return func(o *salesforce.Options) { o.ClientSecret = "wrong" }
		}, "consumer key or secret"},
		{"unknown app", func(*org) func(*salesforce.Options) {
			return func(o *salesforce.Options) { o.ClientID = "wrong" }
		}, "consumer key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := begin(t)
			_, err := a.connect(c.set(a)).Account(t.Context())
			if !errors.Is(err, crm.ErrAuth) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("want ErrAuth with %q, got: %v", c.want, err)
			}
			if strings.Contains(err.Error(), "secret words") {
				t.Error("the error quotes the key's file")
			}
		})
	}
}

// TestOneLoginForAll: sessions end while many calls are made at once; one new login serves them all, and each call is
// made once more.
func TestOneLoginForAll(t *testing.T) {
	a := begin(t)
	c := a.connect()
	if _, err := c.Account(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.ExpireSessions()
	var logins, refused atomic.Int32
	var together sync.WaitGroup
	together.Add(8)
	a.seen = func(r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/services/oauth2") {
			logins.Add(1)
		} else if refused.Add(1) <= 8 {
			together.Done()
			together.Wait() // until all have been sent with the token that has ended
		}
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Account(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if logins.Load() != 1 || refused.Load() != 16 {
		t.Errorf("%d logins and %d calls, want 1 and 16", logins.Load(), refused.Load())
	}
}

// TestNotForREST: a session of the wrong kind is replaced by another of the same kind for ever. So it is not replaced.
func TestNotForREST(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		a := begin(t)
		a.ok(a.Inject(sandbox.Fault{Kind: sandbox.FaultStatus, Status: status, Code: "INVALID_SESSION_ID", Count: -1,
			Path: "/services/data", Message: "This session is not valid for use with the REST API"}))
		_, err := a.connect().Account(t.Context())
		if !errors.Is(err, crm.ErrAuth) || !strings.Contains(err.Error(), "not good for the REST API") {
			t.Errorf("%d: got: %v", status, err)
		}
		if a.count != 2 {
			t.Errorf("%d: %d requests, want one login and one call", status, a.count)
		}
	}
}

func TestOptions(t *testing.T) {
	good := func() salesforce.Options {
		return salesforce.Options{LoginURL: "https://example.my.salesforce.com", ClientID: "id", ClientSecret: "secret"}
	}
	if _, err := salesforce.New(good()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*salesforce.Options){
		"no client":     func(o *salesforce.Options) { o.ClientID = "" },
		"no secret":     func(o *salesforce.Options) { o.ClientSecret = "" },
		"two ways":      func(o *salesforce.Options) { o.JWT = salesforce.JWT{Username: "u", KeyFile: "k"} },
		"no key":        func(o *salesforce.Options) { o.ClientSecret, o.JWT.Username = "", "u" },
		"not https":     func(o *salesforce.Options) { o.LoginURL = "http://example.my.salesforce.com" },
		"other domain":  func(o *salesforce.Options) { o.LoginURL = "https://example.com" },
		"look-alike":    func(o *salesforce.Options) { o.LoginURL = "https://notsalesforce.com" },
		"suffix":        func(o *salesforce.Options) { o.LoginURL = "https://salesforce.com.example.net" },
		"user in it":    func(o *salesforce.Options) { o.LoginURL = "https://a@example.my.salesforce.com" },
		"other port":    func(o *salesforce.Options) { o.LoginURL = "https://example.my.salesforce.com:8443" },
		"loopback":      func(o *salesforce.Options) { o.LoginURL = "http://127.0.0.1:8080" },
		"empty":         func(o *salesforce.Options) { o.LoginURL = "" },
		"version":       func(o *salesforce.Options) { o.APIVersion = "../66.0" },
		"people":        func(o *salesforce.Options) { o.People = []string{"Case"} },
		"share":         func(o *salesforce.Options) { o.RunShare = 1.5 },
		"negative part": func(o *salesforce.Options) { o.OrgShare = -0.1 },
	} {
		o := good()
		change(&o)
		var e *crm.Error
		if _, err := salesforce.New(o); !errors.As(err, &e) {
			t.Errorf("%s: got: %v", name, err)
		}
	}
}

// TestTokenReply: the token travels to Salesforce's hosts only, whatever the login says.
func TestTokenReply(t *testing.T) {
	for instance, ok := range map[string]bool{
		"http://127.0.0.1:1":                              true,
		"https://example.my.salesforce.com":               true,
		"https://example--test.sandbox.my.salesforce.com": true,
		"https://example.my.salesforce.mil":               true,
		"http://example.my.salesforce.com":                false,
		"https://example.com":                             false,
		"https://salesforce.com.example.com":              false,
		"https://example.my.salesforce.com@example.com":   false,
		"https://example.my.salesforce.com/path":          false,
		"":                                                false,
	} {
		asked := ""
		f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
			if r.URL.Path == "/services/oauth2/token" {
				return http.StatusOK, nil, tokenReply(instance)
			}
			asked = r.URL.Scheme + "://" + r.URL.Host
			if r.Header.Get("Authorization") != "Bearer 00Dtoken" {
				t.Errorf("Authorization %q", r.Header.Get("Authorization"))
			}
			return http.StatusOK, nil, organization
		})
		_, err := connectTo(t, f).Account(t.Context())
		if ok && (err != nil || asked != instance) {
			t.Errorf("%s: asked %s, error: %v", instance, asked, err)
		}
		if !ok && (!errors.Is(err, crm.ErrAuth) && !errors.Is(err, crm.ErrUnavailable) || asked != "") {
			t.Errorf("%s: asked %q, error: %v", instance, asked, err)
		}
	}
}

// TestRedirects are never followed; one to Salesforce is named.
func TestRedirects(t *testing.T) {
	for location, named := range map[string]bool{"https://other.my.salesforce.com/x": true, "https://example.com/x": false, "http://other.my.salesforce.com": false} {
		hosts := map[string]bool{}
		f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
			hosts[r.URL.Host] = true
			if r.URL.Path == "/services/oauth2/token" {
				return http.StatusOK, nil, tokenReply("https://example.my.salesforce.com")
			}
			return http.StatusFound, http.Header{"Location": {location}}, ""
		})
		_, err := connectTo(t, f).Account(t.Context())
		if !errors.Is(err, crm.ErrInvalid) || strings.Contains(err.Error(), "https://other.my.salesforce.com") != named {
			t.Errorf("%s: got: %v", location, err)
		}
		if len(hosts) != 1 {
			t.Errorf("%s: asked %v", location, hosts)
		}
	}
}

// TestNextRecords: a page's successor is on the same host, or nowhere.
func TestNextRecords(t *testing.T) {
	for next, ok := range map[string]bool{
		"/services/data/v66.0/query/01gB000-200":                                  true,
		"https://example.my.salesforce.com/services/data/v66.0/query/01gB000-200": true,
		"https://other.my.salesforce.com/services/data/v66.0/query/01gB000-200":   false,
		"//example.com/services/data/v66.0/query/01gB000-200":                     false,
		"http://example.my.salesforce.com/services/data/v66.0/query/x":            false,
		"/services/apexrest/x":              false,
		"/services/data/v66.0/../../secret": false,
	} {
		elsewhere := false
		f := fake(func(r *http.Request, _ []byte) (int, http.Header, string) {
			switch {
			case r.URL.Path == "/services/oauth2/token":
				return http.StatusOK, nil, tokenReply("https://example.my.salesforce.com")
			case strings.HasSuffix(r.URL.Path, "/01gB000-200"):
				elsewhere = elsewhere || r.URL.Host != "example.my.salesforce.com"
				return http.StatusOK, nil, `{"totalSize":2,"done":true,"records":[{"Id":"005000000000002AAA","Name":"b"}]}`
			case r.URL.Query().Get("q") != "":
				return http.StatusOK, nil, asJSON(map[string]any{"totalSize": 2, "done": false, "nextRecordsUrl": next,
					"records": []any{map[string]string{"Id": "005000000000001AAA", "Name": "a"}}})
			}
			return http.StatusNotFound, nil, `[]`
		})
		owners, err := connectTo(t, f).Owners(t.Context())
		if ok != (err == nil) || (ok && len(owners) != 2) || elsewhere {
			t.Errorf("%s: %d owners, error: %v", next, len(owners), err)
		}
	}
}
