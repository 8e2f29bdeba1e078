package scoring

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestBadModels compiles each model of testdata/bad, which has one mistake, and compares what its author is told.
func TestBadModels(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			spec, schema := loadModel(t, archive.Files[0].Data)
			m, problems := Compile(spec, schema)
			var b strings.Builder
			for _, p := range problems {
				if p.Warning {
					b.WriteString("warning: ")
				}
				b.WriteString(p.Error() + "\n")
				if p.Warning == (m == nil) && len(problems) == 1 {
					t.Errorf("a model with a problem, or none with a warning: %v", p)
				}
			}
			compareFile(t, file, archive, 1, b.String())
		})
	}
}

// TestBadConditions compares place and message of everything a condition may not be.
func TestBadConditions(t *testing.T) {
	const file = "testdata/bad_conditions.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, schema := loadModel(t, archive.Files[0].Data)
	var b strings.Builder
	for _, source := range strings.Split(strings.TrimSpace(string(archive.Files[1].Data)), "\n") {
		c, problems := compileCondition(source, &schema)
		if c != nil || len(problems) == 0 {
			t.Errorf("accepted: %s", source)
		}
		for _, p := range problems {
			runes := []rune(source)
			marked := string(runes[:p.Offset]) + "[" + string(runes[p.Offset:p.Offset+p.Length]) + "]" + string(runes[p.Offset+p.Length:])
			if p.Length == 0 {
				marked = source
			}
			fmt.Fprintf(&b, "%s\n\t%s\n", marked, p.Error())
		}
	}
	compareFile(t, file, archive, 2, b.String())
}

// compareFile compares a file of an archive with what came out, or writes it there.
func compareFile(t *testing.T, path string, archive *txtar.Archive, i int, got string) {
	t.Helper()
	if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" && !*update {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !*update {
		return
	}
	archive.Files[i].Data = []byte(got)
	if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestConditionTooLong has what does not fit in a line of the cases.
func TestConditionTooLong(t *testing.T) {
	schema := Schema{Attributes: []Attribute{{"a", Number}, {"b", Bool}}}
	for name, source := range map[string]string{
		"characters":          strings.Repeat(" ", maxConditionLength) + "b",
		"nodes":               "a > 0" + strings.Repeat(" + 1 + 1", 480),
		"shared middles":      strings.Repeat("1 < (", 40) + "a" + strings.Repeat(" < 2 ? 1 : 2) < 3 ", 40),
		"shared conditions":   strings.Repeat("(", 300) + "b" + strings.Repeat(" ?: b)", 300),
		"chain of comparison": "1" + strings.Repeat(" < a", 600),
		"brackets":            strings.Repeat("(", 1900) + "b" + strings.Repeat(")", 1900) + " and a",
		"empty":               " \n\t",
	} {
		if c, problems := compileCondition(source, &schema); c != nil || len(problems) == 0 {
			t.Errorf("%s: accepted", name)
		} else if got := problems[0].Error(); !strings.Contains(got, "too long") && !strings.Contains(got, "characters") && !strings.Contains(got, "empty") && !strings.Contains(got, "conditions on both sides") && !strings.Contains(got, "?: needs") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
