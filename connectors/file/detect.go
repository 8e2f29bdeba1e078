package file

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// csvFormat is how a text file spells its table.
type csvFormat struct {
	delimiter rune
	latin     bool  // Windows-1252 instead of UTF-8
	bom       bool  // begins with the UTF-8 mark
	skip      int64 // bytes before the header: the mark, and a "sep=;" line
	lines     int   // lines among them
}

// delimiters in the order of preference when nothing tells them apart.
var delimiters = []rune{',', ';', '\t'}

const (
	utf8Mark  = "\xEF\xBB\xBF"
	sampleLen = 64 << 10
)

// detect finds the format of a text file. It reads all of it: one letter on the last line may decide the encoding.
func detect(r io.Reader) (csvFormat, error) {
	var f csvFormat
	census := newCensus()
	sample := make([]byte, 0, sampleLen)
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		sample = append(sample, buf[:min(n, sampleLen-len(sample))]...)
		census.count(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, err
		}
	}
	if bytes.HasPrefix(sample, []byte("\xFF\xFE")) || bytes.HasPrefix(sample, []byte("\xFE\xFF")) {
		return f, &fault{"the text is UTF-16", "Save it as CSV UTF-8"}
	}
	latin, err := census.verdict()
	if err != nil {
		return f, err
	}
	f.latin = latin
	text := string(sample)
	if strings.HasPrefix(text, utf8Mark) {
		if latin {
			return f, &fault{fmt.Sprintf("the text begins as UTF-8 and is not on line %d", census.badLine), "Save it as CSV UTF-8"}
		}
		f.bom, f.skip, text = true, int64(len(utf8Mark)), text[len(utf8Mark):]
	}
	if d, length := sepLine(text); length > 0 {
		f.delimiter, f.skip, f.lines = d, f.skip+int64(length), 1
		return f, nil
	}
	f.delimiter = bestDelimiter(text, len(sample) < sampleLen)
	return f, nil
}

// sepLine reads the first line some spreadsheet programs write to name the delimiter.
func sepLine(text string) (d rune, length int) {
	line, _, found := strings.Cut(text, "\n")
	rest, ok := strings.CutPrefix(strings.TrimSuffix(line, "\r"), "sep=")
	if !found || !ok || len(rest) != 1 || !strings.Contains(",;\t", rest) {
		return 0, 0
	}
	return rune(rest[0]), len(line) + 1
}

// bestDelimiter reads the beginning with each delimiter: the right one gives rows of one length, and more than one cell.
func bestDelimiter(text string, whole bool) rune {
	best, bestScore := delimiters[0], 0
	for _, d := range delimiters {
		if score := fit(text, d, whole); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// fit says how well a delimiter explains a text: the share of rows as long as the first counts most, then the cells.
func fit(text string, d rune, whole bool) int {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = d, -1, true, true
	cells, rows, alike := 0, 0, 0
	for rows < 100 {
		record, err := r.Read()
		if err != nil {
			break
		}
		if rows++; rows == 1 {
			cells = len(record)
		}
		if len(record) == cells {
			alike++
		}
	}
	if !whole && rows > 1 && rows < 100 {
		rows-- // the last may be cut off by the end of the sample
		alike = min(alike, rows)
	}
	if cells < 2 || rows == 0 {
		return 0
	}
	return alike*1000/rows*(maxColumns*2) + min(cells, maxColumns)
}

// census counts what tells encodings apart.
type census struct {
	line      int
	carry     []byte
	multibyte int // valid UTF-8 sequences beyond ASCII
	invalid   int // bytes that are not UTF-8
	badLine   int // line of the first of them
	undefined int // line of the first byte that Windows-1252 does not have
	nul       int // line of the first NUL
}

func newCensus() *census { return &census{line: 1} }

func (c *census) count(p []byte) {
	p = append(c.carry, p...)
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			switch {
			case p[0] == '\n':
				c.line++
			case p[0] == 0 && c.nul == 0:
				c.nul = c.line
			}
			p = p[1:]
			continue
		}
		if !utf8.FullRune(p) {
			break
		}
		c.letter(&p)
	}
	c.carry = append([]byte(nil), p...)
}

// letter takes one letter beyond ASCII, or one wrong byte, off p.
func (c *census) letter(p *[]byte) {
	r, size := utf8.DecodeRune(*p)
	if r == utf8.RuneError && size == 1 {
		if c.invalid++; c.invalid == 1 {
			c.badLine = c.line
		}
	} else {
		c.multibyte++
	}
	for _, b := range (*p)[:size] {
		if charmap.Windows1252.DecodeByte(b) == utf8.RuneError && c.undefined == 0 {
			c.undefined = c.line
		}
	}
	*p = (*p)[size:]
}

// verdict decides the encoding.
func (c *census) verdict() (latin bool, err error) {
	for len(c.carry) > 0 {
		c.letter(&c.carry)
	}
	const hint = "Save it as CSV UTF-8"
	switch {
	case c.nul > 0:
		return false, &fault{fmt.Sprintf("line %d holds a NUL byte: this is no text, or a damaged one", c.nul), "Export it again as CSV UTF-8"}
	case c.invalid == 0:
		return false, nil
	case c.multibyte > c.invalid:
		return false, &fault{fmt.Sprintf("the text is UTF-8 but for %s, the first on line %d", plural(c.invalid, "byte", "bytes"), c.badLine), hint}
	case c.undefined > 0:
		return false, &fault{fmt.Sprintf("the text is neither UTF-8 nor Windows-1252: see line %d", c.undefined), hint}
	}
	return true, nil
}
