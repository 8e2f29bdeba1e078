package salesforce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// mostSubrequests is how many requests a composite request holds.
const mostSubrequests = 25

type compositeBody struct {
	AllOrNone bool         `json:"allOrNone"`
	Requests  []subrequest `json:"compositeRequest"`
}

type subrequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	ReferenceID string            `json:"referenceId"`
	Body        any               `json:"body"`
	Headers     map[string]string `json:"httpHeaders"`
}

type subresult struct {
	Body        json.RawMessage   `json:"body"`
	Headers     map[string]string `json:"httpHeaders"`
	Status      int               `json:"httpStatusCode"`
	ReferenceID string            `json:"referenceId"`
}

// composite serves POST /composite: several requests that may refer to the answers of earlier ones, counted as one.
// With allOrNone, what was written before a failure is undone.
func (s *Sandbox) composite(c *call) (int, any, *apiError) {
	var b compositeBody
	if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	c.inputs = len(b.Requests)
	if len(b.Requests) > mostSubrequests {
		return 0, nil, refuse("LIMIT_EXCEEDED", nil, "The Composite API limit of %d subrequests was exceeded.", mostSubrequests).topLevel()
	}
	if err := checkReferences(b.Requests); err != nil {
		return 0, nil, err
	}
	out, undo := make([]subresult, len(b.Requests)), []func(){}
	done := map[string]any{}
	for i, q := range b.Requests {
		out[i] = s.subrequest(c, q, done, &undo)
		if out[i].Status < http.StatusBadRequest || !b.AllOrNone {
			continue
		}
		s.undoAll(undo)
		for k, q := range b.Requests {
			if k != i {
				out[k] = subresult{halted(), map[string]string{}, http.StatusBadRequest, q.ReferenceID}
			}
		}
		break
	}
	return http.StatusOK, map[string]any{"compositeResponse": out}, nil
}

func halted() json.RawMessage {
	return json.RawMessage(`[{"errorCode":"PROCESSING_HALTED","message":"The transaction was rolled back since another operation in the same transaction failed."}]`)
}

// undoAll takes writes back, the last one first.
func (s *Sandbox) undoAll(undo []func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range slices.Backward(undo) {
		u()
	}
	s.regrant()
}

// checkReferences holds the ids of sub-requests to their rules.
func checkReferences(all []subrequest) *apiError {
	seen := map[string]bool{}
	for _, q := range all {
		if q.ReferenceID == "" || seen[q.ReferenceID] {
			return refuse("INVALID_INPUT", nil, "Provided referenceId ('%s') must start with a letter or a number, and must be unique", q.ReferenceID).topLevel()
		}
		seen[q.ReferenceID] = true
	}
	return nil
}

// subrequest answers one of a composite request's parts.
func (s *Sandbox) subrequest(c *call, q subrequest, done map[string]any, undo *[]func()) subresult {
	out := subresult{ReferenceID: q.ReferenceID, Headers: map[string]string{}}
	address, body, missing := fill(q, done)
	var a *scene.Answer
	if missing != "" {
		a = c.problem(fail(http.StatusBadRequest, "PROCESSING_HALTED", "Invalid reference specified. No value for %s found in %s", missing, q.ReferenceID))
	} else if inner, err := c.inner(q, address, body); err != nil {
		a = c.problem(fail(http.StatusBadRequest, "INVALID_INPUT", "%s", err))
	} else {
		inner.undo = undo
		a = s.runInner(inner)
	}
	out.Status, out.Body = a.Status, a.Body
	if len(a.Body) == 0 {
		out.Body = json.RawMessage("null")
	}
	var value any
	if json.Unmarshal(out.Body, &value) == nil && a.Status < http.StatusBadRequest {
		done[q.ReferenceID] = value
	}
	if m, ok := value.(map[string]any); ok && a.Status == http.StatusCreated {
		out.Headers["Location"] = fmt.Sprintf("%s/%v", strings.TrimSuffix(address, "/"), m["id"])
	}
	return out
}

// inner makes the call of a sub-request, which has the rights of the outer one and counts against nothing.
func (c *call) inner(q subrequest, address string, body []byte) (*call, error) {
	r, err := http.NewRequestWithContext(c.r.Context(), q.Method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = c.r.Header.Clone()
	for k, v := range q.Headers {
		r.Header.Set(k, v)
	}
	r.Host = c.r.Host
	return &call{sandbox: c.sandbox, r: r, at: c.at, body: body, user: c.user, header: http.Header{}}, nil
}

func (s *Sandbox) runInner(c *call) *scene.Answer {
	h := s.route(c)
	if h.run == nil || h.name == "composite" || h.open {
		return c.problem(notFound())
	}
	status, body, err := h.run(c)
	if err != nil {
		return c.problem(err)
	}
	return c.success(status, body)
}

var reference = regexp.MustCompile(`@\{([^}]+)\}`)

// fill puts the answers of earlier sub-requests in the place of references such as @{ref.id}.
func fill(q subrequest, done map[string]any) (address string, body []byte, missing string) {
	replace := func(text string) string {
		return reference.ReplaceAllStringFunc(text, func(m string) string {
			v, ok := lookUp(done, m[2:len(m)-1])
			if !ok && missing == "" {
				missing = m[2 : len(m)-1]
			}
			return v
		})
	}
	address = replace(q.URL)
	if q.Body != nil {
		raw, err := json.Marshal(q.Body) // came from JSON
		if err != nil {
			return address, nil, "body"
		}
		body = []byte(replace(string(raw)))
	}
	return address, body, missing
}

// lookUp follows a path such as ref.records[0].Id.
func lookUp(done map[string]any, path string) (string, bool) {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	var at any = done
	for part := range strings.SplitSeq(path, ".") {
		switch x := at.(type) {
		case map[string]any:
			at = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(x) {
				return "", false
			}
			at = x[i]
		default:
			return "", false
		}
	}
	switch v := at.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// treeResult is what became of one record of a tree.
type treeResult struct {
	ReferenceID string        `json:"referenceId"`
	ID          string        `json:"id,omitempty"`
	Errors      []resultError `json:"errors,omitempty"`
}

// tree serves POST /composite/tree/{object}: records with their children, all or none.
func (s *Sandbox) tree(c *call) (int, any, *apiError) {
	var b struct {
		Records []map[string]any `json:"records"`
	}
	if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	good, bad := []treeResult{}, []treeResult{}
	s.write(func(t *tx) {
		for _, raw := range b.Records {
			t.plant(c, raw, c.object, "", "", &good, &bad)
		}
		if len(bad) > 0 {
			t.rollback(0)
		}
	})
	c.inputs = len(good) + len(bad)
	if len(bad) > 0 {
		return http.StatusBadRequest, map[string]any{"hasErrors": true, "results": bad}, nil
	}
	return http.StatusCreated, map[string]any{"hasErrors": false, "results": good}, nil
}

// plant inserts one record of a tree, and then what is below it.
func (t *tx) plant(c *call, raw map[string]any, object, parentField, parent string, good, bad *[]treeResult) {
	ref := ""
	if a, ok := raw["attributes"].(map[string]any); ok {
		ref, _ = a["referenceId"].(string)
	}
	o := c.viewer().object(object)
	below := map[string][]any{}
	for name, v := range raw {
		if m, ok := v.(map[string]any); ok && name != "attributes" {
			if list, ok := m["records"].([]any); ok {
				below[name] = list
				delete(raw, name)
			}
		}
	}
	in := recordInput(raw)
	in.object = object
	if parentField != "" {
		in.values[parentField] = parent
	}
	out := t.save(c.saving(insertRows), []input{in})[0]
	if out.err != nil {
		*bad = append(*bad, treeResult{ReferenceID: ref, Errors: out.err.result()})
		return
	}
	*good = append(*good, treeResult{ReferenceID: ref, ID: out.id})
	for _, name := range sortedKeys(below) {
		child, field := seen{c.viewer(), o}.Child(name)
		for _, x := range below[name] {
			if m, ok := x.(map[string]any); ok {
				t.plant(c, m, child, field, out.id, good, bad)
			}
		}
	}
}
