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
	check(t, s.SaveRecords(bg, worker.RecordPage{Connection: conn, Object: crm.Companies, Changed: people(0, 2, 1)}))
	check(t, s.Close())
	execute(t, path, "DROP INDEX companies_identity")
	for _, table := range []string{"suppressed", "overrides", "kin", "company_kin", "heirs", "standings", "alerts", "company_dirty", "company_subjects", "company_pending", "company_ledger", "company_overrides", "company_links"} {
		execute(t, path, "DROP TABLE "+table)
	}
	execute(t, path, "ALTER TABLE subjects DROP COLUMN share")
	execute(t, path, "DELETE FROM goose_db_version WHERE version_id > 1")
	s = open(t, path)
	defer func() { check(t, s.Close()) }()
	tally, err := s.Tally(bg, worker.PeopleOf(conn))
	check(t, err)
	if tally.People != 3 {
		t.Errorf("%d people, want 3", tally.People)
	}
	waiting, err := s.Dirty(bg, worker.CompaniesOf(conn), "", 10)
	check(t, err)
	if len(waiting) != 2 {
		t.Errorf("%d companies wait to be scored, want 2", len(waiting))
	}
	check(t, s.Suppress(bg, conn, []string{worker.RecordKey("1")}, time.Unix(1, 0)))
}
