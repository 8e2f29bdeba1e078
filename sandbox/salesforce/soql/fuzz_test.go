package soql

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzPrepare: whatever the text, a query is answered or refused with one of the known codes.
func FuzzPrepare(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			ask, _, _ := strings.Cut(string(file.Data), "\n\n")
			f.Add(strings.TrimPrefix(ask, "ALL: "))
		}
	}
	o := newOrg()
	codes := " " + strings.Join([]string{MalformedQuery, InvalidField, InvalidType, OutsideRange, InvalidOperator}, " ") + " "
	f.Fuzz(func(t *testing.T, text string) {
		stmt, err := Prepare(text, o, today())
		if err != nil {
			var refusal *Error
			if !errors.As(err, &refusal) || !strings.Contains(codes, " "+refusal.Code+" ") || refusal.Message == "" {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		o.asked = nil
		result := stmt.Run(o, All)
		for i := range result.Len() {
			result.Record(i).AppendJSON(nil, "")
			result.Row(i)
		}
		if result.Total() < result.Len() {
			t.Errorf("%q: total %d, %d records", text, result.Total(), result.Len())
		}
	})
}
