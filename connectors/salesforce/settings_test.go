package salesforce_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kelseyhightower/envconfig"

	"github.com/bareme/bareme/connectors/salesforce"
)

// TestSettings: the environment makes a connector, with the secret from a file, and never shows it.
func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("consumer-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BAREME_SALESFORCE_LOGIN_URL", "https://example.my.salesforce.com")
	t.Setenv("BAREME_SALESFORCE_CLIENT_ID", "id")
	t.Setenv("BAREME_SALESFORCE_CLIENT_SECRET_FILE", path)
	t.Setenv("BAREME_SALESFORCE_PEOPLE", "Contact")
	var s salesforce.Settings
	if err := envconfig.Process("BAREME_SALESFORCE", &s); err != nil {
		t.Fatal(err)
	}
	o := s.Options()
	if o.ClientSecretFile != path || len(o.People) != 1 || o.APIVersion != salesforce.Version || o.BulkRead != 20_000 || o.Loopback {
		t.Errorf("options for %v, version %s, bulk above %d, loopback %t", o.People, o.APIVersion, o.BulkRead, o.Loopback)
	}
	if _, err := salesforce.New(o); err != nil {
		t.Error(err)
	}
	s.ClientSecret = "in the environment"
	if shown := fmt.Sprintf("%+v", s); strings.Contains(shown, "in the environment") {
		t.Error("the settings show the secret")
	}
	if _, err := salesforce.New(s.Options()); err == nil || strings.Contains(err.Error(), "in the environment") {
		t.Errorf("given twice: %v", err)
	}
	s.ClientSecret, s.ClientSecretFile = "", filepath.Join(t.TempDir(), "none")
	if _, err := salesforce.New(s.Options()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
