package crm

import (
	"context"
	"slices"
	"time"
)

// Historian is a connector whose CRM keeps what fields were before, so that a record can be seen as it stood at a moment.
// Object is People, Companies or Deals; fields go by the names of Query.Fields, and unknown ones are an ErrInvalid error.
type Historian interface {
	// Tracked says of which of the fields and links the CRM keeps the history, and since when. It reads no record.
	Tracked(ctx context.Context, q HistoryQuery) (Tracked, error)

	// Histories returns the history of those of the ids that exist, each once and in no particular order. A record that was
	// merged into another, or deleted, is left out: ask for the one it lives on in. Fields and links without a kept history
	// (see Tracked) are absent. It reads and never writes, so a call that failed can be made again; who has many records
	// asks for some at a time and goes on after the last that came.
	Histories(ctx context.Context, q HistoryQuery) ([]History, error)

	// HistoryCalls is about how many calls of the CRM's API Histories takes for so many records: to be told beforehand.
	HistoryCalls(object string, records int) int
}

// HistoryQuery says of what to read the history.
type HistoryQuery struct {
	Object string
	IDs    []string // for Histories
	Fields []string
	Links  []string // Companies: which company a person belonged to
}

// Tracked is what Historian.Tracked found, by field, and by object of the links; each that was asked for is there.
type Tracked struct {
	Fields, Links map[string]Tracking
}

// Tracking says whether the CRM keeps the history of a field or link.
type Tracking struct {
	Kept  bool
	Since time.Time // from when on changes are kept for certain; the zero time when they always were
	Why   string    // why it is not kept, in words that go on after the field's name
}

// History is how one record came to be what it is.
type History struct {
	ID      string
	Created time.Time       // when the record was made; the zero time when the CRM does not say
	Fields  map[string]Past // by field
	Links   map[string]Past // by object: the id of the primary linked record, "" for none
}

// Past is what a field was, from moment to moment. The last value is the present one.
//
// Whether the past is known at a moment must depend on the moment and on the depth of the CRM's memory alone, and not on
// whether the field has changed since: else to be unknown would itself tell of what came later.
type Past struct {
	Values []Was // oldest first
	Whole  bool  // nothing is missing: before the first of Values there was no value
	Cut    bool  // the CRM has dropped the oldest changes, because there were too many
}

// Was is a value and when it came.
type Was struct {
	From  time.Time
	Value string // canonical text; "" when it was cleared
}

// At is the value at a moment, "" for none; known is false when the CRM does not tell. A change takes effect at its moment.
func (p Past) At(moment time.Time) (value string, known bool) {
	n, found := slices.BinarySearchFunc(p.Values, moment, func(w Was, at time.Time) int { return w.From.Compare(at) })
	for found && n < len(p.Values) && p.Values[n].From.Equal(moment) { // the last of several in one moment
		n++
	}
	if n == 0 {
		return "", p.Whole
	}
	return p.Values[n-1].Value, true
}

// Changed is when the value last changed, as far as is known; the zero time when it has not.
func (p Past) Changed() time.Time {
	switch n := len(p.Values); {
	case n == 0, n == 1 && !p.Whole && !p.Cut: // the first is then how it was found
		return time.Time{}
	default:
		return p.Values[n-1].From
	}
}
