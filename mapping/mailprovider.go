package mapping

import (
	_ "embed" // the two lists below
	"strings"
)

//go:embed freemail.txt
var freeMailList string

//go:embed disposable.txt
var disposableList string

// freeMail tells addresses anyone can open from a company's own. It gives "" for what has no domain.
func freeMail() func(string) string { return listed(freeMailList) }

// disposable tells addresses of well-known throw-away providers. It gives "" for what has no domain.
func disposable() func(string) string { return listed(disposableList) }

// listed says whether a domain, or one it lies below, is on a list.
func listed(list string) func(string) string {
	set := map[string]bool{}
	for line := range strings.Lines(list) {
		if !strings.HasPrefix(line, "#") {
			for _, d := range strings.Fields(line) {
				set[d] = true
			}
		}
	}
	return func(s string) string {
		d := domain(s)
		if d == "" {
			return ""
		}
		for strings.Contains(d, ".") {
			if set[d] {
				return "true"
			}
			_, d, _ = strings.Cut(d, ".")
		}
		return "false"
	}
}
