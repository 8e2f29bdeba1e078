package modelfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// plainValue is what an editor makes of a node before it asks the schema.
func plainValue(n *node) any {
	switch n.kind {
	case mapNode:
		out := map[string]any{}
		for _, e := range n.entries {
			out[e.key.text] = plainValue(e.value)
		}
		return out
	case listNode:
		out := make([]any, 0, len(n.items))
		for _, item := range n.items {
			out = append(out, plainValue(item))
		}
		return out
	case nullNode:
		return nil
	}
	switch {
	case n.style == plain && numberText.MatchString(n.text):
		return json.Number(n.text)
	case n.style == plain && (n.text == "true" || n.text == "false"):
		return n.text == "true"
	default:
		return n.text
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaAcceptsTheExamples(t *testing.T) {
	s := compiledSchema(t)
	paths, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("examples: %v %v", paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		root, problems := readTree(data)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", path, problems)
		}
		if err := s.Validate(plainValue(root)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// beyondSchema are the bad cases an editor cannot see: they need the names of other parts, another file, or arithmetic.
var beyondSchema = []string{
	"alert-elsewhere", "alert-everybody", "alert-margin-astray", "alert-not-written", "alert-quiet-half", "alert-show-unknown", "alert-twice",
	"alert-two-bands", "alert-unknown-grade", "alert-unknown-label", "alert-unreachable", "alert-without-band",
	"activity-unknown", "cap-below-floor", "counter-of-nothing", "cron-never", "expression-escaped", "expression-folded",
	"expression-loop", "expression-not-a-condition", "expression-syntax", "expression-type", "expression-unknown",
	"label-grade-unknown", "lookup-header", "lookup-missing", "lookup-ragged", "lookup-twice", "matrix-cuts",
	"matrix-score-unknown", "money-without-currency", "overall-unknown", "score-cap-below-floor", "score-name-taken", "secret-token",
	"purchases-cuts", "purchases-segment-hole", "purchases-segment-overlap", "purchases-segment-places", "purchases-with-decay",
	"purchases-without-amount", "purchases-write",
	"bands-overlap", "filters-domain-unmapped", "filters-scanner-kinds", "grade-score-stray", "lifecycle-score-unknown", "next-unknown", "routing-unknown",
	"override-twice", "override-written", "privacy-active-unknown", "privacy-by-score-alone", "privacy-denied", "routing-by-grade-alone", "routing-by-score-alone", "scope-not-a-condition",
	"override-twice", "override-written", "privacy-active-unknown", "privacy-denied", "scope-not-a-condition",
	"currencies-day", "currencies-without-target", "currencies-code",
	"companies-circle", "companies-owner", "companies-read-what-they-write", "companies-roll-up-and-field", "companies-roll-up-cap",
	"companies-roll-up-condition", "companies-roll-up-unknown", "companies-roll-up-without-how", "companies-stray-key",
	"companies-unknown-attribute", "companies-written-not-scored",
	"connection-of-one", "identity-keys-of-one", "joined-companies", "joined-link-nowhere", "joined-owner", "joined-same-name", "joined-spreadsheet",
	"joined-unknown-connection", "joined-written-flat", "joined-written-unknown", "two-connections", "written-by-connection-of-one",
	"next-product-of-counter", "next-product-of-nothing", "next-product-same-name", "next-product-twice", "next-product-unknown-activity",
	"timezone", "two-criteria-of-one-name", "write-key-unknown", "write-read-field", "write-same-field",
}

func TestSchemaRefusesWhatAnEditorCanSee(t *testing.T) {
	s := compiledSchema(t)
	paths, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		root, problems := readTree(archive.Files[0].Data)
		if root == nil || len(problems) > 0 {
			continue // not even YAML that we read: no schema is asked
		}
		refused := s.Validate(plainValue(root)) != nil
		if expected := !slices.Contains(beyondSchema, name); refused != expected && !strings.Contains(string(archive.Files[0].Data), "<") {
			t.Errorf("%s: refused by the schema: %v, want %v", name, refused, expected)
		}
	}
}

// FuzzParse holds Parse to what it promises of any bytes: an answer, without panic, and a message that shows no
// control character and points into the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.txtar", "../examples/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			if archive := txtar.Parse(data); len(archive.Files) > 0 {
				data = archive.Files[0].Data
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("bareme.yaml", data, func(string) ([]byte, error) { return nil, fs.ErrNotExist })
		if err == nil {
			if file.Mapper == nil || file.Model == nil || file.Hash() == "" {
				t.Fatal("accepted and not whole")
			}
			return
		}
		var known *Error
		if !errors.As(err, &known) {
			t.Fatalf("not an *Error: %v", err)
		}
		for _, p := range known.problems {
			if p.line < 1 || p.line > len(known.source)+1 || p.col < 1 {
				t.Fatalf("%q at %d:%d of %d lines", p.message, p.line, p.col, len(known.source))
			}
		}
		for _, r := range err.Error() {
			if r < ' ' && r != '\n' {
				t.Fatalf("control character %q in %q", r, err.Error())
			}
		}
	})
}

// TestSchemaAcceptsBothForms: where a key has a short and a long form, an editor takes either.
func TestSchemaAcceptsBothForms(t *testing.T) {
	data, err := os.ReadFile("testdata/results.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(data), strings.Replace(string(data), "{method: sum, weights: {fit: 1, engagement: 0.5}, max: 120, scale: 10}", "{fit: 1, engagement: 2}", 1)} {
		root, problems := readTree([]byte(text))
		if root == nil || len(problems) > 0 {
			t.Fatal(problems)
		}
		if err := compiledSchema(t).Validate(plainValue(root)); err != nil {
			t.Error(err)
		}
	}
}
