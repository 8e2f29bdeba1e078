package hubspot

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// call is one API request on its way through the sandbox.
type call struct {
	sandbox *Sandbox
	r       *http.Request
	at      time.Time
	now     int64 // at, in milliseconds
	body    []byte

	op      string
	table   *table
	other   *table // the far side of an association
	id      string // record id or name in the path
	dated   bool   // /2026-09/ rather than v3 or v4
	inputs  int
	records int
	fault   string
}

// largestBody is more than any documented request needs.
const largestBody = 16 << 20

// longestURL is where a GET that names too many properties ends.
const longestURL = 16 << 10

func (c *call) read() *apiError {
	if len(c.r.URL.RequestURI()) > longestURL {
		return fail(http.StatusRequestURITooLong, "", "URI Too Long")
	}
	if c.r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, largestBody+1))
	switch {
	case err != nil:
		return badRequest("The request body could not be read.")
	case len(body) > largestBody:
		return fail(http.StatusRequestEntityTooLarge, "VALIDATION_ERROR", "The request body is too large.")
	}
	c.body = body
	return nil
}

// decode reads the JSON body.
func (c *call) decode(into any) *apiError {
	if len(c.body) == 0 {
		return badRequest("Invalid input JSON: the body is empty")
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return badRequest("Invalid input JSON at position %d", syntax.Offset)
		}
		return badRequest("Invalid input JSON: %s", err)
	}
	return nil
}

// limit reads the page size of a GET.
func (c *call) limit(most int) (int, *apiError) {
	text := c.r.URL.Query().Get("limit")
	if text == "" {
		return 10, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, badRequest("Unable to deserialize value %q of query parameter \"limit\" to an integer", text)
	}
	if n < 1 || n > most {
		return 0, badRequest("Page limit of %d is out of range; the maximum is %d", n, most)
	}
	return n, nil
}

func (c *call) archived() bool { return c.r.URL.Query().Get("archived") == "true" }

// line is what the log says of the call.
func (c *call) line() scene.Request {
	q := scene.Request{Operation: c.op, Inputs: c.inputs, Records: c.records, Fault: c.fault, Body: string(c.body)}
	if c.table != nil {
		q.Object = c.table.meta.name
	}
	return q
}

func (c *call) problem(e *apiError) *scene.Answer {
	body, err := json.Marshal(e)
	if err != nil {
		body = []byte(`{"status":"error"}`) // cannot happen: plain strings
	}
	a := &scene.Answer{Status: e.status, Header: http.Header{}, Body: body}
	a.Header.Set("Content-Type", "application/json;charset=utf-8")
	a.Header.Set("X-Hubspot-Correlation-Id", e.CorrelationID)
	if e.retryAfter > 0 {
		a.Header.Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	return a
}

func (c *call) success(status int, body any) *scene.Answer {
	a := &scene.Answer{Status: status, Header: http.Header{}}
	if body == nil {
		return a
	}
	raw, ready := body.([]byte)
	if !ready {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return c.problem(fail(http.StatusInternalServerError, "", "internal error"))
		}
	}
	a.Body = raw
	a.Header.Set("Content-Type", "application/json;charset=utf-8")
	return a
}
