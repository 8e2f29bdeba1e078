package modelfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bareme/bareme/modelfile"
)

// load reads a model file of the repository.
func load(t *testing.T, path string) *modelfile.File {
	t.Helper()
	f, err := modelfile.Load(path)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return f
}

func examples(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("examples: %v %v", paths, err)
	}
	return paths
}

func TestExamplesLoadWithoutWarning(t *testing.T) {
	for _, path := range examples(t) {
		f := load(t, path)
		for _, w := range f.Warnings {
			t.Errorf("%s", f.Show(w))
		}
		if f.Mapper == nil || f.Model == nil {
			t.Errorf("%s: not compiled", path)
		}
		if !strings.HasPrefix(string(f.Source), "# yaml-language-server: $schema="+modelfile.SchemaURL+"\n") {
			t.Errorf("%s: the first line does not name the schema", path)
		}
	}
}

func TestGeneratedFilesAreCurrent(t *testing.T) {
	schema, err := modelfile.Schema()
	if err != nil {
		t.Fatal(err)
	}
	current, err := os.ReadFile("bareme.schema.json")
	if err != nil || string(current) != string(schema) {
		t.Errorf("bareme.schema.json is not current (%v): go generate ./modelfile", err)
	}
	reference, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if beforeEnvironment(string(reference)) != beforeEnvironment(string(modelfile.Reference(nil))) {
		t.Error("docs/configuration.md is not current: go generate ./modelfile")
	}
}

// beforeEnvironment is the part of the reference that follows from the model file.
func beforeEnvironment(text string) string {
	before, _, _ := strings.Cut(text, modelfile.EnvironmentHeading)
	return before
}
