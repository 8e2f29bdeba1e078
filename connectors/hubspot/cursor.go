package hubspot

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// The ways a pull goes on.
const (
	listing   = "list"     // everything, in id order
	searching = "search"   // what changed in a window of time, in id order
	sweeping  = "archived" // what was deleted
)

// cursor is the connector's bookmark: small JSON, so that a person can read it.
type cursor struct {
	Mode  string `json:"mode"`
	After string `json:"after,omitempty"` // list: where HubSpot's paging stands
	ID    string `json:"id,omitempty"`    // search: the last id read in the window; "" before the first
	Since int64  `json:"since,omitempty"` // all that changed before is known; milliseconds by HubSpot's clock
	Until int64  `json:"until,omitempty"` // search: the end of the window under way; 0 when none is
}

// parseCursor reads a cursor; the empty one begins in the given mode.
func parseCursor(op, object string, raw crm.Cursor, begin string) (cursor, error) {
	if raw == "" {
		return cursor{Mode: begin}, nil
	}
	var c cursor
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	err := dec.Decode(&c)
	known := c.Mode == begin || (begin == listing && c.Mode == searching)
	if err != nil || !known || c.Since < 0 || c.Until < 0 || (c.ID != "" && !isID(c.ID)) {
		return cursor{}, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, Message: "the cursor is not one of HubSpot's",
			Hint: "Start this pull again from the beginning"}
	}
	return c, nil
}

func (c cursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // text and whole numbers always encode
	}
	return string(raw)
}

func (c cursor) next() crm.Cursor { return crm.Cursor(c.String()) }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// isID reports whether s can be a record id: HubSpot's are whole numbers.
func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// compareIDs orders ids as HubSpot does, by number, without room to overflow.
func compareIDs(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
