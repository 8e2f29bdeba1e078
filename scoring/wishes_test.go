package scoring

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// wishes are what people who work with scores ask for, and complain of where they do not get it, as far as it is about
// scoring; the numbers in between are about alerts and about writing to CRMs.
var wishes = map[int]string{
	1:  "the total matches the point log",
	3:  "the breakdown is kept, and what was set by hand stands apart",
	4:  "the record says which behaviours gave the score",
	5:  "points on each repeat, not once",
	6:  "tiers that do not count twice",
	7:  "rules of time go by the moment things happened",
	8:  "facts and actions are scored in one place",
	9:  "several scores, by service or product",
	10: "the company's score comes from its contacts",
	11: "a clean start after tests or a change of strategy",
	15: "stages of the lifecycle follow from the score",
	17: "something is taken from the total itself",
	18: "signals age differently within one group",
	19: "it is plain when decay starts",
	20: "clicks of bots do not count",
	21: "caps and bounds do not break the sum",
	22: "too little data is a state of its own, not 0 or 100 %",
	23: "nobody is 0 for want of data",
	25: "a score can be adjusted by hand, for a while",
}

// TestEveryWishHasACase: the first line of each case names the wishes it is about.
func TestEveryWishHasACase(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt*")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	named := regexp.MustCompile(`^Wish(?:es)? ([0-9, and]+):`)
	seen := map[int]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head := named.FindStringSubmatch(string(text))
		if head == nil {
			continue
		}
		for _, word := range strings.FieldsFunc(head[1], func(r rune) bool { return r < '0' || r > '9' }) {
			n, err := strconv.Atoi(word)
			if err != nil || wishes[n] == "" {
				t.Errorf("%s names wish %s, and there is none", file, word)
			}
			seen[n] = true
		}
	}
	for n, wish := range wishes {
		if !seen[n] {
			t.Errorf("no case is about wish %d: %s", n, wish)
		}
	}
}
