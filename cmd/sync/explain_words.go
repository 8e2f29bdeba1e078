package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// explainWords are the headings of an explanation in one language. The reasons come from package scoring.
type explainWords struct {
	record, company, asOf, notScored, unscored, score, grade, unknown, notKnown, setAside string
	overall, change, moved, noScore, newModel, firstWrite                                 string
	laterOne, laterMany                                                                   string
}

func explainWordsIn(lang string) explainWords {
	if lang == "fr" {
		return explainWords{
			record: "Fiche", company: "Entreprise", asOf: "au", notScored: "Sans score", unscored: "Sans score", score: "Score", grade: "Note",
			unknown: "inconnu", notKnown: "Inconnu", overall: "Score global",
			change: "Ce qui changerait la note", moved: "Évolution du score", noScore: "sans score", newModel: "barème modifié",
			firstWrite: "première écriture",
			setAside:   "Le CRM a refusé la dernière mise à jour de cette fiche : elle est mise de côté et retentée plus tard.",
			laterOne:   "1 activité est datée dans le futur : pas encore comptée",
			laterMany:  "%d activités sont datées dans le futur : pas encore comptées",
		}
	}
	return explainWords{
		record: "Record", company: "Company", asOf: "as of", notScored: "Not scored", unscored: "Unscored", score: "Score", grade: "Grade",
		unknown: "unknown", notKnown: "Not known", overall: "Overall",
		change: "What would change it", moved: "How it moved", noScore: "no score", newModel: "new model", firstWrite: "first write",
		setAside:  "The CRM refused the last update of this record: it is set aside and tried again later.",
		laterOne:  "1 event is dated in the future: not counted yet",
		laterMany: "%d events are dated in the future: not counted yet",
	}
}

// tongue writes numbers, dates and headings as a language has them.
type tongue struct {
	explainWords
	french bool
}

func tongueOf(lang string) tongue { return tongue{explainWordsIn(lang), lang == "fr"} }

// colon is what stands between a heading and its text.
func (t tongue) colon() string { return pick(t.french, " : ", ": ") }

// way says how the scores of people became one number.
func (t tongue) way(how, score string) string {
	words := map[string][2]string{
		mapping.RollUpMax:  {"highest", "le plus haut"},
		mapping.RollUpMean: {"mean", "moyenne"},
		mapping.RollUpTop:  {"mean of the highest", "moyenne des plus hauts"},
		mapping.RollUpSum:  {"sum of", "somme"},
	}[how]
	return pick(t.french, words[1]+" ("+score+")", words[0]+" "+score)
}

// number writes a number with its decimal mark.
func (t tongue) number(text string) string {
	if t.french {
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

func (t tongue) moment(at time.Time) string {
	at = at.UTC()
	if !t.french {
		return at.Format("2 January 2006 15:04 MST")
	}
	months := [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	day := strconv.Itoa(at.Day())
	if at.Day() == 1 {
		day = "1er"
	}
	return day + " " + months[at.Month()-1] + " " + at.Format("2006 à 15:04 MST")
}

func (t tongue) trend(trend string) string {
	return orDash(scoring.Trend(trend).Word(pick(t.french, "fr", "en")))
}

func (t tongue) headline(h worker.Planned) string {
	if !h.Scored {
		return t.noScore
	}
	return t.number(trimmed(h.Score)) + " " + orDash(h.Grade)
}
