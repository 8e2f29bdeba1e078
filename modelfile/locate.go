package modelfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/bareme/bareme/scoring"
)

// Error is what is wrong with a model file, each problem with its place and what to do about it.
type Error struct {
	File     string // name of the model file
	problems []located
	source   lines
}

// maxShown is how many problems a message holds: beyond, the file is better mended from the top and read again.
const maxShown = 20

// Error shows every problem under the line it is about.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.problems {
		if i == maxShown {
			fmt.Fprintf(&b, "\n%d more problems are not shown.", len(e.problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		p.render(&b, e.File, e.source)
	}
	return strings.TrimRight(b.String(), "\n")
}

// Count is how many problems there are.
func (e *Error) Count() int { return len(e.problems) }

// located is one problem with its place in the text.
type located struct {
	span
	message, hint string
}

// span is a part of one line.
type span struct{ line, col, width int }

// fail makes the error, in the order of the file; nil when there is no problem.
func fail(name string, src lines, problems []located) error {
	if len(problems) == 0 {
		return nil
	}
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b located) int {
		if a.line != b.line {
			return a.line - b.line
		}
		return a.col - b.col
	})
	return &Error{File: name, problems: slices.Compact(sorted), source: src}
}

// render writes "file:line:col: message", the source line, a caret line, and the hint.
func (p located) render(b *strings.Builder, name string, src lines) {
	fmt.Fprintf(b, "%s:%d:%d: %s\n", name, p.line, p.col, p.message)
	number := strconv.Itoa(p.line)
	margin := strings.Repeat(" ", len(number))
	if text := src.at(p.line); strings.TrimSpace(text) != "" {
		shown, col, width := excerpt(mask(text), p.col, p.width)
		fmt.Fprintf(b, "  %s | %s\n  %s | %s%s\n", number, shown, margin, strings.Repeat(" ", col-1), strings.Repeat("^", width))
	}
	if p.hint != "" {
		fmt.Fprintf(b, "  %s → %s\n", margin, p.hint)
	}
}

// shownWidth is how much of a long line is shown.
const shownWidth = 110

// excerpt cuts a long line down to the part around col and makes tabs and control characters one column wide.
func excerpt(line string, col, width int) (string, int, int) {
	runes := []rune(line)
	for i, r := range runes {
		if r == '\t' || unicode.IsControl(r) {
			runes[i] = ' '
		}
	}
	col = min(max(col, 1), len(runes)+1)
	width = max(1, min(width, len(runes)-col+1))
	if len(runes) <= shownWidth {
		return string(runes), col, width
	}
	from := max(0, min(col-1-shownWidth/3, len(runes)-shownWidth))
	to := min(len(runes), from+shownWidth)
	width = max(1, min(width, to-col+1))
	shown, col := string(runes[from:to]), col-from
	if from > 0 {
		shown, col = "…"+shown, col+1
	}
	if to < len(runes) {
		shown += "…"
	}
	return shown, col, width
}

// secretKey finds the names secrets go by; secretValue finds CRM tokens wherever they stand.
var (
	secretKey   = regexp.MustCompile(`(?i)(token|api[_-]?key|secret|passw(or)?d|private[_-]?key|access[_-]?key|credentials?)$`)
	secretLine  = regexp.MustCompile(`(?i)((?:token|api[_-]?key|secret|passw(?:or)?d|private[_-]?key|access[_-]?key|credentials?)["']?\s*[:=]\s*)\S.*`)
	secretValue = regexp.MustCompile(`pat-[a-z]{2}[0-9]-[0-9a-fA-F-]{8,}|eyJ[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY`)
)

// mask hides what looks like a secret, so that an error can be pasted into a ticket.
func mask(line string) string {
	line = secretLine.ReplaceAllString(line, "${1}…")
	return secretValue.ReplaceAllString(line, "…")
}

// lines is the source, one string per line.
type lines []string

func split(text string) lines {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") // YAML knows all three
}

// at returns the 1-based line, "" when there is none.
func (l lines) at(line int) string {
	if line < 1 || line > len(l) {
		return ""
	}
	return l[line-1]
}

// rest returns a line from a column on.
func (l lines) rest(line, col int) string {
	text := l.at(line)
	for i := range text {
		if col--; col < 1 {
			return text[i:]
		}
	}
	return ""
}

// Locate turns problems found in the model, by compiling it or by comparing it with a CRM's fields, into one error that
// shows each in the file. Warnings are left out; without any other problem it returns nil.
func (f *File) Locate(problems []scoring.Problem) error {
	var out []located
	for _, p := range problems {
		if !p.Warning {
			out = append(out, f.place(p))
		}
	}
	return fail(f.Name, f.source, out)
}

// Show renders one problem or warning as Locate would.
func (f *File) Show(p scoring.Problem) string {
	var b strings.Builder
	l := f.place(p)
	if p.Warning {
		l.message = "warning: " + l.message
	}
	l.render(&b, f.Name, f.source)
	return strings.TrimRight(b.String(), "\n")
}

// Position is the line and column where Show puts a problem, both from 1.
func (f *File) Position(p scoring.Problem) (line, column int) {
	l := f.place(p)
	return l.line, l.col
}

// place finds where a problem stands.
func (f *File) place(p scoring.Problem) located {
	n, key := f.root.find(p.Path)
	l := located{message: p.Message, hint: sentence(p.Hint)}
	switch {
	case n.kind == scalarNode && p.Length > 0:
		l.span = n.within(f.source, p.Offset, p.Length)
	case key != nil && strings.Contains(p.Message, strconv.Quote(key.text)) && !strings.Contains(p.Message, strconv.Quote(n.text)):
		l.span = key.span(f.source) // the message is about the name itself
	case n.kind == scalarNode:
		l.span = n.span(f.source)
	case key != nil:
		l.span = key.span(f.source)
	default:
		l.span = n.span(f.source)
	}
	return l
}
