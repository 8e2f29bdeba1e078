package file

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/text/encoding/charmap"
)

// csvRows walks a text file.
type csvRows struct {
	s     *Sheet
	file  *os.File
	guard *guard
	csv   *csv.Reader
	width int
	row   int
	at    int
}

func openCSV(s *Sheet) (rows, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.failed(err)
	}
	if _, err := f.Seek(s.format.skip, io.SeekStart); err != nil {
		return nil, errors.Join(s.failed(err), f.Close())
	}
	var text io.Reader = f
	if s.format.latin {
		text = charmap.Windows1252.NewDecoder().Reader(f)
	}
	g := &guard{r: text}
	r := csv.NewReader(g)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = s.format.delimiter, -1, true
	return &csvRows{s: s, file: f, guard: g, csv: r}, nil
}

func (c *csvRows) number() int  { return c.row }
func (c *csvRows) line() int    { return c.at }
func (c *csvRows) close() error { return c.file.Close() }

func (c *csvRows) next() ([]string, error) {
	c.guard.left = maxRecord
	cells, err := c.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	c.row++
	if err != nil {
		return nil, c.explain(err)
	}
	line, _ := c.csv.FieldPos(0)
	c.at = line + c.s.format.lines
	if c.row == 1 {
		c.width = len(cells)
		if c.width > maxColumns {
			return nil, c.s.wrongAt(c, fmt.Sprintf("there are %d columns, more than %d", c.width, maxColumns), "Export the columns the model needs")
		}
	}
	if len(cells) != c.width {
		return nil, c.s.wrongAt(c, fmt.Sprintf("it has %s where the header has %d", plural(len(cells), "cell", "cells"), c.width),
			"Put quotes around cells that hold "+delimiterName(c.s.format.delimiter)+", or export again")
	}
	for i, cell := range cells {
		if len(cell) > maxCell {
			return nil, c.s.wrongAt(c, tooLong(i, len(cell)), "Shorten it, or leave the column out")
		}
	}
	return cells, nil
}

func tooLong(i, size int) string {
	return fmt.Sprintf("cell %d holds %d bytes, more than %d", i+1, size, maxCell)
}

// explain says what a failed read means to the person who made the file.
func (c *csvRows) explain(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return c.s.wrong(fmt.Sprintf("row %d is longer than %d MB", c.row, maxRecord>>20), "Look for a quote that is never closed, or shorten it")
	case !errors.As(err, &parse):
		return c.s.failed(err)
	case errors.Is(err, csv.ErrQuote):
		c.at = parse.StartLine + c.s.format.lines
		return c.s.wrongAt(c, "a quote is opened and not closed where its cell ends", `Close it, and write a quote inside a cell as ""`)
	default:
		c.at = parse.Line + c.s.format.lines
		return c.s.wrongAt(c, fmt.Sprintf("a quote stands in the middle of a cell, at character %d of the line", parse.Column),
			`Put the whole cell in quotes and write the quote inside as ""`)
	}
}

func delimiterName(d rune) string {
	switch d {
	case ';':
		return "a semicolon"
	case '\t':
		return "a tab"
	default:
		return "a comma"
	}
}

var errLongRow = errors.New("row too long")

// guard ends a row that would fill the memory.
type guard struct {
	r    io.Reader
	left int
}

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLongRow
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
}
