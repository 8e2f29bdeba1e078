package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// Cells gives the values of the added columns for one record, as many as there are columns; nil leaves them empty.
type Cells func(id string) ([]string, error)

// sink takes the rows of a new file.
type sink interface {
	write(row []string) error
	finish() error // flushes to the file under it
	close() error  // lets go of what it keeps beside that file
}

// WriteCopy writes the rows of the sheet with columns added on the right, as XLSX when the name ends with .xlsx and as
// CSV otherwise: with the sheet's own delimiter, or tabs when the name ends with .tsv. It returns the number of records.
//
// The file appears whole under its name or not at all. Rows, columns and cells stay as they are, but for two things:
// dates and numbers of a workbook become text a CSV can hold, and a cell a spreadsheet program would run as a formula
// gets an apostrophe in front. See Neutral.
func (s *Sheet) WriteCopy(ctx context.Context, path string, columns []string, cells Cells) (n int, err error) {
	if err := s.checkCopy(path, columns); err != nil {
		return 0, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".bareme-*")
	if err != nil {
		return 0, cannotWrite(path, err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()           // already closed when the rename failed
			_ = os.Remove(tmp.Name()) // what went wrong is in err
		}
	}()
	n, err = s.copyTo(ctx, s.sink(tmp, path), path, columns, cells)
	if err != nil {
		return 0, err
	}
	return n, s.place(tmp, path)
}

// place gives a finished file its name.
func (s *Sheet) place(tmp *os.File, path string) error {
	for _, step := range []func() error{
		func() error { return tmp.Chmod(s.mode) }, // people's data: no wider than the file it came from
		tmp.Sync,
		tmp.Close,
		func() error { return os.Rename(tmp.Name(), path) },
	} {
		if err := step(); err != nil {
			return cannotWrite(path, err)
		}
	}
	return nil
}

// checkCopy refuses what would destroy the input or hide a column.
func (s *Sheet) checkCopy(path string, columns []string) error {
	if same(path, s.path) {
		return &crm.Error{Kind: crm.ErrInvalid, Op: "write " + filepath.Base(path), Message: "this is the file that is read", Hint: "Choose another name"}
	}
	for i, name := range columns {
		if slices.Contains(s.names(), name) || slices.Contains(columns[:i], name) || name == "" {
			return &crm.Error{Kind: crm.ErrInvalid, Op: "write " + filepath.Base(path), Field: name,
				Message: "the file already has a column of this name, or it has none", Hint: "Choose another name for the column in the model, or start from the original export"}
		}
	}
	return nil
}

func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func (s *Sheet) sink(f *os.File, path string) sink {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xlsx":
		return newXLSXSink(f, s.columns)
	case ".tsv":
		return newCSVSink(f, '\t', s.marked())
	default:
		delimiter := s.format.delimiter
		if s.kind == kindXLSX {
			delimiter = ','
		}
		return newCSVSink(f, delimiter, s.marked())
	}
}

// marked says whether a copy needs the UTF-8 mark to be read rightly by the program that made the original.
func (s *Sheet) marked() bool { return s.kind == kindXLSX || s.format.bom || s.format.latin }

// copyTo walks the sheet and writes each row with its added cells.
func (s *Sheet) copyTo(ctx context.Context, out sink, path string, columns []string, cells Cells) (n int, err error) {
	w, err := s.walk()
	if err != nil {
		return 0, errors.Join(err, out.close())
	}
	defer func() { err = errors.Join(err, out.close(), w.close()) }()
	row := make([]string, 0, len(s.header)+len(columns))
	for first := true; ; first = false {
		read, err := w.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, err
		}
		row = append(row[:0], read...)
		switch {
		case first:
			row = append(row, columns...)
		case blank(read):
			row = append(row, make([]string, len(columns))...)
		default:
			n++
			if row, err = appendCells(row, s.idOf(w, read), len(columns), cells); err != nil {
				return 0, err
			}
		}
		for i := range row {
			row[i] = Neutral(row[i])
		}
		if err := out.write(row); err != nil {
			return 0, cannotWrite(path, err)
		}
	}
	if err := out.finish(); err != nil {
		return 0, cannotWrite(path, err)
	}
	return n, nil
}

// appendCells adds what the caller has for a record.
func appendCells(row []string, id string, columns int, cells Cells) ([]string, error) {
	added, err := cells(id)
	if err != nil {
		return nil, err
	}
	if added == nil {
		added = make([]string, columns)
	}
	if len(added) != columns {
		return nil, fmt.Errorf("%d cells came for %d added columns", len(added), columns)
	}
	return append(row, added...), nil
}

// cannotWrite is what the disk, or the new format, did not take.
func cannotWrite(path string, err error) error {
	e := &crm.Error{Kind: crm.ErrUnavailable, Op: "write " + filepath.Base(path), Message: "the file cannot be written", Err: err,
		Hint: "Check the folder, its permissions and the room left"}
	var f *fault
	if errors.As(err, &f) {
		e.Kind, e.Message, e.Hint, e.Err = crm.ErrInvalid, f.message, f.hint, nil
	}
	return e
}

// Neutral returns a cell as no spreadsheet program runs it: text that begins with = + - @, a tab, a return or another
// control character gets an apostrophe in front. Plain numbers such as -5 or +3.2 stay as they are.
func Neutral(cell string) string {
	if cell == "" || !dangerous(cell) || plain(cell) {
		return cell
	}
	return "'" + cell
}

// dangerous looks at the first letter, the wide forms of East Asian keyboards included.
func dangerous(cell string) bool {
	for _, r := range cell {
		return r < ' ' || r == 0x7f || strings.ContainsRune("=+-@＝＋－＠", r)
	}
	return false
}

// plain says whether a cell is a sign, digits, and what stands between digits: nothing in it can run.
func plain(cell string) bool {
	s := strings.TrimPrefix(strings.TrimPrefix(cell, "+"), "-")
	if len(cell)-len(s) > 1 || s == "" || s[0] < '0' || s[0] > '9' {
		return false
	}
	return strings.Trim(narrowSpaces.Replace(s), "0123456789., ") == "" || isPlain(s)
}
