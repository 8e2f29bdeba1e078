package file

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/bareme/bareme/crm"
)

// workbook saves rows as a user's program would: dates, truth values and numbers as such.
func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "in.xlsx")
	if err := errors.Join(f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func day(d, h int) time.Time { return time.Date(2026, 2, d, h, 0, 0, 0, time.UTC) }

func TestReadXLSX(t *testing.T) {
	path := workbook(t,
		[]any{"name", "visits", "share", "since", "seen", "member", "mixed", "note"},
		[]any{"Élodie", 12, 0.1, day(3, 0), day(3, 4), true, day(5, 0), "=not run"},
		[]any{},
		[]any{"Zoé", 1234567, 1.0 / 3, day(28, 0), day(4, 0), false, 7},
	)
	want := []crm.Fields{
		{"name": "Élodie", "visits": "12", "share": "0.1", "since": "2026-02-03", "seen": "2026-02-03T04:00:00Z", "member": "true", "mixed": "2026-02-05", "note": "=not run"},
		{"name": "Zoé", "visits": "1234567", "share": "0.3333333333333333", "since": "2026-02-28", "seen": "2026-02-04T00:00:00Z", "member": "false", "mixed": "7"},
	}
	s := open(t, path, Options{})
	for range 2 {
		got := everything(t, s)
		if diff := cmp.Diff(want, fieldsOf(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if got[0].ID != "2" || got[1].ID != "4" {
			t.Errorf("ids %s and %s are not the row numbers", got[0].ID, got[1].ID)
		}
	}
	for _, ext := range []string{".csv", ".xlsx"} {
		out := filepath.Join(t.TempDir(), "out"+ext)
		if _, err := s.WriteCopy(t.Context(), out, []string{"score"}, func(id string) ([]string, error) { return []string{id + "0.5"}, nil }); err != nil {
			t.Fatal(err)
		}
		got := fieldsOf(everything(t, open(t, out, Options{})))
		for i, r := range want {
			r["score"] = []string{"20.5", "40.5"}[i]
		}
		want[0]["note"] = "'=not run"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("copy as %s (-want +got)\n%s", ext, diff)
		}
		want[0]["note"] = "=not run"
	}
}

func TestBadWorkbooks(t *testing.T) {
	long := workbook(t, []any{"a", "b"}, []any{1, 2}, []any{1, 2, 3})
	for _, c := range []struct {
		name, path string
		o          Options
		want       string
	}{
		{"no such worksheet", long, Options{Sheet: "Leads"}, `read in.xlsx: there is no worksheet "Leads". The worksheets are Sheet1`},
		{"value beyond the header", long, Options{}, "read in.xlsx: row 3: it has a value in column 3 and the header ends with column 2. Name the column or remove the value"},
		{"empty", workbook(t), Options{}, "read in.xlsx: the file holds no rows. Export it again"},
		{"bomb", bomb(t), Options{}, "read in.xlsx: the workbook is larger than 512 MB once unpacked. Save the worksheet as CSV UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), c.path, c.o)
			if !errors.Is(err, crm.ErrInvalid) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// bomb is a small file that says it unpacks to a large one.
func bomb(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: 5 << 30, CompressedSize64: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestShowsDate(t *testing.T) {
	for shown, want := range map[string]bool{
		"02/03/2026": true, "2026-02-03": true, "3.2.2026": true, "04:05": true, "3-Feb-26": true, "Feb-26": true,
		"1,234.50": false, "12.5%": false, "1 234,50 €": false, "-5": false, "": false, "$1.00": false,
	} {
		if got := showsDate(shown); got != want {
			t.Errorf("showsDate(%q) = %t", shown, got)
		}
	}
}

func TestPlainNumber(t *testing.T) {
	for stored, want := range map[string]string{
		"0.10000000000000001": "0.1", "1.5E+5": "150000", "1E-05": "0.00001", "-9.9999999999999995E-7": "-0.000001", "12E4": "12E4", "1E+": "1E+", "1E+x": "1E+x", "12": "12", "": "", "x": "x",
		"12345678901234567": "12345678901234567", strings.Repeat("9", 40): strings.Repeat("9", 40),
	} {
		if got := plainNumber(stored); got != want {
			t.Errorf("plainNumber(%q) = %q, want %q", stored, got, want)
		}
	}
}
