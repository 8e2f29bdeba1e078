package soql

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// AppendJSON appends the record as REST writes it. base is "/services/data/v66.0".
func (r *Record) AppendJSON(dst []byte, base string) []byte {
	dst = append(dst, `{"attributes":{"type":`...)
	dst = appendText(dst, r.Object)
	if r.ID != "" {
		dst = append(dst, `,"url":`...)
		dst = appendText(dst, base+"/sobjects/"+r.Real+"/"+r.ID)
	}
	dst = append(dst, '}')
	for _, c := range r.Cells {
		dst = append(dst, ',')
		dst = append(appendText(dst, c.Name), ':')
		dst = c.appendValue(dst, base)
	}
	return append(dst, '}')
}

func (c Cell) appendValue(dst []byte, base string) []byte {
	switch v := c.Value.(type) {
	case *Record:
		return v.AppendJSON(dst, base)
	case *Children:
		dst = append(dst, `{"totalSize":`...)
		dst = strconv.AppendInt(dst, int64(len(v.Records)), 10)
		dst = append(dst, `,"done":true,"records":[`...)
		for i, r := range v.Records {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = r.AppendJSON(dst, base)
		}
		return append(dst, "]}"...)
	}
	return AppendValue(dst, c.Kind, c.Value)
}

// AppendValue appends a value as REST writes it: datetimes as 2020-10-22T21:03:23.000+0000, doubles as Java writes them.
func AppendValue(dst []byte, kind Kind, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendText(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case float64:
		return append(dst, numberText(kind, v)...)
	case time.Time:
		if kind == Date {
			return appendText(dst, v.Format(time.DateOnly))
		}
		return appendText(dst, v.UTC().Format("2006-01-02T15:04:05.000+0000"))
	}
	return appendOther(dst, v)
}

// appendText writes a JSON string. It leaves < and > alone, as Salesforce does.
func appendText(dst []byte, s string) []byte {
	if plain(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return append(dst, "null"...) // cannot happen: any string can be written
	}
	return append(dst, strings.TrimSuffix(b.String(), "\n")...)
}

// plain tells whether a text can be written as it is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}

func appendOther(dst []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...) // a compound of the source's own making that JSON cannot hold
	}
	return append(dst, raw...)
}

// numberText writes integers plainly and doubles as Java's Double.toString does: 5.0, 0.25, 1.39E8.
func numberText(kind Kind, n float64) string {
	if kind == Int {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	if a := max(n, -n); a != 0 && (a < 1e-3 || a >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'e', -1, 64), "e")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		e, err := strconv.Atoi(exponent)
		if err != nil {
			return strconv.FormatFloat(n, 'f', -1, 64) // not a finite number
		}
		return mantissa + "E" + strconv.Itoa(e)
	}
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// CSVText is a value as the Bulk API writes it: datetimes as 2020-10-22T21:03:23.000Z, null as nothing.
func CSVText(kind Kind, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberText(kind, v)
	case time.Time:
		if kind == Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return ""
}
