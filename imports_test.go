package bareme_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/bareme/bareme/"

// allowed says which of our own packages each folder may import, tests left aside. "*" is anything. A folder below one
// that is named follows the longest name that fits.
var allowed = map[string][]string{ //nolint:gochecknoglobals // a table
	"crm":                   {},
	"nearest":               {},
	"crm/crmtest":           {"crm", "nearest"},
	"scoring":               {"scoring", "nearest", "learning"},
	"mapping":               {"crm", "scoring", "mapping", "nearest"},
	"modelfile":             {"alert", "crm", "mapping", "scoring", "modelfile", "nearest"},
	"modelfile/internal":    {"*"},
	"learning":              {"learning"},
	"learning/clv":          {},
	"learning/metrics":      {},
	"learning/scorecard":    {"learning/metrics"},
	"learning/nextproduct":  {},
	"plan":                  {"crm"},
	"connectors":            {"crm", "connectors"},
	"connectors/hubspot":    {"crm", "connectors/internal", "nearest"},
	"connectors/salesforce": {"crm", "connectors/internal", "internal/secretfile", "nearest"},
	"connectors/file":       {"crm"},
	"connectors/internal":   {"crm", "nearest"},
	"alert":                 {},
	"alert/channel":         {"alert", "crm", "internal/secretfile"},
	"worker":                {"alert", "crm", "mapping", "scoring", "plan", "learning"},
	"worker/jobs":           {"crm", "plan", "store", "worker"},
	"store":                 {"alert", "crm", "worker", "store"},
	"report":                {"scoring", "worker", "learning"},
	"watch":                 {"crm", "worker"},
	"sandbox":               {"sandbox"},
	"chaos":                 {},
	"examples":              {},
	"internal/outside":      {},
	"internal/secretfile":   {},
	"deploy":                {},
	"cmd":                   {"*"},
}

// TestImports keeps the directions of docs/architecture.md: scoring knows no CRM, connectors know no scoring, mapping
// alone knows both, and the sandbox shares nothing with the connector it tests.
func TestImports(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		if strings.HasPrefix(folder, "tools") || folder == "." {
			return nil
		}
		rule, ok := ruleOf(folder)
		if !ok {
			t.Errorf("%s: no rule for this folder: add it to imports_test.go and docs/architecture.md", path)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			ours, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if ok && !permitted(rule, ours) {
				t.Errorf("%s imports %s; %s may import only %v", path, ours, folder, rule)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ruleOf(folder string) ([]string, bool) {
	for at := folder; at != "."; at = filepath.ToSlash(filepath.Dir(at)) {
		if rule, ok := allowed[at]; ok {
			return rule, true
		}
	}
	return nil, false
}

func permitted(rule []string, pkg string) bool {
	for _, r := range rule {
		if r == "*" || pkg == r || strings.HasPrefix(pkg, r+"/") {
			return true
		}
	}
	return false
}

// TestNamesOfPackages keeps out the names that say nothing.
func TestNamesOfPackages(t *testing.T) {
	t.Parallel()
	banned := map[string]bool{"sync": true, "util": true, "utils": true, "common": true, "models": true, "types": true, "helpers": true}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
		if err == nil && banned[file.Name.Name] {
			t.Errorf("%s: package %s says nothing: name it for what it holds", path, file.Name.Name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDependenciesAreExplained: each direct requirement of go.mod has its line of reason, and no other has.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " v")
		if !ok || strings.Contains(line, "// indirect") || strings.HasPrefix(name, "module") {
			continue
		}
		if !strings.Contains(string(doc), name) {
			t.Errorf("docs/dependencies.md has no line for %s", name)
		}
	}
	for line := range strings.Lines(string(doc)) {
		first, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		if !ok || !strings.Contains(first, "/") {
			continue
		}
		for name := range strings.SplitSeq(first, ", ") {
			if !strings.Contains(string(mod), name+" v") {
				t.Errorf("docs/dependencies.md explains %s, which go.mod does not require", name)
			}
		}
	}
}
