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
