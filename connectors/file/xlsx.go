package file

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// xlsxRows walks a worksheet. A cell that shows a date is stored as a number, and only its format tells: so the first
// walk reads every cell twice, as stored and as shown, and learns which columns hold dates; later ones read it once.
type xlsxRows struct {
	s      *Sheet
	book   *excelize.File
	stored *excelize.Rows
	shown  *excelize.Rows // nil when the columns are known
	d1904  bool
	first  bool // the walk that learns
	width  int
	row    int
	pad    []string
}

// xlsxShows is what the numbers stored in a column of a worksheet mean.
type xlsxShows struct{ dates, numbers, bools bool }

// mixed says whether only looking at each cell tells what it means.
func (x xlsxShows) mixed() bool {
	return x.dates && x.numbers || x.dates && x.bools || x.bools && x.numbers
}

func openXLSX(s *Sheet) (rows, error) {
	book, err := excelize.OpenFile(s.path, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, s.xlsxFault(err)
	}
	x := &xlsxRows{s: s, book: book}
	if err := x.start(); err != nil {
		return nil, errors.Join(err, book.Close())
	}
	return x, nil
}

// start finds the worksheet and opens it once or twice.
func (x *xlsxRows) start() error {
	sheets := x.book.GetSheetList()
	name := x.s.o.Sheet
	if name == "" && len(sheets) > 0 {
		name = sheets[0]
	}
	if i, err := x.book.GetSheetIndex(name); err != nil || i < 0 {
		return x.s.wrong(fmt.Sprintf("there is no worksheet %q", name), "The worksheets are "+list(sheets, 20))
	}
	props, err := x.book.GetWorkbookProps()
	if err != nil {
		return x.s.xlsxFault(err)
	}
	x.d1904 = props.Date1904 != nil && *props.Date1904
	if x.stored, err = x.book.Rows(name); err != nil {
		return x.s.xlsxFault(err)
	}
	x.first = len(x.s.columns) == 0
	known := !x.first
	for _, c := range x.s.columns {
		known = known && !c.shows.mixed()
	}
	if !known {
		if x.shown, err = x.book.Rows(name); err != nil {
			return x.s.xlsxFault(err)
		}
	}
	return nil
}

// xlsxFault words what excelize says.
func (s *Sheet) xlsxFault(err error) error {
	if strings.Contains(err.Error(), "unzip size exceeds") { // excelize has no error value for it
		return s.wrong(fmt.Sprintf("the workbook is larger than %d MB once unpacked", maxUnzipped>>20), "Save the worksheet as CSV UTF-8")
	}
	return s.wrong("the workbook is damaged or is no .xlsx file", "Open it in a spreadsheet program and save it again as .xlsx, or as CSV UTF-8")
}

func (x *xlsxRows) number() int { return x.row }
func (x *xlsxRows) line() int   { return 0 }

func (x *xlsxRows) close() error {
	err := x.stored.Close()
	if x.shown != nil {
		err = errors.Join(err, x.shown.Close())
	}
	return errors.Join(err, x.book.Close())
}

func (x *xlsxRows) next() ([]string, error) {
	if !x.stored.Next() {
		if err := x.stored.Error(); err != nil {
			return nil, x.s.xlsxFault(err)
		}
		return nil, io.EOF
	}
	x.row++
	cells, err := x.stored.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, x.s.xlsxFault(err)
	}
	shown := cells
	if x.shown != nil {
		x.shown.Next()
		if shown, err = x.shown.Columns(excelize.Options{}); err != nil {
			return nil, x.s.xlsxFault(err)
		}
	}
	if x.row == 1 {
		x.width = len(cells)
		x.pad = make([]string, x.width)
		copy(x.pad, shown)
		return x.pad, nil
	}
	return x.fill(cells, shown)
}

// fill makes a row as long as the header and gives dates and truth values back their shape.
func (x *xlsxRows) fill(cells, shown []string) ([]string, error) {
	for i, cell := range cells {
		switch {
		case len(cell) > maxCell:
			return nil, x.s.wrongAt(x, tooLong(i, len(cell)), "Shorten it, or leave the column out")
		case i >= x.width && trim(cell) != "":
			return nil, x.s.wrongAt(x, fmt.Sprintf("it has a value in column %d and the header ends with column %d", i+1, x.width),
				"Name the column or remove the value")
		}
	}
	for i := range x.pad {
		x.pad[i] = ""
		switch {
		case i >= len(cells):
		case x.shown != nil && i < len(shown):
			x.pad[i] = x.look(i, cells[i], shown[i])
		default:
			x.pad[i] = x.recall(i, cells[i])
		}
	}
	return x.pad, nil
}

// look compares a cell as stored with the same as shown, and notes what the column holds.
func (x *xlsxRows) look(i int, stored, shown string) string {
	var noted xlsxShows
	text := plainNumber(stored)
	switch {
	case (stored == "1" || stored == "0") && (shown == "TRUE" || shown == "FALSE"):
		noted.bools, text = true, shown
	case stored != shown && showsDate(shown):
		if at, ok := x.date(stored); ok {
			noted.dates, text = true, at
		}
	case numberForms(text) != 0:
		noted.numbers = true
	}
	if x.first { // later walks may run side by side
		s := &x.s.columns[i].shows
		s.dates, s.numbers, s.bools = s.dates || noted.dates, s.numbers || noted.numbers, s.bools || noted.bools
	}
	return text
}

// recall does what look does for a column that is known.
func (x *xlsxRows) recall(i int, stored string) string {
	switch s := x.s.columns[i].shows; {
	case s.bools && stored == "1":
		return "TRUE"
	case s.bools && stored == "0":
		return "FALSE"
	case s.dates:
		if at, ok := x.date(stored); ok {
			return at
		}
	}
	return plainNumber(stored)
}

// date turns a stored day number into text; false for what is none.
func (x *xlsxRows) date(stored string) (string, bool) {
	days, err := strconv.ParseFloat(stored, 64)
	if err != nil || days < 1 {
		return "", false // below one it is a time of day alone
	}
	at, err := excelize.ExcelDateToTime(days, x.d1904)
	if err != nil {
		return "", false
	}
	at = at.Round(time.Second)
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}

// showsDate says whether a shown cell reads as a date: two separators, a time, or the name of a month.
func showsDate(shown string) bool {
	if strings.Contains(shown, ":") || strings.Count(shown, "/") == 2 || strings.Count(shown, "-") == 2 || strings.Count(shown, ".") == 2 {
		return strings.ContainsAny(shown, "0123456789")
	}
	lower := strings.ToLower(shown)
	for _, month := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		if strings.Contains(lower, month) {
			return true
		}
	}
	return false
}

// plainNumber undoes the seventeen digits and the exponents workbooks store numbers with; other text stays.
func plainNumber(stored string) string {
	mantissa, exponent, scientific := strings.Cut(stored, "E")
	switch {
	case len(stored) > 30 || numberForms(mantissa)&plainForm == 0:
		return stored
	case !scientific && (len(stored) < 17 || !strings.Contains(stored, ".")):
		return stored
	case scientific && (len(exponent) < 2 || len(exponent) > 3 || !strings.ContainsAny(exponent[:1], "+-")):
		return stored // a program writes the sign; without it this is an article number
	}
	f, err := strconv.ParseFloat(stored, 64)
	if err != nil {
		return stored
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
