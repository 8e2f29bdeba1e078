package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// TestOldFileIsBroughtUpToDate opens a file of the first layout: what it holds stays.
func TestOldFileIsBroughtUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bareme.db")
	s := open(t, path)
	check(t, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(0, 3, 1)}))
	check(t, s.Close())
	for _, statement := range []string{"DROP TABLE suppressed", "DROP TABLE overrides", "DELETE FROM goose_db_version WHERE version_id > 1"} {
		execute(t, path, statement)
	}
	s = open(t, path)
	defer func() { check(t, s.Close()) }()
	tally, err := s.Tally(bg, conn)
	check(t, err)
	if tally.People != 3 {
		t.Errorf("%d people, want 3", tally.People)
	}
	check(t, s.Suppress(bg, conn, []string{worker.RecordKey("1")}, time.Unix(1, 0)))
}
