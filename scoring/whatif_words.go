package scoring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// changePhrases tell changes in one language.
type changePhrases interface{ change(c *Change) string }

func phrasesOfChanges(lang string) changePhrases {
	if _, ok := phrasesIn(lang).(french); ok {
		return frenchChanges{}
	}
	return englishChanges{}
}

// activityName is a name from a model file as people read it: email_click becomes email click.
func activityName(name string) string { return strings.ReplaceAll(name, "_", " ") }

type englishChanges struct{ english }

func (w englishChanges) change(c *Change) string {
	switch c.Kind {
	case ByActivity:
		what := [...]string{"", "One more", "Two more of", "Three more of"}[c.Times]
		return fmt.Sprintf("%s %s by %s %s", what, activityName(c.Activity), w.date(c.Until.UnixMilli()), w.effect(c))
	case ByTime:
		return fmt.Sprintf("No activity until %s %s", w.date(c.Until.UnixMilli()), w.effect(c))
	}
	return fmt.Sprintf("If %s %s, %s%s", c.Fact.Attribute, c.Fact.in(englishFacts), w.consequence(c), because(c))
}

func (englishChanges) effect(c *Change) string {
	switch {
	case c.From == "":
		return "would give a grade, " + c.To
	case c.To == "":
		return "would leave no grade"
	}
	return fmt.Sprintf("would make this %s %s", c.From, article(c.To))
}

func (englishChanges) consequence(c *Change) string {
	switch {
	case c.From == "":
		return "the grade would be " + c.To
	case c.To == "":
		return "there would be no grade"
	}
	return fmt.Sprintf("this %s would be %s", c.From, article(c.To))
}

// article puts a or an before a grade, as its letter is spoken.
func article(grade string) string {
	if strings.Contains("AEFHILMNORSX", grade[:1]) && len(grade) < 4 || strings.Contains("aeiou", grade[:1]) {
		return "an " + grade
	}
	return "a " + grade
}

type frenchChanges struct{ french }

func (w frenchChanges) change(c *Change) string {
	switch c.Kind {
	case ByActivity:
		what := [...]string{"", "Une fois", "Deux fois", "Trois fois"}[c.Times]
		return fmt.Sprintf("%s « %s » de plus d'ici au %s %s", what, activityName(c.Activity), w.date(c.Until.UnixMilli()), w.effect(c))
	case ByTime:
		return fmt.Sprintf("Aucune activité jusqu'au %s %s", w.date(c.Until.UnixMilli()), w.effect(c))
	}
	return fmt.Sprintf("Si %s %s, %s%s", c.Fact.Attribute, c.Fact.in(frenchFacts), w.consequence(c), because(c))
}

func (frenchChanges) effect(c *Change) string {
	switch {
	case c.From == "":
		return "donnerait une note, " + c.To
	case c.To == "":
		return "ne laisserait aucune note"
	}
	return fmt.Sprintf("ferait de ce %s un %s", c.From, c.To)
}

func (frenchChanges) consequence(c *Change) string {
	switch {
	case c.From == "":
		return "la note serait " + c.To
	case c.To == "":
		return "il n'y aurait pas de note"
	}
	return fmt.Sprintf("ce %s serait un %s", c.From, c.To)
}

// because names the criteria that would give points.
func because(c *Change) string {
	if len(c.Criteria) == 0 {
		return ""
	}
	return " (" + strings.Join(c.Criteria, ", ") + ")"
}

// factWords are the words around what an attribute would have to be.
type factWords struct {
	was, known, included, and, or, from, to, atLeast, moreThan, atMost, lessThan, yes, no string
}

var (
	englishFacts = factWords{
		was: "were ", known: "were known and ", included: "included ", and: " and ", or: " or ", from: "from ", to: " to ",
		atLeast: "at least ", moreThan: "more than ", atMost: "at most ", lessThan: "less than ", yes: "yes", no: "no",
	}
	frenchFacts = factWords{
		was: "valait ", known: "était connu et valait ", included: "contenait ", and: " et ", or: " ou ", from: "de ", to: " à ",
		atLeast: "au moins ", moreThan: "plus de ", atMost: "au plus ", lessThan: "moins de ", yes: "oui", no: "non",
	}
)

// in tells what the attribute would have to be: "were known and at least 50".
func (f *Fact) in(w factWords) string {
	verb := w.known
	if f.Known {
		verb = w.was
	}
	switch {
	case f.Range != nil:
		return verb + f.Range.in(w)
	case f.Type == Bool:
		return verb + map[string]string{"yes": w.yes, "no": w.no}[f.OneOf[0]]
	case f.Type == List:
		verb = w.included
	}
	list := f.OneOf
	const show = 5
	if len(list) > show {
		list = append(slices.Clone(list[:show]), "…")
	}
	n := len(list) - 1
	if n == 0 {
		return verb + list[0]
	}
	return verb + strings.Join(list[:n], ", ") + w.or + list[n]
}

func (r *Range) in(w factWords) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	if r.From != nil && r.To != nil && *r.From == *r.To {
		return number(*r.From)
	}
	if r.From != nil && r.To != nil && !r.Above && !r.Below {
		return w.from + number(*r.From) + w.to + number(*r.To)
	}
	var parts []string
	bound := func(x *float64, open bool, word, openWord string) {
		if open {
			word = openWord
		}
		if x != nil {
			parts = append(parts, word+number(*x))
		}
	}
	bound(r.From, r.Above, w.atLeast, w.moreThan)
	bound(r.To, r.Below, w.atMost, w.lessThan)
	return strings.Join(parts, w.and)
}
