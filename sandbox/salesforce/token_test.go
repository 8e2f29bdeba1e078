package salesforce_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce"
)

const tokenPath = "/services/oauth2/token"

func TestTokens(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.token = ""
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-secret"}}
	for _, c := range []struct {
		name    string
		change  url.Values
		prepare func()
		want    string // the error; "": none
		words   string
	}{
		{name: "by form"},
		{name: "wrong id", change: url.Values{"client_id": {"x"}}, want: "invalid_client_id"},
		{name: "wrong secret", change: url.Values{"client_secret": {"x"}}, want: "invalid_client"},
		{name: "no grant", change: url.Values{"grant_type": {""}}, want: "unsupported_grant_type"},
		{name: "password", change: url.Values{"grant_type": {"password"}}, want: "invalid_grant", words: "authentication failure - Invalid Password"},
		{name: "refresh", change: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"sandbox-refresh"}}},
		{name: "refresh, wrong", change: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, want: "invalid_grant", words: "expired access/refresh token"},
		{name: "not approved", prepare: func() { o.Approve(false) }, want: "invalid_app_access"},
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		for k, v := range c.change {
			form[k] = v
		}
		if c.prepare != nil {
			c.prepare()
		}
		status := 200
		if c.want != "" {
			status = 400
		}
		b := o.do(status, "POST", tokenPath, form)
		if c.want != "" {
			if b["error"] != c.want || c.words != "" && b["error_description"] != c.words {
				t.Errorf("%s: %v", c.name, b)
			}
			continue
		}
		if b["token_type"] != "Bearer" || b["instance_url"] != "http://example.com" || b["expires_in"] != nil {
			t.Errorf("%s: %v", c.name, b)
		}
		if id, _ := b["id"].(string); !strings.Contains(id, "/id/"+o.OrgID()+"/005") {
			t.Errorf("%s: id %q", c.name, id)
		}
		o.token, _ = b["access_token"].(string)
		o.do(200, "GET", "/limits", nil)
		o.token = ""
	}
}

func TestTokenByBasic(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	r := httptest.NewRequest(http.MethodPost, tokenPath, strings.NewReader("grant_type=client_credentials"))
	r.SetBasicAuth("sandbox-client", "sandbox-secret")
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}

func TestRotatingRefreshToken(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.token = ""
	o.RotateRefreshTokens(true)
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"sandbox-client"}, "refresh_token": {"sandbox-refresh"}}
	next, _ := o.do(200, "POST", tokenPath, form)["refresh_token"].(string)
	o.do(400, "POST", tokenPath, form)
	form.Set("refresh_token", next)
	o.do(200, "POST", tokenPath, form)
}

// assertion signs claims with a key.
func assertion(t *testing.T, key *rsa.PrivateKey, header body, claims body) string {
	t.Helper()
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := part(header) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func TestJWTBearer(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.token = ""
	text, err := o.SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		t.Fatal("not an RSA key")
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	soon := o.Now().Add(3 * time.Minute).Unix()
	for _, c := range []struct {
		name   string
		key    *rsa.PrivateKey
		alg    string
		change body
		want   string
	}{
		{name: "good", key: key},
		{name: "test as audience, expiry as text", key: key, change: body{"aud": "https://test.salesforce.com", "exp": strconv.FormatInt(soon, 10)}},
		{name: "wrong key", key: other, want: "invalid assertion"},
		{name: "another algorithm", key: key, alg: "HS256", want: "invalid assertion"},
		{name: "audience", key: key, change: body{"aud": "https://example.org"}, want: "audience is invalid"},
		{name: "expired", key: key, change: body{"exp": soon - 1000}, want: "expired authorization code"},
		{name: "milliseconds, as the sf command sends them", key: key, change: body{"exp": soon * 1000}},
		{name: "far ahead", key: key, change: body{"exp": soon + 3600}, want: "expired authorization code"},
		{name: "unknown user", key: key, change: body{"sub": "nobody@bareme.example"}, want: "user hasn't approved this consumer"},
		{name: "unknown app", key: key, change: body{"iss": "x"}, want: "client identifier invalid"},
	} {
		claims := body{"iss": "sandbox-client", "sub": salesforce.WorkerUser, "aud": "https://login.salesforce.com", "exp": soon}
		for k, v := range c.change {
			claims[k] = v
		}
		alg := c.alg
		if alg == "" {
			alg = "RS256"
		}
		form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion(t, c.key, body{"alg": alg}, claims)}}
		if c.want == "" {
			b := o.do(200, "POST", tokenPath, form)
			if b["refresh_token"] != nil || b["issued_at"] != nil {
				t.Errorf("%s: %v", c.name, b)
			}
			continue
		}
		if b := o.do(400, "POST", tokenPath, form); b["error_description"] != c.want {
			t.Errorf("%s: %v", c.name, b)
		}
	}
	if b := o.do(400, "POST", tokenPath, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"a.b"}}); b["error_description"] != "invalid assertion" {
		t.Errorf("%v", b)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	o := open(t, salesforce.Options{})
	o.do(200, "GET", "/limits", nil)
	o.Pass(90 * time.Minute)
	o.do(200, "GET", "/limits", nil) // used: its life starts anew
	o.Pass(90 * time.Minute)
	o.do(200, "GET", "/limits", nil)
	o.Pass(3 * time.Hour)
	if m := o.refused(401, "INVALID_SESSION_ID", "GET", "/limits", nil); m != "Session expired or invalid" {
		t.Errorf("message %q", m)
	}
	o.token = o.Session("")
	o.do(200, "GET", "/limits", nil)
	o.RefuseREST(true)
	o.refused(403, "INVALID_SESSION_ID", "GET", "/limits", nil)
	o.RefuseREST(false)
	if b := o.do(200, "POST", "/services/oauth2/introspect", url.Values{"token": {o.token}}); b["active"] != true {
		t.Errorf("introspect: %v", b)
	}
	o.do(200, "GET", "/services/oauth2/userinfo", nil)
	o.text(200, "POST", "/services/oauth2/revoke", url.Values{"token": {o.token}})
	o.refused(401, "INVALID_SESSION_ID", "GET", "/services/oauth2/userinfo", nil)
	if o.Session("nobody@bareme.example") != "" {
		t.Error("a session for nobody")
	}
}
