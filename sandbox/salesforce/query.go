package salesforce

import (
	"iter"
	"net/http"
	"slices"
	"sort"
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

// columns describes what a query would answer: ?columns=true.
func (s *Sandbox) columns(stmt *soql.Statement) any {
	return map[string]any{"columnMetadata": columnList(stmt.Columns()), "entityName": stmt.Object(), "groupBy": stmt.Aggregated(),
		"idSelected": slices.ContainsFunc(stmt.Columns(), func(c soql.Column) bool { return c.Path == "Id" }), "keyPrefix": nil}
}

type columnMetadata struct {
	Aggregate   bool             `json:"aggregate"`
	ApexType    string           `json:"apexType"`
	BooleanType bool             `json:"booleanType"`
	ColumnName  string           `json:"columnName"`
	Custom      bool             `json:"custom"`
	DisplayName string           `json:"displayName"`
	ForeignKey  *string          `json:"foreignKeyName"`
	Insertable  bool             `json:"insertable"`
	JoinColumns []columnMetadata `json:"joinColumns"`
	NumberType  bool             `json:"numberType"`
	TextType    bool             `json:"textType"`
	Updatable   bool             `json:"updatable"`
}

func columnList(columns []soql.Column) []columnMetadata {
	out := []columnMetadata{}
	for _, c := range columns {
		place := &out
		parts := strings.Split(c.Path, ".")
		for _, parent := range parts[:len(parts)-1] { // parent fields lie below the parent's own column
			i := slices.IndexFunc(*place, func(m columnMetadata) bool { return m.ColumnName == parent })
			if i < 0 {
				*place = append(*place, columnMetadata{ApexType: "Object", ColumnName: parent, DisplayName: parent, JoinColumns: []columnMetadata{}})
				i = len(*place) - 1
			}
			place = &(*place)[i].JoinColumns
		}
		name := parts[len(parts)-1]
		*place = append(*place, columnMetadata{Aggregate: c.Aggregate || c.Children != nil, ApexType: apexType(c.Kind), BooleanType: c.Kind == soql.Bool,
			ColumnName: name, Custom: c.Custom, DisplayName: name, JoinColumns: columnList(c.Children),
			NumberType: c.Kind == soql.Int || c.Kind == soql.Double, TextType: c.Kind == soql.Text, Updatable: c.Field != nil})
	}
	return out
}

func apexType(k soql.Kind) string {
	return map[soql.Kind]string{soql.ID: "Id", soql.Bool: "Boolean", soql.Int: "Integer", soql.Double: "Double", soql.Date: "Date",
		soql.DateTime: "Datetime"}[k] + map[bool]string{true: "String"}[k == soql.Text || k == soql.Multi || k == soql.Compound]
}

// source is the org's rows as one user sees them. It is used with Sandbox.mu held.
type source struct {
	s *Sandbox
	v viewer
}

// Find finds a row by its id.
func (x source) Find(id string) (string, soql.Row) {
	if o, r := x.s.objectOf(id); r != nil {
		return o.name, r
	}
	return "", nil
}

// Rows yields the rows of an object. It uses what order the tables have.
func (x source) Rows(name string, ask soql.Ask) (iter.Seq[soql.Row], bool) {
	o := x.s.objects[strings.ToLower(name)]
	if o == nil {
		return func(func(soql.Row) bool) {}, true
	}
	rows, ordered := o.rows, ask.Order != soql.ByStamp
	switch {
	case ask.IDs != nil:
		rows = o.pick(ask.IDs)
	case ask.Order == soql.ByStamp || !ask.From.IsZero() || !ask.To.IsZero():
		rows, ordered = o.between(ask.From, ask.To, ask.FromID), ask.Order == soql.ByStamp
	case ask.AfterID != "":
		rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].id > ask.AfterID }):]
	}
	return func(yield func(soql.Row) bool) {
		for _, r := range rows {
			if (!ask.Deleted && r.hidden()) || !x.v.sees(r) {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}, ordered
}

// hidden tells a row that only queryAll shows: deleted, or an archived activity.
func (r *row) hidden() bool {
	return r.deleted || (r.o.name == "Task" || r.o.name == "Event") && r.truth("IsArchived")
}

// sees tells whether sharing lets the user see a row.
func (v viewer) sees(r *row) bool {
	if !v.s.private || v.all {
		return true
	}
	f := r.o.find("OwnerId")
	return f == nil || r.get(f) == v.user
}

func (o *object) pick(ids []string) []*row {
	var out []*row
	for _, id := range ids {
		if full, ok := fullID(id); ok {
			if r := o.byID[full]; r != nil {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *row) int { return strings.Compare(a.id, b.id) })
	return slices.Compact(out)
}

// between returns the rows stamped in [from, to], by stamp and id; zero times leave an end open. Of those stamped from,
// only the ones behind an id are wanted.
func (o *object) between(from, to time.Time, behind string) []*row {
	rows := o.byStamp()
	if !from.IsZero() {
		rows = rows[sort.Search(len(rows), func(i int) bool {
			return rows[i].stamp > from.UnixMilli() || rows[i].stamp == from.UnixMilli() && rows[i].id > behind
		}):]
	}
	if !to.IsZero() {
		rows = rows[:sort.Search(len(rows), func(i int) bool { return rows[i].stamp > to.UnixMilli() })]
	}
	return rows
}
