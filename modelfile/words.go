package modelfile

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func itoa(i int) string { return strconv.Itoa(i) }

// quote shows a text in an error: short, on one line, and without a secret.
func quote(text string) string {
	text = mask(text)
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:60]) + "…"
	}
	return strconv.Quote(text)
}

func listing(words []string) string { return strings.Join(words, ", ") }

// closest returns the word most like text, "" when none is near enough to be what was meant.
func closest(text string, words []string) string {
	if len(text) > 64 {
		return ""
	}
	best, least := "", 0
	for _, w := range words {
		d := distance(strings.ToLower(text), strings.ToLower(w))
		if d <= max(1, min(len(text), len(w))/3) && (best == "" || d < least) {
			best, least = w, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with a neighbour to make b of a.
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	before, last, row := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(rb)]
}

// sentence gives a hint its capital letter and full stop.
func sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	text = string(unicode.ToUpper(r)) + text[size:]
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(last) || unicode.IsDigit(last) || last == ')' || last == '"' {
		text += "."
	}
	return text
}
