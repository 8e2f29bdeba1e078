package modelfile_test

import (
	"strings"
	"testing"

	"github.com/bareme/bareme/modelfile"
)

// TestHostileText reads text made to cost much; each ends in one short message. Cases too large for testdata.
func TestHostileText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"more than 1 MB":  {strings.Repeat("# a comment\n", 100_000), "larger than 1 MB"},
		"many keys":       {strings.Repeat("a:\n", 50_000), "more than 30,000 keys"},
		"one long line":   {"a: " + strings.Repeat("x", 20_000), "longer than 10,000 characters"},
		"nested dashes":   {strings.Repeat("- ", 4_000), "too deep"},
		"nested brackets": {strings.Repeat("[\n", 5_000), "too deep"},
		"nested maps":     {nested(400), "too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := modelfile.Parse("bareme.yaml", []byte(c.text), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %.300v, want %q", err, c.want)
			}
			if len(err.Error()) > 20_000 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
