package mapping

import (
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// companyIdentity is the hash by which a company is found in other connections. A web or e-mail address counts as its
// domain, without "www." and whatever the form (see domain); any other value, such as a customer number, by its normal
// form (see IdentityHash). A domain that many companies use, such as that of a free mail provider or of a social network,
// is marked, so that none is joined by it.
func companyIdentity(value string) string {
	d := domain(value)
	if !registrable(d) {
		return IdentityHash(value)
	}
	hash := IdentityHash(d)
	if manyUse(d) {
		return sharedPrefix + hash
	}
	return hash
}

// registrable says whether a domain lies below one that registries, or hosts such as github.io, give names in, or that is
// reserved for examples (RFC 2606). A number with a dot in it does not.
func registrable(d string) bool {
	if d == "" {
		return false
	}
	suffix, registry := publicsuffix.PublicSuffix(d)
	return d != suffix && (registry || strings.Contains(suffix, ".") || suffix == "example" || suffix == "test")
}

// manyUse says whether a domain, or one it lies below, tells nothing about whose it is.
func manyUse(d string) bool {
	if isFreeMail()(d) == "true" {
		return true
	}
	for strings.Contains(d, ".") {
		switch d {
		case "facebook.com", "instagram.com", "linkedin.com", "twitter.com", "x.com", "youtube.com", "tiktok.com", "xing.com",
			"google.com", "linktr.ee", "pagesjaunes.fr", "societe.com", "wikipedia.org", "wixsite.com":
			return true
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

// isFreeMail is the list of free mail providers, read once.
var isFreeMail = sync.OnceValue(freeMail) //nolint:gochecknoglobals // a table

// IdentifyCompany takes from the fields of one of the connection's own companies its identity and its links to others.
// With one connection there are neither.
func (m *Mapper) IdentifyCompany(company map[string]string) (identity string, links []Link) {
	if m.spec.Joined == nil {
		return "", nil
	}
	return companyIdentity(company[m.spec.Identity]), m.Links(company)
}

// JoinedBy names the fields by which a company is joined with those of other connections, "" with one connection. They may
// be read for something else already, and count only since the model says so.
func (m *Mapper) JoinedBy() string {
	if m.spec.Joined == nil {
		return ""
	}
	text := "|joined by " + m.spec.Identity
	for _, l := range m.links() {
		text += ", " + l.Field + " to " + l.To
	}
	return text
}
