package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bareme/bareme/store/postgres/pgtest"
)

// TestScriptsOnPostgreSQL runs testdata/postgres with BAREME_DATABASE_URL set.
func TestScriptsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	t.Cleanup(server.Stop) // after the database was dropped
	url := server.Database(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/postgres",
		Setup: func(env *testscript.Env) error {
			if err := scriptSetup(env); err != nil {
				return err
			}
			env.Setenv("BAREME_STATE", "")
			env.Setenv("BAREME_DATABASE_URL", url)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sandbox": scriptSandbox, "code": scriptCode},
	})
}

// TestSecretIsNotShown prints the setting in every way there is.
func TestSecretIsNotShown(t *testing.T) {
	t.Parallel()
	s := Settings{DatabaseURL: "s3cr3t"}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %q %x", s, s, s.DatabaseURL, s.DatabaseURL), fmt.Sprint(&s)} {
		if strings.Contains(text, "s3cr3t") || strings.Contains(text, "733363723374") {
			t.Errorf("shown: %s", text)
		}
	}
	if b, err := s.DatabaseURL.MarshalText(); err != nil || string(b) != redacted {
		t.Errorf("%s, %v", b, err)
	}
}
