package file

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/internal/outside"
)

// A real export: 37 columns and an empty one, 9,240 leads.
func TestLeads(t *testing.T) {
	path := outside.Path(t, "data/leads/Leads.csv")
	s := open(t, path, Options{IDColumn: "Prospect ID", NotChosen: []string{"Select"}})
	schema, err := s.Describe(t.Context(), crm.People)
	if err != nil {
		t.Fatal(err)
	}
	if len(schema.Fields) != 37 || s.Rows() != 9240 {
		t.Errorf("%d columns, %d rows", len(schema.Fields), s.Rows())
	}
	types := map[string]crm.Type{}
	for _, f := range schema.Fields {
		types[f.Name] = f.Type
	}
	for name, want := range map[string]crm.Type{"Prospect ID": crm.Text, "Lead Number": crm.Number, "Converted": crm.Number, "Do Not Email": crm.Bool,
		"Page Views Per Visit": crm.Number, "Lead Source": crm.Choice, "Specialization": crm.Choice, "City": crm.Choice, "Country": crm.Choice} {
		if types[name] != want {
			t.Errorf("%s is %s, want %s", name, types[name], want)
		}
	}
	records := everything(t, s)
	want := crm.Fields{"TotalVisits": "5", "Page Views Per Visit": "2.5", "Do Not Email": "false"}
	got := crm.Fields{}
	for name := range want {
		got[name] = records[1].Fields[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("second lead (-want +got)\n%s", diff)
	}
	if _, chosen := records[1].Fields["Specialization"]; chosen {
		t.Error(`"Select" came as a specialization`)
	}
	t.Run("copy as CSV", func(t *testing.T) { copyBack(t, s, ".csv") })
	t.Run("copy of a part as XLSX", func(t *testing.T) { // a workbook of all takes seconds
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfterN(string(content), "\n", 1002)
		copyBack(t, open(t, save(t, "in.csv", strings.Join(lines[:1001], "")), Options{IDColumn: "Prospect ID"}), ".xlsx")
	})
}

// copyBack writes the export with columns added and reads it back.
func copyBack(t *testing.T, s *Sheet, ext string) {
	before, err := readAll(s)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out"+ext)
	n, err := s.WriteCopy(t.Context(), out, []string{"bareme_score", "bareme_label"}, func(string) ([]string, error) { return []string{"50", "warm"}, nil })
	if err != nil || n != s.Rows() {
		t.Fatal(n, err)
	}
	copied := open(t, out, Options{IDColumn: "Prospect ID"})
	after, err := readAll(copied)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range before {
		for j, cell := range row {
			if after[i][j] != Neutral(cell) {
				t.Fatalf("%s, row %d, cell %d changed", ext, i+1, j+1)
			}
		}
	}
}

// Memory does not grow with the rows: ten times the rows take far less than ten times the memory.
func TestMemoryFlat(t *testing.T) {
	live := func(rows int) uint64 {
		var content strings.Builder
		content.WriteString("id,name,visits,note\n")
		for i := range rows {
			fmt.Fprintf(&content, "name%05d,Some Body,12,a note of some length that is the same in every row\n", i)
		}
		s := open(t, save(t, "in.csv", content.String()), Options{PageSize: 100})
		content.Reset()
		var peak uint64
		for _, err := range s.Records(t.Context(), crm.Query{Object: crm.People, Fields: s.names()}) {
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		return peak
	}
	small, large := live(2_000), live(20_000)
	if large > small+1<<20 {
		t.Errorf("2,000 rows take %d bytes, 20,000 take %d", small, large)
	}
}
