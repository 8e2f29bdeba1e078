package mapping

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// TestTitles reads testdata/titles.txt: title | seniority | function, "-" where neither can be known.
func TestTitles(t *testing.T) {
	f, err := os.Open("testdata/titles.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	titles, levels, functions := 0, 0, 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		n := len(parts)
		if n < 3 {
			t.Fatalf("%q has no three columns", line)
		}
		title := strings.Join(parts[:n-2], " | ")
		titles++
		if got := orDash(seniority(title)); got == parts[n-2] {
			levels++
		} else {
			t.Errorf("seniority of %q is %s, want %s", title, got, parts[n-2])
		}
		if got := orDash(jobFunction(title)); got == parts[n-1] {
			functions++
		} else {
			t.Errorf("function of %q is %s, want %s", title, got, parts[n-1])
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d titles: seniority right for %d, function for %d", titles, levels, functions)
	if titles < 120 {
		t.Errorf("only %d titles", titles)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
