package firstname

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName bounds what is read as a name, in bytes.
const maxName = 200

// find returns the rows of a name: all of its spellings, whatever the accents, letter case, spaces and hyphens. Further
// given names after a space are left aside ("Virginie Marie"), unless the first may begin a compound name that is too rare
// for the table ("Jean Kévin"). What is not surely known finds nothing.
func (t *Table) find(name string) []row {
	if len(name) > maxName {
		return nil
	}
	if rows := t.rows[strings.Join(split(name), "-")]; rows != nil {
		return rows
	}
	given := strings.Fields(name)
	for n := len(given) - 1; n > 0; n-- {
		words := split(strings.Join(given[:n], " "))
		if len(words) == 0 || len(words) == 1 && t.heads[words[0]] {
			return nil
		}
		if rows := t.rows[strings.Join(words, "-")]; rows != nil {
			return rows
		}
	}
	return nil
}

// split folds a name into its words: lower case, without accents, ligatures opened. A name with digits has none.
func split(name string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case unicode.IsDigit(r), r == '@', r == unicode.ReplacementChar:
			return nil
		case unicode.IsLetter(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// Sex is what is known of someone's sex.
type Sex uint8

// The sexes the table tells apart.
const (
	Either Sex = iota // not known: the bearers of both are mixed
	Female
	Male
)

// ReadSex reads a sex or a form of address in English, French or German: f, Mme, Mrs, Frau, m, M., Mr, homme … Anything
// else, Dr and Mx included, is Either.
func ReadSex(text string) Sex {
	if len(text) > maxName {
		return Either
	}
	switch strings.Join(split(text), " ") {
	case "f", "female", "femme", "feminin", "woman", "w", "fille", "mme", "madame", "mlle", "mademoiselle", "mrs", "ms", "miss", "frau", "weiblich":
		return Female
	case "m", "male", "homme", "masculin", "man", "h", "garcon", "mr", "monsieur", "mister", "herr", "mannlich":
		return Male
	}
	return Either
}
