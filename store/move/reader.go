package move

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// longest is the most a line may hold: the mapped inputs of one person, many times over.
const longest = 64 << 20

// reader reads a stream and checks it against its own counts.
type reader struct {
	lines *bufio.Scanner
	counter
	inside bool // between the opening of a table and its closing
}

func newReader(from io.Reader) (*reader, error) {
	zip, err := gzip.NewReader(from)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not begin like one", ErrStream)
	}
	r := &reader{lines: bufio.NewScanner(zip), counter: counter{tables: Tables()}}
	r.lines.Buffer(make([]byte, 1<<16), longest)
	line, err := r.line()
	if err != nil {
		return nil, err
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil || h.State != ours {
		return nil, fmt.Errorf("%w: it does not begin like one", ErrStream)
	}
	if h.Version > Version {
		return nil, fmt.Errorf("%w (form %d; this version reads up to %d): update bareme", ErrNewer, h.Version, Version)
	}
	return r, nil
}

func (r *reader) line() ([]byte, error) {
	if r.lines.Scan() {
		return r.lines.Bytes(), nil
	}
	if err := r.lines.Err(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%w: %w", ErrStream, err)
	}
	return nil, fmt.Errorf("%w: it ends too early", ErrStream)
}

// next returns the next row; an empty table after the last.
func (r *reader) next() (string, []any, error) {
	for {
		line, err := r.line()
		if err != nil {
			return "", nil, err
		}
		if r.inside && bytes.HasPrefix(line, []byte("[")) {
			values, err := parseRow(line, r.tables[0])
			if err != nil {
				return "", nil, fmt.Errorf("%w: %w", ErrStream, err)
			}
			table := r.tables[0].Name
			_, err = r.row(table, values)
			return table, values, err
		}
		done, err := r.mark(line)
		if err != nil || done {
			return "", nil, err
		}
	}
}

// mark reads the line that opens or closes a table, or the stream.
func (r *reader) mark(line []byte) (done bool, err error) {
	var open opening
	var end closing
	if json.Unmarshal(line, &open) != nil || json.Unmarshal(line, &end) != nil {
		return false, fmt.Errorf("%w: a line cannot be read", ErrStream)
	}
	switch {
	case end.End == all && len(r.tables) == 0 && !r.inside:
		if end.Rows != total(r.counts) {
			return false, fmt.Errorf("%w: it holds %d rows, not %d", ErrStream, total(r.counts), end.Rows)
		}
		return true, nil
	case len(r.tables) == 0:
	case !r.inside && open.Begin == r.tables[0].Name:
		if !slices.Equal(open.Columns, names(r.tables[0])) {
			return false, fmt.Errorf("%w: table %s has other columns", ErrStream, open.Begin)
		}
		r.inside = true
		return false, r.start()
	case r.inside && end.End == r.tables[0].Name:
		r.inside = false
		if err := r.counter.next(); err != nil {
			return false, err
		}
		if got := r.counts[len(r.counts)-1]; got != (Count{end.End, end.Rows, end.SHA256}) {
			return false, fmt.Errorf("%w: table %s was changed on the way", ErrStream, end.End)
		}
		return false, nil
	}
	return false, fmt.Errorf("%w: its tables come in another order", ErrStream)
}
