package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/store/move"
)

// TestEveryTableMoves holds the tables of the file to those of package move: what is added here must move, too.
func TestEveryTableMoves(t *testing.T) {
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "bareme.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	want := []string{people().links, companies().links} // made from activity
	for _, table := range move.Tables() {
		if !table.Keyed() {
			want = append(want, table.Name)
			continue
		}
		for _, n := range []*tables{people(), companies()} {
			if name := n.of(table.Name); name != "" {
				want = append(want, name)
			}
		}
	}
	want = append(want, "heirs") // asked for again
	var got []string
	rows, err := s.read.QueryContext(context.Background(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'")
	if err := eachRow(rows, err, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		got = append(got, name)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-moved +there):\n%s", diff)
	}
}
