package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/postgres"
	"github.com/bareme/bareme/worker"
)

// TestPagesAreFoundInTheIndex looks at the plan for a page of neighbours in a table the server has not analysed: a plan that
// reads through everybody for each page made first loads take ten times as long.
func TestPagesAreFoundInTheIndex(t *testing.T) {
	s := open(t, server.Database(t))
	defer func() { check(t, s.Close()) }()
	page := worker.RecordPage{Connection: "c", Object: crm.People}
	for i := range 5000 {
		page.Changed = append(page.Changed, worker.Snapshot{ID: fmt.Sprintf("%06d", i), Hash: 1, Fields: crm.Fields{}})
	}
	check(t, s.SaveRecords(bg, page))
	var ids []string
	for i := 2000; i < 3000; i++ {
		ids = append(ids, page.Changed[i].ID)
	}
	where, args := postgres.PageOf(ids)
	for try := range 8 { // the server keeps a plan after five
		rows, err := s.Pool().Query(bg, "EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT id, hash, company FROM records"+where, args...)
		check(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		check(t, err)
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, "actual rows=1000") || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Rows Removed") {
			t.Fatalf("try %d reads more than the page:\n%s", try, plan)
		}
	}
}
