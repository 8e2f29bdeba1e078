package hubspot

import (
	"net/http"
	"strings"
)

// batchCreate answers POST …/batch/create.
func (s *Sandbox) batchCreate(c *call) (int, any, *apiError) {
	req, err := c.batch()
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := batch{c: c}
	apart := tellsApart(req.Inputs)
	if !apart {
		if err := s.rehearse(c, req.Inputs); err != nil {
			return 0, nil, err
		}
	}
	for _, in := range req.Inputs {
		r, x, err := s.createOne(c, in)
		switch {
		case err != nil && !apart:
			return 0, nil, err
		case err != nil:
			b.errors = append(b.errors, err.traced(in.TraceID))
		default:
			b.add(r, writtenView(c.table, in), x)
		}
	}
	return b.finish(http.StatusCreated)
}

// rehearse checks all inputs of a batch that is stored whole or not at all.
func (s *Sandbox) rehearse(c *call, inputs []input) *apiError {
	own := map[string]bool{}
	for _, in := range inputs {
		texts, err := in.texts()
		if err != nil {
			return err
		}
		values, _, bad := s.checkValues(c.table, texts, c.now)
		if bad != nil {
			return refused(bad)
		}
		if err := s.required(c.table, nil, values); err != nil {
			return err
		}
		if held := c.table.holder(values, nil); held != nil {
			return duplicate(c.table, held)
		}
		for slot := range c.table.unique {
			if v := strings.ToLower(values[slot]); v != "" {
				if own[v] {
					return badRequest("Duplicate values found in batch input: [%s]", v)
				}
				own[v] = true
			}
		}
		if _, err := s.targets(c.table, in.Associations); err != nil {
			return err
		}
	}
	return nil
}

// batchArchive answers POST …/batch/archive; ids that are not there do not matter.
func (s *Sandbox) batchArchive(c *call) (int, any, *apiError) {
	req, err := c.batch()
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range req.Inputs {
		if id, ok := recordID(in.ID); ok {
			if r := c.table.alive(id); r != nil {
				s.archive(c.table, r, c.now)
				c.records++
			}
		}
	}
	return http.StatusNoContent, nil, nil
}
