package hubspot

import (
	"encoding/json"
	"net/http"
)

// endpoints is the far end of a link: one {"id"} or a list of them.
type endpoints []struct {
	ID string `json:"id"`
}

// UnmarshalJSON takes both forms.
func (e *endpoints) UnmarshalJSON(raw []byte) error {
	var one struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &one) == nil {
		*e = endpoints{one}
		return nil
	}
	var many []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &many); err != nil {
		return err
	}
	*e = many
	return nil
}

func (e endpoints) first() string {
	if len(e) == 0 {
		return ""
	}
	return e[0].ID
}

// routeRecordLinks serves /crm/objects/…/{object}/{id}/associations/….
func (s *Sandbox) routeRecordLinks(c *call, rest []string) operation {
	c.id = rest[0]
	tail := rest[2:]
	standard := tail[0] == "default"
	if standard {
		tail = tail[1:]
	}
	if len(tail) == 0 || s.byName[tail[0]] == nil {
		return operation{}
	}
	c.other = s.byName[tail[0]]
	far := ""
	if len(tail) == 2 {
		far = tail[1]
	}
	op := func(name, suffix string, run func(*call) (int, any, *apiError)) operation {
		return operation{name: name, class: associationLimit, run: run,
			scopes: []string{"crm.objects." + c.table.meta.scope + suffix, "crm.objects." + c.other.meta.scope + suffix}}
	}
	switch {
	case c.r.Method == http.MethodGet && len(tail) == 1 && !standard:
		return op("associations_list", ".read", s.listRecordLinks)
	case c.r.Method == http.MethodPut && far != "":
		return op("associations_create", ".write", func(c *call) (int, any, *apiError) { return s.putRecordLink(c, far, standard) })
	case c.r.Method == http.MethodDelete && far != "":
		return op("associations_archive", ".write", func(c *call) (int, any, *apiError) { return s.deleteRecordLink(c, far) })
	}
	return operation{}
}

func (s *Sandbox) listRecordLinks(c *call) (int, any, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, _ := recordID(c.id)
	r := c.table.alive(c.table.survivor(id))
	if r == nil {
		return 0, nil, notFound()
	}
	from, err := c.linksOf(c.id, c.r.URL.Query().Get("after"), r)
	if err != nil {
		return 0, nil, err
	}
	if from.To == nil {
		from.To = []linkTo{}
	}
	c.records = len(from.To)
	out := map[string]any{"results": from.To}
	if from.Paging != nil {
		out["paging"] = from.Paging
	}
	return http.StatusOK, out, nil
}

func (s *Sandbox) putRecordLink(c *call, far string, standard bool) (int, any, *apiError) {
	var types []struct {
		TypeID int `json:"associationTypeId"`
	}
	if !standard {
		if err := c.decode(&types); err != nil {
			return 0, nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, b := s.pair(c, c.id, far)
	if a == nil || b == nil {
		return 0, nil, notFound()
	}
	lt := linkTypeOf(c.table.kind, c.other.kind)
	primary := false
	for _, t := range types {
		primary = primary || lt.primary != 0 && t.TypeID == lt.primary
	}
	s.link(c, a, b, primary)
	if standard {
		end := func(r *row) map[string]string { return map[string]string{"id": itoa(r.id)} }
		spec := map[string]any{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": lt.plain}
		return plainBatch(c, http.StatusOK, []map[string]any{{"from": end(a), "to": end(b), "associationSpec": spec}}, nil)
	}
	return http.StatusCreated, map[string]any{"fromObjectTypeId": c.table.meta.typeID, "fromObjectId": c.farID(a.id),
		"toObjectTypeId": c.other.meta.typeID, "toObjectId": c.farID(b.id), "labels": []string{}}, nil
}

func (s *Sandbox) deleteRecordLink(c *call, far string) (int, any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, b := s.pair(c, c.id, far); a != nil && b != nil {
		s.dissociate(c.table, a, c.other, b.id)
	}
	return http.StatusNoContent, nil, nil
}
