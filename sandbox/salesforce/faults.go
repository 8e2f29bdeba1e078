package salesforce

import (
	"net/http"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// Fault is a planned misbehaviour.
type Fault = scene.Fault

// FaultKind names a kind of Fault.
type FaultKind = scene.FaultKind

// The kinds of fault every CRM has.
const (
	FaultStatus    = scene.FaultStatus // with code and message; 500 UNKNOWN_EXCEPTION unless told
	FaultHTML      = scene.FaultHTML   // 503 unless told
	FaultReset     = scene.FaultReset
	FaultTruncated = scene.FaultTruncated
	FaultSlow      = scene.FaultSlow
)

// Salesforce's own kinds of fault.
const (
	FaultEmpty      FaultKind = "empty"      // no body at all; 406 unless told (420 and 503 come so too)
	FaultExpired    FaultKind = "expired"    // 401 INVALID_SESSION_ID: the session was good and no longer is
	FaultNotValid   FaultKind = "not_valid"  // 403: the session is not valid for use with the REST API
	FaultDaily      FaultKind = "daily"      // 403 REQUEST_LIMIT_EXCEEDED: the day's requests are spent
	FaultConcurrent FaultKind = "concurrent" // 403 REQUEST_LIMIT_EXCEEDED: too many long requests at once
	FaultDisabled   FaultKind = "disabled"   // 403 API_DISABLED_FOR_ORG
	FaultSecurity   FaultKind = "security"   // 400 TXN_SECURITY_METERING_ERROR
	FaultUnready    FaultKind = "unready"    // 503 SERVER_UNAVAILABLE
	FaultTimeout    FaultKind = "timeout"    // 400 QUERY_TIMEOUT
	FaultLocator    FaultKind = "locator"    // 400 INVALID_QUERY_LOCATOR: the cursor is gone
)

func ownFaults() []FaultKind {
	return []FaultKind{FaultEmpty, FaultExpired, FaultNotValid, FaultDaily, FaultConcurrent, FaultDisabled, FaultSecurity, FaultUnready,
		FaultTimeout, FaultLocator}
}

// refused is the answer a fault puts in place of the right one.
func (c *call) refused(f Fault) *scene.Answer {
	switch f.Kind {
	case FaultHTML:
		return scene.HTMLPage(f.StatusOr(http.StatusServiceUnavailable))
	case FaultEmpty:
		return &scene.Answer{Status: f.StatusOr(http.StatusNotAcceptable), Header: http.Header{}}
	}
	return c.problem(faultProblem(f))
}

func faultProblem(f Fault) *apiError {
	switch f.Kind {
	case FaultExpired:
		return sessionExpired()
	case FaultNotValid:
		return fail(http.StatusForbidden, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
	case FaultDaily:
		return tooManyRequests()
	case FaultConcurrent:
		return tooManyAtOnce()
	case FaultDisabled:
		return fail(http.StatusForbidden, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
	case FaultSecurity:
		return fail(http.StatusBadRequest, "TXN_SECURITY_METERING_ERROR",
			"We can't complete the action because enabled transaction security policies took too long to complete.")
	case FaultUnready:
		return fail(http.StatusServiceUnavailable, "SERVER_UNAVAILABLE", "Server is temporarily unavailable. Please try again.")
	case FaultTimeout:
		return fail(http.StatusBadRequest, "QUERY_TIMEOUT", "Your query request was running for too long.")
	case FaultLocator:
		return badLocator()
	}
	code, message := f.Code, f.Message
	if code == "" {
		code = "UNKNOWN_EXCEPTION"
	}
	if message == "" {
		message = "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-1234567890)"
	}
	return fail(f.StatusOr(http.StatusInternalServerError), code, "%s", message)
}
