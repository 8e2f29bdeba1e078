package modelfile_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bareme/bareme/mapping"
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

// TestExamplesNameWhatTransformsGive: a condition on a level or group that no job title can have would never hold.
func TestExamplesNameWhatTransformsGive(t *testing.T) {
	given := map[string][]string{"seniority": mapping.Levels(), "function": mapping.Functions(), "industry_group": mapping.IndustryGroups()}
	quoted := regexp.MustCompile(`"([^"]*)"`)
	for _, path := range append(examples(t), "testdata/starter-hubspot.yaml") {
		f := load(t, path)
		for _, a := range f.Mapping.Attributes {
			values, checked := given[a.Transform]
			for _, s := range f.Scoring.Scores {
				for _, g := range s.Groups {
					for _, c := range g.Criteria {
						if !checked || !strings.HasPrefix(c.When, a.Name+" ") {
							continue
						}
						for _, m := range quoted.FindAllStringSubmatch(c.When, -1) {
							if !slices.Contains(values, m[1]) {
								t.Errorf("%s: %s: %q is none of %v", path, c.Name, m[1], values)
							}
						}
					}
				}
			}
		}
	}
}

// TestExamplesReadOnlyWhatTheyScore: what is not scored should not be copied out of a CRM.
func TestExamplesReadOnlyWhatTheyScore(t *testing.T) {
	for _, path := range append(examples(t), "testdata/starter-hubspot.yaml") {
		f := load(t, path)
		var used strings.Builder
		for _, s := range f.Scoring.Scores {
			if s.RFM != nil {
				used.WriteString(" " + s.RFM.Activity)
			}
			for _, g := range s.Groups {
				for _, c := range g.Criteria {
					used.WriteString(" " + c.When + " " + c.Activity + " " + strings.Join(c.Of, " "))
				}
			}
		}
		names := f.Mapper.Schema().Activities
		for _, a := range f.Mapper.Schema().Attributes {
			names = append(names, a.Name)
		}
		for _, name := range names {
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(used.String()) {
				t.Errorf("%s: %s is read and not scored", path, name)
			}
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
