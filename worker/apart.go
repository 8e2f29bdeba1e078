package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Apart is the part of a Store about people who are treated apart: those who are kept out, those of whom next to nothing
// may be kept, and those whose score somebody set by hand.
type Apart interface {
	// Suppress keeps people out by their keys (see RecordKey, IdentityKey) until Readmit. A key suppressed before keeps its
	// moment.
	Suppress(ctx context.Context, connection string, keys []string, at time.Time) error

	// Suppressed returns those of the keys that are suppressed, with the moment since when.
	Suppressed(ctx context.Context, connection string, keys []string) (map[string]time.Time, error)

	// Readmit removes keys; those that are not there are no error.
	Readmit(ctx context.Context, connection string, keys []string) error

	// Strip replaces the snapshots of stored people, but for their links, and erases their activity, ledger and overrides. It
	// makes none of them dirty, but the company that a person with a share leaves by it. People who are not stored are left out.
	Strip(ctx context.Context, connection string, people []Snapshot) error

	// Traces counts what is kept of a record, by where; what holds nothing is not listed. It looks through everything.
	Traces(ctx context.Context, of Population, id string) (map[string]int, error)

	// SaveOverride replaces the override of a stored record, or removes it when its Kind is "". The entry enters the
	// ledger, and the record becomes dirty. A record that is not stored is ErrNotFound of package crm.
	SaveOverride(ctx context.Context, of Population, o Override, entry Entry) error

	// Overrides returns every override, in id order.
	Overrides(ctx context.Context, of Population) ([]Override, error)
}

// Override is a score set by hand, from the command line.
type Override struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"` // "score", "add", "freeze"; "": none
	Points float64   `json:"points,omitempty"`
	Author string    `json:"author"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
	At     time.Time `json:"at"` // when it was made
}

// RecordKey and IdentityKey are the keys under which people are suppressed: by their record, and by their address.
// Neither can be read back.
func RecordKey(id string) string {
	sum := sha256.Sum256([]byte("record " + id))
	return "record:" + hex.EncodeToString(sum[:])
}

// IdentityKey is the key of an identity hash (Snapshot.Identity), "" for none.
func IdentityKey(hash string) string {
	if hash == "" {
		return ""
	}
	return "identity:" + hash
}

// What Traces calls the places.
const (
	TraceRecord   = "record"
	TraceInputs   = "mapped inputs"
	TracePending  = "pending update"
	TraceLedger   = "ledger entries"
	TraceActivity = "activities"
	TraceMark     = "marks"
	TraceOverride = "override"
	TraceAlert    = "alerts" // and what alerts remember
)
