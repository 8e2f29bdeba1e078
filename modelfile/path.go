package modelfile

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// child is the path of a key within a value: $.scores.fit. The keys of CRM fields hold dots and spaces at times; find
// compares whole keys, so nothing needs escaping.
func child(path, key string) string { return path + "." + key }

// index is the path of one item of a list: $.criteria[2].
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// find walks down a path as far as it leads and returns the last value met, with its key when it has one. A problem may
// name a part the author left out; it is then shown at what would hold it.
func (n *node) find(path string) (value, key *node) {
	rest := strings.TrimPrefix(path, "$")
	value = n
	for rest != "" {
		next, k, left := value.step(rest)
		if next == nil {
			break
		}
		value, rest = next, left
		if k != nil || value.kind != scalarNode {
			key = k
		}
		if k == nil && value.kind == mapNode && len(value.entries) > 0 {
			key = value.entries[0].key // an item of a list is shown by its first key
		}
	}
	return value, key
}

// step takes the first part of rest: the longest key that fits, or an index.
func (n *node) step(rest string) (value, key *node, left string) {
	if n.kind == listNode && strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, nil, ""
		}
		i, err := strconv.Atoi(rest[1:end])
		if err != nil || i < 0 || i >= len(n.items) {
			return nil, nil, ""
		}
		return n.items[i], nil, rest[end+1:]
	}
	best := -1
	for _, e := range n.entries {
		after, ok := strings.CutPrefix(rest, "."+e.key.text)
		ends := ok && (after == "" || after[0] == '.' || after[0] == '[')
		if ends && len(e.key.text) > best {
			best, value, key, left = len(e.key.text), e.value, e.key, after
		}
	}
	return value, key, left
}

// within finds the source of part of a scalar: length characters from offset on. Quotes, escapes, folded and indented
// lines make the text differ from its source, so both are walked side by side. Where they part, the whole value is shown.
func (n *node) within(src lines, offset, length int) span {
	w := walker{src: src, line: n.line, col: n.col, style: n.style}
	w.open()
	var out span
	count := 0
	for _, r := range n.text {
		w.settle(r)
		if out.line == 0 && count >= offset {
			out = span{line: w.line, col: w.col, width: 1}
		} else if count > offset && count < offset+length && w.line == out.line {
			out.width = w.col - out.col + 1
		}
		if !w.pass(r) {
			return n.span(src)
		}
		count++
	}
	if count <= offset { // just past the end: an unfinished condition
		return span{line: w.line, col: w.col, width: 1}
	}
	return out
}

// walker is a place in the source while a scalar's text is followed.
type walker struct {
	src       lines
	line, col int
	style     style
}

// open moves from the start of the scalar to its first character.
func (w *walker) open() {
	switch w.style {
	case singleQuoted, doubleQuoted:
		w.col++
	case block:
		w.newline()
	}
}

// newline moves to the first character of the next line that has one.
func (w *walker) newline() {
	for w.line++; w.line <= len(w.src); w.line++ {
		if text := w.src.at(w.line); strings.TrimSpace(text) != "" {
			w.col = utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeft(text, " ")) + 1
			return
		}
	}
	w.col = 1
}

// settle moves over the end of a line before a character that is not the break itself.
func (w *walker) settle(r rune) {
	if w.src.rest(w.line, w.col) == "" && r != ' ' && r != '\n' {
		w.newline()
	}
}

// pass moves over one character of the text; false when the source holds something else.
func (w *walker) pass(r rune) bool {
	rest := w.src.rest(w.line, w.col)
	if r == '\n' || (r == ' ' && strings.TrimSpace(rest) == "") {
		w.newline()
		return true
	}
	got, _ := utf8.DecodeRuneInString(rest)
	switch {
	case w.style == doubleQuoted && got == '\\':
		w.col += escapeLength(rest)
		return true
	case w.style == singleQuoted && r == '\'' && strings.HasPrefix(rest, "''"):
		w.col += 2
		return true
	}
	w.col++
	return got == r
}

// escapeLength is how many characters an escape of a double-quoted scalar takes.
func escapeLength(rest string) int {
	if len(rest) < 2 {
		return 1
	}
	switch rest[1] {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	default:
		return 2
	}
}
