package hubspot_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
	sandbox "github.com/bareme/bareme/sandbox/hubspot"
)

// A mounted token is replaced while we run: the file is read again when HubSpot refuses the old one, and a refused token
// is not sent a third time.
func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(token string) {
		if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	var seen []string
	c := connectTo(t, func(r *http.Request, _ []byte) (int, http.Header, string) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		seen = append(seen, token)
		if token != "new" {
			return http.StatusUnauthorized, nil, `{"status":"error","category":"INVALID_AUTHENTICATION"}`
		}
		return http.StatusOK, nil, `{"portalId":1}`
	}, func(o *hubspot.Options) { o.Token, o.TokenFile = "", path })
	if _, err := c.Account(t.Context()); !errors.Is(err, crm.ErrAuth) {
		t.Fatalf("got %v", err)
	}
	write("new")
	for range 2 {
		if _, err := c.Account(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(seen, ","); got != "old,old,new,new" {
		t.Errorf("sent %s", got)
	}
}

func TestTokenFileMissing(t *testing.T) {
	c := connectTo(t, nil, func(o *hubspot.Options) { o.Token, o.TokenFile = "", filepath.Join(t.TempDir(), "none") })
	_, err := c.Account(t.Context())
	if !errors.Is(err, crm.ErrAuth) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

var app = hubspot.OAuth{ClientID: "sandbox-client", ClientSecret: "sandbox-secret", RefreshToken: "sandbox-refresh"}

func oauth(o *hubspot.Options) { o.Token, o.OAuth = "", app }

// The whole flow against the sandbox: half an hour of token, its expiry by our clock, and one HubSpot ends early.
func TestOAuth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := sandbox.New(sandbox.Options{People: 10})
		c := connectTo(t, nil, oauth, func(o *hubspot.Options) { o.Transport = direct{slow{box, 0}} })
		ask := func(tokens int) {
			t.Helper()
			if _, err := c.Account(t.Context()); err != nil {
				t.Fatal(err)
			}
			renewals := 0
			for _, r := range box.Requests() {
				if strings.Contains(r.Path, "/oauth/") {
					renewals++
				}
			}
			if renewals != tokens {
				t.Errorf("the token was renewed %d times, want %d", renewals, tokens)
			}
		}
		ask(1)
		time.Sleep(28 * time.Minute)
		ask(1)
		time.Sleep(2 * time.Minute) // a minute before its end the token is renewed
		ask(2)
		box.ExpireTokens()
		ask(3)
	})
}

// Twenty callers find the token expired: it is renewed once.
func TestOAuthRenewsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		renewals, valid := 0, "access-0"
		c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
			mu.Lock()
			defer mu.Unlock()
			if strings.HasSuffix(r.URL.Path, "/oauth/2026-09/token") {
				form, err := url.ParseQuery(string(raw))
				if err != nil || r.Header.Get("Authorization") != "" || form.Get("grant_type") != "refresh_token" ||
					form.Get("refresh_token") != fmt.Sprint("refresh-", renewals) {
					return http.StatusBadRequest, nil, `{"status":"BAD_REFRESH_TOKEN"}`
				}
				renewals++
				valid = fmt.Sprint("access-", renewals)
				return http.StatusOK, nil, asJSON(body{"access_token": valid, "refresh_token": fmt.Sprint("refresh-", renewals), "expires_in": 1800})
			}
			if r.Header.Get("Authorization") != "Bearer "+valid {
				return http.StatusUnauthorized, nil, `{"category":"EXPIRED_AUTHENTICATION"}`
			}
			return http.StatusOK, nil, `{"portalId":1}`
		}, func(o *hubspot.Options) {
			o.Token, o.OAuth = "", hubspot.OAuth{ClientID: "id", ClientSecret: "secret", RefreshToken: "refresh-0"}
		})
		volley := func() {
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if _, err := c.Account(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		volley()
		if renewals != 1 {
			t.Errorf("%d renewals at the start", renewals)
		}
		time.Sleep(time.Hour)
		volley()
		mu.Lock()
		valid = "ended early"
		mu.Unlock()
		volley()
		if renewals != 3 {
			t.Errorf("%d renewals, want 3", renewals)
		}
	})
}

// A rotated client secret and refresh token arrive through their files while we run; a refresh token that HubSpot gave
// since is kept as long as its file does not change.
func TestOAuthFilesRotate(t *testing.T) {
	dir := t.TempDir()
	secret, refresh := filepath.Join(dir, "secret"), filepath.Join(dir, "refresh")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(secret, "secret-1")
	write(refresh, "refresh-1")
	wanted, valid := "secret-1 refresh-1", "access-0"
	c := connectTo(t, func(r *http.Request, raw []byte) (int, http.Header, string) {
		if strings.HasSuffix(r.URL.Path, "/oauth/2026-09/token") {
			form, err := url.ParseQuery(string(raw))
			if err != nil || form.Get("client_secret")+" "+form.Get("refresh_token") != wanted {
				return http.StatusBadRequest, nil, `{"status":"BAD_REFRESH_TOKEN"}`
			}
			valid += "+"
			return http.StatusOK, nil, asJSON(body{"access_token": valid, "refresh_token": "given", "expires_in": 1800})
		}
		if r.Header.Get("Authorization") != "Bearer "+valid {
			return http.StatusUnauthorized, nil, `{"category":"EXPIRED_AUTHENTICATION"}`
		}
		return http.StatusOK, nil, `{"portalId":1}`
	}, func(o *hubspot.Options) {
		o.Token = ""
		o.OAuth = hubspot.OAuth{ClientID: "id", ClientSecret: "secret-1", RefreshToken: "refresh-1", ClientSecretFile: secret, RefreshTokenFile: refresh}
	})
	for _, step := range []struct {
		does   func()
		wanted string
		works  bool
	}{
		{func() {}, "secret-1 refresh-1", true},
		{func() { write(secret, "secret-2") }, "secret-2 given", true},
		{func() { write(refresh, "refresh-2") }, "secret-2 refresh-2", true},
		{func() {}, "secret-3 given", false}, // refused, and the files say nothing new
		{func() { write(secret, "secret-3") }, "secret-3 given", true},
	} {
		step.does()
		wanted, valid = step.wanted, valid+"!"
		if _, err := c.Account(t.Context()); (err == nil) != step.works || err != nil && !errors.Is(err, crm.ErrAuth) {
			t.Errorf("HubSpot wants %s: %v", step.wanted, err)
		}
	}
}

func TestOAuthRevoked(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		kind   error
		want   string
	}{
		"refresh token": {http.StatusBadRequest, `{"status":"BAD_REFRESH_TOKEN","error":"invalid_grant","message":"canary7f3a"}`, crm.ErrAuth,
			"renew the access token: HubSpot no longer accepts the refresh token (BAD_REFRESH_TOKEN). Check client id and secret, or install the app again to get a new refresh token"},
		"hub": {http.StatusBadRequest, `{"status":"BAD_HUB","message":"missing or unknown hub id","error":"access_denied"}`, crm.ErrAuth,
			"renew the access token: HubSpot gives no access token (BAD_HUB). Check client id and secret, or install the app again to get a new refresh token"},
		"nonsense": {http.StatusOK, `{"access_token":"","expires_in":0}`, crm.ErrUnavailable,
			"renew the access token: the answer does not have the documented shape"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connectTo(t, func(*http.Request, []byte) (int, http.Header, string) { return c.status, nil, c.answer }, oauth)
			_, err := conn.Account(t.Context())
			if !errors.Is(err, c.kind) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
