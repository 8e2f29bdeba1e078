package file

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/bareme/bareme/crm"
)

// csvSink writes text, in UTF-8 whatever the original was in.
type csvSink struct {
	buf *bufio.Writer
	csv *csv.Writer
}

func newCSVSink(w io.Writer, delimiter rune, mark bool) *csvSink {
	buf := bufio.NewWriterSize(w, 64<<10)
	if mark {
		_, _ = buf.WriteString(utf8Mark) // an error shows again at Flush
	}
	c := csv.NewWriter(buf)
	c.Comma = delimiter
	return &csvSink{buf, c}
}

func (s *csvSink) write(row []string) error { return s.csv.Write(row) }

func (s *csvSink) finish() error {
	s.csv.Flush()
	return errors.Join(s.csv.Error(), s.buf.Flush())
}

func (s *csvSink) close() error { return nil }

// What a worksheet holds at most.
const (
	maxSheetRows = 1_048_576
	maxSheetCell = 32_767 // characters
)

// xlsxSink writes a workbook of one worksheet, row by row.
type xlsxSink struct {
	w       io.Writer
	book    *excelize.File
	stream  *excelize.StreamWriter
	err     error
	numbers []bool // columns of the original that hold numbers
	row     int
}

func newXLSXSink(w io.Writer, columns []column) *xlsxSink {
	s := &xlsxSink{w: w, book: excelize.NewFile()}
	for _, c := range columns {
		s.numbers = append(s.numbers, c.typ == crm.Number)
	}
	s.stream, s.err = s.book.NewStreamWriter(s.book.GetSheetName(0))
	return s
}

func (s *xlsxSink) write(row []string) error {
	if s.err != nil {
		return s.err
	}
	if s.row++; s.row > maxSheetRows {
		return &fault{fmt.Sprintf("a worksheet holds %d rows and there are more", maxSheetRows), "Write CSV"}
	}
	if len(row) > maxColumns {
		return &fault{fmt.Sprintf("a worksheet holds %d columns and there are more", maxColumns), "Write CSV"}
	}
	cells := make([]any, len(row))
	for i, text := range row {
		if len(text) > maxSheetCell && utf8.RuneCountInString(text) > maxSheetCell {
			return &fault{fmt.Sprintf("%s, cell %d: a worksheet cell holds %d characters", place(s.row, 0), i+1, maxSheetCell), "Write CSV"}
		}
		cells[i] = s.cell(i, text)
	}
	name, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		return err
	}
	return s.stream.SetRow(name, cells)
}

// cell stores a number as one where the column holds numbers, or is an added one, and nothing of it is lost.
func (s *xlsxSink) cell(i int, text string) any {
	if text == "" {
		return nil
	}
	if i >= len(s.numbers) || s.numbers[i] {
		if f, err := strconv.ParseFloat(text, 64); err == nil && numberForms(text)&plainForm != 0 && strconv.FormatFloat(f, 'f', -1, 64) == text {
			return f
		}
	}
	return text
}

func (s *xlsxSink) finish() error {
	if s.err != nil {
		return s.err
	}
	if err := s.stream.Flush(); err != nil {
		return err
	}
	_, err := s.book.WriteTo(s.w)
	return err
}

func (s *xlsxSink) close() error { return s.book.Close() }
