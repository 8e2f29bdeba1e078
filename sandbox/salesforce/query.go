package salesforce

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// The sizes of a page of query results.
const (
	smallestPage = 200
	largestPage  = 2000
)

// cursorLife is how long a cursor can be read on.
const cursorLife = 48 * time.Hour

// cursor is a query that has more pages.
type cursor struct {
	mu      sync.Mutex // a result is for one reader at a time
	user    string
	tooling bool
	page    int
	at      time.Time
	result  *soql.Result
}

func (s *Sandbox) routeQuery(c *call, which string) handler {
	switch {
	case c.r.Method != http.MethodGet || len(c.rest) > 2:
		return handler{}
	case len(c.rest) == 1 && trackedQuery.MatchString(c.r.URL.Query().Get("q")):
		return handler{name: "query", run: s.queryTracked}
	case len(c.rest) == 2:
		return handler{name: "query_more", run: s.queryMore}
	case which == "queryall":
		return handler{name: "query_all", run: func(c *call) (int, any, *apiError) { return s.query(c, soql.All) }}
	}
	return handler{name: "query", run: func(c *call) (int, any, *apiError) { return s.query(c, soql.Live) }}
}

// query serves GET /query?q=… and /queryAll.
func (s *Sandbox) query(c *call, scope soql.Scope) (int, any, *apiError) {
	text := c.r.URL.Query().Get("q")
	if text == "" {
		return 0, nil, fail(http.StatusBadRequest, "MALFORMED_QUERY", "SOQL statements can't be empty or null")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	stmt, err := soql.Prepare(text, c.viewer(), c.at)
	if err != nil {
		return 0, nil, queryError(err)
	}
	c.object = stmt.Object()
	if c.r.URL.Query().Get("columns") == "true" {
		return http.StatusOK, s.columns(stmt), nil
	}
	size, bad := c.pageSize()
	if bad != nil {
		return 0, nil, bad
	}
	result := stmt.Run(source{s, c.viewer()}, scope)
	cur := &cursor{user: c.user, page: size, at: c.at, result: result}
	return http.StatusOK, s.page(c, cur, "", 0), nil
}

// queryError turns the query language's own refusal into an answer.
func queryError(err error) *apiError {
	if e, ok := err.(*soql.Error); ok { //nolint:errorlint // Prepare returns nothing else, and wraps nothing
		return fail(http.StatusBadRequest, e.Code, "%s", e.Message)
	}
	return fail(http.StatusBadRequest, "MALFORMED_QUERY", "%s", err)
}

func badLocator() *apiError {
	return fail(http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
}

// pageSize reads Sforce-Query-Options. Sizes out of range are brought into it.
func (c *call) pageSize() (int, *apiError) {
	text := c.option("Sforce-Query-Options", "batchSize")
	if text == "" {
		return largestPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fail(http.StatusBadRequest, "INVALID_QUERY_OPTIONS", "Invalid value for batchSize: %s", text)
	}
	return min(max(n, smallestPage), largestPage), nil
}

// page writes the records from a place on. A result with more pages becomes a cursor.
func (s *Sandbox) page(c *call, cur *cursor, id string, from int) any {
	n := cur.result.Len()
	to := min(n, from+cur.page)
	b := strconv.AppendInt([]byte(`{"totalSize":`), int64(cur.result.Total()), 10)
	b = strconv.AppendBool(append(b, `,"done":`...), to == n)
	if to < n {
		if id == "" {
			id = s.keepCursor(cur)
		}
		b = append(b, `,"nextRecordsUrl":"`...)
		b = append(b, c.base()...)
		if cur.tooling {
			b = append(b, "/tooling"...)
		}
		b = append(b, "/query/"+id+"-"+strconv.Itoa(to)+`"`...)
	}
	b = append(b, `,"records":[`...)
	for i := from; i < to; i++ {
		if i > from {
			b = append(b, ',')
		}
		b = cur.result.Record(i).AppendJSON(b, c.base())
	}
	c.records = to - from
	return append(b, "]}"...)
}

func (s *Sandbox) keepCursor(cur *cursor) string {
	s.gate.Lock()
	defer s.gate.Unlock()
	for id, old := range s.cursors {
		if cur.at.Sub(old.at) > cursorLife {
			delete(s.cursors, id)
		}
	}
	s.nextCursor++
	id := recordID("01g", s.nextCursor)
	s.cursors[id] = cur
	return id
}

// queryMore serves GET /query/01g…-2000.
func (s *Sandbox) queryMore(c *call) (int, any, *apiError) {
	id, place, _ := strings.Cut(c.rest[1], "-")
	from, err := strconv.Atoi(place)
	if full, ok := fullID(id); ok {
		id = full
	}
	s.gate.Lock()
	cur := s.cursors[id]
	s.gate.Unlock()
	if cur == nil || err != nil || cur.user != c.user || c.at.Sub(cur.at) > cursorLife || from < 0 || from >= cur.result.Len() {
		return 0, nil, badLocator()
	}
	if size := c.option("Sforce-Query-Options", "batchSize"); size != "" {
		if _, bad := c.pageSize(); bad != nil {
			return 0, nil, bad
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	cur.mu.Lock()
	defer cur.mu.Unlock()
	c.object = cur.result.Statement().Object()
	return http.StatusOK, s.page(c, cur, id, from), nil
}

// DropCursors forgets every open query, as two days do.
func (s *Sandbox) DropCursors() {
	s.gate.Lock()
	defer s.gate.Unlock()
	clear(s.cursors)
}
