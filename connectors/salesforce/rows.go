package salesforce

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/crm"
)

// row is one record as either API sends it, by column, as text; what has no value is absent. Fields of a parent go by
// their path. REST and Bulk make the same rows of the same record, up to the notation of values, which canonical evens out.
type row map[string]string

// restRow flattens a record of REST.
func restRow(record map[string]json.RawMessage) (row, error) {
	out := make(row, len(record))
	err := out.flatten("", record)
	return out, err
}

func (r row) flatten(prefix string, record map[string]json.RawMessage) error {
	for name, raw := range record {
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || name == "attributes" {
			continue
		}
		switch raw[0] {
		case 'n': // null
		case '"':
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				return err
			}
			r.put(prefix+name, s)
		case '{':
			var parent map[string]json.RawMessage
			if err := json.Unmarshal(raw, &parent); err != nil {
				return err
			}
			if err := r.flatten(prefix+name+".", parent); err != nil {
				return err
			}
		case '[':
		default:
			r.put(prefix+name, string(raw))
		}
	}
	return nil
}

// csvRow is a line of a Bulk result under its header.
func csvRow(header, line []string) row {
	out := make(row, len(header))
	for i, name := range header {
		if i < len(line) {
			out.put(name, strings.Clone(line[i])) // the reader shares one buffer between the cells of a line
		}
	}
	return out
}

// put keeps a value. Only what is empty is no value: "N/A" is text.
func (r row) put(name, value string) {
	if value = clean(value); value != "" {
		r[name] = value
	}
}

func (r row) id() string {
	id, _ := long(r[colID])
	return id
}

func (r row) modified() time.Time {
	at, _ := parseTime(r[colStamp])
	return at
}

func (r row) is(column string) bool { return fields.Bool(r[column]) == "true" }

// gone reports whether a row is no record of its own any more, and the id it lives on under, "" when it does not.
func (r row) gone() (gone bool, heir string) {
	switch {
	case r.is(colDeleted):
		heir, _ = long(r[colMaster])
		return true, heir
	case r.is(colConverted):
		heir, _ = long(r[colHeir])
		return true, heir
	}
	return false, ""
}

// values are the fields asked for, in canonical text.
func (r row) values(fields []string, types map[string]crm.Type) crm.Fields {
	out := make(crm.Fields, len(fields))
	for _, name := range fields {
		if v := canonical(types[name], r[name]); v != "" {
			out[name] = v
		}
	}
	return out
}

// when is when an activity happened: the first of the columns with a value.
func (r row) when(columns []string) time.Time {
	for _, name := range columns {
		if at, ok := parseTime(r[name]); ok {
			return at
		}
	}
	return time.Time{}
}
