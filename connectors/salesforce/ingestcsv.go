package salesforce

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"time"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// nullMark clears a field in a bulk file. An empty cell leaves it as it is.
const nullMark = "#N/A"

// file writes as many targets as one job takes, and says how many. A text that reads like the null mark cannot be written
// by bulk, so that record is refused and not cleared.
func (w *writing) file(targets []*target) ([]byte, int) {
	columns := columnsOf(targets)
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	// Writing to memory cannot fail; what the writer refuses are only delimiters, which are fixed.
	_ = out.Write(append([]string{colID}, columns...))
	n := 0
	for _, t := range targets {
		if line := w.line(t, columns); line != nil {
			_ = out.Write(line)
		}
		if n++; n%500 == 0 {
			if out.Flush(); buf.Len() >= ingestBytes {
				break
			}
		}
	}
	out.Flush()
	return buf.Bytes(), n
}

func columnsOf(targets []*target) []string {
	names := make(map[string]bool)
	for _, t := range targets {
		for name := range t.fields {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (w *writing) line(t *target, columns []string) []string {
	d := w.schema.parts[t.part.entity]
	line := make([]string, len(columns)+1)
	line[0] = t.id
	for i, name := range columns {
		value, ok := t.fields[name]
		if !ok {
			continue
		}
		if value == nullMark {
			t.reject(&crm.Error{Kind: crm.ErrInvalid, Op: w.op, Object: w.o.ours, ID: t.id, Field: name,
				Message: "a text that reads like Salesforce's mark for no value cannot be written by Bulk API"})
			return nil
		}
		line[i+1] = csvValue(typeOf(d.fields[name]), value)
	}
	return line
}

// csvValue is a value as bulk files want it.
func csvValue(t crm.Type, value string) string {
	switch {
	case value == "" && t == crm.Bool:
		return "false" // a checkbox knows no null
	case value == "":
		return nullMark
	case t == crm.Number:
		return fields.Decimal(value)
	case t == crm.Bool:
		return fields.Bool(value)
	case t == crm.DateTime:
		if at, ok := parseTime(value); ok {
			return literal(at)
		}
	case t == crm.Date:
		if at, ok := parseTime(value); ok {
			return at.Format(time.DateOnly)
		}
	}
	return clean(value)
}
