package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// WriteFields defines the written fields as a Provisioner is to create them, in the order of the model file.
func (m *Mapper) WriteFields(model *scoring.Model) []crm.Field {
	fields := make([]crm.Field, 0, len(m.spec.Write.Fields))
	for _, f := range m.spec.Write.Fields {
		d := crm.Field{Name: f.Field, Type: m.writeType(f.Key), Writable: true}
		d.Label, d.Help = m.describe(f.Key)
		switch f.Key {
		case KeyGrade:
			d.Options = options(model.Grades(), func(s string) string { return s })
		case KeyLabel:
			d.Options = options(model.Labels(), capital)
		case KeyTrend:
			for _, t := range trends() {
				d.Options = append(d.Options, crm.Option{Value: string(t), Label: capital(t.Word(m.Language()))})
			}
		case KeyLifecycle:
			d.Options = options(model.Stages(), func(s string) string { return capital(scoring.StageWord(s, m.Language())) })
		case KeyRouting:
			d.Options = options(scoring.Routes(), func(s string) string { return capital(scoring.RouteWord(s, m.Language())) })
		case KeyNext:
			d.Length = nextLength
		case KeyHistory:
			d.Length = historyLength
		case KeyChanges:
			d.Length = changesLength
		case KeyReasons:
			d.Length = reasonsLength
		case KeyUnscored:
			d.Length = unscoredLength
		default:
			if segments := model.Segments(f.Key); segments != nil {
				d.Options = options(segments, func(s string) string { return s })
			}
		}
		fields = append(fields, d)
	}
	return fields
}

func trends() []scoring.Trend {
	return []scoring.Trend{scoring.Rising, scoring.Steady, scoring.Falling}
}

// writeType is the type a written field must have. Texts that scores make are choices: there are only so many segments.
func (m *Mapper) writeType(key string) crm.Type {
	if t, made := m.derived(key); made && t == scoring.Text {
		return crm.Choice
	}
	return writeType(key)
}

// writeType is writeType of everything that scores do not make.
func writeType(key string) crm.Type {
	switch key {
	case KeyGrade, KeyLabel, KeyTrend, KeyLifecycle, KeyRouting:
		return crm.Choice
	case KeyReasons, KeyUnscored, KeyNext, KeyHistory, KeyChanges:
		return crm.Text
	case KeyScoredAt:
		return crm.DateTime
	}
	return crm.Number
}

func options(values []string, label func(string) string) []crm.Option {
	list := make([]crm.Option, 0, len(values))
	for _, v := range values {
		list = append(list, crm.Option{Value: v, Label: label(v)})
	}
	return list
}

// describe names a written field for the people who see it.
func (m *Mapper) describe(key string) (label, help string) {
	if m.own() == crm.Companies {
		label, help = m.describeLead(key)
		return ofCompany(label), help
	}
	return m.describeLead(key)
}

// ofCompany says company where the name of a field says lead.
func ofCompany(label string) string {
	for lead, company := range map[string]string{"du lead": "de l'entreprise", "Lead ": "Company ", "lead score": "company score"} {
		label = strings.ReplaceAll(label, lead, company)
	}
	return label
}

func (m *Mapper) describeLead(key string) (label, help string) {
	if m.Language() == "fr" {
		switch key {
		case KeyScore:
			return "Score du lead", "Score global calculé par Barème."
		case KeyGrade:
			return "Note du lead", "Lettre : adéquation ; chiffre : engagement. A1 est la meilleure."
		case KeyLabel:
			return "Niveau du lead", "Ce que la note veut dire pour les commerciaux."
		case KeyTrend:
			return "Tendance du lead", "Évolution récente du score."
		case KeyReasons:
			return "Raisons du score", "Chaque gain et chaque perte ; leur somme est le score."
		case KeyScoredAt:
			return "Score calculé le", "Date du dernier calcul."
		case KeyHistory:
			return "Historique du score", "Les derniers scores et leurs dates."
		case KeyChanges:
			return "Ce qui changerait la note", "Les faits et actions les plus proches qui monteraient ou baisseraient la note."
		case KeyNext:
			return "À faire", "Ce que la note conseille de faire."
		case KeyLifecycle:
			return "Cycle de vie", "Étape de la relation, calculée par Barème."
		case KeyRouting:
			return "Orientation", "Commerciaux, à nourrir ou hors cible."
		case KeyUnscored:
			return "Pourquoi sans score", "Ce qui manque pour calculer un score."
		}
		if _, made := m.derived(key); made {
			return capital(key), "Calculé par Barème d'après les achats."
		}
		return "Score " + key, "Score " + key + " calculé par Barème."
	}
	switch key {
	case KeyScore:
		return "Lead score", "Overall score computed by Barème."
	case KeyGrade:
		return "Lead grade", "The letter is fit, the number engagement; A1 is the best."
	case KeyLabel:
		return "Lead label", "What the grade means to sales."
	case KeyTrend:
		return "Lead score trend", "Where the score has been going lately."
	case KeyReasons:
		return "Lead score reasons", "Every gain and loss; they add up to the score."
	case KeyScoredAt:
		return "Lead scored at", "When the score was computed."
	case KeyHistory:
		return "Lead score history", "The last scores with their days."
	case KeyChanges:
		return "What would change the grade", "The nearest facts and actions that would lift or lower it."
	case KeyNext:
		return "Next action", "What the grade advises to do."
	case KeyLifecycle:
		return "Lifecycle stage", "The stage of the relation, computed by Barème."
	case KeyRouting:
		return "Routing", "Sales, nurture or out of target."
	case KeyUnscored:
		return "Why there is no lead score", "What is missing to compute one."
	}
	if _, made := m.derived(key); made {
		return capital(key), "Computed by Barème from purchases."
	}
	return capital(key) + " score", capital(key) + " score computed by Barème."
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ReplaceAll(s[size:], "_", " ")
}
