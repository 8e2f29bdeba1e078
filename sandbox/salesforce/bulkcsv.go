package salesforce

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strings"
)

// dialect is how the CSV of a job is written.
type dialect struct {
	name   string // COMMA, TAB …
	comma  rune
	ending string // LF or CRLF
}

func readDialect(delimiter, ending string) (dialect, *apiError) {
	if delimiter == "" {
		delimiter = "COMMA"
	}
	if ending == "" {
		ending = "LF"
	}
	commas := map[string]rune{"BACKQUOTE": '`', "CARET": '^', "COMMA": ',', "PIPE": '|', "SEMICOLON": ';', "TAB": '\t'}
	d := dialect{name: strings.ToUpper(delimiter), ending: strings.ToUpper(ending)}
	d.comma = commas[d.name]
	if d.comma == 0 {
		return d, fail(http.StatusBadRequest, "INVALIDJOB", "InvalidJob : Invalid columnDelimiter: %s", delimiter)
	}
	if d.ending != "LF" && d.ending != "CRLF" {
		return d, fail(http.StatusBadRequest, "INVALIDJOB", "InvalidJob : Invalid lineEnding: %s", ending)
	}
	return d, nil
}

func (d dialect) newline() string {
	if d.ending == "CRLF" {
		return "\r\n"
	}
	return "\n"
}

// append writes one line, every value in quotes.
func (d dialect) append(dst []byte, values []string) []byte {
	for i, v := range values {
		if i > 0 {
			dst = append(dst, string(d.comma)...)
		}
		dst = append(dst, '"')
		for k := range len(v) {
			if v[k] == '"' {
				dst = append(dst, '"')
			}
			dst = append(dst, v[k])
		}
		dst = append(dst, '"')
	}
	return append(dst, d.newline()...)
}

// errLineEnding is what a file with other line endings than the job's says.
var errLineEnding = errors.New("LineEnding is invalid on user data")

// read cuts a file into its header and rows. An empty file has neither.
func (d dialect) read(file []byte) (header []string, rows [][]string, err error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if end := bytes.IndexByte(file, '\n'); end >= 0 {
		if crlf := end > 0 && file[end-1] == '\r'; crlf != (d.ending == "CRLF") {
			return nil, nil, errLineEnding
		}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.FieldsPerRecord = d.comma, 0 // all rows as wide as the header
	header, err = r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	rows, err = r.ReadAll()
	return header, rows, err
}

// csvTable is a query's result as CSV: the rows one behind the other, and where each ends.
type csvTable struct {
	header []byte
	body   []byte
	ends   []int
	sorted bool // the query had ORDER BY or LIMIT
}

// page is the header with the rows [from, to).
func (t *csvTable) page(from, to int) []byte {
	start := 0
	if from > 0 {
		start = t.ends[from-1]
	}
	end := start
	if to > from {
		end = t.ends[to-1]
	}
	return append(bytes.Clone(t.header), t.body[start:end]...)
}
