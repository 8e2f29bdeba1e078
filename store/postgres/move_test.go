package postgres_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/bareme/bareme/store/move"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/store/storetest"
	"github.com/bareme/bareme/worker"
)

// TestStateMoves goes from SQLite to PostgreSQL and back, and compares every byte of the exports.
func TestStateMoves(t *testing.T) {
	first := file(t)
	storetest.Fill(t, first, 70)
	stream, counts := export(t, first)

	second := open(t, server.Database(t))
	defer func() { check(t, second.Close()) }()
	imported, err := move.Import(bg, bytes.NewReader(stream), second)
	check(t, err)
	same(t, "PostgreSQL", counts, imported)
	again, _ := export(t, second)
	if !bytes.Equal(unpacked(t, stream), unpacked(t, again)) {
		t.Error("PostgreSQL's export differs from SQLite's")
	}

	third := file(t)
	_, err = move.Import(bg, bytes.NewReader(again), third)
	check(t, err)
	last, _ := export(t, third)
	if !bytes.Equal(stream, last) {
		t.Error("after the way back, the export is another")
	}
	for _, s := range []worker.Store{first, second, third} {
		goOn(t, s)
	}
	_, a := export(t, first)
	_, b := export(t, second)
	_, c := export(t, third)
	same(t, "after a moved state went on, PostgreSQL", butPending(a), butPending(b))
	one, err := first.SetAside(bg, worker.PeopleOf("sales"), 1000)
	check(t, err)
	two, err := second.SetAside(bg, worker.PeopleOf("sales"), 1000)
	check(t, err)
	same(t, "who is set aside, in order", one, two)
	same(t, "after a moved state went on, SQLite", a, c)
}

// butPending leaves out the table where the two count differently: who was set aside after whom is the same, the numbers
// that say so are not.
func butPending(counts []move.Count) []move.Count {
	return slices.DeleteFunc(slices.Clone(counts), func(c move.Count) bool { return c.Table == "pending" })
}

// goOn does something to a state that depends on everything that stands in it.
func goOn(t *testing.T, s worker.Store) {
	t.Helper()
	check(t, s.MarkAllDirty(bg, worker.PeopleOf("marketing")))
	check(t, s.MarkPendingDirty(bg, worker.PeopleOf("sales")))
	storetest.Fill(t, s, 20)
}

// TestImportIsRefused shows what is said of a stream that is not whole, and of a state that is not empty.
func TestImportIsRefused(t *testing.T) {
	full := file(t)
	storetest.Fill(t, full, 20)
	stream, _ := export(t, full)
	text := unpacked(t, stream)
	base := open(t, server.Database(t))
	defer func() { check(t, base.Close()) }()
	empties := []target{file(t), base}
	for name, c := range map[string]struct {
		stream []byte
		want   error
	}{
		"nothing":          {nil, move.ErrStream},
		"another file":     {[]byte("PK\x03\x04"), move.ErrStream},
		"cut short":        {stream[:len(stream)/2], move.ErrStream},
		"cut between rows": {packed(t, text[:bytes.LastIndexByte(text[:len(text)-1], '\n')+1]), move.ErrStream},
		"changed":          {packed(t, bytes.Replace(text, []byte(`"hot"`), []byte(`"cold"`), 1)), move.ErrStream},
		"of a newer form":  {packed(t, bytes.Replace(text, []byte(`"version":1`), []byte(`"version":2`), 1)), move.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			for _, empty := range empties { // and empty they stay
				if _, err := move.Import(bg, bytes.NewReader(c.stream), empty); !errors.Is(err, c.want) {
					t.Errorf("got error %v, want %v", err, c.want)
				}
				if still, err := empty.Empty(bg); err != nil || !still {
					t.Errorf("something was stored, or %v", err)
				}
			}
		})
	}
	if _, err := move.Import(bg, bytes.NewReader(stream), full); !errors.Is(err, move.ErrNotEmpty) {
		t.Errorf("into a state that is not empty: %v", err)
	}
}

// TestEveryTableMoves holds the tables of the database to those of package move: what is added here must move, too.
func TestEveryTableMoves(t *testing.T) {
	url := server.Database(t)
	check(t, open(t, url).Close())
	c, err := pgx.Connect(bg, url)
	check(t, err)
	defer func() { check(t, c.Close(bg)) }()
	want := []string{"links", "heirs", "budgets", "budget_days", "job_runs", "job_pieces", "job_slots", "job_model"} // made from activity; and of what goes on now, which is over when state moves
	for _, table := range move.Tables() {
		want = append(want, table.Name)
	}
	got := tables(t, c)
	slices.Sort(want)
	slices.Sort(got)
	same(t, "tables", want, got)
	for _, table := range move.Tables() {
		rows, err := c.Query(bg, "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND column_name NOT IN ('conn', 'seq', 'mark')", table.Name)
		check(t, err)
		has, err := pgx.CollectRows(rows, pgx.RowTo[string])
		check(t, err)
		var moved []string
		for _, column := range table.Columns {
			if column.Name != "connection" {
				moved = append(moved, column.Name)
			}
		}
		slices.Sort(has)
		slices.Sort(moved)
		same(t, "columns of "+table.Name, has, moved)
	}
}

type target interface {
	move.Target
	worker.Store
}

func file(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(bg, filepath.Join(t.TempDir(), "bareme.db"))
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

func export(t *testing.T, s move.Source) ([]byte, []move.Count) {
	t.Helper()
	var b bytes.Buffer
	counts, err := move.Export(bg, s, &b, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "test")
	check(t, err)
	return b.Bytes(), counts
}

func unpacked(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	check(t, err)
	text, err := io.ReadAll(r)
	check(t, err)
	return text
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	check(t, errors.Join(err, w.Close()))
	return b.Bytes()
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
