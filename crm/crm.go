// Package crm is the vocabulary every other package shares: records, activity, fields, cursors, updates, outcomes,
// error kinds, and the Connector that reads and writes one CRM. It imports nothing of ours and does no I/O.
//
// The suite every connector must pass is in crm/crmtest.
package crm

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"
)

// Object names are Barème's own; a connector translates them into the CRM's.
const (
	People    = "people"
	Companies = "companies"
	Owners    = "owners"

	Deals          = "deals"
	Calls          = "calls"
	Emails         = "emails"
	Meetings       = "meetings"
	Notes          = "notes"
	Tasks          = "tasks"
	Communications = "communications"
	Campaigns      = "campaigns" // a person's membership in a campaign
)

// Fields are one record's values by the CRM's own field name, in canonical text: a connector normalises, mapping parses,
// plan compares. A field without a value is absent; "" appears only in an Update, where it clears the field.
//
// Canonical text: numbers as plain decimals without exponent or trailing zeros; booleans "true" and "false"; points in
// time as RFC 3339 in UTC; calendar dates as YYYY-MM-DD; several options joined with ";" in the CRM's order.
type Fields map[string]string

// Record is one person or company as the CRM holds it.
type Record struct {
	ID       string
	Fields   Fields              // the fields asked for that have a value
	Links    map[string][]string // ids of linked records by object, the primary one first
	Modified time.Time           // the CRM's own clock
	Absorbed []string            // ids of records merged into this one: they no longer exist
}

// Activity is something that happened with people at one moment: a meeting, a call, a deal.
type Activity struct {
	ID       string
	Time     time.Time // when it happened, by the CRM's rule for its source; zero when the CRM does not say
	Fields   Fields
	Links    map[string][]string // People and Companies it concerns
	Modified time.Time
}

// Version names one state of one record.
type Version struct {
	ID       string
	Modified time.Time
}

// Cursor is a connector's own bookmark, opaque to everyone else. The empty cursor means "from the beginning".
type Cursor string

// Query says what to pull.
type Query struct {
	Object string   // People or Companies for Records; a source (Meetings, Deals …) for Activities
	Fields []string // the CRM's field names; unknown names are an ErrInvalid error, never silently left out
	Links  []string // objects whose ids to bring along
	Cursor Cursor   // where the last stored page ended

	// Unseen, when set, is asked before the expensive part of reading: given the versions a page is about to read it
	// returns the ids still worth reading. Those left out count in Page.Skipped.
	Unseen func(context.Context, []Version) ([]string, error)
}

// Page is one step of a pull. Storing a page and its Next cursor in one transaction makes the pull safe to interrupt
// anywhere: work is repeated, never skipped.
type Page[T any] struct {
	Items   []T
	Next    Cursor // resume after this page
	Skipped int    // changed records left out because Unseen knew them
	Total   int    // how many records this pull expects to deliver in all; 0 when not known
}

// Need is what a run wants of a CRM: every field it will read or write, by object.
type Need struct {
	Read  map[string][]string
	Write map[string][]string
}

// With is everything both needs want: names come sorted, each once.
func (n Need) With(more Need) Need {
	return Need{Read: joined(n.Read, more.Read), Write: joined(n.Write, more.Write)}
}

// Objects lists the objects a need is about, sorted.
func (n Need) Objects() []string {
	return slices.Sorted(maps.Keys(joined(n.Read, n.Write)))
}

func joined(a, b map[string][]string) map[string][]string {
	out := make(map[string][]string, len(a)+len(b))
	for _, side := range []map[string][]string{a, b} {
		for object, fields := range side {
			out[object] = append(out[object], fields...)
		}
	}
	for object := range out {
		slices.Sort(out[object])
		out[object] = slices.Compact(out[object])
	}
	return out
}

// Account identifies the CRM account behind a credential.
type Account struct {
	ID       string // the portal or organisation id: state is bound to it
	TimeZone string // IANA name; the daily quota of some CRMs turns over at its midnight
	Currency string // ISO 4217
	URL      string // where a person opens it, "" when not known
}

// Type is the type a CRM gives a field.
type Type string

// The types of fields; what a CRM has beyond them is Text.
const (
	Text     Type = "text"
	Number   Type = "number"
	Bool     Type = "bool"
	Date     Type = "date"     // a calendar day
	DateTime Type = "datetime" // a point in time
	Choice   Type = "choice"   // one of Options
	Choices  Type = "choices"  // any of Options, joined with ";"
)

// Option is one choice of a Choice or Choices field.
type Option struct{ Value, Label string }

// Field describes one field of an object.
type Field struct {
	Name, Label, Help string
	Type              Type
	Options           []Option
	Writable          bool
	Length            int // longest text the field holds, in characters; 0 when not known
}

// Schema lists the fields of one object, in name order.
type Schema struct {
	Object string
	Fields []Field
}

// Field returns the field of that exact name.
func (s Schema) Field(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Update asks for new values on one record. Only the fields named are touched; "" clears.
type Update struct {
	ID     string
	Fields Fields
}

// Status is what became of one update.
type Status int

// The ends an update can come to.
const (
	Written  Status = iota // the CRM acknowledged the values
	Rejected               // refused for this record alone; Err says why; writing the same again would be refused again
	Gone                   // the record no longer exists
	Merged                 // the record lives on under NewID; nothing was written there
)

// String names the status as the run report does.
func (s Status) String() string {
	return [...]string{"written", "rejected", "gone", "merged"}[s]
}

// Outcome is what became of the update with the same index.
type Outcome struct {
	ID     string
	Status Status
	NewID  string // set when Merged
	Err    error  // set when Rejected
}

// A Connector reads people, companies and activity from one CRM account and writes scores back.
//
// Every method obeys ctx at once, returns errors that wrap one of the kinds in errors.go, and puts neither secrets nor
// field values into errors or logs. Rate limits are the connector's business: it waits for short ones and returns
// ErrRateLimit or ErrQuota, with RetryAfter, for waits too long to sit through. A Connector is safe for concurrent use.
type Connector interface {
	// Account says which account the credential opens.
	Account(ctx context.Context) (Account, error)

	// Check reports, in plain words, whether credentials, scopes, quota and the named fields allow a run.
	// It joins everything it finds wrong, so that one reading is enough.
	Check(ctx context.Context, need Need) error

	// Describe lists the fields of an object.
	Describe(ctx context.Context, object string) (Schema, error)

	// Records yields pages of People or Companies changed since the cursor. With the empty cursor it yields every
	// record. A record may come twice, and one changed during the pull comes again in the next; none is left out.
	// The last page's cursor starts the next pull; a pull with nothing new still yields one page without items,
	// so that the cursor moves. After an error the sequence ends, and a new call with the last stored cursor goes on.
	Records(ctx context.Context, q Query) iter.Seq2[Page[Record], error]

	// Activities yields pages of one source of activity under the same promises as Records.
	Activities(ctx context.Context, q Query) iter.Seq2[Page[Activity], error]

	// Write applies updates to People or Companies; outcome i belongs to updates[i], and there is one for each, however
	// the CRM grouped its answers. A record's refusal is an outcome; the error is for what stopped the whole call, and
	// then the outcomes so far are returned with it, those not known to have been written missing from the end.
	Write(ctx context.Context, object string, updates []Update) ([]Outcome, error)
}

// Provisioner creates the fields scores are written to.
type Provisioner interface {
	// Provision creates the fields that do not exist, restores archived ones, adds options that are missing, and leaves
	// everything else as it is. It returns what it did, in order. A field of another type is an ErrInvalid error that
	// names it; nothing is changed then.
	Provision(ctx context.Context, object string, fields []Field) ([]Provisioned, error)
}

// Provisioned is what Provision did for one field.
type Provisioned struct {
	Field  string
	Action string // "created", "restored", "options added", "already there"
}

// Reader reads records by id, now, whatever was pulled before.
type Reader interface {
	// Read returns those of the ids that exist, in no particular order. A merged id returns the record it lives on in.
	Read(ctx context.Context, object string, ids, fields []string) ([]Record, error)
}

// Sweeper names records that left without a trace in Records.
type Sweeper interface {
	// Removed yields pages of ids of an object that were deleted (archived). The cursor works as in Records.
	Removed(ctx context.Context, object string, cursor Cursor) iter.Seq2[Page[string], error]
}

// Owner is a user of the CRM who owns records.
type Owner struct{ ID, Email, Name string }

// OwnerLister lists the people records can belong to.
type OwnerLister interface {
	Owners(ctx context.Context) ([]Owner, error)
}

// Usage is what a connector has spent since it was made.
type Usage struct {
	Calls   map[string]int // by kind: "list", "search", "batch read", "associations", "write", "schema", "account" …
	Retried int            // calls repeated after a refusal or a fault
	Waited  time.Duration  // time spent waiting for rate limits
	// DailyLimit and DailyLeft are the account's daily allowance as the CRM last told it; DailyLimit is 0 when it has not.
	DailyLimit, DailyLeft int
	Clock                 time.Duration // how far the CRM's clock is ahead of ours, as last seen
}

// Metered connectors tell what they spent.
type Metered interface{ Usage() Usage }
