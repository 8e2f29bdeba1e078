package mapping

import (
	"regexp"
	"strings"
)

// Job titles are read in three steps that seniority and function share: title words (this file), then tables of phrases.

var (
	// inclusive is the second ending of "directeur(trice)", "chargé·e" or "consultant.e".
	inclusive = regexp.MustCompile(`(\pL)[(·•./-](e|ne|rice|trice|euse|ere|se|ve)s?\)?([\s,;/&-]|$)`)
	// forAnyone is the "H/F" of job advertisements.
	forAnyone = regexp.MustCompile(`\(?\b[hfmwdx](\s*/\s*[hfmwdx])+\b\)?`)
	// dotted is an abbreviation such as "C.E.O." or "V.P.".
	dotted = regexp.MustCompile(`\b(?:\pL\.){2,}`)
	// strongBreak parts two jobs of one person; weakBreak may do so.
	strongBreak = regexp.MustCompile(`\s*[/|;•·+]\s*|\s+[-–—]\s+|\n`)
	weakBreak   = regexp.MustCompile(`\s*[,&]\s*|\s+(?:and|et)\s+`)
)

// maxTitle is how much of a title is read; nobody's is longer.
const maxTitle = 256

// plainTitle folds a title and takes out what only gender and typography put in.
func plainTitle(title string) string {
	title, _ = cut(title, maxTitle)
	s := fold(strings.ReplaceAll(title, "\n", " | "))
	if !strings.ContainsAny(s, "(/·•.-") {
		return s
	}
	s = inclusive.ReplaceAllString(s, "$1$3")
	s = forAnyone.ReplaceAllString(s, " ")
	return dotted.ReplaceAllStringFunc(s, func(abbreviation string) string { return strings.ReplaceAll(abbreviation, ".", "") })
}

// strongParts parts two jobs of one person where typography does.
func strongParts(plain string) []string {
	if !strings.ContainsAny(plain, "/|;•·+-–—\n") {
		return []string{plain}
	}
	return strongBreak.Split(plain, -1)
}

// weakParts parts a job where words may.
func weakParts(job string) []string {
	if !strings.ContainsAny(job, ",&") && !strings.Contains(job, " and ") && !strings.Contains(job, " et ") {
		return []string{job}
	}
	return weakBreak.Split(job, -1)
}

// titleWords are the words of a plain title with endings, abbreviations and languages evened out.
func titleWords(plain string) []string {
	list := words(plain)
	out := list[:0]
	for _, w := range list {
		if even, ok := evened(w); ok {
			w = even
		}
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// evened gives the word that stands for another in the tables.
func evened(w string) (string, bool) {
	switch w {
	case "directeur", "directrice", "directeurs", "director", "directors", "dir", "direct", "drtr", "directeure":
		return "director", true
	case "president", "presidente", "pres":
		return "president", true
	case "vicepresident", "vicepresidente":
		return "vp", true
	case "svp", "evp", "avp", "vps":
		return "vp", true
	case "fondateur", "fondatrice", "founder", "founders", "cofounder", "cofondateur", "cofondatrice", "founding":
		return "founder", true
	case "proprietaire", "owner", "coowner", "proprietor", "franchise", "franchisee", "coproprietaire":
		return "owner", true
	case "gerant", "gerante", "cogerant", "cogerante":
		return "gerant", true
	case "associe", "associee", "associes":
		return "associe", true
	case "adjoint", "adjointe", "deputy", "dep", "delegue", "deleguee":
		return "deputy", true
	case "manager", "managers", "mgr", "mngr", "manageur", "manageuse", "manageure":
		return "manager", true
	case "responsable", "resp", "responsables":
		return "responsable", true
	case "chef", "cheffe", "chefs":
		return "chef", true
	case "senior", "sr", "snr", "confirme", "confirmee", "experimente", "experimentee":
		return "senior", true
	case "junior", "jr", "jnr", "debutant", "debutante":
		return "junior", true
	case "assistant", "assistante", "asst", "asst.", "assist":
		return "assistant", true
	case "charge", "chargee":
		return "charge", true
	case "ingenieur", "ingenieure", "engineer", "eng", "engineers", "ing":
		return "engineer", true
	case "developpeur", "developpeuse", "developer", "dev", "programmer", "programmeur", "programmeuse":
		return "developer", true
	case "commercial", "commerciale", "commerciaux":
		return "commercial", true
	case "coordinateur", "coordinatrice", "coordonnateur", "coordonnatrice", "coordinator":
		return "coordinator", true
	case "conseiller", "conseillere", "advisor", "adviser":
		return "advisor", true
	case "technicien", "technicienne", "technician":
		return "technician", true
	case "acheteur", "acheteuse", "buyer":
		return "buyer", true
	case "secretaire", "secretary":
		return "secretary", true
	case "ventes", "vente", "sales":
		return "sales", true
	case "superviseur", "superviseure", "supervisor", "superviseuse":
		return "supervisor", true
	case "redacteur", "redactrice", "editor":
		return "editor", true
	case "general", "generale", "gal":
		return "general", true
	}
	return "", false
}

// phrases are looked for in a list of words as runs of whole words.
type phrases struct {
	gives string
	any   []string
}

// find returns where a run of words stands, or -1.
func find(list []string, phrase string) int {
	for i := range list {
		if begins(list[i:], phrase) {
			return i
		}
	}
	return -1
}

// begins reports whether a list of words begins with those of a phrase.
func begins(list []string, phrase string) bool {
	for _, w := range list {
		rest, ok := strings.CutPrefix(phrase, w)
		switch {
		case !ok:
			return false
		case rest == "":
			return true
		case rest[0] != ' ':
			return false
		}
		phrase = rest[1:]
	}
	return false
}

func hasAny(list []string, table ...string) bool {
	for _, phrase := range table {
		if find(list, phrase) >= 0 {
			return true
		}
	}
	return false
}
