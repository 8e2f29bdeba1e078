package salesforce_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bareme/bareme/connectors/salesforce"
	"github.com/bareme/bareme/crm"
)

// TestSecretsRotate replaces the secret in its file, or the key in its, while the connector is in use: the session there is
// goes on, and the next login uses the new one. A file that has gone leaves the last one in use, with one warning.
func TestSecretsRotate(t *testing.T) {
	for name, how := range map[string]struct {
		first func(*org) []byte
		next  func(*org) []byte // changes it in the org
		with  func(*org, string) func(*salesforce.Options)
	}{
		"secret": {
			func(*org) []byte { return []byte(clientSecret + "\n") },
			func(a *org) []byte { a.SetSecret("another-secret"); return []byte("another-secret\n") },
			func(_ *org, path string) func(*salesforce.Options) {
				return func(o *salesforce.Options) { o.ClientSecret, o.ClientSecretFile = "", path }
			},
		},
		"key": {
			(*org).newKey, (*org).newKey,
			func(a *org, path string) func(*salesforce.Options) {
				user := a.workerName()
				return func(o *salesforce.Options) {
					o.ClientSecret = ""
					o.JWT = salesforce.JWT{Username: user, KeyFile: path, Audience: "https://login.salesforce.com"}
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := begin(t)
			path := filepath.Join(t.TempDir(), "mounted")
			write := func(text []byte) { a.ok(os.WriteFile(path, text, 0o600)) }
			write(how.first(a))
			var log bytes.Buffer
			c := a.connect(how.with(a, path), logTo(&log))
			works := func(when string) {
				t.Helper()
				if _, err := c.Account(t.Context()); err != nil {
					t.Fatalf("%s: %v", when, err)
				}
			}
			works("at the start")
			next := how.next(a)
			works("changed in the org, the session goes on")
			a.ExpireSessions()
			if _, err := c.Account(t.Context()); !errors.Is(err, crm.ErrAuth) {
				t.Fatalf("changed in the org and not in the file: %v", err)
			}
			write(next)
			works("changed in the file, too")
			a.ok(os.Remove(path))
			for range 2 {
				a.ExpireSessions()
				works("the file has gone")
			}
			if n := strings.Count(log.String(), "secret's file cannot be used"); n != 1 || !strings.Contains(log.String(), "BAREME_SALESFORCE_") {
				t.Errorf("%d warnings:\n%s", n, log.String())
			}
			if strings.Contains(log.String(), strings.TrimSpace(string(next))) {
				t.Error("the log holds the secret")
			}
		})
	}
}
