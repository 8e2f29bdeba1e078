package salesforce

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// routeSObjects serves /sobjects/….
func (s *Sandbox) routeSObjects(c *call) handler {
	rest, method := c.rest[1:], c.r.Method
	if len(rest) == 0 {
		if method == http.MethodGet {
			return handler{name: "describe_global", run: s.describeGlobal}
		}
		return handler{}
	}
	c.object = rest[0]
	switch {
	case len(rest) == 1 && method == http.MethodPost:
		return handler{name: "create", run: s.create}
	case len(rest) == 1 && method == http.MethodGet:
		return handler{name: "describe_basic", run: s.describeBasic}
	case len(rest) == 2 && method == http.MethodGet && strings.EqualFold(rest[1], "describe"):
		return handler{name: "describe", run: s.describe}
	case len(rest) == 2 && method == http.MethodGet && strings.EqualFold(rest[1], "updated"):
		return handler{name: "updated", run: s.updated}
	case len(rest) == 2 && method == http.MethodGet && strings.EqualFold(rest[1], "deleted"):
		return handler{name: "deleted", run: s.deleted}
	case len(rest) == 2:
		return s.routeRecord(method)
	case len(rest) == 3:
		return s.routeByValue(method)
	}
	return handler{}
}

func (s *Sandbox) routeRecord(method string) handler {
	switch method {
	case http.MethodGet:
		return handler{name: "read", run: s.readRecord}
	case http.MethodPatch:
		return handler{name: "update", run: s.updateRecord}
	case http.MethodDelete:
		return handler{name: "delete", run: s.deleteRecord}
	}
	return handler{}
}

func (s *Sandbox) routeByValue(method string) handler {
	switch method {
	case http.MethodGet:
		return handler{name: "read", run: s.readByValue}
	case http.MethodPatch, http.MethodPost:
		return handler{name: "upsert", run: s.upsertRecord}
	case http.MethodDelete:
		return handler{name: "delete", run: s.deleteByValue}
	}
	return handler{}
}

// recordInput takes a JSON record apart.
func recordInput(raw map[string]any) input {
	in := input{values: make(map[string]any, len(raw))}
	for name, v := range raw {
		switch {
		case strings.EqualFold(name, "attributes"):
			if a, ok := v.(map[string]any); ok {
				in.object, _ = a["type"].(string)
			}
		case strings.EqualFold(name, "id"):
			in.id, _ = v.(string)
		default:
			in.values[name] = v
		}
	}
	return in
}

func (c *call) recordInput() (input, *apiError) {
	var raw map[string]any
	if err := c.decode(&raw); err != nil {
		return input{}, err
	}
	in := recordInput(raw)
	in.object = c.object
	c.inputs = 1
	return in, nil
}

// saved is the answer to a write of one record.
type saved struct {
	ID      string        `json:"id"`
	Success bool          `json:"success"`
	Errors  []resultError `json:"errors"`
	Created *bool         `json:"created,omitempty"`
}

func (s *Sandbox) create(c *call) (int, any, *apiError) {
	in, bad := c.recordInput()
	if bad != nil {
		return 0, nil, bad
	}
	if in.id != "" {
		return 0, nil, refuse("INVALID_FIELD", nil, "cannot specify Id in an insert call").topLevel()
	}
	out := s.save(c.saving(insertRows), []input{in})[0]
	if out.err != nil {
		return 0, nil, single(out.err)
	}
	return http.StatusCreated, saved{ID: out.id, Success: true, Errors: []resultError{}}, nil
}

// single is the refusal of one record as that of its request.
func single(e *rowError) *apiError {
	if e.Code == "INVALID_TYPE" || e.Code == "INVALID_CROSS_REFERENCE_KEY" && len(e.Fields) == 0 {
		return notFound()
	}
	if e.Code == "MALFORMED_ID" && len(e.Fields) == 0 {
		return fail(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: Id")
	}
	return e.topLevel()
}

func (s *Sandbox) updateRecord(c *call) (int, any, *apiError) {
	in, bad := c.recordInput()
	if bad != nil {
		return 0, nil, bad
	}
	if in.id != "" {
		return 0, nil, refuse("INVALID_FIELD", []string{"Id"}, "The Id field should not be specified in the sobject data.").topLevel()
	}
	in.id = c.rest[2]
	if err := s.unmodified(c); err != nil {
		return 0, nil, err
	}
	if out := s.save(c.saving(updateRows), []input{in})[0]; out.err != nil {
		return 0, nil, single(out.err)
	}
	return http.StatusNoContent, nil, nil
}

// unmodified holds a write to If-Unmodified-Since.
func (s *Sandbox) unmodified(c *call) *apiError {
	since, err := http.ParseTime(c.r.Header.Get("If-Unmodified-Since"))
	if err != nil {
		return nil // not asked for
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, _ := fullID(c.rest[2])
	if _, r := s.objectOf(id); r != nil && r.modified > since.UnixMilli() {
		return fail(http.StatusPreconditionFailed, "PRECONDITION_FAILED", "The record was modified since %s", since.Format(time.RFC3339))
	}
	return nil
}

func (s *Sandbox) deleteRecord(c *call) (int, any, *apiError) {
	c.inputs = 1
	if out := s.save(c.saving(deleteRows), []input{{object: c.object, id: c.rest[2]}})[0]; out.err != nil {
		return 0, nil, single(out.err)
	}
	return http.StatusNoContent, nil, nil
}

// upsertRecord serves PATCH /sobjects/{object}/{field}/{value}: 201 for a new record, 200 for an old one (204 before
// version 46), 300 when there are several.
func (s *Sandbox) upsertRecord(c *call) (int, any, *apiError) {
	in, bad := c.recordInput()
	if bad != nil {
		return 0, nil, bad
	}
	w := c.saving(upsertRows)
	w.external = c.rest[2]
	value, err := url.PathUnescape(c.rest[3])
	if err != nil {
		return 0, nil, notFound()
	}
	if strings.EqualFold(w.external, "Id") {
		in.id = value
	} else {
		in.values[w.external] = value
	}
	out := s.save(w, []input{in})[0]
	switch {
	case out.several != nil:
		urls := make([]string, len(out.several))
		for i, id := range out.several {
			urls[i] = c.base() + "/sobjects/" + s.objects[strings.ToLower(c.object)].name + "/" + id
		}
		return http.StatusMultipleChoices, urls, nil
	case out.err != nil:
		return 0, nil, single(out.err)
	case out.created:
		return http.StatusCreated, saved{out.id, true, []resultError{}, &out.created}, nil
	case c.older(46):
		return http.StatusNoContent, nil, nil
	}
	return http.StatusOK, saved{out.id, true, []resultError{}, &out.created}, nil
}

// older tells whether the request asks for a version before n.
func (c *call) older(n int) bool {
	have := 0
	for _, r := range strings.TrimSuffix(c.version, ".0") {
		have = have*10 + int(r-'0')
	}
	return have < n
}

func (s *Sandbox) readRecord(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := c.viewer().object(c.object)
	if o == nil {
		return 0, nil, notFound()
	}
	id, ok := fullID(c.rest[2])
	r := o.byID[id]
	switch {
	case !ok:
		return 0, nil, fail(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", c.rest[2])
	case r == nil || !c.viewer().sees(r):
		return 0, nil, notFound()
	case r.deleted:
		return 0, nil, fail(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	return s.recordAnswer(c, r)
}

// recordAnswer writes a record: the fields asked for, or all.
func (s *Sandbox) recordAnswer(c *call, r *row) (int, any, *apiError) {
	fields := c.viewer().fields(r.o)
	if text := c.r.URL.Query().Get("fields"); text != "" {
		fields = nil
		for name := range strings.SplitSeq(text, ",") {
			f := c.viewer().field(r.o, strings.TrimSpace(name))
			if f == nil {
				return 0, nil, noSuchColumn(strings.TrimSpace(name), r.o.name).topLevel()
			}
			fields = append(fields, f)
		}
		if !strings.EqualFold(strings.TrimSpace(strings.Split(text, ",")[0]), "Id") {
			fields = append(fields, r.o.must("Id"))
		}
	}
	c.records = 1
	return http.StatusOK, r.record(fields).AppendJSON(nil, c.base()), nil
}

// record is a row as the wire shows it.
func (r *row) record(fields []*field) *soql.Record {
	out := &soql.Record{Object: r.o.name, Real: r.o.name, ID: r.id}
	for _, f := range fields {
		out.Cells = append(out.Cells, soql.Cell{Name: f.Name, Kind: f.Kind, Value: r.get(f)})
	}
	return out
}

// byValue finds the record of /sobjects/{object}/{field}/{value}.
func (s *Sandbox) byValue(c *call) (*row, []string, *apiError) {
	o := c.viewer().object(c.object)
	if o == nil {
		return nil, nil, notFound()
	}
	f := c.viewer().field(o, c.rest[2])
	if f == nil || !f.externalID && !f.lookup {
		return nil, nil, fail(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", c.rest[2])
	}
	found := o.live(f, c.rest[3])
	switch len(found) {
	case 0:
		return nil, nil, notFound()
	case 1:
		return found[0], nil, nil
	}
	var urls []string
	for _, r := range found {
		urls = append(urls, c.base()+"/sobjects/"+o.name+"/"+r.id)
	}
	return nil, urls, nil
}

func (s *Sandbox) readByValue(c *call) (int, any, *apiError) {
	s.mu.Lock() // for writing: a first look-up builds an index
	defer s.mu.Unlock()
	r, several, err := s.byValue(c)
	switch {
	case err != nil:
		return 0, nil, err
	case several != nil:
		return http.StatusMultipleChoices, several, nil
	}
	return s.recordAnswer(c, r)
}

func (s *Sandbox) deleteByValue(c *call) (int, any, *apiError) {
	s.mu.Lock()
	r, several, err := s.byValue(c)
	s.mu.Unlock()
	switch {
	case err != nil:
		return 0, nil, err
	case several != nil:
		return http.StatusMultipleChoices, several, nil
	}
	c.rest[2] = r.id
	return s.deleteRecord(c)
}
