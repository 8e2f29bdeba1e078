package salesforce

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// call is one API request on its way through the sandbox.
type call struct {
	sandbox *Sandbox
	r       *http.Request
	at      time.Time
	body    []byte

	version string   // of the path: 66.0
	rest    []string // the path's parts behind the version
	op      string
	object  string
	user    string // who asks
	header  http.Header
	inputs  int
	records int
	fault   string
	undo    *[]func() // of a composite request's part: where its writes can be taken back
}

// largestBody is more than a bulk upload may hold.
const largestBody = 160 << 20

// longestURL is where a request line with its headers ends.
const longestURL = 16 << 10

func (c *call) read() *apiError {
	if len(c.r.URL.RequestURI()) > longestURL {
		return fail(http.StatusRequestURITooLong, "URI_TOO_LONG", "URI too long")
	}
	if c.r.Body == nil {
		return nil
	}
	var from io.Reader = c.r.Body
	if strings.Contains(c.r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(c.r.Body)
		if err != nil {
			return fail(http.StatusBadRequest, "JSON_PARSER_ERROR", "The request body is not gzip")
		}
		from = unpacked
	}
	body, err := io.ReadAll(io.LimitReader(from, largestBody+1))
	switch {
	case err != nil:
		return fail(http.StatusBadRequest, "JSON_PARSER_ERROR", "The request body could not be read")
	case len(body) > largestBody:
		return fail(http.StatusRequestEntityTooLarge, "REQUEST_LIMIT_EXCEEDED", "The request body is too large")
	}
	c.body = body
	return nil
}

// decode reads the JSON body. Numbers stay as written.
func (c *call) decode(into any) *apiError {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return fail(http.StatusBadRequest, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return unreadable(err)
	}
	return nil
}

func unreadable(err error) *apiError {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fail(http.StatusBadRequest, "JSON_PARSER_ERROR", "%s at [line:1, column:%d]", syntax.Error(), syntax.Offset)
	}
	return fail(http.StatusBadRequest, "JSON_PARSER_ERROR", "%s at [line:1, column:1]", err)
}

// viewer is the org as the caller sees it.
func (c *call) viewer() viewer { return viewer{s: c.sandbox, user: c.user} }

// base is the path of the API in the version of the request.
func (c *call) base() string { return "/services/data/v" + c.version }

// flag reads a header such as Sforce-Auto-Assign: FALSE.
func (c *call) flag(name string, otherwise bool) bool {
	switch strings.ToLower(strings.TrimSpace(c.r.Header.Get(name))) {
	case "false", "0":
		return false
	case "true", "1":
		return true
	}
	return otherwise
}

// option reads one of the comma-separated settings of a header: batchSize of Sforce-Query-Options.
func (c *call) option(header, name string) string {
	for part := range strings.SplitSeq(c.r.Header.Get(header), ",") {
		k, v, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// saving is how the request's headers want rows written.
func (c *call) saving(op operation) saving {
	return saving{viewer: c.viewer(), operation: op, undo: c.undo, assign: c.autoAssign(),
		allowDuplicates: strings.EqualFold(c.option("Sforce-Duplicate-Rule-Header", "allowSave"), "true")}
}

// autoAssign is true unless the header says no: the trap that changes owners.
func (c *call) autoAssign() bool { return c.flag("Sforce-Auto-Assign", true) }

// line is what the log says of the call.
func (c *call) line() scene.Request {
	return scene.Request{Operation: c.op, Object: c.object, Inputs: c.inputs, Records: c.records, Fault: c.fault,
		Client: c.option("Sforce-Call-Options", "client"), Body: string(c.body)}
}

const jsonType = "application/json;charset=UTF-8"

func (c *call) problem(e *apiError) *scene.Answer { return jsonAnswer(e.status, e.body()) }

func jsonAnswer(status int, body any) *scene.Answer {
	a := &scene.Answer{Status: status, Header: http.Header{}, Packs: true}
	if body == nil {
		return a
	}
	raw, ready := body.([]byte)
	if !ready {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			a.Status, raw = http.StatusInternalServerError, []byte(`[{"message":"An unexpected error occurred.","errorCode":"UNKNOWN_EXCEPTION"}]`)
		}
	}
	a.Body = raw
	a.Header.Set("Content-Type", jsonType)
	return a
}

// textBody is an answer that is not JSON: the CSV of a bulk job.
type textBody struct {
	kind string
	text []byte
}

func (c *call) success(status int, body any) *scene.Answer {
	var a *scene.Answer
	if t, ok := body.(textBody); ok {
		a = &scene.Answer{Status: status, Header: http.Header{}, Body: t.text, Packs: true}
		a.Header.Set("Content-Type", t.kind)
	} else {
		a = jsonAnswer(status, body)
	}
	for k, v := range c.header {
		a.Header[k] = v
	}
	return a
}
