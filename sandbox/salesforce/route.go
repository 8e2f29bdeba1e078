package salesforce

import (
	"net/http"
	"strconv"
	"strings"
)

// handler is one operation of the API.
type handler struct {
	name  string
	run   func(*call) (int, any, *apiError)
	oauth func(*call) (int, any) // of the endpoints that need no session and have errors of their own
	open  bool                   // needs no session and counts against nothing
}

// The versions of the API that answer. Older ones are gone, newer ones not there yet.
const (
	oldestVersion = 31
	newestVersion = 67
	retiredUpTo   = 30
)

// route finds the operation of a request. Slashes too many, in front or behind, do not matter.
func (s *Sandbox) route(c *call) handler {
	parts := strings.FieldsFunc(c.r.URL.Path, func(r rune) bool { return r == '/' })
	at := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	switch {
	case at(0) == "id" && len(parts) == 3:
		return handler{name: "identity", run: s.identity}
	case at(0) != "services":
		return handler{}
	case at(1) == "oauth2":
		return s.routeOAuth(c, at(2))
	case at(1) != "data":
		return handler{}
	case len(parts) == 2:
		return handler{name: "versions", open: true, run: s.versions}
	}
	c.version, c.rest = strings.TrimPrefix(at(2), "v"), parts[3:]
	return s.routeData(c)
}

func (s *Sandbox) routeOAuth(c *call, name string) handler {
	post := c.r.Method == http.MethodPost
	switch {
	case name == "token" && post:
		return handler{name: "token", oauth: s.token}
	case name == "revoke":
		return handler{name: "revoke", oauth: s.revoke}
	case name == "introspect" && post:
		return handler{name: "introspect", oauth: s.introspect}
	case name == "userinfo":
		return handler{name: "userinfo", run: s.userinfo}
	}
	return handler{}
}

// routeData serves what lies below /services/data/v66.0.
func (s *Sandbox) routeData(c *call) handler {
	first := ""
	if len(c.rest) > 0 {
		first = strings.ToLower(c.rest[0])
	}
	switch first {
	case "":
		return handler{name: "resources", run: s.resources}
	case "query", "queryall":
		return s.routeQuery(c, first)
	case "limits":
		return handler{name: "limits", run: s.limits}
	case "sobjects":
		return s.routeSObjects(c)
	case "composite":
		return s.routeComposite(c)
	case "tooling":
		return s.routeTooling(c)
	case "jobs":
		return s.routeBulk(c)
	}
	return handler{}
}

// checkVersion refuses versions that are gone or not there yet.
func (s *Sandbox) checkVersion(c *call) *apiError {
	if c.version == "" {
		return nil
	}
	number, zero, ok := strings.Cut(c.version, ".")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil || !ok || zero != "0" || n < 7 || n > newestVersion:
		return notFound()
	case n <= retiredUpTo:
		return fail(http.StatusGone, "UNSUPPORTED_API_VERSION", "The requested API version v%s is no longer supported.", c.version)
	}
	return nil
}

// versions serves GET /services/data.
func (s *Sandbox) versions(*call) (int, any, *apiError) {
	type version struct {
		Label   string `json:"label"`
		URL     string `json:"url"`
		Version string `json:"version"`
	}
	var out []version
	for n := oldestVersion; n <= newestVersion; n++ {
		v := strconv.Itoa(n) + ".0"
		season, year := []string{"Winter '", "Spring '", "Summer '"}[(n+1)%3], 14+(n-29)/3 // v31: Summer '14
		if n%3 == 2 {
			year++ // a winter release has the name of the year to come
		}
		out = append(out, version{season + strconv.Itoa(year-n%3/2), "/services/data/v" + v, v})
	}
	return http.StatusOK, out, nil
}

// resources serves GET /services/data/v66.0.
func (s *Sandbox) resources(c *call) (int, any, *apiError) {
	out := map[string]string{}
	for _, name := range []string{"sobjects", "query", "queryAll", "limits", "composite", "tooling", "jobs"} {
		out[name] = c.base() + "/" + name
	}
	return http.StatusOK, out, nil
}

// identity serves GET /id/{org}/{user}.
func (s *Sandbox) identity(c *call) (int, any, *apiError) {
	if parts := strings.Split(strings.Trim(c.r.URL.Path, "/"), "/"); !sameID(parts[1], s.orgID) || !sameID(parts[2], c.user) {
		return 0, nil, fail(http.StatusForbidden, "FORBIDDEN", "Bad_Id")
	}
	status, body, err := s.userinfo(c)
	if out, ok := body.(map[string]any); ok {
		out["id"], out["asserted_user"] = out["sub"], true
	}
	return status, body, err
}

// userinfo serves GET /services/oauth2/userinfo.
func (s *Sandbox) userinfo(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.objects["user"].byID[c.user]
	if r == nil {
		return 0, nil, sessionExpired()
	}
	return http.StatusOK, map[string]any{
		"sub": c.origin() + "/id/" + s.orgID + "/" + r.id, "user_id": r.id, "organization_id": s.orgID, "preferred_username": r.text("Username"),
		"username": r.text("Username"), "nickname": r.text("Alias"), "display_name": r.text("Name"), "name": r.text("Name"),
		"email": r.text("Email"), "email_verified": true, "given_name": r.get(r.o.must("FirstName")), "family_name": r.text("LastName"),
		"zoneinfo": r.text("TimeZoneSidKey"), "active": r.truth("IsActive"), "user_type": "STANDARD", "language": "en_US", "locale": "en_US",
		"urls": map[string]string{"rest": c.origin() + "/services/data/v{version}/", "query": c.origin() + "/services/data/v{version}/query/",
			"sobjects": c.origin() + "/services/data/v{version}/sobjects/", "custom_domain": c.origin()},
	}, nil
}
