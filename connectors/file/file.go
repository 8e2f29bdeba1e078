// Package file reads a spreadsheet, the export of a CRM, as people, and writes it again with columns added.
//
// It is not a crm.Connector: a file has no activity, and nothing is written into the file that is read. A Sheet has those
// methods of one that make sense, with the same promises: Account, Check, Describe and Records.
//
// CSV with comma, semicolon or tab, in UTF-8 or Windows-1252, and XLSX are told apart by their content. Open reads the
// file once to learn its columns, and every later walk reads it again: memory does not grow with the file, but for a
// few bytes a row that find duplicate ids.
package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bareme/bareme/crm"
)

// Options say how to read a file. The zero value reads any file whose columns have names.
type Options struct {
	IDColumn  string         // the column whose text is a record's id; "" takes the row number, the header being row 1
	Sheet     string         // the worksheet of an XLSX file; "" takes the first
	NotChosen []string       // texts that mean "no value": "Select", "n/a"
	PageSize  int            // records on one page; 500 when 0
	Location  *time.Location // where times without a zone are; UTC when nil
}

// Sizes beyond which a file is refused: they end damage and attacks, not real exports.
const (
	maxCell     = 1 << 20   // bytes of one cell
	maxRecord   = 16 << 20  // bytes of one CSV row
	maxColumns  = 16_384    // as many as a spreadsheet program has
	maxUnzipped = 512 << 20 // bytes of an XLSX file once unpacked
)

// Sheet is a file that has been looked through and can be read.
type Sheet struct {
	path    string
	o       Options
	kind    kind
	format  csvFormat
	size    int64
	changed time.Time
	mode    fs.FileMode

	header  []string // as in the file; "" for a column without name
	columns []column // one for each of header
	id      int      // index of the id column, -1 for none
	count   int
}

// kind is what a file is by its content.
type kind int

const (
	kindCSV kind = iota
	kindXLSX
)

// rows walks the rows of a file. next returns io.EOF after the last; the cells are valid until the next call. A row has
// as many cells as the header, and the first row is the header.
type rows interface {
	next() ([]string, error)
	number() int // of the row that next returned, the header being 1; empty lines of a text file do not count
	line() int   // where it begins in a text file, 0 when that means nothing
	close() error
}

// Open looks a file through: what it is, its columns and their types, its ids. Everything wrong with the file is an
// error that wraps crm.ErrInvalid and names the row and what to do.
func Open(ctx context.Context, path string, o Options) (*Sheet, error) {
	s := &Sheet{path: path, o: o, id: -1}
	s.o.PageSize = cmp.Or(s.o.PageSize, 500)
	if s.o.Location == nil {
		s.o.Location = time.UTC
	}
	if err := s.stat(); err != nil {
		return nil, err
	}
	if err := s.sniff(); err != nil {
		return nil, err
	}
	if err := s.learn(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// stat finds out whether there is a file with something in it.
func (s *Sheet) stat() error {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.wrong("there is no such file", "Check the path")
	case err != nil:
		return s.failed(err)
	case info.IsDir():
		return s.wrong("this is a folder", "Name the file in it")
	case !info.Mode().IsRegular():
		return s.wrong("this is no regular file", "Save it as a file first: it is read more than once")
	case info.Size() == 0:
		return s.wrong("the file is empty", "Export it again")
	}
	s.size, s.changed, s.mode = info.Size(), info.ModTime().UTC(), info.Mode().Perm()
	return nil
}

// sniff tells the kind of file by its first bytes, and the format of a CSV.
func (s *Sheet) sniff() error {
	f, err := os.Open(s.path)
	if err != nil {
		return s.failed(err)
	}
	defer func() { _ = f.Close() }() // only read
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return s.failed(err)
	}
	switch head = head[:n]; {
	case string(head[:min(n, 4)]) == "PK\x03\x04":
		s.kind = kindXLSX
		return nil
	case string(head) == "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1":
		return s.wrong("this is an old Excel file (.xls) or one with a password", "Save it as .xlsx without password, or as CSV UTF-8")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return s.failed(err)
	}
	s.format, err = detect(f)
	if err != nil {
		return s.in(err)
	}
	return nil
}

// walk opens the file at its header row.
func (s *Sheet) walk() (rows, error) {
	if info, err := os.Stat(s.path); err != nil || info.Size() != s.size || !info.ModTime().UTC().Equal(s.changed) {
		return nil, &crm.Error{Kind: crm.ErrConflict, Op: "read " + s.path, Message: "the file changed while it was read", Hint: "Run again"}
	}
	if s.kind == kindXLSX {
		return openXLSX(s)
	}
	return openCSV(s)
}

// learn reads the whole file once.
func (s *Sheet) learn(ctx context.Context) (err error) {
	r, err := s.walk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	header, err := r.next()
	if errors.Is(err, io.EOF) {
		return s.wrong("the file holds no rows", "Export it again")
	}
	if err != nil {
		return err
	}
	if err := s.takeHeader(header); err != nil {
		return err
	}
	ids := newIDs()
	for {
		cells, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if blank(cells) {
			continue
		}
		s.count++
		if s.id >= 0 {
			id := trim(cells[s.id])
			if id == "" {
				return s.wrongAt(r, fmt.Sprintf("column %q holds the ids and is empty here", s.o.IDColumn), "Fill it in, or leave the id column out to use row numbers")
			}
			ids.add(id, r.number())
		}
		for i := range s.columns {
			s.columns[i].observe(s.value(cells[i]))
		}
	}
	if ids.twice > 0 {
		return s.wrong(fmt.Sprintf("%s the id of another in column %q, first row %d that of row %d", plural(ids.twice, "row repeats", "rows repeat"), s.o.IDColumn, ids.second, ids.first),
			"Remove the duplicates, choose another id column, or none to use row numbers")
	}
	for i := range s.columns {
		s.columns[i].decide(s.format.delimiter == ';')
	}
	return nil
}

// value trims a cell and takes the texts that mean nothing for nothing.
func (s *Sheet) value(cell string) string {
	cell = trim(cell)
	for _, nothing := range s.o.NotChosen {
		if cell == nothing {
			return ""
		}
	}
	return cell
}

// Rows is the number of records in the file.
func (s *Sheet) Rows() int { return s.count }

// Path is the file the sheet was opened from.
func (s *Sheet) Path() string { return s.path }

// wrong is a fault of the file as a whole.
func (s *Sheet) wrong(message, hint string) error {
	return &crm.Error{Kind: crm.ErrInvalid, Op: "read " + filepath.Base(s.path), Message: message, Hint: hint}
}

// wrongAt is a fault of the row last read.
func (s *Sheet) wrongAt(r rows, message, hint string) error {
	return s.wrong(place(r.number(), r.line())+": "+message, hint)
}

// in adds the file's name to an error of its content.
func (s *Sheet) in(err error) error {
	var f *fault
	if errors.As(err, &f) {
		return s.wrong(f.message, f.hint)
	}
	return s.failed(err)
}

// failed is a failure of the disk or the system. The path is in err already.
func (s *Sheet) failed(err error) error {
	return &crm.Error{Kind: crm.ErrUnavailable, Op: "read " + filepath.Base(s.path), Message: "the file cannot be read", Err: err}
}

// fault is something wrong with content, before the file's name is known.
type fault struct{ message, hint string }

func (f *fault) Error() string { return f.message }

// plural counts things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// place names a row, and its line where the two differ.
func place(row, line int) string {
	if line > 0 && line != row {
		return fmt.Sprintf("row %d (line %d)", row, line)
	}
	return fmt.Sprintf("row %d", row)
}
