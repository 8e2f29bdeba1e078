package salesforce

import "strings"

// An id of Salesforce is 15 characters in which case counts, or 18: the same with a check over the case, so that programs
// that ignore case cannot mix two ids up. The connector speaks 18 alone.
const (
	shortID = 15
	longID  = 18
)

// checks are the characters of the check, by the five bits they stand for.
const checks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// long returns the 18 characters of an id, and whether it is one. A check that does not fit is not one.
func long(id string) (string, bool) {
	if len(id) != shortID && len(id) != longID {
		return "", false
	}
	for i := range len(id) {
		if !alphanumeric(id[i]) {
			return "", false
		}
	}
	whole := id[:shortID] + check(id[:shortID])
	if len(id) == longID && !strings.EqualFold(whole, id) {
		return "", false
	}
	return whole, true
}

func check(id string) string {
	var out [3]byte
	for part := range out {
		bits := 0
		for i := range 5 {
			if c := id[part*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		out[part] = checks[bits]
	}
	return string(out[:])
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// prefixed returns those of the ids whose objects have the prefix, in order and once each.
func prefixed(prefix string, ids ...string) []string {
	var out []string
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if strings.HasPrefix(id, prefix) && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
