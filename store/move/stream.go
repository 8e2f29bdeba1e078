package move

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"
)

// Version is the form of the stream this package writes, and the newest it reads.
const Version = 1

// What can be wrong with a stream or a store; the words around them say what to do.
var (
	ErrStream   = errors.New("this is no whole export of state")
	ErrNewer    = errors.New("the export was written by a newer version")
	ErrNotEmpty = errors.New("the state is not empty")
	ErrDiffers  = errors.New("what was stored is not what was read")
)

// Count is what a table held.
type Count struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of the lines of the rows, as they stand in the stream
}

type header struct {
	State   string    `json:"state"` // "bareme"
	Version int       `json:"version"`
	Created time.Time `json:"created"`
	By      string    `json:"by"` // the program's version
}

type opening struct {
	Begin   string   `json:"begin"`
	Columns []string `json:"columns"`
}

type closing struct {
	End    string `json:"end"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// name of the state in a header, and of what ends a stream.
const (
	ours = "bareme"
	all  = "all"
)

// Export writes everything a store keeps. now and by stand in the header.
func Export(ctx context.Context, from Source, to io.Writer, now time.Time, by string) (counts []Count, err error) {
	zip := gzip.NewWriter(to)
	out := bufio.NewWriterSize(zip, 1<<16)
	w := &writer{out: out, counter: counter{tables: Tables()}}
	if err := w.line(header{ours, Version, now.UTC(), by}); err != nil {
		return nil, err
	}
	w.opened, w.closed = w.begin, w.end
	if err := from.Dump(ctx, func(table string, values []any) error {
		line, err := w.row(table, values)
		if err != nil {
			return err
		}
		_, err = out.Write(line)
		return err
	}); err != nil {
		return nil, err
	}
	if err := w.finish(); err != nil {
		return nil, err
	}
	if err := w.line(closing{End: all, Rows: total(w.counts)}); err != nil {
		return nil, err
	}
	return w.counts, errors.Join(out.Flush(), zip.Close())
}

type writer struct {
	out *bufio.Writer
	counter
}

func (w *writer) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.out.Write(append(b, '\n'))
	return err
}

func (w *writer) begin(t Table) error { return w.line(opening{t.Name, names(t)}) }
func (w *writer) end(c Count) error   { return w.line(closing{c.Table, c.Rows, c.SHA256}) }

func names(t Table) (out []string) {
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out
}

func total(counts []Count) (n int64) {
	for _, c := range counts {
		n += c.Rows
	}
	return n
}

// counter counts rows and sums them up, table by table in their order.
type counter struct {
	tables []Table // those to come, the current one first
	open   bool    // the first of them has begun
	rows   int64
	sum    hash.Hash
	counts []Count
	buf    []byte

	opened func(Table) error // nil: nobody wants to know
	closed func(Count) error
}

// row counts one row and returns its line, valid until the next.
func (c *counter) row(table string, values []any) (line []byte, err error) {
	for len(c.tables) > 0 && c.tables[0].Name != table {
		if err := c.next(); err != nil {
			return nil, err
		}
	}
	if len(c.tables) == 0 {
		return nil, fmt.Errorf("rows of %s come out of order", table)
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	if c.buf, err = appendRow(c.buf[:0], c.tables[0], values); err != nil {
		return nil, err
	}
	c.rows++
	_, err = c.sum.Write(c.buf)
	return c.buf, err
}

func (c *counter) start() error {
	if c.open {
		return nil
	}
	c.open, c.rows, c.sum = true, 0, sha256.New()
	if c.opened == nil {
		return nil
	}
	return c.opened(c.tables[0])
}

// next ends the current table, which may be empty.
func (c *counter) next() error {
	if err := c.start(); err != nil {
		return err
	}
	done := Count{c.tables[0].Name, c.rows, hex.EncodeToString(c.sum.Sum(nil))}
	c.counts, c.tables, c.open = append(c.counts, done), c.tables[1:], false
	if c.closed == nil {
		return nil
	}
	return c.closed(done)
}

func (c *counter) finish() error {
	for len(c.tables) > 0 {
		if err := c.next(); err != nil {
			return err
		}
	}
	return nil
}

// Counts reads through a store and counts and sums up what it keeps.
func Counts(ctx context.Context, from Source) ([]Count, error) {
	c := counter{tables: Tables()}
	if err := from.Dump(ctx, func(table string, values []any) error {
		_, err := c.row(table, values)
		return err
	}); err != nil {
		return nil, err
	}
	return c.counts, errors.Join(c.finish())
}

// Import fills an empty store from a stream, all of it or nothing, and then reads the store through to see that it holds
// what the stream held.
func Import(ctx context.Context, from io.Reader, to Target) ([]Count, error) {
	switch empty, err := to.Empty(ctx); {
	case err != nil:
		return nil, err
	case !empty:
		return nil, fmt.Errorf("%w: import into a new state file or an empty database", ErrNotEmpty)
	}
	r, err := newReader(from)
	if err != nil {
		return nil, err
	}
	if err := to.Load(ctx, r.next); err != nil {
		return nil, err
	}
	stored, err := Counts(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("check the import: %w", err)
	}
	if !slices.Equal(stored, r.counts) {
		return stored, fmt.Errorf("%w: %s: do not use this state, and report it", ErrDiffers, difference(r.counts, stored))
	}
	return stored, nil
}

func difference(read, stored []Count) string {
	for i := range read {
		if i >= len(stored) || read[i] != stored[i] {
			return "table " + read[i].Table
		}
	}
	return "tables"
}
