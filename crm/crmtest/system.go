package crmtest

import "github.com/bareme/bareme/crm"

// System is the CRM behind a connector, as its users and its operator move it. Objects go by Barème's names and fields
// by the CRM's own; values are in the CRM's own notation. A System that cannot do what it is asked ends the test.
type System interface {
	// Create adds a person or company and returns the id the CRM gave it. Links name records by object, primary first.
	Create(object string, fields crm.Fields, links map[string][]string) (id string)

	// CreateActivity adds an activity to a source and returns its id; ID and Modified of the argument are ignored.
	CreateActivity(source string, a crm.Activity) (id string)

	// Change sets fields of a record or activity as a user would: the CRM marks it as modified. "" clears a field.
	Change(object, id string, fields crm.Fields)

	// Merge makes one record of two, as a user would, and returns the id it lives on under: the winner's in some CRMs,
	// a new one in others.
	Merge(object, winner, loser string) (survivor string)

	// Delete removes a record as a user would.
	Delete(object, id string)

	// Stored returns a record's values; false when no record goes by exactly that id.
	Stored(object, id string) (crm.Fields, bool)

	// Refuse makes the CRM refuse every further write to this record alone, for a reason no retry mends.
	Refuse(object, id string)

	// Fail lets skip requests pass and makes the n after them fail by the named fault; n below 0 means until Heal.
	Fail(fault string, skip, n int)

	// Heal ends all faults.
	Heal()

	// Before calls f once while the CRM holds the n-th request from now (0 is the next), before it answers.
	Before(n int, f func())

	// Requests counts what the CRM was asked so far, refused requests included.
	Requests() int

	// Settle lets time pass on the CRM's clock until every index has caught up and no overlap window reaches back.
	Settle()
}

// Forever given to System.Fail as n makes a fault last until Heal.
const Forever = -1

// The names of the faults every CRM knows; a System may have more.
const (
	RateLimited     = "rate limited"          // a wait short enough to sit through
	RateLimitedLong = "rate limited for long" // a wait no connector sits through
	QuotaSpent      = "quota spent"           // the day's allowance is used up
	TokenExpired    = "token expired"         // the credential is no longer accepted
	ScopeMissing    = "scope missing"         // the credential does not allow this
	Unavailable     = "unavailable"           // the CRM answers that it cannot
	ConnectionReset = "connection reset"      // the connection breaks before the CRM acts
	BodyTruncated   = "body truncated"        // the CRM acts, and its answer arrives in part
)

// Fault is one way a CRM can fail and what a connector owes its caller then.
type Fault struct {
	Name    string // as System.Fail takes it
	Passing bool   // one occurrence must pass unnoticed; otherwise it may also end the call with Kind
	Kind    error  // the kind of error the caller sees when the fault lasts
}

// StandardFaults returns the faults every System offers. A harness appends those its CRM has besides.
func StandardFaults() []Fault {
	return []Fault{
		{Name: RateLimited, Passing: true, Kind: crm.ErrRateLimit},
		{Name: RateLimitedLong, Kind: crm.ErrRateLimit},
		{Name: QuotaSpent, Kind: crm.ErrQuota},
		{Name: TokenExpired, Kind: crm.ErrAuth},
		{Name: ScopeMissing, Kind: crm.ErrAuth},
		{Name: Unavailable, Passing: true, Kind: crm.ErrUnavailable},
		{Name: ConnectionReset, Passing: true, Kind: crm.ErrUnavailable},
		{Name: BodyTruncated, Passing: true, Kind: crm.ErrUnavailable},
	}
}
