package hubspot_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kelseyhightower/envconfig"

	"github.com/bareme/bareme/connectors/hubspot"
	"github.com/bareme/bareme/crm"
)

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"TOKEN": "unprefixed", "BASE_URL": "https://elsewhere.example", // must be ignored
		"BAREME_HUBSPOT_CLIENT_ID": "id", "BAREME_HUBSPOT_CLIENT_SECRET_FILE": secret,
		"BAREME_HUBSPOT_REFRESH_TOKEN": "refresh", "BAREME_HUBSPOT_API_VERSION": "v3", "BAREME_HUBSPOT_DAILY_SHARE": "0.25",
	} {
		t.Setenv(name, value)
	}
	var s hubspot.Settings
	if err := envconfig.Process("BAREME_HUBSPOT", &s); err != nil {
		t.Fatal(err)
	}
	got, err := s.Options()
	if err != nil {
		t.Fatal(err)
	}
	want := hubspot.Options{BaseURL: hubspot.DefaultBaseURL, Dialect: "v3", DailyShare: 0.25,
		OAuth: hubspot.OAuth{ClientID: "id", ClientSecret: "from-file", RefreshToken: "refresh", ClientSecretFile: secret}}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Now" }, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	if text := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(text, "refresh\"") || strings.Contains(text, "from-file") {
		t.Errorf("settings print their secrets: %s", text)
	}
}

// Each mistake in the options has one message.
func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*hubspot.Options)
		kind   error
		want   string
	}{
		"no credential": {func(o *hubspot.Options) { o.Token = "" }, crm.ErrAuth,
			"HubSpot credentials: none given. Set BAREME_HUBSPOT_TOKEN to a service key, or BAREME_HUBSPOT_TOKEN_FILE to a file that holds one"},
		"two credentials": {func(o *hubspot.Options) { o.TokenFile = "x" }, crm.ErrAuth,
			"HubSpot credentials: more than one given. Keep one of token, token file and OAuth"},
		"token on two lines": {func(o *hubspot.Options) { o.Token = "pat-canary\nna1" }, crm.ErrAuth,
			"HubSpot credentials: the token holds a space or a character that no token has. Copy it again, on one line"},
		"half of OAuth": {func(o *hubspot.Options) { o.Token, o.OAuth.ClientID = "", "x" }, crm.ErrAuth,
			"HubSpot credentials: OAuth needs a client id, a client secret and a refresh token"},
		"plain http": {func(o *hubspot.Options) { o.BaseURL = "http://api.hubapi.com" }, crm.ErrInvalid,
			"base URL: is not https. Plain http is accepted for this machine only (127.0.0.1, ::1, localhost)"},
		"secret in the URL": {func(o *hubspot.Options) { o.BaseURL = "https://canary@api.hubapi.com" }, crm.ErrInvalid,
			"base URL: holds more than scheme, host and path. Write it like https://api.hubapi.com"},
		"no such version": {func(o *hubspot.Options) { o.Dialect = "v1" }, crm.ErrInvalid,
			"API version: not a version of HubSpot's API. Use a dated one such as 2026-09, or v3"},
		"share above one": {func(o *hubspot.Options) { o.DailyShare = 50 }, crm.ErrInvalid,
			"daily share: not between 0 and 1. 0.5 lets a run spend half of the calls left today"},
	} {
		t.Run(name, func(t *testing.T) {
			o := hubspot.Options{Token: "pat-na1-x"}
			c.change(&o)
			_, err := hubspot.New(o)
			if err == nil || err.Error() != c.want || !errors.Is(err, c.kind) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
