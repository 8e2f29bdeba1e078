package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	goyaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// value is one line of the README's table.
type value struct{ key, byDefault, meaning string }

// documented reads values.yaml with its comments: a key under a comment `# --` is a value, a key without one is a folder
// of values.
func documented(t *testing.T) []value {
	t.Helper()
	file, err := parser.ParseFile(chart+"/values.yaml", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var out []value
	var walk func(prefix string, n ast.Node)
	walk = func(prefix string, n ast.Node) {
		for _, pair := range n.(*ast.MappingNode).Values {
			key := prefix + pair.Key.String()
			meaning, ok := meaningOf(pair.GetComment())
			if ok {
				out = append(out, value{key, flow(t, pair.Value), meaning})
				continue
			}
			inner, folder := pair.Value.(*ast.MappingNode)
			if !folder || len(inner.Values) == 0 {
				t.Errorf("values.yaml: %s has no comment that begins with --", key)
				continue
			}
			walk(key+".", inner)
		}
	}
	walk("", file.Docs[0].Body)
	return out
}

func meaningOf(c *ast.CommentGroupNode) (string, bool) {
	if c == nil {
		return "", false
	}
	var lines []string
	for _, line := range c.Comments {
		lines = append(lines, strings.TrimSpace(line.Token.Value))
	}
	_, meaning, ok := strings.Cut(strings.Join(lines, " "), "-- ")
	return meaning, ok
}

// flow writes a default on one line.
func flow(t *testing.T, n ast.Node) string {
	t.Helper()
	var v any
	if err := goyaml.NodeToValue(n, &v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestReadmeIsCurrent: the chart's README is its preamble and the table of values.yaml.
func TestReadmeIsCurrent(t *testing.T) {
	head, err := os.ReadFile("testdata/readme.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Builder{}
	text.Write(head)
	text.WriteString("\n| Value | Default | Meaning |\n|---|---|---|\n")
	for _, v := range documented(t) {
		fmt.Fprintf(&text, "| `%s` | `%s` | %s |\n", v.key, strings.ReplaceAll(v.byDefault, "|", `\|`), strings.ReplaceAll(v.meaning, "|", `\|`))
	}
	golden(t, chart+"/README.md", text.String())
}

// TestSchemaAndValuesAgree: every value has its entry in the schema, and every entry its value.
func TestSchemaAndValuesAgree(t *testing.T) {
	raw, err := os.ReadFile(chart + "/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Properties map[string]json.RawMessage
	}
	var top entry
	if err := json.Unmarshal(raw, &top); err != nil {
		t.Fatal(err)
	}
	delete(top.Properties, "global") // Helm hands it to every chart
	documentedKeys := map[string]bool{}
	for _, v := range documented(t) {
		documentedKeys[v.key] = true
	}
	found := map[string]bool{}
	var walk func(prefix string, e entry)
	walk = func(prefix string, e entry) {
		for key, raw := range e.Properties {
			var inner entry
			if err := json.Unmarshal(raw, &inner); err != nil {
				t.Fatal(err)
			}
			if documentedKeys[prefix+key] {
				found[prefix+key] = true
			} else if len(inner.Properties) == 0 {
				t.Errorf("values.schema.json: %s is not in values.yaml", prefix+key)
			} else {
				walk(prefix+key+".", inner)
			}
		}
	}
	walk("", top)
	for key := range documentedKeys {
		if !found[key] {
			t.Errorf("values.yaml: %s is not in values.schema.json", key)
		}
	}
}
