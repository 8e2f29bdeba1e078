package salesforce_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// TestReadmeListsEveryControl keeps ../README.md in step with the code.
func TestReadmeListsEveryControl(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(raw), "\n# Salesforce\n")
	if !found {
		t.Fatal("README.md has no chapter on Salesforce")
	}
	controls, _ := open(t, salesforce.Options{}).do(404, "POST", "/_sandbox/nonsense", nil)["controls"].([]any)
	if len(controls) == 0 {
		t.Fatal("no controls")
	}
	for _, c := range controls {
		if name, _ := c.(string); !strings.Contains(text, "`"+name+"`") {
			t.Errorf("README.md does not name the control %s", name)
		}
	}
}

// TestReadmeListsEveryOperation: what the code calls an operation stands in the table, and every fault in its own.
func TestReadmeListsEveryOperation(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "\n# Salesforce\n")
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`handler\{name: "([a-z_]+)"[,}]|FaultKind = "([a-z_]+)"`)
	seen := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			seen++
			if name := m[1] + m[2]; !strings.Contains(text, "`"+name+"`") {
				t.Errorf("README.md does not name %s of %s", name, file)
			}
		}
	}
	if seen < 40 {
		t.Errorf("found %d names only", seen)
	}
}
