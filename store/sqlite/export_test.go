package sqlite

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
)

// LimitPages makes the file full when it has so many pages.
func LimitPages(s *Store, pages int) error {
	return s.withWriter(context.Background(), func(w *writer) error {
		var got int
		return w.conn.QueryRowContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&got)
	})
}

// TestLayout holds the constant to the folder: opening skips goose by it.
func TestLayout(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != layout {
		t.Errorf("%d migrations, but layout is %d", len(files), layout)
	}
}
