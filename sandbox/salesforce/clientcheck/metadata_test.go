package clientcheck_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestShippedMetadataConverts: Salesforce's own tool reads deploy/salesforce and makes of it what the Metadata API takes.
func TestShippedMetadataConverts(t *testing.T) {
	t.Parallel()
	s := findSF(t)
	source, err := filepath.Abs("../../../deploy/salesforce")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sfdx-project.json", "force-app"} {
		copyTo(t, filepath.Join(source, name), filepath.Join(s.home, name))
	}
	s.run("project", "convert", "source", "--root-dir", "force-app", "--output-dir", "converted")
	var made []string
	entries, err := os.ReadDir(filepath.Join(s.home, "converted"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		made = append(made, e.Name())
	}
	for _, want := range []string{"lwc", "objects", "package.xml", "permissionsets"} {
		if !slices.Contains(made, want) {
			t.Errorf("the converted metadata has no %s: %v", want, made)
		}
	}
}

// copyTo copies a file or a folder.
func copyTo(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else {
		var text []byte
		if text, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
