package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// save puts a file into a folder of the test's own.
func save(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, o Options) *Sheet {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everything reads all named columns.
func everything(t *testing.T, s *Sheet) []crm.Record {
	t.Helper()
	var out []crm.Record
	for page, err := range s.Records(t.Context(), crm.Query{Object: crm.People, Fields: s.names()}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Items...)
	}
	return out
}

func fieldsOf(records []crm.Record) []crm.Fields {
	out := make([]crm.Fields, len(records))
	for i, r := range records {
		out[i] = r.Fields
	}
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, content string
		o             Options
		want          []crm.Fields
	}{
		{"comma", "a,b\n1,x\n2,\n", Options{}, []crm.Fields{{"a": "1", "b": "x"}, {"a": "2"}}},
		{"semicolon, French", "nom;montant;depuis;actif\nÉlodie;1 234,50;03/02/2026;oui\nZoé;-0,5;28/02/2026;non\n", Options{},
			[]crm.Fields{{"nom": "Élodie", "montant": "1234.5", "depuis": "2026-02-03", "actif": "true"},
				{"nom": "Zoé", "montant": "-0.5", "depuis": "2026-02-28", "actif": "false"}}},
		{"tab", "a\tb\nx, y\tz;\n", Options{}, []crm.Fields{{"a": "x, y", "b": "z;"}}},
		{"byte mark", "\xEF\xBB\xBFa,b\nx,y\n", Options{}, []crm.Fields{{"a": "x", "b": "y"}}},
		{"sep line", "sep=;\r\na;b\r\nx,1;y\r\n", Options{}, []crm.Fields{{"a": "x,1", "b": "y"}}},
		{"Windows-1252", "nom;prix\nCl\xe9ment;12 \x80\n", Options{}, []crm.Fields{{"nom": "Clément", "prix": "12 €"}}},
		{"quoted newline", "a,b\n\"one\ntwo\",\"say \"\"hi\"\"\"\n", Options{}, []crm.Fields{{"a": "one\ntwo", "b": `say "hi"`}}},
		{"one column", "name\nx\ny\n", Options{}, []crm.Fields{{"name": "x"}, {"name": "y"}}},
		{"empty trailing column", "a,b,\n1,x,\n", Options{}, []crm.Fields{{"a": "1", "b": "x"}}},
		{"rows without values", "a,b\n1,x\n,\n\n2,y\n , \n", Options{}, []crm.Fields{{"a": "1", "b": "x"}, {"a": "2", "b": "y"}}},
		{"not chosen", "a,b\nSelect,x\n", Options{NotChosen: []string{"Select"}}, []crm.Fields{{"b": "x"}}},
		{"no newline at the end", "a,b\n1,x", Options{}, []crm.Fields{{"a": "1", "b": "x"}}},
		{"header alone", "a,b\n", Options{}, []crm.Fields{}},
		{"years for names", "name,2024,2025,note\nx,1,2,\n", Options{}, []crm.Fields{{"name": "x", "2024": "1", "2025": "2"}}},
		{"English thousands", "a,b\n\"1,234.50\",x\n\"12\",y\n", Options{}, []crm.Fields{{"a": "1234.5", "b": "x"}, {"a": "12", "b": "y"}}},
		{"thousands or decimals is not guessed", "a,b\n\"1,234\",x\n", Options{}, []crm.Fields{{"a": "1,234", "b": "x"}}},
		{"day or month is not guessed", "a,b\n03/02/2026,x\n", Options{}, []crm.Fields{{"a": "03/02/2026", "b": "x"}}},
		{"month first", "a,b\n03/02/2026,x\n12/31/2025,y\n", Options{}, []crm.Fields{{"a": "2026-03-02", "b": "x"}, {"a": "2025-12-31", "b": "y"}}},
		{"a column of two kinds is text", "a,b\n1.50,x\nn/a,y\n", Options{}, []crm.Fields{{"a": "1.50", "b": "x"}, {"a": "n/a", "b": "y"}}},
		{"postal codes and telephones are text", "zip,tel\n01000,+33612345678\n75011,+33612345679\n", Options{},
			[]crm.Fields{{"zip": "01000", "tel": "+33612345678"}, {"zip": "75011", "tel": "+33612345679"}}},
		{"times", "at,seen\n2026-02-03 04:05,2026-02-03T04:05:06+01:00\n2026-02-03,2026-02-03T04:05:06Z\n", Options{},
			[]crm.Fields{{"at": "2026-02-03T04:05:00Z", "seen": "2026-02-03T03:05:06Z"}, {"at": "2026-02-03T00:00:00Z", "seen": "2026-02-03T04:05:06Z"}}},
		{"times of a place", "at,b\n03/07/2026 12:00,2026-07-01\n31/07/2026,2026-07-02\n", Options{Location: time.FixedZone("", 7200)},
			[]crm.Fields{{"at": "2026-07-03T10:00:00Z", "b": "2026-07-01"}, {"at": "2026-07-30T22:00:00Z", "b": "2026-07-02"}}},
		{"numbers of programs", "a,b\n1.5E+05,x\n2.50e-03,y\n-0.0,z\n12345678901234567890.10,z\n", Options{},
			[]crm.Fields{{"a": "150000", "b": "x"}, {"a": "0.0025", "b": "y"}, {"a": "0", "b": "z"}, {"a": "12345678901234567890.1", "b": "z"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := fieldsOf(everything(t, open(t, save(t, "in.csv", c.content), c.o)))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Every file in testdata/bad has one thing wrong, and its line in messages.txt. Those named id-… are read by column "id".
func TestBadFiles(t *testing.T) {
	messages, err := os.ReadFile("testdata/bad/messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string]string{}
	for line := range strings.Lines(string(messages)) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "read "), ": ")
		wants[name] = strings.TrimSuffix(line, "\n")
	}
	files, err := filepath.Glob("testdata/bad/*.csv")
	if err != nil || len(files) != len(wants) {
		t.Fatalf("%d files, %d messages, %v", len(files), len(wants), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			var o Options
			if strings.HasPrefix(name, "id-") {
				o.IDColumn = "id"
			}
			refused(t, path, o, wants[name])
		})
	}
}

func refused(t *testing.T, path string, o Options, want string) {
	t.Helper()
	if _, err := Open(t.Context(), path, o); !errors.Is(err, crm.ErrInvalid) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestTooLong(t *testing.T) {
	big := strings.Repeat("x", 10<<20)
	refused(t, save(t, "in.csv", "a,b\n1,2\n3,"+big+"\n"), Options{},
		"read in.csv: row 3: cell 2 holds 10485760 bytes, more than 1048576. Shorten it, or leave the column out")
	refused(t, save(t, "in.csv", "a,b\n1,2\n3,\""+big+big+"\n"), Options{},
		"read in.csv: row 3 is longer than 16 MB. Look for a quote that is never closed, or shorten it")
	refused(t, save(t, "in.csv", strings.Repeat("a,", 20_000)+"\n"), Options{},
		"read in.csv: row 1: there are 20001 columns, more than 16384. Export the columns the model needs")
}

func TestNoFile(t *testing.T) {
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "none.csv"): "read none.csv: there is no such file. Check the path",
		t.TempDir() + "/.":                     "read .: this is a folder. Name the file in it",
	} {
		_, err := Open(t.Context(), path, Options{})
		if !errors.Is(err, crm.ErrInvalid) || !strings.HasSuffix(want, strings.SplitN(err.Error(), ": ", 2)[1]) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	content := "id,source,paid,since,age,note\n" + strings.Repeat("7,web,yes,2026-01-02,4,\n8,fair,no,2026-01-03,5,\n", 4)
	content = strings.Replace(content, "7,web", "7,shop", 1)
	s := open(t, save(t, "in.csv", content), Options{})
	got, err := s.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	want := crm.Schema{Object: crm.People, Fields: []crm.Field{
		{Name: "age", Label: "age", Type: crm.Number}, {Name: "id", Label: "id", Type: crm.Number}, {Name: "note", Label: "note", Type: crm.Text},
		{Name: "paid", Label: "paid", Type: crm.Bool}, {Name: "since", Label: "since", Type: crm.Date}, {Name: "source", Label: "source", Type: crm.Text},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("eight rows, three texts (-want +got)\n%s", diff)
	}
	s = open(t, save(t, "in.csv", content+strings.Repeat("9,web,yes,2026-01-02,4,\n", 4)), Options{})
	got, err = s.Describe(t.Context(), crm.People)
	f, _ := got.Field("source")
	options := []crm.Option{{Value: "fair", Label: "fair"}, {Value: "shop", Label: "shop"}, {Value: "web", Label: "web"}}
	if diff := cmp.Diff(options, f.Options); diff != "" || f.Type != crm.Choice || err != nil {
		t.Errorf("twelve rows, three texts: %s %v (-want +got)\n%s", f.Type, err, diff)
	}
	if _, err := s.Describe(t.Context(), crm.Companies); !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("companies: %v", err)
	}
}

func TestCheck(t *testing.T) {
	s := open(t, save(t, "in.csv", "Name,City\nx,y\n"), Options{})
	if err := s.Check(t.Context(), crm.Need{Read: map[string][]string{crm.People: {"Name"}}, Write: map[string][]string{crm.People: {"score"}}}); err != nil {
		t.Error(err)
	}
	err := s.Check(t.Context(), crm.Need{Read: map[string][]string{crm.People: {"city", "Age"}, crm.Companies: {"x"}}})
	if !errors.Is(err, crm.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{`field city: the file has no such column. The closest is "City"`, "field Age: the file has no such column. The columns are Name, City", "a file holds people and no companies"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestPages(t *testing.T) {
	path := save(t, "in.csv", "id,v\na,1\nb,2\nc,3\n,\nd,4\ne,5\n")
	s := open(t, path, Options{IDColumn: "id", PageSize: 2})
	pull := func(s *Sheet, q crm.Query) (ids []string, cursors []crm.Cursor, skipped int) {
		q.Object = crm.People
		for page, err := range s.Records(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Items {
				ids = append(ids, r.ID)
			}
			cursors, skipped = append(cursors, page.Next), skipped+page.Skipped
		}
		return ids, cursors, skipped
	}
	all, cursors, _ := pull(s, crm.Query{})
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, all); diff != "" || len(cursors) != 3 {
		t.Errorf("%d pages (-want +got)\n%s", len(cursors), diff)
	}
	for i, c := range cursors {
		rest, again, _ := pull(open(t, path, Options{IDColumn: "id", PageSize: 2}), crm.Query{Cursor: c})
		if diff := cmp.Diff(all[min(2*i+2, 5):], append([]string{}, rest...)); diff != "" || len(again) == 0 {
			t.Errorf("after page %d, in %d pages (-want +got)\n%s", i+1, len(again), diff)
		}
	}
	known, _, skipped := pull(s, crm.Query{Unseen: func(_ context.Context, v []crm.Version) ([]string, error) {
		return []string{v[0].ID}, nil
	}})
	if diff := cmp.Diff([]string{"a", "c", "e"}, known); diff != "" || skipped != 2 {
		t.Errorf("skipped %d (-want +got)\n%s", skipped, diff)
	}
	for _, err := range s.Records(t.Context(), crm.Query{Object: crm.People}) {
		if err != nil {
			t.Error(err)
		}
		break // a reader may leave
	}
	if err := os.WriteFile(path, []byte("id,v\nz,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Records(t.Context(), crm.Query{Object: crm.People}) {
		if !errors.Is(err, crm.ErrConflict) {
			t.Errorf("a file that changed under the reader: %v", err)
		}
	}
	changed, _, _ := pull(open(t, path, Options{IDColumn: "id"}), crm.Query{Cursor: cursors[1]})
	if diff := cmp.Diff([]string{"z"}, changed); diff != "" {
		t.Errorf("another file is read from the start (-want +got)\n%s", diff)
	}
}

func TestRecordsErrors(t *testing.T) {
	s := open(t, save(t, "in.csv", "Name,City\nx,y\n"), Options{})
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		q    crm.Query
		want error
	}{
		{t.Context(), crm.Query{Object: crm.Companies}, crm.ErrInvalid},
		{t.Context(), crm.Query{Object: crm.People, Fields: []string{"city"}}, crm.ErrInvalid},
		{done, crm.Query{Object: crm.People}, context.Canceled},
	} {
		n := 0
		for _, err := range s.Records(c.ctx, c.q) {
			if n++; !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		}
		if n != 1 {
			t.Errorf("%d steps", n)
		}
	}
	if _, err := Open(done, s.Path(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}
