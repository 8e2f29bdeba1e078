package modelfile

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestWithinPointsAtTheCharacter: however a text is written, each of its characters is found in the source.
func TestWithinPointsAtTheCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zé=<>&"'\\]([a-zé=<>&"'\\ ]{0,30}[a-zé=<>&"'\\])?`).Draw(t, "text")
		style := rapid.SampledFrom([]string{"single", "double", "literal", "folded"}).Draw(t, "style")
		source := "a:\n  b: [{c: x}]\nd:\n  when: " + written(text, style) + "\n"
		root, problems := readTree([]byte(source))
		if root == nil || len(problems) > 0 {
			t.Fatalf("%q: %v", source, problems)
		}
		n, _ := root.find("$.d.when")
		if got := strings.TrimSuffix(n.text, "\n"); got != text {
			t.Skip("the reader folds differently")
		}
		src := split(source)
		for i, want := range []rune(text) {
			s := n.within(src, i, 1)
			got := []rune(src.rest(s.line, s.col))
			if len(got) == 0 && want == ' ' {
				continue // the space is a line break in the source
			}
			if len(got) == 0 {
				t.Fatalf("%q: character %d at %d:%d, past the end of the line", source, i, s.line, s.col)
			}
			escaped := style == "double" && got[0] == '\\' && len(got) > 1 && got[1] == want
			if got[0] != want && !escaped {
				t.Fatalf("%q: character %d is %q, and %q stands at %d:%d", source, i, want, got[0], s.line, s.col)
			}
		}
	})
}

// written writes a text in one of YAML's styles.
func written(text, style string) string {
	switch style {
	case "single":
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	case "double":
		return doubleQuote(text)
	case "literal":
		return "|\n    " + text
	default: // folded: single spaces may become line breaks
		words := strings.Split(text, " ")
		if len(words) > 1 && !strings.Contains(text, "  ") {
			half := len(words) / 2
			text = strings.Join(words[:half], " ") + "\n    " + strings.Join(words[half:], " ")
		}
		return ">-\n    " + text
	}
}

func TestMaskHidesSecrets(t *testing.T) {
	for line, want := range map[string]string{
		"  token: abc123":                      "  token: …",
		`crm: hubspot, "api_key": "x y z"}`:    `crm: hubspot, "api_key": …`,
		"identity: pat-eu1-0a1b2c3d-4e5f-6789": "identity: …",
		"client_secret = hunter2":              "client_secret = …",
		"name: Company size":                   "name: Company size",
	} {
		if got := mask(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
