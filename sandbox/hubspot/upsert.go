package hubspot

import (
	"net/http"
	"slices"
	"strings"
)

// batchUpsert answers POST …/batch/upsert: records are found by a unique property, or created. Results do not come
// in the order of the inputs.
func (s *Sandbox) batchUpsert(c *call) (int, any, *apiError) {
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
	apart := tellsApart(req.Inputs)
	var good []input
	for _, in := range req.Inputs {
		_, _, err := s.upsertTarget(c, in)
		switch {
		case err != nil && !apart:
			return 0, nil, err
		case err != nil:
			b.errors = append(b.errors, err.traced(in.TraceID))
		default:
			good = append(good, in)
		}
	}
	slices.Reverse(good)
	for _, in := range good {
		if err := s.upsertOne(c, &b, in); err != nil {
			b.errors = append(b.errors, err.traced(in.TraceID))
		}
	}
	return b.finish(http.StatusOK)
}

// upsertTarget finds the record of an upsert and the values to store; a nil record is to be created.
func (s *Sandbox) upsertTarget(c *call, in input) (*row, map[uint16]string, *apiError) {
	texts, err := in.texts()
	if err != nil {
		return nil, nil, err
	}
	if in.IDProperty == "" {
		return nil, nil, badRequest("idProperty is required for upsert")
	}
	r, err := s.named(c, in.ID, in.IDProperty)
	if err != nil {
		return nil, nil, err
	}
	if r == nil && in.IDProperty == "hs_object_id" {
		return nil, nil, notFound()
	}
	if in.IDProperty != "hs_object_id" {
		texts[in.IDProperty] = strings.ToLower(in.ID)
	}
	if r != nil {
		values, _, err := s.checkUpdate(c, r, texts)
		return r, values, err
	}
	values, _, bad := s.checkValues(c.table, texts, c.now)
	if bad != nil {
		return nil, nil, refused(bad)
	}
	return nil, values, s.required(c.table, nil, values)
}

func (s *Sandbox) upsertOne(c *call, b *batch, in input) *apiError {
	r, values, err := s.upsertTarget(c, in)
	if err != nil {
		return err
	}
	created := r == nil
	if created {
		r = s.add(c.table, values, c.now, s.integration())
	} else {
		s.change(c.table, r, values, c.now, s.integration())
	}
	shown := sortedKeys(in.Properties)
	if in.IDProperty != "hs_object_id" {
		shown = append(shown, in.IDProperty)
	}
	b.add(r, viewOf(c.table, shown, nil), extras{trace: in.TraceID, created: &created})
	return nil
}
