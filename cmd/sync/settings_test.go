package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/kelseyhightower/envconfig"

	"github.com/bareme/bareme/modelfile"
)

var update = flag.Bool("update", false, "write the configuration reference anew")

// TestConfigurationReferenceIsCurrent compares docs/configuration.md with the model file's keys and the settings.
func TestConfigurationReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	const path = "../../docs/configuration.md"
	want := modelfile.Reference(settings(t))
	if *update {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: run make generate", path)
	}
}

// settings lists the environment variables as the library that reads them does; each must say what it is for.
func settings(t *testing.T) []modelfile.Setting {
	t.Helper()
	var text strings.Builder
	const format = "{{range .}}{{usage_key .}}\t{{usage_default .}}\t{{usage_description .}}\n{{end}}"
	if err := envconfig.Usagef("bareme", &Settings{}, &text, format); err != nil {
		t.Fatal(err)
	}
	var out []modelfile.Setting
	for line := range strings.Lines(text.String()) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if cells[2] == "" {
			t.Errorf("%s has no desc", cells[0])
		}
		out = append(out, modelfile.Setting{Env: cells[0], Default: cells[1], Meaning: cells[2]})
	}
	return out
}
