package modelfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxLookup     = 8 << 20
	maxLookupRows = 200_000
)

// parseLookup reads a lookup table: a CSV with the header "from,to" and one pair per row.
func parseLookup(data []byte) (map[string]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > maxLookup:
		return nil, fmt.Errorf("it is larger than 8 MB")
	case !utf8.Valid(data):
		return nil, fmt.Errorf("it is not UTF-8 text")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = 2
	r.ReuseRecord = true
	out := map[string]string{}
	for first := true; ; first = false {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && first:
			return nil, fmt.Errorf("it is empty")
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, rowError(err)
		}
		from, to := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
		if first {
			if !strings.EqualFold(from, "from") || !strings.EqualFold(to, "to") {
				return nil, fmt.Errorf("its first line is not from,to")
			}
			continue
		}
		line, _ := r.FieldPos(0)
		if _, twice := out[from]; twice {
			return nil, fmt.Errorf("line %d repeats a value that stands above", line)
		}
		if from == "" || to == "" {
			return nil, fmt.Errorf("line %d has an empty cell", line)
		}
		if len(out) == maxLookupRows {
			return nil, fmt.Errorf("it has more than 200,000 rows")
		}
		out[from] = to
	}
}

// rowError says what is wrong with a row without its content.
func rowError(err error) error {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return err
	}
	if errors.Is(pe.Err, csv.ErrFieldCount) {
		return fmt.Errorf("line %d does not have two cells", pe.Line)
	}
	return fmt.Errorf("line %d: %w", pe.Line, pe.Err)
}
