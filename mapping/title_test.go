package mapping

import (
	"os"
	"strings"
	"testing"
)

// titleCase is one line of a table of titles: title | seniority | function, "-" where none can be known.
type titleCase struct{ title, level, function string }

func readTitles(t *testing.T, path string) []titleCase {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []titleCase
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		n := len(parts)
		if n < 3 {
			t.Fatalf("%q has no three columns", line)
		}
		cases = append(cases, titleCase{strings.Join(parts[:n-2], " | "), parts[n-2], parts[n-1]})
	}
	return cases
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// TestTitles holds the tables to every title they were made with.
func TestTitles(t *testing.T) {
	cases := readTitles(t, "testdata/titles.txt")
	for _, c := range cases {
		if got := orDash(seniority(c.title)); got != c.level {
			t.Errorf("seniority of %q is %s, want %s", c.title, got, c.level)
		}
		if got := orDash(jobFunction(c.title)); got != c.function {
			t.Errorf("function of %q is %s, want %s", c.title, got, c.function)
		}
	}
	if len(cases) < 120 {
		t.Errorf("only %d titles", len(cases))
	}
}

// TestUnseenTitles measures what the tables make of titles they were not made with. docs/mapping.md quotes the figures.
func TestUnseenTitles(t *testing.T) {
	cases := readTitles(t, "testdata/titles_unseen.txt")
	levels, functions := 0, 0
	for _, c := range cases {
		if got := orDash(seniority(c.title)); got == c.level {
			levels++
		} else {
			t.Logf("seniority of %q is %s, should be %s", c.title, got, c.level)
		}
		if got := orDash(jobFunction(c.title)); got == c.function {
			functions++
		} else {
			t.Logf("function of %q is %s, should be %s", c.title, got, c.function)
		}
	}
	t.Logf("%d titles: seniority right for %d (%d %%), function for %d (%d %%)", len(cases), levels, 100*levels/len(cases), functions, 100*functions/len(cases))
	if levels*100 < 85*len(cases) || functions*100 < 85*len(cases) {
		t.Error("less than 85 % right")
	}
}
