package mapping

import (
	"strings"

	"golang.org/x/net/idna"
)

// domain gives the domain of an e-mail address or of a web address, in lower case and Unicode, without "www.".
// It is "" when there is none.
func domain(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
		if j := strings.IndexAny(s, "/?#"); j >= 0 {
			s = s[:j]
		}
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexAny(s, "/?#:> "); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimPrefix(strings.Trim(s, "."), "www.")
	if len(s) > 253 || !strings.Contains(s, ".") || strings.Contains(s, "..") {
		return ""
	}
	if strings.Contains(s, "xn--") {
		if u, err := idna.ToUnicode(s); err == nil {
			s = u
		}
	}
	return s
}
