package hubspot

import (
	"net/http"
	"slices"
	"strings"
)

// largestBatch is the most records one batch request may name.
const largestBatch = 100

// batchError is one entry of a batch answer's errors.
type batchError struct {
	Status   string              `json:"status"`
	Category string              `json:"category"`
	Message  string              `json:"message"`
	Context  map[string][]string `json:"context"`
	Errors   []errorDetail       `json:"errors"`
	Links    map[string]string   `json:"links"`
}

func batchProblem(category, message string, context map[string][]string) batchError {
	return batchError{"error", category, message, context, []errorDetail{}, map[string]string{}}
}

// traced is what becomes of one failed input whose trace id tells it apart.
func (e *apiError) traced(trace string) batchError {
	b := batchProblem(e.Category, e.Message, map[string][]string{"objectWriteTraceId": {trace}})
	if e.Errors != nil {
		b.Errors = e.Errors
	}
	return b
}

// batch collects the answer to a batch request.
type batch struct {
	c       *call
	results []byte
	count   int
	errors  []batchError
	missing []string
}

func (b *batch) add(r *row, v view, x extras) {
	if b.count > 0 {
		b.results = append(b.results, ',')
	}
	b.results = b.c.sandbox.appendRecord(b.results, b.c.table, r, v, x)
	b.count++
}

// finish closes a batch: 207 as soon as one input failed.
func (b *batch) finish(status int) (int, any, *apiError) {
	if b.missing != nil {
		b.errors = append(b.errors, batchProblem("OBJECT_NOT_FOUND", "Could not get some "+strings.ToUpper(b.c.table.meta.singular)+
			" objects, they may be deleted or not exist. Check that ids are valid.", map[string][]string{"ids": b.missing}))
	}
	b.c.records = b.count
	body := append([]byte(`{"status":"COMPLETE","results":[`), b.results...)
	body = append(body, ']')
	if b.errors != nil {
		status = http.StatusMultiStatus
		body = append(body, `,"numErrors":`...)
		body = appendJSON(body, len(b.errors))
		body = append(body, `,"errors":`...)
		body = appendJSON(body, b.errors)
	}
	moment := isoTime(b.c.now)
	body = append(body, `,"startedAt":"`+moment+`","completedAt":"`+moment+`"}`...)
	return status, body, nil
}

type batchRequest struct {
	Properties            []string `json:"properties"`
	PropertiesWithHistory []string `json:"propertiesWithHistory"`
	IDProperty            string   `json:"idProperty"`
	Inputs                []input  `json:"inputs"`
}

func (c *call) batch() (batchRequest, *apiError) {
	var req batchRequest
	if err := c.decode(&req); err != nil {
		return req, err
	}
	c.inputs = len(req.Inputs)
	if len(req.Inputs) > largestBatch {
		return req, badRequest("The maximum number of inputs supported in a batch request is %d, but received %d", largestBatch, len(req.Inputs))
	}
	return req, nil
}

// batchRead answers POST …/batch/read. Ids repeated are read once; ids merged away lead to the survivor.
func (s *Sandbox) batchRead(c *call) (int, any, *apiError) {
	req, err := c.batch()
	if err != nil {
		return 0, nil, err
	}
	if len(req.PropertiesWithHistory) > 0 && len(req.Inputs) > 50 {
		return 0, nil, badRequest("The maximum number of inputs supported in a batch request for property histories is 50, but received %d", len(req.Inputs))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := batch{c: c}
	v := viewOf(c.table, req.Properties, req.PropertiesWithHistory)
	var rows []*row
	for _, in := range req.Inputs {
		r, err := s.named(c, in.ID, req.IDProperty)
		switch {
		case err != nil:
			return 0, nil, err
		case r == nil || (r.archived != 0) != c.archived():
			b.missing = append(b.missing, in.ID)
		default:
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(x, y *row) int { return int(min(1, max(-1, x.id-y.id))) })
	for _, r := range slices.Compact(rows) {
		b.add(r, v, extras{})
	}
	return b.finish(http.StatusOK)
}

// named finds a record by id or by a unique property, following merges.
func (s *Sandbox) named(c *call, id, idProperty string) (*row, *apiError) {
	if idProperty == "" || idProperty == "hs_object_id" {
		n, _ := recordID(id)
		return c.table.find(c.table.survivor(n)), nil
	}
	p := c.table.property(idProperty)
	if p == nil || c.table.unique[p.slot] == nil {
		return nil, badRequest("Property %q is not a unique identifier property of %s", idProperty, c.table.meta.name)
	}
	return c.table.unique[p.slot][strings.ToLower(id)], nil
}

// duplicates refuses a batch that names a record twice.
func duplicates(inputs []input) *apiError {
	seen := map[string]bool{}
	var twice []string
	for _, in := range inputs {
		key := strings.ToLower(in.ID)
		if seen[key] && !slices.Contains(twice, in.ID) {
			twice = append(twice, in.ID)
		}
		seen[key] = true
	}
	if twice == nil {
		return nil
	}
	e := badRequest("Duplicate IDs found in batch input: [%s]. IDs must be unique", strings.Join(twice, ", "))
	e.Context = map[string][]string{"ids": twice}
	return e
}

// tellsApart says whether every input carries a trace id of its own. Only then does HubSpot fail them one by one.
func tellsApart(inputs []input) bool {
	seen := map[string]bool{}
	for _, in := range inputs {
		if in.TraceID == "" || seen[in.TraceID] {
			return false
		}
		seen[in.TraceID] = true
	}
	return true
}

// batchUpdate answers POST …/batch/update. Unknown ids are named in a 207; ids merged away vanish without a word.
func (s *Sandbox) batchUpdate(c *call) (int, any, *apiError) {
	req, err := c.batch()
	if err != nil {
		return 0, nil, err
	}
	if err := duplicates(req.Inputs); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := batch{c: c}
	var todo []pendingUpdate
	apart := tellsApart(req.Inputs)
	for _, in := range req.Inputs {
		u, err := s.prepare(c, in)
		switch {
		case err != nil && !apart:
			return 0, nil, err
		case err != nil:
			b.errors = append(b.errors, err.traced(in.TraceID))
		case u.gone:
		case u.row == nil:
			b.missing = append(b.missing, in.ID)
		default:
			todo = append(todo, u)
		}
	}
	var v view
	var shown []string
	for _, u := range todo {
		s.change(c.table, u.row, u.values, c.now, s.integration())
		if names := sortedKeys(u.in.Properties); v.props == nil || !slices.Equal(names, shown) {
			v, shown = viewOf(c.table, names, nil), names // most batches write the same properties of every record
		}
		b.add(u.row, v, extras{trace: u.in.TraceID, warnings: u.warnings})
	}
	return b.finish(http.StatusOK)
}

// pendingUpdate is one input of a batch update that may be stored.
type pendingUpdate struct {
	in       input
	row      *row // nil: not found
	gone     bool // merged away
	values   map[uint16]string
	warnings []warning
}

func (s *Sandbox) prepare(c *call, in input) (pendingUpdate, *apiError) {
	u := pendingUpdate{in: in}
	texts, err := in.texts()
	if err != nil {
		return u, err
	}
	if in.IDProperty == "email" {
		return u, badRequest("idProperty email is not supported for batch update")
	}
	if n, ok := recordID(in.ID); ok && c.table.aliases[n] != 0 && in.IDProperty == "" {
		u.gone = true
		return u, nil
	}
	r, err := s.named(c, in.ID, in.IDProperty)
	if err != nil {
		return u, err
	}
	if r == nil || r.archived != 0 {
		return u, nil
	}
	u.row = r
	u.values, u.warnings, err = s.checkUpdate(c, r, texts)
	return u, err
}
