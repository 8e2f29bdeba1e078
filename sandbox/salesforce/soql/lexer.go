package soql

import (
	"regexp"
	"strings"
	"time"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	textToken
	numberToken
	dateToken
	dateTimeToken
	symbolToken
)

type token struct {
	kind tokenKind
	pos  int
	text string // of a string: what stands between the quotes
	time time.Time
}

var (
	dateForm     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})`)
	numberForm   = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?`)
	nameForm     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*`)
	symbolForm   = regexp.MustCompile(`^(!=|<>|<=|>=|[=<>(),:])`)
)

// lex cuts a query into tokens; the last is an endToken.
func lex(text string) ([]token, *Error) {
	var out []token
	for pos := 0; pos < len(text); {
		if strings.IndexByte(" \t\r\n", text[pos]) >= 0 {
			pos++
			continue
		}
		t, size, err := next(text, pos)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		pos += size
	}
	return append(out, token{kind: endToken, pos: len(text)}), nil
}

func next(text string, pos int) (token, int, *Error) {
	rest := text[pos:]
	if rest[0] == '\'' {
		return quoted(text, pos)
	}
	if m := dateTimeForm.FindString(rest); m != "" {
		when, ok := parseDateTime(m)
		if !ok {
			return token{}, 0, at(text, pos, MalformedQuery, "Invalid datetime: %s", m)
		}
		return token{kind: dateTimeToken, pos: pos, text: m, time: when}, len(m), nil
	}
	if m := dateForm.FindString(rest); m != "" {
		when, err := time.Parse(time.DateOnly, m)
		if err != nil {
			return token{}, 0, at(text, pos, MalformedQuery, "Invalid date: %s", m)
		}
		return token{kind: dateToken, pos: pos, text: m, time: when}, len(m), nil
	}
	for _, form := range []struct {
		kind tokenKind
		re   *regexp.Regexp
	}{{nameToken, nameForm}, {numberToken, numberForm}, {symbolToken, symbolForm}} {
		if m := form.re.FindString(rest); m != "" {
			return token{kind: form.kind, pos: pos, text: m}, len(m), nil
		}
	}
	r := []rune(strings.ToValidUTF8(rest[:min(len(rest), 4)], "?"))
	return token{}, 0, at(text, pos, MalformedQuery, "unexpected token: '%s'", string(r[0]))
}

// quoted reads a string literal up to its closing quote.
func quoted(text string, pos int) (token, int, *Error) {
	for i := pos + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'':
			return token{kind: textToken, pos: pos, text: text[pos+1 : i]}, i + 1 - pos, nil
		}
	}
	return token{}, 0, at(text, pos, MalformedQuery, "unexpected token: '<EOF>'")
}

// parseDateTime reads 2026-11-21T10:00:00Z, with a fraction or an offset with or without its colon.
func parseDateTime(text string) (time.Time, bool) {
	text = strings.ToUpper(text)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}

// unescape decodes the body of a string literal; ok is false for an escape SOQL does not know.
func unescape(body string) (string, bool) {
	if !strings.Contains(body, `\`) {
		return body, true
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			b.WriteByte(body[i])
			continue
		}
		i++
		if i == len(body) {
			return "", false
		}
		known := strings.IndexByte(`nNrRtTbBfF"'\_%`, body[i])
		if known < 0 {
			return "", false
		}
		b.WriteByte("\n\n\r\r\t\t\b\b\f\f\"'\\_%"[known])
	}
	return b.String(), true
}
