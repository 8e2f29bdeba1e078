package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bareme/bareme/crm"
)

func TestNeutral(t *testing.T) {
	for cell, want := range map[string]string{
		"":                   "",
		"plain":              "plain",
		"=1+1":               "'=1+1",
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
		"+1+1":               "'+1+1",
		"-2+3":               "'-2+3",
		"@SUM(A1)":           "'@SUM(A1)",
		"\t=1":               "'\t=1",
		"\r=1":               "'\r=1",
		"\x01x":              "'\x01x",
		"＝1+1":               "'＝1+1",
		"-":                  "'-",
		"-5":                 "-5",
		"+3.2":               "+3.2",
		"-1 234,5":           "-1 234,5",
		"-1.5E+05":           "-1.5E+05",
		"+33 6 12 34 56 78":  "+33 6 12 34 56 78",
		"--5":                "'--5",
		"-5=1":               "'-5=1",
		"'=1":                "'=1",
		" x":                 " x",
		"a=1":                "a=1",
	} {
		if got := Neutral(cell); got != want {
			t.Errorf("Neutral(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestWriteCopyCSV(t *testing.T) {
	s := open(t, save(t, "in.csv", "id;nom;note;\n1;Cl\xe9ment;=1+1;\n;;;\n2;Zo\xeb;\"a;b\";x\n"), Options{})
	out := filepath.Join(t.TempDir(), "out.csv")
	n, err := s.WriteCopy(t.Context(), out, []string{"score", "reasons"}, func(id string) ([]string, error) {
		if id == "4" {
			return nil, nil
		}
		return []string{"-12", "+5 Works; -3 Silent"}, nil
	})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	const want = "\xEF\xBB\xBFid;nom;note;;score;reasons\n1;Clément;'=1+1;;-12;\"'+5 Works; -3 Silent\"\n;;;;;\n2;Zoë;\"a;b\";x;;\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWriteCopyRefuses(t *testing.T) {
	path := save(t, "in.csv", "id,score\n1,2\n")
	s := open(t, path, Options{})
	none := func(string) ([]string, error) { return nil, nil }
	folder := t.TempDir()
	for _, c := range []struct {
		name, path string
		columns    []string
		cells      Cells
		want       string
	}{
		{"input", path, []string{"grade"}, none, "write in.csv: this is the file that is read. Choose another name"},
		{"column there", folder + "/out.csv", []string{"score"}, none,
			"write out.csv: field score: the file already has a column of this name, or it has none. Choose another name for the column in the model, or start from the original export"},
		{"twice", folder + "/out.csv", []string{"x", "x"}, none,
			"write out.csv: field x: the file already has a column of this name, or it has none. Choose another name for the column in the model, or start from the original export"},
		{"too few cells", folder + "/out.csv", []string{"x", "y"}, func(string) ([]string, error) { return []string{"1"}, nil }, "1 cells came for 2 added columns"},
		{"caller fails", folder + "/out.xlsx", []string{"x"}, func(string) ([]string, error) { return nil, crm.ErrNotFound }, "not found"},
		{"long cell", folder + "/out.xlsx", []string{"x"}, func(string) ([]string, error) { return []string{strings.Repeat("x", 40_000)}, nil },
			"write out.xlsx: row 2, cell 3: a worksheet cell holds 32767 characters. Write CSV"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := s.WriteCopy(t.Context(), c.path, c.columns, c.cells); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
	_, err := s.WriteCopy(t.Context(), folder+"/none/out.csv", []string{"x"}, none)
	if !errors.Is(err, crm.ErrUnavailable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.WriteCopy(done, folder+"/out.csv", []string{"x"}, none); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A failed copy leaves what stood under the name before.
func TestWriteCopyKeepsOld(t *testing.T) {
	s := open(t, save(t, "in.csv", "id,b\n1,2\n2,3\n"), Options{})
	out := save(t, "out.csv", "old")
	_, err := s.WriteCopy(t.Context(), out, []string{"x"}, func(id string) ([]string, error) {
		if id == "3" {
			return nil, crm.ErrUnavailable
		}
		return nil, nil
	})
	if !errors.Is(err, crm.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "old" {
		t.Errorf("%q %v", got, err)
	}
}

// grid is a header and rows of any text that a CSV can hold.
func grid() *rapid.Generator[[][]string] {
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "x", "é;ß", "a,b", "=1", "-5", "+3.2", `say "hi"`, "two\nlines", "tab\there", " padded ", "1 234,5", "03/02/2026", "'", "\u00a0"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("ab,;\t\"\n=+-@é€ 10./")), 0, 12, -1))
	return rapid.Custom(func(t *rapid.T) [][]string {
		width := rapid.IntRange(1, 5).Draw(t, "width")
		rows := [][]string{make([]string, width)}
		for i := range rows[0] {
			rows[0][i] = "column " + string(rune('a'+i))
		}
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			rows = append(rows, rapid.SliceOfN(cell, width, width).Draw(t, "row"))
		}
		return rows
	})
}

// readAll walks a sheet as it is, without types.
func readAll(s *Sheet) ([][]string, error) {
	w, err := s.walk()
	if err != nil {
		return nil, err
	}
	var out [][]string
	for {
		cells, err := w.next()
		if err != nil {
			return out, w.close()
		}
		out = append(out, append([]string{}, cells...))
	}
}

// What is written reads back cell by cell, whatever the delimiter, but for apostrophes in front of formulas.
func TestCopyReadsBack(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{".csv", ".tsv", ".xlsx"} {
		t.Run(ext, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := grid().Draw(t, "grid")
				in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out"+ext)
				f, err := os.Create(in)
				if err != nil {
					t.Fatal(err)
				}
				sink := newCSVSink(f, rapid.SampledFrom(delimiters).Draw(t, "delimiter"), rapid.Bool().Draw(t, "mark"))
				for _, row := range want {
					if err := sink.write(append([]string{"id"}, row...)); err != nil { // never an empty line
						t.Fatal(err)
					}
				}
				if err := errors.Join(sink.finish(), f.Close()); err != nil {
					t.Fatal(err)
				}
				s, err := Open(context.Background(), in, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.WriteCopy(context.Background(), out, []string{"added"}, func(id string) ([]string, error) { return []string{"=" + id}, nil }); err != nil {
					t.Fatal(err)
				}
				copied, err := Open(context.Background(), out, Options{})
				if err != nil {
					t.Fatal(err)
				}
				got, err := readAll(copied)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, want, got)
			})
		})
	}
}

// compare wants the id cell first, then the cells neutralised, then the added one.
func compare(t *rapid.T, want, got [][]string) {
	if len(got) != len(want) {
		t.Fatalf("%d rows became %d", len(want), len(got))
	}
	for i, row := range want {
		for j, cell := range row {
			if have := got[i][j+1]; have != Neutral(cell) {
				t.Fatalf("row %d, cell %d: %q became %q", i+1, j+1, cell, have)
			}
		}
		if last := got[i][len(got[i])-1]; i > 0 && !strings.HasPrefix(last, "'=") {
			t.Fatalf("row %d: added %q", i+1, last)
		}
	}
}
