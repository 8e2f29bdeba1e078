package hubspot

import (
	"container/heap"
	"math"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of a search, as documented.
const (
	longestSearch   = 3000
	mostResults     = 10_000
	mostGroups      = 5
	mostFilters     = 6
	mostFiltersSum  = 18
	largestPage     = 200
	defaultPageSize = 10
)

type searchRequest struct {
	Query        string        `json:"query"`
	FilterGroups []filterGroup `json:"filterGroups"`
	Filters      []filter      `json:"filters"` // shorthand for one group
	Sorts        []searchSort  `json:"sorts"`
	Properties   []string      `json:"properties"`
	Limit        *int          `json:"limit"`
	After        flexible      `json:"after"`
}

type filterGroup struct {
	Filters []filter `json:"filters"`
}

type filter struct {
	PropertyName string   `json:"propertyName"`
	Operator     string   `json:"operator"`
	Value        flexible `json:"value"`
	HighValue    flexible `json:"highValue"`
	Values       []string `json:"values"`
}

// search answers POST …/search from the index, which may lag behind the records.
func (s *Sandbox) search(c *call) (int, any, *apiError) {
	if utf8.RuneCount(c.body) > longestSearch {
		return 0, nil, badRequest("The request body must not be longer than %d characters", longestSearch)
	}
	var req searchRequest
	if err := c.decode(&req); err != nil {
		return 0, nil, err
	}
	s.mu.Lock() // the index may have to catch up
	defer s.mu.Unlock()
	s.catchUp(c.now)
	p, err := s.plan(c.table, req)
	if err != nil {
		return 0, nil, err
	}
	hits, total := p.run(c.table)
	return http.StatusOK, s.searchAnswer(c, req, p, hits, total), nil
}

func (s *Sandbox) searchAnswer(c *call, req searchRequest, p *searchPlan, hits []hit, total int) []byte {
	c.inputs, c.records = 1, len(hits)
	v := viewOf(c.table, req.Properties, nil)
	body := append([]byte(`{"total":`), itoa(int64(total))...)
	body = append(body, `,"results":[`...)
	for i, h := range hits {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendRecord(body, c.table, h.shown(), v, extras{})
	}
	body = append(body, ']')
	if end := p.after + len(hits); end < total {
		body = append(body, `,"paging":{"next":{"after":"`+itoa(int64(end))+`"}}`...)
	}
	return append(body, '}')
}

// searchPlan is a checked search.
type searchPlan struct {
	groups       []conditions
	from, to     int64 // the modified times any hit must have
	sort         *property
	descending   bool
	after, limit int
	words        []string
}

// plan checks a search and prepares it.
func (s *Sandbox) plan(t *table, req searchRequest) (*searchPlan, *apiError) {
	p := &searchPlan{limit: defaultPageSize, from: 0, to: math.MaxInt64 - 1, words: strings.Fields(strings.ToLower(req.Query))}
	if req.Limit != nil {
		p.limit = *req.Limit
	}
	after, err := offset(string(req.After))
	if err != nil {
		return nil, err
	}
	switch {
	case p.limit < 0 || p.limit > largestPage:
		return nil, badRequest("limit must be between 0 and %d, but was %d", largestPage, p.limit)
	case after+int64(p.limit) > mostResults:
		return nil, badRequest("The search offset and limit exceed the maximum of %d results", mostResults)
	}
	p.after = int(after)
	if err := p.sorts(t, req.Sorts); err != nil {
		return nil, err
	}
	return p, s.planFilters(t, p, req)
}

func (p *searchPlan) sorts(t *table, sorts []searchSort) *apiError {
	p.sort = t.props["hs_object_id"]
	if len(sorts) > 1 {
		return badRequest("Only one sort is allowed, but %d were given", len(sorts))
	}
	if len(sorts) == 0 {
		return nil
	}
	if p.sort = t.property(sorts[0].PropertyName); p.sort == nil {
		return badRequest("There was a problem with the request: property %q to sort by doesn't exist", sorts[0].PropertyName)
	}
	p.descending = sorts[0].Direction == "DESCENDING"
	return nil
}

func (s *Sandbox) planFilters(t *table, p *searchPlan, req searchRequest) *apiError {
	groups := req.FilterGroups
	if len(req.Filters) > 0 {
		groups = append(groups, filterGroup{req.Filters})
	}
	if len(groups) > mostGroups {
		return badRequest("At most %d filterGroups are allowed, but %d were given", mostGroups, len(groups))
	}
	sum := 0
	for _, g := range groups {
		if sum += len(g.Filters); len(g.Filters) > mostFilters || sum > mostFiltersSum {
			return badRequest("At most %d filters in a group and %d in all are allowed", mostFilters, mostFiltersSum)
		}
		all := anything()
		for _, f := range g.Filters {
			cond, err := s.condition(t, f)
			if err != nil {
				return err
			}
			all.and(t, cond)
		}
		p.groups = append(p.groups, all)
	}
	p.narrow()
	return nil
}

// narrow finds the stretch of modified times outside of which nothing can match.
func (p *searchPlan) narrow() {
	if len(p.groups) == 0 {
		return
	}
	p.from, p.to = math.MaxInt64-1, 0
	for _, g := range p.groups {
		p.from, p.to = min(p.from, g.modified.from), max(p.to, g.modified.to)
	}
}

// hit is an index entry that matches; key is what it sorts by.
type hit struct {
	e      entry
	text   string
	number float64
}

// shown is the record as the index has it.
func (h hit) shown() *row {
	if h.e.r.indexed == nil {
		return h.e.r
	}
	r := *h.e.r
	r.values, r.modified, r.archived = r.indexed.values, r.indexed.modified, 0
	return &r
}

// run walks the index once, counts the matches and keeps only as many as the page needs.
func (p *searchPlan) run(t *table) ([]hit, int) {
	total, best := 0, &page{less: p.less}
	byID := p.sort.Name == "hs_object_id" && !p.descending
	for _, e := range t.log.between(p.from, p.to) {
		if e.r == nil || !p.matches(t, e) {
			continue
		}
		total++
		if size := p.after + p.limit; byID && len(best.hits) == size && (size == 0 || e.id > best.hits[0].e.id) {
			continue // the page is full of smaller ids
		}
		best.offer(p.hit(t, e), p.after+p.limit)
	}
	slices.SortFunc(best.hits, func(a, b hit) int {
		if p.less(a, b) {
			return -1
		}
		return 1
	})
	return best.hits[min(p.after, len(best.hits)):], total
}

func (p *searchPlan) hit(t *table, e entry) hit {
	h := hit{e: e}
	switch p.sort.Name {
	case "hs_object_id":
	case t.meta.modified:
		h.number = float64(e.at)
	default:
		h.text = t.value(h.shown(), p.sort)
		h.number = numberOf(p.sort, h.text)
	}
	return h
}

func (p *searchPlan) less(a, b hit) bool {
	if p.descending {
		a, b = b, a
	}
	switch {
	case a.number != b.number:
		return a.number < b.number
	case a.text != b.text:
		return a.text < b.text
	}
	return a.e.id < b.e.id
}

// page keeps the first so many hits of a sort order: a heap with the last of them on top.
type page struct {
	hits []hit
	less func(a, b hit) bool
}

func (p *page) Len() int           { return len(p.hits) }
func (p *page) Less(i, j int) bool { return p.less(p.hits[j], p.hits[i]) }
func (p *page) Swap(i, j int)      { p.hits[i], p.hits[j] = p.hits[j], p.hits[i] }

// Push and Pop serve container/heap.
func (p *page) Push(x any) { p.hits = append(p.hits, x.(hit)) }

// Pop removes the last hit.
func (p *page) Pop() any {
	last := p.hits[len(p.hits)-1]
	p.hits = p.hits[:len(p.hits)-1]
	return last
}

func (p *page) offer(h hit, size int) {
	switch {
	case len(p.hits) < size:
		heap.Push(p, h)
	case size > 0 && p.less(h, p.hits[0]):
		p.hits[0] = h
		heap.Fix(p, 0)
	}
}
