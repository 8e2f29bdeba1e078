package move

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// appendRow appends the line of a row: a JSON array, bytes as base64.
func appendRow(b []byte, t Table, values []any) ([]byte, error) {
	if len(values) != len(t.Columns) {
		return nil, fmt.Errorf("a row of %s has %d values, not %d", t.Name, len(values), len(t.Columns))
	}
	b = append(b, '[')
	for i, c := range t.Columns {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, c, values[i]); err != nil {
			return nil, fmt.Errorf("column %s of %s: %w", c.Name, t.Name, err)
		}
	}
	return append(b, ']', '\n'), nil
}

func appendValue(b []byte, c Column, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		if c.Null {
			return append(b, "null"...), nil
		}
	case string:
		if c.Kind != Text {
			break
		}
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("text that is no UTF-8 cannot be moved")
		}
		text, err := json.Marshal(v)
		return append(b, text...), err
	case int64:
		if c.Kind == Int {
			return strconv.AppendInt(b, v, 10), nil
		}
	case float64:
		if c.Kind == Real && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return strconv.AppendFloat(b, v, 'g', -1, 64), nil
		}
	case []byte:
		if c.Kind == Bytes {
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v)
			return append(b, '"'), nil
		}
	case bool:
		if c.Kind == Bool {
			return strconv.AppendBool(b, v), nil
		}
	}
	return nil, fmt.Errorf("%T is no value of it", value)
}

// parseRow reads what appendRow wrote.
func parseRow(line []byte, t Table) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, fmt.Errorf("a row of %s cannot be read", t.Name)
	}
	if len(raw) != len(t.Columns) {
		return nil, fmt.Errorf("a row of %s has %d values, not %d", t.Name, len(raw), len(t.Columns))
	}
	values := make([]any, len(raw))
	for i, c := range t.Columns {
		var err error
		if values[i], err = parseValue(raw[i], c); err != nil {
			return nil, fmt.Errorf("column %s of %s: a value of the wrong form", c.Name, t.Name)
		}
	}
	return values, nil
}

func parseValue(raw json.RawMessage, c Column) (any, error) {
	if string(raw) == "null" {
		if c.Null {
			return nil, nil
		}
		return nil, ErrStream
	}
	switch c.Kind {
	case Int:
		return strconv.ParseInt(string(raw), 10, 64)
	case Real:
		return strconv.ParseFloat(string(raw), 64)
	case Bool:
		return strconv.ParseBool(string(raw))
	case Bytes:
		b := []byte{}
		err := json.Unmarshal(raw, &b)
		return b, err
	default:
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	}
}
