package hubspot

import (
	"net/http"
)

type propertyNames struct {
	Archived bool `json:"archived"`
	Inputs   []struct {
		Name string `json:"name"`
	} `json:"inputs"`
}

func (s *Sandbox) batchReadProperties(c *call) (int, any, *apiError) {
	var req propertyNames
	if err := c.decode(&req); err != nil {
		return 0, nil, err
	}
	c.inputs = len(req.Inputs)
	s.mu.RLock()
	defer s.mu.RUnlock()
	out, missing := []propertyWire{}, []string(nil)
	for _, in := range req.Inputs {
		p := c.table.props[in.Name]
		if p == nil || (p.ArchivedAt != 0) != req.Archived {
			missing = append(missing, in.Name)
			continue
		}
		out = append(out, p.wire())
	}
	c.records = len(out)
	var problems []batchError
	if missing != nil {
		problems = append(problems, batchProblem("OBJECT_NOT_FOUND", "Some properties do not exist.", map[string][]string{"name": missing}))
	}
	return plainBatch(c, http.StatusOK, out, problems)
}

func (s *Sandbox) batchCreateProperties(c *call) (int, any, *apiError) {
	var req struct {
		Inputs []propertyInput `json:"inputs"`
	}
	if err := c.decode(&req); err != nil {
		return 0, nil, err
	}
	c.inputs = len(req.Inputs)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []propertyWire{}
	var problems []batchError
	for _, in := range req.Inputs {
		p, err := s.defineProperty(c, in)
		if err != nil {
			name := ""
			if in.Name != nil {
				name = *in.Name
			}
			problems = append(problems, batchProblem(err.Category, err.Message, map[string][]string{"name": {name}}))
			continue
		}
		out = append(out, p.wire())
	}
	c.records = len(out)
	status := http.StatusCreated
	if c.dated {
		status = http.StatusOK // as the 2026-09 definition says
	}
	return plainBatch(c, status, out, problems)
}

func (s *Sandbox) batchArchiveProperties(c *call) (int, any, *apiError) {
	var req propertyNames
	if err := c.decode(&req); err != nil {
		return 0, nil, err
	}
	c.inputs = len(req.Inputs)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range req.Inputs {
		if err := s.archiveProperty(c, in.Name); err != nil && err.status != http.StatusNotFound {
			return 0, nil, err
		}
	}
	return http.StatusNoContent, nil, nil
}

// plainBatch is the envelope of batches that are not of records.
func plainBatch(c *call, status int, results any, problems []batchError) (int, any, *apiError) {
	out := map[string]any{"status": "COMPLETE", "results": results, "startedAt": isoTime(c.now), "completedAt": isoTime(c.now)}
	if problems != nil {
		status = http.StatusMultiStatus
		out["errors"], out["numErrors"] = problems, len(problems)
	}
	return status, out, nil
}
