package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bareme/bareme/worker"
)

// TestWords reads what is said of failures a test cannot make: a full disk, a server without a free connection. A message
// of PostgreSQL's may quote a row, and is never shown.
func TestWords(t *testing.T) {
	s := &Store{place: "crm on db.example"}
	for code, c := range map[string]struct {
		want string
		kind error
	}{
		"53100": {"no room on the disk of database crm on db.example: free some space there and run again; what was stored before is safe", worker.ErrStoreFull},
		"53300": {"database crm on db.example has no connection left: raise max_connections there, or lower pool_max_conns in BAREME_DATABASE_URL", worker.ErrStoreAway},
		"28P01": {"database crm on db.example refuses the user or the password: check BAREME_DATABASE_URL", nil},
		"42501": {"the user may not save a run in database crm on db.example: grant it the right to create and use tables there", nil},
		"55P03": {"waited a minute for another process to finish a transaction in database crm on db.example (save a run): run again; if it stays so, look for an old transaction in pg_stat_activity", worker.ErrStoreLocked},
		"57P01": {"database crm on db.example is starting or shutting down: run again in a moment; what was stored before is safe", worker.ErrStoreAway},
		"23505": {"save a run in database crm on db.example: PostgreSQL error 23505 (people people_pkey)", nil},
	} {
		err := s.explain("save a run", &pgconn.PgError{Code: code, Message: "secret", Detail: "secret", TableName: "people", ConstraintName: "people_pkey"})
		if err.Error() != c.want || c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s: got %q", code, err)
		}
		for e := range strings.SplitSeq(err.Error()+" "+unwrapped(err), " ") {
			if strings.Contains(e, "secret") {
				t.Errorf("%s: the server's message is shown", code)
			}
		}
	}
}

func unwrapped(err error) (text string) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			text += " " + e.Error()
		}
	}
	return text
}

// TestLayout holds the constant to the folder: opening skips goose by it.
func TestLayout(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != layout {
		t.Errorf("%d migrations, but layout is %d", len(files), layout)
	}
}
