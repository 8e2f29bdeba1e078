package hubspot

import (
	"net/http"
	"strconv"
	"strings"
)

// list answers GET /crm/objects/…/{object}: records by rising id, a page at a time.
func (s *Sandbox) list(c *call) (int, any, *apiError) {
	query := c.r.URL.Query()
	history := listParam(query["propertiesWithHistory"])
	most := 100
	if len(history) > 0 {
		most = 50
	}
	limit, err := c.limit(most)
	if err != nil {
		return 0, nil, err
	}
	after, err := offset(query.Get("after"))
	if err != nil {
		return 0, nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := viewOf(c.table, listParam(query["properties"]), history)
	if err := s.viewLinks(&v, listParam(query["associations"])); err != nil {
		return 0, nil, err
	}
	body := []byte(`{"results":[`)
	var last int64
	i := c.table.from(after + 1)
	for ; i < len(c.table.rows) && c.records < limit; i++ {
		r := c.table.rows[i]
		if (r.archived != 0) != c.archived() {
			continue
		}
		if c.records > 0 {
			body = append(body, ',')
		}
		body = s.appendRecord(body, c.table, r, v, extras{})
		c.records++
		last = r.id
	}
	body = append(body, ']')
	if c.table.more(i, c.archived()) {
		body = appendPaging(body, itoa(last), c.r)
	}
	return http.StatusOK, append(body, '}'), nil
}

// more says whether a list goes on after position i.
func (t *table) more(i int, archived bool) bool {
	for ; i < len(t.rows); i++ {
		if (t.rows[i].archived != 0) == archived {
			return true
		}
	}
	return false
}

func appendPaging(b []byte, after string, r *http.Request) []byte {
	u := *r.URL
	q := u.Query()
	q.Set("after", after)
	u.RawQuery = q.Encode()
	next := map[string]string{"after": after, "link": "https://api.hubapi.com" + u.String()}
	b = append(b, `,"paging":`...)
	return appendJSON(b, map[string]any{"next": next})
}

func offset(text string) (int64, *apiError) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, badRequest("Invalid paging offset %q", text)
	}
	return min(n, 1<<53), nil // beyond every id, and far from where sums overflow
}

// listParam reads a parameter given as a,b or repeated.
func listParam(values []string) []string {
	var out []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

func (s *Sandbox) viewLinks(v *view, names []string) *apiError {
	for _, name := range names {
		t := s.byName[name]
		if t == nil {
			return badRequest("Unable to infer object type from: %s", name)
		}
		if v.named == nil {
			v.named = map[kind]string{}
		}
		v.links = append(v.links, t.kind)
		v.named[t.kind] = t.meta.name
	}
	return nil
}

// locate finds the record a path names. Merged-away ids lead to the survivor.
func (s *Sandbox) locate(c *call) *row {
	if name := c.r.URL.Query().Get("idProperty"); name != "" && name != "hs_object_id" {
		p := c.table.property(name)
		if p == nil || c.table.unique[p.slot] == nil {
			return nil
		}
		return c.table.unique[p.slot][strings.ToLower(c.id)]
	}
	id, ok := recordID(c.id)
	if !ok {
		return nil
	}
	return c.table.find(c.table.survivor(id))
}

// get answers GET /crm/objects/…/{object}/{id}.
func (s *Sandbox) get(c *call) (int, any, *apiError) {
	query := c.r.URL.Query()
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.locate(c)
	if r == nil || (r.archived != 0) != c.archived() {
		return 0, nil, notFound()
	}
	v := viewOf(c.table, listParam(query["properties"]), listParam(query["propertiesWithHistory"]))
	if err := s.viewLinks(&v, listParam(query["associations"])); err != nil {
		return 0, nil, err
	}
	c.records = 1
	return http.StatusOK, s.appendRecord(nil, c.table, r, v, extras{}), nil
}

// association is a link asked for when a record is created.
type association struct {
	To    struct{ ID string } `json:"to"`
	Types []struct {
		Category string `json:"associationCategory"`
		TypeID   int    `json:"associationTypeId"`
	} `json:"types"`
}

// input is one record of a write.
type input struct {
	ID           string         `json:"id"`
	IDProperty   string         `json:"idProperty"`
	TraceID      string         `json:"objectWriteTraceId"`
	Properties   map[string]any `json:"properties"`
	Associations []association  `json:"associations"`
}

// texts are the properties of a write; HubSpot takes numbers and booleans for text, but neither null nor lists.
func (in input) texts() (map[string]string, *apiError) {
	out := make(map[string]string, len(in.Properties))
	for name, v := range in.Properties {
		switch v := v.(type) {
		case string:
			out[name] = v
		case bool:
			out[name] = strconv.FormatBool(v)
		case float64:
			out[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			return nil, badRequest("Invalid input JSON: property %q must be a string", name)
		}
	}
	return out, nil
}

// create answers POST /crm/objects/…/{object}.
func (s *Sandbox) create(c *call) (int, any, *apiError) {
	var in input
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	c.inputs = 1
	s.mu.Lock()
	defer s.mu.Unlock()
	r, x, err := s.createOne(c, in)
	if err != nil {
		return 0, nil, err
	}
	c.records = 1
	return http.StatusCreated, s.appendRecord(nil, c.table, r, writtenView(c.table, in), x), nil
}

func (s *Sandbox) createOne(c *call, in input) (*row, extras, *apiError) {
	texts, err := in.texts()
	if err != nil {
		return nil, extras{}, err
	}
	values, warnings, bad := s.checkValues(c.table, texts, c.now)
	if bad != nil {
		return nil, extras{}, refused(bad)
	}
	if err := s.required(c.table, nil, values); err != nil {
		return nil, extras{}, err
	}
	if held := c.table.holder(values, nil); held != nil {
		return nil, extras{}, duplicate(c.table, held)
	}
	targets, err := s.targets(c.table, in.Associations)
	if err != nil {
		return nil, extras{}, err
	}
	r := s.add(c.table, values, c.now, s.integration())
	for _, to := range targets {
		s.associate(c.table, r, to.table, to.row, to.primary)
	}
	return r, extras{trace: in.TraceID, warnings: warnings}, nil
}

func duplicate(t *table, held *row) *apiError {
	title := strings.ToUpper(t.meta.singular[:1]) + t.meta.singular[1:]
	return fail(http.StatusConflict, "CONFLICT", "%s already exists. Existing ID: %d", title, held.id)
}

// target is the far end of an association to be made.
type target struct {
	table   *table
	row     *row
	primary bool
}

func (s *Sandbox) targets(from *table, wanted []association) ([]target, *apiError) {
	var out []target
	for _, a := range wanted {
		id, _ := recordID(a.To.ID)
		for _, typ := range a.Types {
			to, primary := s.linkTarget(from, typ.TypeID)
			if to == nil {
				return nil, badRequest("association type id %d doesn't exist between %s and the given object", typ.TypeID, from.meta.name)
			}
			r := to.alive(to.survivor(id))
			if r == nil {
				return nil, badRequest("One or more associations are not valid: object %s doesn't exist", a.To.ID)
			}
			out = append(out, target{to, r, primary})
		}
	}
	return out, nil
}

// linkTarget finds the object type on the other side of an association type.
func (s *Sandbox) linkTarget(from *table, typeID int) (to *table, primary bool) {
	for k := range kinds {
		lt := linkTypeOf(from.kind, k)
		if typeID != 0 && (lt.plain == typeID || lt.primary == typeID) {
			return s.tables[k], lt.primary == typeID
		}
	}
	return nil, false
}

// writtenView shows what a write touched, and when.
func writtenView(t *table, in input) view { return viewOf(t, sortedKeys(in.Properties), nil) }

// patch answers PATCH /crm/objects/…/{object}/{id}.
func (s *Sandbox) patch(c *call) (int, any, *apiError) {
	var in input
	if err := c.decode(&in); err != nil {
		return 0, nil, err
	}
	texts, err := in.texts()
	if err != nil {
		return 0, nil, err
	}
	c.inputs = 1
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.locate(c)
	if r == nil || r.archived != 0 {
		return 0, nil, notFound()
	}
	warnings, err := s.updateOne(c, r, texts)
	if err != nil {
		return 0, nil, err
	}
	c.records = 1
	return http.StatusOK, s.appendRecord(nil, c.table, r, writtenView(c.table, in), extras{warnings: warnings}), nil
}

// updateOne checks and stores one update.
func (s *Sandbox) updateOne(c *call, r *row, texts map[string]string) ([]warning, *apiError) {
	values, warnings, err := s.checkUpdate(c, r, texts)
	if err != nil {
		return nil, err
	}
	s.change(c.table, r, values, c.now, s.integration())
	return warnings, nil
}

func (s *Sandbox) checkUpdate(c *call, r *row, texts map[string]string) (map[uint16]string, []warning, *apiError) {
	values, warnings, bad := s.checkValues(c.table, texts, c.now)
	if bad != nil {
		return nil, nil, refused(bad)
	}
	if err := s.required(c.table, r, values); err != nil {
		return nil, nil, err
	}
	if held := c.table.holder(values, r); held != nil {
		return nil, nil, duplicate(c.table, held)
	}
	c.table.forward(r, values)
	return values, warnings, nil
}

// archiveCall answers DELETE /crm/objects/…/{object}/{id}; deleting twice is fine.
func (s *Sandbox) archiveCall(c *call) (int, any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := recordID(c.id); ok {
		if r := c.table.alive(id); r != nil {
			s.archive(c.table, r, c.now)
			c.records = 1
		}
	}
	return http.StatusNoContent, nil, nil
}
