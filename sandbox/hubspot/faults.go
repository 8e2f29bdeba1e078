package hubspot

import (
	"net/http"
	"strings"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// Fault is a planned misbehaviour.
type Fault = scene.Fault

// FaultKind names a way to misbehave.
type FaultKind = scene.FaultKind

// The kinds of fault every CRM has.
const (
	FaultStatus    = scene.FaultStatus // internal server error unless told
	FaultHTML      = scene.FaultHTML   // 502 unless told
	FaultReset     = scene.FaultReset
	FaultTruncated = scene.FaultTruncated
	FaultSlow      = scene.FaultSlow
)

// HubSpot's own kinds of fault.
const (
	FaultDaily         FaultKind = "daily"          // 429: the day's requests are spent
	FaultTenSecondly   FaultKind = "ten_secondly"   // 429: too many in ten seconds
	FaultSecondly      FaultKind = "secondly"       // 429: too many searches in a second
	FaultLocked        FaultKind = "locked"         // 423: writes came too fast
	FaultMigrating     FaultKind = "migrating"      // 477 with Retry-After
	FaultExpired       FaultKind = "expired"        // 401: the token was good and no longer is
	FaultMissingScopes FaultKind = "missing_scopes" // 403 naming the scope
)

func ownFaults() []FaultKind {
	return []FaultKind{FaultDaily, FaultTenSecondly, FaultSecondly, FaultLocked, FaultMigrating, FaultExpired, FaultMissingScopes}
}

// refused is the answer a fault puts in place of the right one.
func (c *call) refused(f Fault) *scene.Answer {
	if f.Kind == FaultHTML {
		return scene.HTMLPage(f.StatusOr(http.StatusBadGateway))
	}
	return c.problem(faultProblem(f))
}

func faultProblem(f Fault) *apiError {
	switch f.Kind {
	case FaultDaily:
		return dailyLimit()
	case FaultTenSecondly:
		return tenSecondlyLimit()
	case FaultSecondly:
		return secondlyLimit()
	case FaultLocked:
		return fail(http.StatusLocked, "LOCKED", "The resource is locked by another operation. Wait at least 2 seconds before trying again.")
	case FaultMigrating:
		e := fail(477, "MIGRATION_IN_PROGRESS", "This account is being migrated between data centers.")
		e.retryAfter = 1
		return e
	case FaultExpired:
		return expired()
	case FaultMissingScopes:
		return missingScopes(f.Scope)
	}
	status := f.StatusOr(http.StatusInternalServerError)
	return fail(status, "", "%s", serverWords(status))
}

func serverWords(status int) string {
	if status >= 500 {
		return "internal error"
	}
	return strings.ToLower(http.StatusText(status))
}
