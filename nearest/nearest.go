// Package nearest finds the name that was probably meant, for errors about a name that does not exist.
package nearest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// longest is how long a name may be to be compared: the comparison costs the product of the lengths.
const longest = 64

// Name returns the one of the names that takes the fewest edits to become what was typed, when they are few for its
// length; the first in the list among equals, and "" when none is near. Letter case and the marks between words make no
// difference.
func Name(typed string, names []string) string {
	if len(typed) > longest {
		return ""
	}
	from := fold(typed)
	best, least := "", max(1, len(from)/3)+1
	for _, name := range names {
		if len(name) > longest {
			continue
		}
		if d := levenshtein.ComputeDistance(from, fold(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// fold removes the differences people overlook in names.
func fold(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(s))
}
