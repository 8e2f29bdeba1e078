package mapping

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// protected is a kind of personal data nobody is scored by: GDPR articles 9 and 10, and origin beside them.
type protected string

// The kinds.
const (
	health      protected = "health"
	belief      protected = "religion or belief"
	union       protected = "trade union membership"
	origin      protected = "nationality or ethnic origin"
	politics    protected = "political opinion"
	orientation protected = "sexual orientation"
	biology     protected = "genetic or biometric data"
	offences    protected = "criminal offences"
)

func (p protected) refusal() string {
	return "this is about " + string(p) + ", and people are not scored by it"
}

const refusalHint = "remove it: the law protects it (GDPR articles 9 and 10), and no setting allows it"

// stems are the beginnings of words, folded, that give a kind away wherever they stand.
var stems = []struct {
	kind  protected
	stems []string
}{
	{health, []string{"disabilit", "disabled", "handicap", "maladie", "disease", "illness", "patholog", "diagnos", "pregnan", "grossesse", "rqth", "medical", "medicament", "medication"}},
	{belief, []string{"religi", "synagog", "mosque", "muslim", "musulman", "catholi", "protestant", "jewish", "judai", "islam", "chretien", "croyance", "bapteme", "baptis", "halal", "kosher", "casher", "eglise"}},
	{union, []string{"syndique", "tradeunion", "laborunion", "labourunion", "unionmember", "unionize", "unionise"}},
	{origin, []string{"nationalit", "citizenship", "citoyennete", "ethnic", "ethniq", "ethnie", "racial", "birthplace", "immigra"}},
	{politics, []string{"political", "politicalopinion"}},
	{orientation, []string{"sexual", "sexuel", "homosexu", "bisexu", "lesbian", "lesbienn", "lgbt", "transgender", "transgenre"}},
	{biology, []string{"genetic", "genetiq", "biometr"}},
	{offences, []string{"criminalrecord", "casierjudiciaire"}},
}

// phrase is a word or several in a row that give a kind away, unless one of the harmless words stands in the same name.
type phrase struct {
	kind     protected
	words    []string
	harmless []string
}

var telling = []phrase{
	{health, []string{"health"}, []string{"care", "check", "score", "customer", "account", "client", "deal", "relationship", "pipeline", "list", "email", "domain", "system", "website"}},
	{health, []string{"sante"}, []string{"secteur", "client", "compte", "domaine", "score"}},
	{health, []string{"blood"}, nil},
	{belief, []string{"church"}, nil},
	{belief, []string{"faith"}, nil},
	{belief, []string{"confession"}, nil},
	{union, []string{"trade", "union"}, nil},
	{union, []string{"labor", "union"}, nil},
	{union, []string{"labour", "union"}, nil},
	{union, []string{"union", "member"}, nil},
	{union, []string{"union", "membership"}, nil},
	{union, []string{"syndicat"}, []string{"copropriete", "initiative"}},
	{union, []string{"syndical"}, nil},
	{union, []string{"syndicale"}, nil},
	{origin, []string{"race"}, []string{"event", "registration", "result", "day", "car", "condition", "time"}},
	{origin, []string{"country", "of", "origin"}, nil},
	{origin, []string{"country", "of", "birth"}, nil},
	{origin, []string{"birth", "country"}, nil},
	{origin, []string{"place", "of", "birth"}, nil},
	{origin, []string{"pays", "origine"}, nil},
	{origin, []string{"pays", "d", "origine"}, nil},
	{origin, []string{"pays", "naissance"}, nil},
	{origin, []string{"pays", "de", "naissance"}, nil},
	{origin, []string{"lieu", "naissance"}, nil},
	{origin, []string{"lieu", "de", "naissance"}, nil},
	{origin, []string{"mother", "tongue"}, nil},
	{origin, []string{"langue", "maternelle"}, nil},
	{origin, []string{"skin", "color"}, nil},
	{origin, []string{"skin", "colour"}, nil},
	{politics, []string{"politics"}, nil},
	{politics, []string{"opinion", "politique"}, nil},
	{politics, []string{"opinions", "politiques"}, nil},
	{politics, []string{"parti", "politique"}, nil},
	{politics, []string{"orientation", "politique"}, nil},
	{politics, []string{"affiliation", "politique"}, nil},
	{politics, []string{"preference", "politique"}, nil},
	{politics, []string{"party", "affiliation"}, nil},
	{politics, []string{"voted", "for"}, nil},
	{orientation, []string{"gay"}, nil},
	{biology, []string{"dna"}, nil},
	{biology, []string{"adn"}, nil},
	{offences, []string{"criminal", "record"}, nil},
	{offences, []string{"casier", "judiciaire"}, nil},
}

// alone are words that give a kind away only as the whole name.
var alone = map[string]protected{"union": union, "politique": politics}

// excused are compounds in which a stem means something else.
var excused = []struct{ stem, beside string }{{"handicap", "golf"}, {"diagnos", "free"}, {"diagnos", "gratuit"}, {"diagnos", "audit"}, {"diagnos", "tool"}, {"medical", "device"}}

// sensitive says which kind of protected data a name or label speaks of, "" for none. What describes a company is no fact
// about a person's health or origin: a clinic has an industry, and a firm has a country of birth.
func sensitive(name string, company bool) protected {
	list := nameWords(name)
	kind := sensitiveWords(list)
	if company && (kind == health || kind == origin || kind == biology) {
		return ""
	}
	return kind
}

func sensitiveWords(list []string) protected {
	if len(list) == 1 && alone[list[0]] != "" {
		return alone[list[0]]
	}
	joined := strings.Join(list, "")
	for _, group := range stems {
		for _, stem := range group.stems {
			said := slices.ContainsFunc(list, func(w string) bool { return strings.HasPrefix(w, stem) }) ||
				len(stem) >= 10 && strings.Contains(joined, stem)
			if said && !excusedBy(stem, list) {
				return group.kind
			}
		}
	}
	for _, p := range telling {
		if inARow(list, p.words) && !slices.ContainsFunc(p.harmless, func(w string) bool { return slices.Contains(list, w) }) {
			return p.kind
		}
	}
	return ""
}

func excusedBy(stem string, list []string) bool {
	for _, e := range excused {
		if e.stem == stem && slices.Contains(list, e.beside) {
			return true
		}
	}
	return false
}

func inARow(list, wanted []string) bool {
	for i := 0; i+len(wanted) <= len(list); i++ {
		if slices.Equal(list[i:i+len(wanted)], wanted) {
			return true
		}
	}
	return false
}

// nameWords splits a name as CRMs write them (trade_union, tradeUnion, Trade Union, TRADE-UNION) into folded words.
func nameWords(name string) []string {
	var spaced strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		last = r
	}
	return words(fold(spaced.String()))
}

// denied refuses every attribute, kind of activity and privacy rule that reads protected data.
func (c *compiler) denied(s Spec) {
	refuse := func(path, what string, kind protected) {
		c.problem(path, what+": "+kind.refusal(), refusalHint)
	}
	for _, a := range s.Attributes {
		company := len(a.From) > 0
		for _, from := range a.From {
			company = company && strings.HasPrefix(from, "company.")
		}
		if kind := sensitive(a.Name, company); kind != "" {
			refuse(a.Path, fmt.Sprintf("attribute %q", a.Name), kind)
			continue
		}
		for i, from := range a.From {
			field, ofCompany := strings.CutPrefix(from, "company.")
			if kind := sensitive(field, ofCompany); kind != "" {
				path := a.Path + ".from"
				if len(a.From) > 1 {
					path = fmt.Sprintf("%s[%d]", path, i)
				}
				refuse(path, fmt.Sprintf("field %q", from), kind)
			}
		}
	}
	for _, a := range s.Activities {
		names := []string{a.Name, a.Count, a.Last}
		for _, w := range slices.Concat(a.When, a.Not) {
			names = append(names, w.Field)
		}
		for _, name := range names {
			if kind := sensitive(name, false); kind != "" {
				refuse(a.Path, fmt.Sprintf("activity %q reads %q", a.Name, name), kind)
				break
			}
		}
	}
	for _, w := range slices.Concat(append([][]Condition{s.SkipIf}, s.SkipSets...)...) {
		if kind := sensitive(w.Field, false); kind != "" {
			refuse("$.privacy.skip_if", fmt.Sprintf("field %q", w.Field), kind)
		}
	}
}
