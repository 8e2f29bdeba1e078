package salesforce

import (
	"net/http"
	"strings"
)

// What a collection may hold.
const (
	mostRecords = 200
	mostRuns    = 10 // of records of one object
)

// routeComposite serves /composite and what lies below.
func (s *Sandbox) routeComposite(c *call) handler {
	rest, method := c.rest[1:], c.r.Method
	switch {
	case len(rest) == 0 && method == http.MethodPost:
		return handler{name: "composite", run: s.composite}
	case len(rest) == 0:
		return handler{}
	case strings.EqualFold(rest[0], "tree") && len(rest) == 2 && method == http.MethodPost:
		c.object = rest[1]
		return handler{name: "tree", run: s.tree}
	case !strings.EqualFold(rest[0], "sobjects"):
		return handler{}
	}
	switch {
	case len(rest) == 1 && method == http.MethodPost:
		return handler{name: "collections_create", run: func(c *call) (int, any, *apiError) { return s.collection(c, insertRows, "", "") }}
	case len(rest) == 1 && method == http.MethodPatch:
		return handler{name: "collections_update", run: func(c *call) (int, any, *apiError) { return s.collection(c, updateRows, "", "") }}
	case len(rest) == 1 && method == http.MethodDelete:
		return handler{name: "collections_delete", run: s.collectionDelete}
	case len(rest) == 3 && method == http.MethodPatch:
		c.object = rest[1]
		return handler{name: "collections_upsert", run: func(c *call) (int, any, *apiError) { return s.collection(c, upsertRows, rest[1], rest[2]) }}
	case len(rest) == 2 && (method == http.MethodGet || method == http.MethodPost):
		c.object = rest[1]
		return handler{name: "collections_read", run: s.collectionRead}
	}
	return handler{}
}

type collectionBody struct {
	AllOrNone bool             `json:"allOrNone"`
	Records   []map[string]any `json:"records"`
}

// collection serves POST and PATCH /composite/sobjects[/{object}/{field}].
func (s *Sandbox) collection(c *call, op operation, object, external string) (int, any, *apiError) {
	var b collectionBody
	if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	in, err := collectionInputs(b.Records, object)
	c.inputs = len(b.Records)
	if err != nil {
		return 0, nil, err
	}
	if len(in) > 0 && c.object == "" {
		c.object = in[0].object
	}
	w := c.saving(op)
	w.allOrNone, w.external = b.AllOrNone, external
	results, bad := s.saveChecked(w, in)
	if bad != nil {
		return 0, nil, bad
	}
	c.records = len(results)
	return http.StatusOK, collectionResults(results, op == upsertRows), nil
}

func collectionInputs(records []map[string]any, object string) ([]input, *apiError) {
	if len(records) > mostRecords {
		return nil, refuse("INVALID_INPUT", nil, "record limit reached. cannot submit more than %d records in this collection", mostRecords).topLevel()
	}
	var in []input
	runs, last := 0, ""
	for _, raw := range records {
		x := recordInput(raw)
		if object != "" && x.object == "" {
			x.object = object
		}
		if x.object == "" {
			return nil, refuse("INVALID_TYPE", nil, "type was not specified for record").topLevel()
		}
		if !strings.EqualFold(x.object, last) {
			runs, last = runs+1, x.object
		}
		in = append(in, x)
	}
	if runs > mostRuns {
		return nil, refuse("INVALID_INPUT", nil, "The request can't contain more than %d chunks of records of one type", mostRuns).topLevel()
	}
	return in, nil
}

// saveChecked saves, unless a record cannot even be read: then nothing is saved and the whole request is refused.
func (s *Sandbox) saveChecked(w saving, in []input) ([]result, *apiError) {
	var out []result
	var bad *apiError
	s.write(func(t *tx) {
		mark := len(t.undo)
		out = t.save(w, in)
		for _, r := range out {
			if r.unreadable {
				t.rollback(mark)
				bad = r.err.topLevel()
				return
			}
		}
	})
	return out, bad
}

// collectionResult is what became of one record of a collection.
type collectionResult struct {
	ID      string        `json:"id,omitempty"`
	Success bool          `json:"success"`
	Errors  []resultError `json:"errors"`
	Created *bool         `json:"created,omitempty"`
}

func collectionResults(results []result, upsert bool) []collectionResult {
	out := make([]collectionResult, len(results))
	for i, r := range results {
		if r.err != nil {
			out[i] = collectionResult{ID: r.id, Errors: r.err.result()}
		} else {
			out[i] = collectionResult{ID: r.id, Success: true, Errors: []resultError{}}
		}
		if upsert {
			out[i].Created = &results[i].created
		}
	}
	return out
}

// collectionDelete serves DELETE /composite/sobjects?ids=…&allOrNone=….
func (s *Sandbox) collectionDelete(c *call) (int, any, *apiError) {
	q := c.r.URL.Query()
	ids := strings.Split(q.Get("ids"), ",")
	c.inputs = len(ids)
	if len(ids) > mostRecords {
		return 0, nil, refuse("INVALID_INPUT", nil, "record limit reached. cannot submit more than %d records in this collection", mostRecords).topLevel()
	}
	var in []input
	for _, id := range ids {
		full, _ := fullID(strings.TrimSpace(id))
		o := s.objectByPrefix(full)
		if o == nil {
			return 0, nil, refuse("MALFORMED_ID", nil, "malformed id %s", id).topLevel()
		}
		in = append(in, input{object: o.name, id: full})
	}
	w := c.saving(deleteRows)
	w.allOrNone = strings.EqualFold(q.Get("allOrNone"), "true")
	return http.StatusOK, collectionResults(s.save(w, in), false), nil
}

func (s *Sandbox) objectByPrefix(id string) *object {
	for _, o := range s.order {
		if len(id) == 18 && id[:3] == o.prefix {
			return o
		}
	}
	return nil
}

// collectionRead serves GET and POST /composite/sobjects/{object}: ids and fields.
func (s *Sandbox) collectionRead(c *call) (int, any, *apiError) {
	var b struct{ IDs, Fields []string }
	if c.r.Method == http.MethodGet {
		b.IDs, b.Fields = strings.Split(c.r.URL.Query().Get("ids"), ","), strings.Split(c.r.URL.Query().Get("fields"), ",")
	} else if err := c.decode(&b); err != nil {
		return 0, nil, err
	}
	c.inputs = len(b.IDs)
	if len(b.IDs) > 2000 {
		return 0, nil, refuse("INVALID_INPUT", nil, "record limit reached. cannot submit more than 2000 records in this collection").topLevel()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := c.viewer().object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	var fields []*field
	for _, name := range b.Fields {
		f := c.viewer().field(o, strings.TrimSpace(name))
		if f == nil {
			return 0, nil, noSuchColumn(strings.TrimSpace(name), o.name).topLevel()
		}
		fields = append(fields, f)
	}
	out := []byte{'['}
	for i, id := range b.IDs {
		if i > 0 {
			out = append(out, ',')
		}
		full, _ := fullID(strings.TrimSpace(id))
		r := o.byID[full]
		if r == nil || r.deleted || !c.viewer().sees(r) {
			out = append(out, "null"...)
			continue
		}
		c.records++
		out = r.record(fields).AppendJSON(out, c.base())
	}
	return http.StatusOK, append(out, ']'), nil
}
