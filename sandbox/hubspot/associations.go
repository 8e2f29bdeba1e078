package hubspot

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// The most inputs of an association batch, to read and to write.
const (
	largestLinkRead  = 1000
	largestLinkWrite = 2000
	linksPerPage     = 500
)

// routeAssociations serves /crm/associations/…/{from}/{to}/….
func (s *Sandbox) routeAssociations(c *call, rest []string) operation {
	if len(rest) < 3 {
		return operation{}
	}
	c.table, c.other = s.byName[rest[0]], s.byName[rest[1]]
	if c.table == nil || c.other == nil {
		c.id = rest[0]
		if c.table != nil {
			c.id = rest[1]
		}
		c.table, c.other = nil, nil
		return operation{name: "unknown", class: burstLimit, run: unknownObject}
	}
	op := func(name string, suffix string, run func(*call) (int, any, *apiError)) operation {
		scopes := []string{"crm.objects." + c.table.meta.scope + suffix, "crm.objects." + c.other.meta.scope + suffix}
		return operation{name: name, class: associationLimit, scopes: scopes, run: run}
	}
	switch c.r.Method + " " + strings.Join(rest[2:], "/") {
	case "POST batch/read":
		return op("associations_read", ".read", s.readLinks)
	case "POST batch/create":
		return op("associations_create", ".write", s.createLinks)
	case "POST batch/associate/default":
		return op("associations_create", ".write", s.createLinks)
	case "POST batch/archive":
		return op("associations_archive", ".write", s.archiveLinks)
	case "GET labels":
		return op("associations_labels", ".read", s.linkLabels)
	}
	return operation{}
}

type linkTo struct {
	ToObjectID       any         `json:"toObjectId"`
	AssociationTypes []linkLabel `json:"associationTypes"`
}

type linkLabel struct {
	Category string          `json:"category"`
	TypeID   int             `json:"typeId"`
	Label    json.RawMessage `json:"label,omitempty"`
}

type linksFrom struct {
	From   map[string]string `json:"from"`
	To     []linkTo          `json:"to"`
	Paging any               `json:"paging,omitempty"`
}

// farID is a record id as the dialect writes it: text on dated paths, a number on v4.
func (c *call) farID(id int64) any {
	if c.dated {
		return itoa(id)
	}
	return id
}

// labelsOf lists the types of a link. One without a label says null on v4, and nothing on dated paths.
func (c *call) labelsOf(lt linkType, primary bool) []linkLabel {
	plain := linkLabel{Category: "HUBSPOT_DEFINED", TypeID: lt.plain}
	if !c.dated {
		plain.Label = json.RawMessage("null")
	}
	if !primary || lt.primary == 0 {
		return []linkLabel{plain}
	}
	return []linkLabel{{"HUBSPOT_DEFINED", lt.primary, json.RawMessage(`"Primary"`)}, plain}
}

type linkRequest struct {
	Inputs []struct {
		ID    string              `json:"id"`
		After string              `json:"after"`
		From  struct{ ID string } `json:"from"`
		To    endpoints           `json:"to"`
		Types []struct {
			TypeID int `json:"associationTypeId"`
		} `json:"types"`
	} `json:"inputs"`
}

func (c *call) linkRequest(most int) (linkRequest, *apiError) {
	var req linkRequest
	if err := c.decode(&req); err != nil {
		return req, err
	}
	c.inputs = len(req.Inputs)
	if len(req.Inputs) > most {
		return req, badRequest("The maximum number of inputs supported in a batch request is %d, but received %d", most, len(req.Inputs))
	}
	return req, nil
}

// readLinks answers POST …/batch/read. Records without links are left out; a deleted record spoils the whole batch.
func (s *Sandbox) readLinks(c *call) (int, any, *apiError) {
	req, err := c.linkRequest(largestLinkRead)
	if err != nil {
		return 0, nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	results := []linksFrom{}
	var unknown []string
	for _, in := range req.Inputs {
		id, _ := recordID(in.ID)
		r := c.table.find(c.table.survivor(id))
		switch {
		case r == nil:
			unknown = append(unknown, in.ID)
		case r.archived != 0:
			return 0, nil, badRequest("Object %s of type %s has been deleted", in.ID, c.table.meta.typeID)
		default:
			from, err := c.linksOf(in.ID, in.After, r)
			if err != nil {
				return 0, nil, err
			}
			if from.To != nil {
				results = append(results, from)
				c.records += len(from.To)
			}
		}
	}
	var problems []batchError
	if unknown != nil {
		problems = []batchError{batchProblem("OBJECT_NOT_FOUND", "No "+c.table.meta.singular+" is associated with the given ids, or they do not exist.",
			map[string][]string{"fromObjectId": unknown})}
	}
	return plainBatch(c, http.StatusOK, results, problems)
}

func (c *call) linksOf(id, after string, r *row) (linksFrom, *apiError) {
	start, err := offset(after)
	if err != nil {
		return linksFrom{}, err
	}
	from := linksFrom{From: map[string]string{"id": id}}
	lt := linkTypeOf(c.table.kind, c.other.kind)
	all := c.table.linked(r, c.other.kind)
	for i := int(start); i < len(all) && len(from.To) < linksPerPage; i++ {
		if c.other.alive(all[i].to) != nil {
			from.To = append(from.To, linkTo{c.farID(all[i].to), c.labelsOf(lt, all[i].primary)})
		}
	}
	if end := int(start) + linksPerPage; end < len(all) {
		from.Paging = map[string]any{"next": map[string]string{"after": strconv.Itoa(end)}}
	}
	return from, nil
}

func (s *Sandbox) createLinks(c *call) (int, any, *apiError) {
	req, err := c.linkRequest(largestLinkWrite)
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := []map[string]any{}
	lt := linkTypeOf(c.table.kind, c.other.kind)
	for _, in := range req.Inputs {
		a, b := s.pair(c, in.From.ID, in.To.first())
		if a == nil || b == nil {
			return 0, nil, badRequest("One or more records of the association %s to %s don't exist", in.From.ID, in.To.first())
		}
		primary := false
		for _, t := range in.Types {
			primary = primary || lt.primary != 0 && t.TypeID == lt.primary
		}
		s.link(c, a, b, primary)
		results = append(results, map[string]any{
			"fromObjectTypeId": c.table.meta.typeID, "fromObjectId": c.farID(a.id),
			"toObjectTypeId": c.other.meta.typeID, "toObjectId": c.farID(b.id), "labels": []string{}})
	}
	c.records = len(results)
	status := http.StatusCreated
	if c.dated {
		status = http.StatusOK
	}
	return plainBatch(c, status, results, nil)
}

func (s *Sandbox) pair(c *call, from, to string) (a, b *row) {
	x, _ := recordID(from)
	y, _ := recordID(to)
	return c.table.alive(c.table.survivor(x)), c.other.alive(c.other.survivor(y))
}

// link associates two records through the API, which bumps the contact whose primary company changes.
func (s *Sandbox) link(c *call, a, b *row, primary bool) {
	before := a.version()
	s.associate(c.table, a, c.other, b, primary)
	if primary {
		s.touch(c.table, a, c.now, before)
	}
}

func (s *Sandbox) archiveLinks(c *call) (int, any, *apiError) {
	req, err := c.linkRequest(largestLinkWrite)
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range req.Inputs {
		for _, to := range in.To {
			if a, b := s.pair(c, in.From.ID, to.ID); a != nil && b != nil {
				s.dissociate(c.table, a, c.other, b.id)
				c.records++
			}
		}
	}
	if c.dated {
		return plainBatch(c, http.StatusOK, []string{}, nil)
	}
	return http.StatusNoContent, nil, nil
}

func (s *Sandbox) linkLabels(c *call) (int, any, *apiError) {
	lt := linkTypeOf(c.table.kind, c.other.kind)
	results := c.labelsOf(lt, true)
	return http.StatusOK, map[string]any{"results": results}, nil
}
