package salesforce

import (
	"net/url"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// domains are Salesforce's own: an access token travels to them and to nobody else.
var domains = []string{ //nolint:gochecknoglobals // a table
	"salesforce.com", "force.com", "cloudforce.com", // everywhere
	"salesforce.mil", "crmforce.mil", // Government Cloud
	"sfcrmproducts.cn", "sfcrmapps.cn", // on Alibaba Cloud
}

// hosts says which addresses may be spoken to.
type hosts struct {
	loopback bool // a simulated Salesforce on this machine, by http or https
}

// accept parses the root of an instance or of the login service. It takes https under Salesforce's domains only, so that
// whoever can forge an answer cannot send the token elsewhere.
func (h hosts) accept(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil || u.Host == "" {
		return nil, refusedHost("is not an address")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
		return nil, refusedHost("holds more than scheme and host")
	}
	if rest.Loopback(u.Hostname()) {
		if h.loopback && (u.Scheme == "http" || u.Scheme == "https") {
			return u, nil
		}
		return nil, refusedHost("is this machine")
	}
	if u.Scheme != "https" || (u.Port() != "" && u.Port() != "443") {
		return nil, refusedHost("is not https on its usual port")
	}
	if !salesforceHost(u.Hostname()) {
		return nil, refusedHost("is not under one of Salesforce's domains")
	}
	return u, nil
}

func salesforceHost(host string) bool {
	host = strings.ToLower(host)
	for _, d := range domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

func refusedHost(what string) error {
	return &crm.Error{Kind: crm.ErrInvalid, Op: "Salesforce address", Message: what,
		Hint: "Use your My Domain, like https://example.my.salesforce.com. A simulated Salesforce on this machine needs BAREME_SALESFORCE_LOOPBACK=true"}
}

// within turns a link of an answer into a path below the instance and its query. A link may be a path, or an address at
// the very same host: any other host is refused, and so is whatever is no data resource.
func within(instance *url.URL, link string) (path string, query url.Values, err error) {
	refused := &crm.Error{Kind: crm.ErrInvalid, Op: "follow a link", Message: "Salesforce's answer points elsewhere",
		Hint: "Check whether a proxy stands in between"}
	u, err := url.Parse(link)
	if err != nil || u.User != nil {
		return "", nil, refused
	}
	if u.Host != "" && (u.Scheme != instance.Scheme || !strings.EqualFold(u.Host, instance.Host)) {
		return "", nil, refused
	}
	if !strings.HasPrefix(u.Path, "/services/data/v") || strings.Contains(u.Path, "/../") {
		return "", nil, refused
	}
	return u.EscapedPath(), u.Query(), nil
}
