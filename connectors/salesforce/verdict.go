package salesforce

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const (
	asJSON = "application/json"
	asCSV  = "text/csv"
)

// judge says what an answer means: by status first and body second, because what stands in between speaks HTML, or
// nothing at all. What is permanent is never sent again.
func (c *Connector) judge(req rest.Request, a rest.Answer) rest.Verdict {
	if a.Status >= 200 && a.Status < 300 {
		return accepted(req, a)
	}
	if a.Status < http.StatusBadRequest {
		return rest.Verdict{Err: elsewhere(req, a)}
	}
	errs := parseErrors(a.Body)
	if len(errs) == 0 {
		return c.unreadable(req, a)
	}
	first := errs[0]
	e := first.explain(req.Op, req.Object, "")
	switch first.name() {
	case codeLimit:
		return limited(first, e)
	case codeBulkLimit:
		e.Kind, e.RetryAfter = crm.ErrQuota, limitPause
		return rest.Verdict{Err: e}
	case codeLocked, codeMetering, "SERVER_UNAVAILABLE":
		e.Kind = crm.ErrUnavailable
		return rest.Verdict{Err: e, Retry: true, Sure: first.name() == codeLocked}
	case codeTimeout:
		e.Kind = crm.ErrUnavailable
		return rest.Verdict{Err: e}
	case codeSession:
		return refusedSession(first, e)
	}
	switch a.Status {
	case http.StatusUnauthorized:
		return refusedSession(first, e)
	case http.StatusForbidden:
		e.Kind = crm.ErrAuth
		if e.Hint == "" {
			e.Message, e.Hint = "the user may not do this", "Give it the permission in a permission set"
		}
	case http.StatusNotFound:
		e.Kind, e.Message, e.Hint = crm.ErrNotFound, "Salesforce does not know it", ""
	case http.StatusConflict, http.StatusPreconditionFailed:
		e.Kind = crm.ErrConflict
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		e.Message, e.Hint = "the request is too large for Salesforce", "Name fewer fields in the model file"
	case http.StatusGone:
		e.Message, e.Hint = words["UNSUPPORTED_API_VERSION"].message, words["UNSUPPORTED_API_VERSION"].hint
	default:
		if v, ok := passing(a, e, c.now()); ok {
			return v
		}
	}
	return rest.Verdict{Err: e}
}

// accepted looks whether a success holds what was asked for.
func accepted(req rest.Request, a rest.Answer) rest.Verdict {
	body := bytes.TrimSpace(a.Body)
	switch {
	case a.Status == http.StatusNoContent, req.Kind == kindUpload:
		return rest.Verdict{}
	case req.Header.Get("Accept") == asCSV:
		if len(body) > 0 && body[0] != '<' && body[0] != '{' && body[0] != '[' {
			return rest.Verdict{}
		}
	case rest.LooksLikeJSON(body):
		return rest.Verdict{}
	}
	return rest.Verdict{Err: rest.NotData(req, a.Body), Retry: true}
}

// elsewhere is the error of a redirect. It is never followed, because the Authorization would go with it; when it leads
// to Salesforce, the address to use instead is told.
func elsewhere(req rest.Request, a rest.Answer) error {
	e := &crm.Error{Kind: crm.ErrInvalid, Op: req.Op, Object: req.Object,
		Message: "the server sends requests elsewhere (status " + strconv.Itoa(a.Status) + ")",
		Hint:    "Check BAREME_SALESFORCE_LOGIN_URL, and whether a proxy stands in between"}
	if u, err := url.Parse(a.Header.Get("Location")); err == nil && u.Scheme == "https" && u.User == nil && salesforceHost(u.Hostname()) {
		e.Hint = "Set BAREME_SALESFORCE_LOGIN_URL to https://" + u.Hostname()
	}
	return e
}

// limitPause is when to try again after the org's calls are spent: they come back by the hour over 24 hours.
const limitPause = time.Hour

// crowdPause is when to try again after too many calls at a time did not thin out while we waited.
const crowdPause = time.Minute

// limited tells the day's calls from too many long requests at a time.
func limited(w wireError, e *crm.Error) rest.Verdict {
	if strings.Contains(w.Message, "Concurrent") {
		e.Kind, e.Message, e.RetryAfter = crm.ErrRateLimit, "the org runs too many long requests at a time", crowdPause
		return rest.Verdict{Err: e, Retry: true, Sure: true, Limit: true}
	}
	e.Kind, e.RetryAfter = crm.ErrQuota, limitPause
	e.Hint = "The next run goes on where this one stopped. Salesforce counts the last 24 hours, by all programs"
	return rest.Verdict{Err: e}
}

// refusedSession is the verdict on a token that is not accepted. One that is good, but not for this API, would be
// replaced by another of the same kind for ever.
func refusedSession(w wireError, e *crm.Error) rest.Verdict {
	e.Kind, e.Err = crm.ErrAuth, codeSession
	if strings.Contains(w.Message, "not valid for use") {
		e.Message = "the login is not good for the REST API"
		e.Hint = "Give the app the scope api, and the user the permission API Enabled"
		return rest.Verdict{Err: e, Firm: true}
	}
	e.Message = "Salesforce does not accept the session, and a new login did not help"
	e.Hint = "Check the user's permission API Enabled, the app's policies, and the user's login IP ranges"
	return rest.Verdict{Err: e}
}

// Statuses only Salesforce's edge sends, without a body or with a page that says it sets things up.
const (
	statusSettingUp = 420
)

// unreadable is the verdict on an error that is not Salesforce's API speaking.
func (c *Connector) unreadable(req rest.Request, a rest.Answer) rest.Verdict {
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object,
		Message: "not the API's answer (status " + strconv.Itoa(a.Status) + ")",
		Hint:    "Check BAREME_SALESFORCE_LOGIN_URL, and whether a proxy stands in between"}
	if v, ok := passing(a, e, c.now()); ok {
		return v
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		e.Kind = crm.ErrAuth
	case http.StatusNotFound:
		e.Kind, e.Message = crm.ErrNotFound, "Salesforce does not know it"
	case http.StatusGone:
		e.Kind, e.Message, e.Hint = crm.ErrInvalid, words["UNSUPPORTED_API_VERSION"].message, words["UNSUPPORTED_API_VERSION"].hint
	case http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge, http.StatusRequestEntityTooLarge:
		e.Kind, e.Message, e.Hint = crm.ErrInvalid, "the request is too large for Salesforce", "Name fewer fields in the model file"
	}
	return rest.Verdict{Err: e}
}

// passing is the verdict on statuses that mend themselves.
func passing(a rest.Answer, e *crm.Error, now time.Time) (rest.Verdict, bool) {
	wait := a.RetryAfter(now)
	switch {
	case a.Status == http.StatusTooManyRequests:
		e.Kind, e.Message, e.RetryAfter = crm.ErrRateLimit, "Salesforce asks for fewer calls at a time", max(wait, crowdPause)
		return rest.Verdict{Err: e, Retry: true, Sure: true, Wait: wait, Limit: true}, true
	case a.Status == http.StatusNotAcceptable, a.Status == statusSettingUp, a.Status == http.StatusRequestTimeout:
	case a.Status >= 500 && a.Status != http.StatusNotImplemented:
	default:
		return rest.Verdict{}, false
	}
	e.Kind, e.Message, e.Hint = crm.ErrUnavailable, "Salesforce is in trouble (status "+strconv.Itoa(a.Status)+")", ""
	return rest.Verdict{Err: e, Retry: true, Wait: wait}, true
}

// refusals are the login service's, in our words.
var refusals = map[string]struct{ message, hint string }{ //nolint:gochecknoglobals // a table
	"user hasn't approved this consumer":   {"the user is not approved for the app", "Pre-authorise the user: the app's policies, Admin approved users, and a permission set of the user"},
	"audience is invalid":                  {"Salesforce refuses the audience", "Set BAREME_SALESFORCE_AUDIENCE to https://login.salesforce.com, https://test.salesforce.com or the My Domain"},
	"expired authorization code":           {"Salesforce finds the assertion expired", "Check this machine's clock"},
	"invalid assertion":                    {"Salesforce cannot verify the assertion", "Check that the key file belongs to the certificate uploaded to the app"},
	"authentication failure":               {"Salesforce refuses the login", "Check the user name, its login IP ranges and that it is active"},
	"no client credentials user enabled":   {"the app has no user to run as", "Choose one in the app's policies for the client credentials flow"},
	"request not supported on this domain": {"this host does not log in apps", "Use the org's My Domain as BAREME_SALESFORCE_LOGIN_URL"},
}

var refusalCodes = map[string]struct{ message, hint string }{ //nolint:gochecknoglobals // a table
	"invalid_client_id":      {"Salesforce does not know the consumer key", "Check BAREME_SALESFORCE_CLIENT_ID; a new app takes some minutes to be known"},
	"invalid_client":         {"Salesforce refuses the consumer key or secret", "Check BAREME_SALESFORCE_CLIENT_ID and BAREME_SALESFORCE_CLIENT_SECRET"},
	"invalid_app_access":     {"the user is not approved for the app", "Give the user a permission set that the app's policies name"},
	"inactive_user":          {"the user is not active", "Activate it in Salesforce"},
	"inactive_org":           {"the org is locked or closed", ""},
	"unsupported_grant_type": {"the app does not allow this way to log in", "Enable the flow in the app's settings"},
	"rate_limit_exceeded":    {"too many logins", ""},
	"app_must_be_installed":  {"the app is not installed in the org", "Install it, or create it in this org"},
}

// judgeLogin is the verdict on answers of the login service.
func judgeLogin(req rest.Request, a rest.Answer) rest.Verdict {
	switch {
	case a.Status == http.StatusOK && rest.LooksLikeJSON(a.Body):
		return rest.Verdict{}
	case a.Status == http.StatusOK:
		return rest.Verdict{Err: rest.NotData(req, a.Body), Retry: true}
	case a.Status >= 300 && a.Status < http.StatusBadRequest:
		return rest.Verdict{Err: elsewhere(req, a)}
	}
	e := &crm.Error{Kind: crm.ErrAuth, Op: req.Op, Message: "Salesforce gives no session (status " + strconv.Itoa(a.Status) + ")",
		Hint: "Check BAREME_SALESFORCE_LOGIN_URL and the app's settings"}
	if v, ok := passing(a, e, time.Time{}); ok {
		return v
	}
	refused := parseOAuth(a.Body)
	for text, w := range refusals {
		if strings.Contains(refused.Text, text) {
			e.Message, e.Hint, e.Err = w.message, w.hint, code(refused.Code)
			return rest.Verdict{Err: e, Firm: true}
		}
	}
	if w, ok := refusalCodes[refused.Code]; ok {
		e.Message, e.Hint, e.Err = w.message, w.hint, code(refused.Code)
	}
	return rest.Verdict{Err: e, Firm: true}
}
