package hubspot

import (
	"net/http"
	"strconv"
	"strings"
)

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
