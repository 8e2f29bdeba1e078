package hubspot

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const grantHint = "Grant them in HubSpot under Development > Keys > Service keys (or in the app's scopes), then try again"

// judge says what an answer means. What is permanent is never sent again; the rest waits as long as HubSpot asks.
func (c *Connector) judge(req rest.Request, a rest.Answer) rest.Verdict {
	if a.Status >= 200 && a.Status < 300 {
		if a.Status == http.StatusNoContent || rest.LooksLikeJSON(a.Body) {
			return rest.Verdict{}
		}
		return rest.Verdict{Err: rest.NotData(req, a.Body), Retry: true}
	}
	if a.Status < http.StatusBadRequest {
		return rest.Verdict{Err: &crm.Error{Kind: crm.ErrInvalid, Op: req.Op, Object: req.Object,
			Message: "the server sends requests elsewhere (status " + strconv.Itoa(a.Status) + ")", Hint: "Check the base URL"}}
	}
	env, readable := parseEnvelope(a.Body)
	if !readable && a.Status < 500 && a.Status != http.StatusTooManyRequests && a.Status != http.StatusRequestURITooLong {
		return unreadable(req, a)
	}
	e := &crm.Error{Kind: crm.ErrInvalid, Op: req.Op, Object: req.Object, Request: correlation(a, env)}
	switch a.Status {
	case http.StatusUnauthorized:
		e.Kind, e.Message = crm.ErrAuth, "HubSpot does not accept the token"
		e.Hint = "Check BAREME_HUBSPOT_TOKEN: it may be mistyped, expired, rotated or revoked"
	case http.StatusForbidden:
		forbidden(e, env)
	case http.StatusNotFound:
		e.Kind, e.Message = crm.ErrNotFound, withName("HubSpot does not know it", env)
	case http.StatusConflict:
		e.Kind, e.Message = crm.ErrConflict, withName("HubSpot reports a conflict", env)
	case http.StatusTooManyRequests:
		return c.limited(req, a, env, e)
	case http.StatusLocked:
		e.Kind, e.Message = crm.ErrUnavailable, "the record is locked by other writes"
		return rest.Verdict{Err: e, Retry: true, Sure: true, Wait: max(2*time.Second, a.RetryAfter(c.now()))}
	case statusMigrating:
		e.Kind, e.Message = crm.ErrUnavailable, "HubSpot is moving this account to another data centre"
		return rest.Verdict{Err: e, Retry: true, Sure: true, Wait: max(time.Second, a.RetryAfter(c.now()))}
	case http.StatusRequestTimeout, http.StatusTooEarly:
		e.Kind, e.Message = crm.ErrUnavailable, "HubSpot did not answer in time"
		return rest.Verdict{Err: e, Retry: true}
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		e.Message = "the request is too large for HubSpot"
	default:
		if a.Status >= 500 {
			return c.broken(a, e)
		}
		v := env.valueError(req.Op, req.Object, "")
		v.Request = e.Request
		e = v
	}
	return rest.Verdict{Err: e}
}

// statusMigrating is HubSpot's own: the account is being moved, with the time to wait in Retry-After.
const statusMigrating = 477

// unreadable is the verdict on an error that is not HubSpot's: some machine in between speaks.
func unreadable(req rest.Request, a rest.Answer) rest.Verdict {
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: req.Op, Object: req.Object,
		Message: "not HubSpot's answer (status " + strconv.Itoa(a.Status) + ")",
		Hint:    "Check the base URL, and whether a proxy stands in between"}
	if a.Status == http.StatusUnauthorized || a.Status == http.StatusProxyAuthRequired {
		e.Kind = crm.ErrAuth
	}
	return rest.Verdict{Err: e}
}

func forbidden(e *crm.Error, env envelope) {
	e.Kind, e.Message = crm.ErrAuth, withName("the token may not do this", env)
	if scopes := env.scopes(); len(scopes) > 0 {
		e.Message = "the token lacks the scopes " + strings.Join(scopes, ", ")
		if len(scopes) == 1 {
			e.Message = "the token lacks the scope " + scopes[0]
		}
		e.Hint = grantHint
	} else if env.Category == "MISSING_SCOPES" {
		e.Message, e.Hint = "the token lacks a scope", grantHint
	}
}

// limited reads the three shapes of 429: the day's quota, the burst limit, and search's limit per second.
func (c *Connector) limited(req rest.Request, a rest.Answer, env envelope, e *crm.Error) rest.Verdict {
	told := a.RetryAfter(c.now())
	if env.Policy == "DAILY" || strings.Contains(env.Message, "daily limit") {
		e.Kind, e.Message = crm.ErrQuota, "the account's daily calls are spent"
		e.Hint = "The quota turns over at midnight in the account's time zone"
		if e.RetryAfter = told; told == 0 {
			e.RetryAfter = c.untilMidnight()
		}
		return rest.Verdict{Err: e}
	}
	e.Kind, e.Message = crm.ErrRateLimit, "HubSpot asks for fewer calls at a time"
	wait := told
	if wait == 0 {
		wait = 10 * time.Second
		if req.Window != nil {
			wait = req.Window.Span()
		}
		wait *= time.Duration(a.Try)
	}
	if req.Window != nil && wait <= c.maxWait {
		req.Window.Refused(wait)
	}
	return rest.Verdict{Err: e, Retry: true, Sure: true, Wait: wait, Limit: true}
}

// broken is the verdict on a server's fault. What Cloudflare says of an origin that is misconfigured does not pass.
func (c *Connector) broken(a rest.Answer, e *crm.Error) rest.Verdict {
	e.Kind, e.Message = crm.ErrUnavailable, "HubSpot is in trouble (status "+strconv.Itoa(a.Status)+")"
	switch a.Status {
	case http.StatusNotImplemented, 522, 525, 526:
		return rest.Verdict{Err: e}
	}
	return rest.Verdict{Err: e, Retry: true, Wait: a.RetryAfter(c.now())}
}

func correlation(a rest.Answer, env envelope) string {
	if id := shaped(traceShape, env.Correlation); id != "" {
		return id
	}
	return shaped(traceShape, a.Header.Get("X-Hubspot-Correlation-Id"))
}

func withName(message string, env envelope) string {
	if n := env.name(); n != "" {
		return message + " (" + n + ")"
	}
	return message
}
