package salesforce

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// cursor is the connector's bookmark: small JSON, so that a person can read it.
//
// A pull reads a window of time, one part after the other: leads, then contacts. Within a part it goes by
// (SystemModstamp, Id), which is a bookmark that outlives every query of Salesforce's; a bulk job gives its rows in no
// order, so there it is the job, its page and the row.
type cursor struct {
	Part  string `json:"part,omitempty"`  // the part under way; "" for the first
	Since int64  `json:"since,omitempty"` // all that changed before is known; seconds by Salesforce's clock; 0 reads everything
	Until int64  `json:"until,omitempty"` // the end of the window under way; 0 when none is
	Stamp string `json:"stamp,omitempty"` // SystemModstamp of the last row read in the part
	ID    string `json:"id,omitempty"`    // and its id
	Job   string `json:"job,omitempty"`   // the bulk job that reads the part
	Page  string `json:"page,omitempty"`  // the locator of its page; "" for the first
	Row   int    `json:"row,omitempty"`   // how many rows of the page have been handed over
	Again bool   `json:"again,omitempty"` // a later window: changes, and no longer everything
}

// parseCursor reads a cursor; the empty one begins.
func parseCursor(op, object string, raw crm.Cursor) (cursor, error) {
	var c cursor
	if raw == "" {
		return c, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	err := dec.Decode(&c)
	if _, more := dec.Token(); err == nil && errors.Is(more, io.EOF) && c.valid() {
		return c, nil
	}
	return cursor{}, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Message: "the cursor is not one of Salesforce's",
		Hint: "Start this pull again from the beginning"}
}

// valid keeps what is put into queries to what can be part of one.
func (c cursor) valid() bool {
	if c.Since < 0 || c.Until < 0 || c.Row < 0 || (c.Stamp == "") != (c.ID == "") {
		return false
	}
	if _, ok := parseTime(c.Stamp); c.Stamp != "" && !ok {
		return false
	}
	for _, id := range []string{c.ID, c.Job} {
		if _, ok := long(id); id != "" && !ok {
			return false
		}
	}
	return locatorShape.MatchString(c.Page)
}

func (c cursor) next() crm.Cursor {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // text and whole numbers always encode
	}
	return crm.Cursor(raw)
}

// begin is the cursor at the start of a part of the same window.
func (c cursor) begin(part string) cursor {
	return cursor{Part: part, Since: c.Since, Until: c.Until, Again: c.Again}
}

// done is the cursor after a window.
func (c cursor) done() cursor { return cursor{Since: c.Until, Again: true} }

// from is where the window begins: a while before the last one ended, because a transaction shows its rows with the time
// it wrote them and not with the time it ended.
func (c cursor) from() time.Time {
	if c.Since == 0 {
		return time.Time{}
	}
	return time.Unix(c.Since, 0).UTC().Add(-Overlap)
}
