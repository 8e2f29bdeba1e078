// Package salesforce_test checks the metadata that goes into a Salesforce org: that its parts name the same fields.
package salesforce_test

import (
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const source = "force-app/main/default"

// objects carry the same score fields.
var objects = []string{"Account", "Contact", "Lead"} //nolint:gochecknoglobals // a table

type field struct {
	FullName string `xml:"fullName"`
	Label    string `xml:"label"`
	Help     string `xml:"inlineHelpText"`
	Type     string `xml:"type"`
	Length   int    `xml:"length"`
	History  string `xml:"trackHistory"`
}

func TestEveryObjectHasTheSameFields(t *testing.T) {
	t.Parallel()
	want := fieldsOf(t, objects[0])
	if len(want) == 0 {
		t.Fatal("no fields at all")
	}
	for name, f := range want {
		if f.FullName != name || f.Label == "" || f.Help == "" || !strings.HasPrefix(name, "Bareme_") {
			t.Errorf("%s: %+v", name, f)
		}
		if f.History != "" {
			t.Errorf("%s is tracked: a row of history for each write is nobody's wish", name)
		}
		if f.Type == "Text" && f.Length > 255 {
			t.Errorf("%s: a text field holds 255 characters", name)
		}
	}
	for _, object := range objects[1:] {
		got := fieldsOf(t, object)
		for name, f := range got {
			f.Help = want[name].Help // speaks of a lead, a contact, an account
			got[name] = f
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s and %s differ:\n%s", objects[0], object, d)
		}
	}
}

func TestPermissionSetsNameEveryField(t *testing.T) {
	t.Parallel()
	var want []string
	for _, object := range objects {
		for name := range fieldsOf(t, object) {
			want = append(want, object+"."+name)
		}
	}
	slices.Sort(want)
	for set, editable := range map[string]string{"Bareme_Worker": "true", "Bareme_Reader": "false"} {
		var p struct {
			Fields []struct {
				Field    string `xml:"field"`
				Readable string `xml:"readable"`
				Editable string `xml:"editable"`
			} `xml:"fieldPermissions"`
		}
		decode(t, filepath.Join(source, "permissionsets", set+".permissionset-meta.xml"), &p)
		var got []string
		for _, f := range p.Fields {
			got = append(got, f.Field)
			if f.Readable != "true" || f.Editable != editable {
				t.Errorf("%s: %+v", set, f)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-fields +permissions):\n%s", set, d)
		}
	}
}

// TestWorkerMayMakeTasks: alerts make them.
func TestWorkerMayMakeTasks(t *testing.T) {
	t.Parallel()
	var p struct {
		Rights []struct {
			Name    string `xml:"name"`
			Enabled bool   `xml:"enabled"`
		} `xml:"userPermissions"`
	}
	decode(t, filepath.Join(source, "permissionsets", "Bareme_Worker.permissionset-meta.xml"), &p)
	var got []string
	for _, r := range p.Rights {
		if r.Enabled {
			got = append(got, r.Name)
		}
	}
	if d := cmp.Diff([]string{"ApiEnabled", "EditTask", "ViewSetup"}, got); d != "" {
		t.Errorf("Bareme_Worker (-want +got):\n%s", d)
	}
}

func TestListViewsNameFieldsThatExist(t *testing.T) {
	t.Parallel()
	for _, object := range objects {
		fields := fieldsOf(t, object)
		files, err := filepath.Glob(filepath.Join(source, "objects", object, "listViews", "*.xml"))
		if err != nil || len(files) != 3 {
			t.Fatalf("%s has %d list views, want hot, rising, at risk: %v", object, len(files), err)
		}
		for _, file := range files {
			var v struct {
				FullName string   `xml:"fullName"`
				Label    string   `xml:"label"`
				Columns  []string `xml:"columns"`
				Filters  []struct {
					Field string `xml:"field"`
				} `xml:"filters"`
			}
			decode(t, file, &v)
			if v.FullName+".listView-meta.xml" != filepath.Base(file) || len(v.Label) == 0 || len(v.Label) > 40 || len(v.Columns) > 15 {
				t.Errorf("%s: %+v", file, v)
			}
			named := v.Columns
			for _, f := range v.Filters {
				named = append(named, f.Field)
			}
			for _, name := range named {
				if _, ok := fields[name]; strings.HasSuffix(name, "__c") && !ok {
					t.Errorf("%s names %s, which is not a field of %s", file, name, object)
				}
			}
		}
	}
}

func TestComponentReadsEveryField(t *testing.T) {
	t.Parallel()
	code, err := os.ReadFile(filepath.Join(source, "lwc/baremeScore/baremeScore.js"))
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, name := range regexp.MustCompile(`Bareme_\w+__c`).FindAllString(string(code), -1) {
		read[name] = true
	}
	for name := range fieldsOf(t, "Lead") {
		if !read[name] {
			t.Errorf("%s is written and never shown", name)
		}
		delete(read, name)
	}
	if len(read) > 0 {
		t.Errorf("the component reads fields that are not there: %v", read)
	}
}

// TestExampleWritesFieldsThatAreShipped: a model that writes a field nobody deployed fails at its first sync.
func TestExampleWritesFieldsThatAreShipped(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t, "Lead")
	for _, example := range []string{"salesforce.yaml", "both.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../examples", example))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`Bareme_\w+__c`).FindAllString(string(text), -1) {
			if _, ok := fields[name]; !ok {
				t.Errorf("%s writes %s, which is not shipped", example, name)
			}
		}
	}
}

func TestMetadataIsWellFormed(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".xml") {
			decode(t, path, new(struct{}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func fieldsOf(t *testing.T, object string) map[string]field {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(source, "objects", object, "fields", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]field{}
	for _, file := range files {
		var f field
		decode(t, file, &f)
		fields[strings.TrimSuffix(filepath.Base(file), ".field-meta.xml")] = f
	}
	return fields
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
