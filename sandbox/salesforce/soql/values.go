package soql

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"
)

// order compares two values of one kind, nil before all. Text goes without regard to case.
func order(kind Kind, a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		if kind == ID {
			return cmp.Compare(x, y)
		}
		return compareFold(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	case time.Time:
		y, _ := b.(time.Time)
		return x.Compare(y)
	case bool:
		y, _ := b.(bool)
		return cmp.Compare(rank(x), rank(y))
	}
	return 0
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareFold compares without regard to case, and without allocating for plain ASCII.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			return cmp.Compare(strings.ToLower(a[i:]), strings.ToLower(b[i:]))
		}
		if x, y = lower(x), lower(y); x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// idKey is what makes two ids the same: the 18-character form only adds a check of the case.
func idKey(id string) string { return id[:min(15, len(id))] }

// isID tells whether a text looks like an id.
func isID(s string) bool {
	if len(s) != 15 && len(s) != 18 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

// like makes the test of a LIKE pattern, in which % is any text, _ one character, and \ takes their meaning away.
func like(raw string) func(string) bool {
	var pattern []rune // -1 for %, -2 for _
	escaped := false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
			if i := strings.IndexRune("nrtbf", c); i >= 0 {
				c = rune("\n\r\t\b\f"[i])
			}
			pattern = append(pattern, c)
		case c == '\\':
			escaped = true
		case c == '%':
			pattern = append(pattern, -1)
		case c == '_':
			pattern = append(pattern, -2)
		default:
			pattern = append(pattern, []rune(strings.ToLower(string(c)))...)
		}
	}
	return func(s string) bool { return wild(pattern, []rune(strings.ToLower(s))) }
}

// wild matches with at most one step back per character of the text: the last % is the only one worth trying again.
func wild(pattern, text []rune) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == -1:
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == -2 || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == -1 {
		p++
	}
	return p == len(pattern)
}
