package mapping

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// RollUpSpec makes an attribute of a company out of its people: one of their scores, of those for whom a condition holds,
// made into one number. People whose score is not known do not take part; where nobody does, the attribute is unknown,
// but for a count, which is 0 then.
type RollUpSpec struct {
	Of   string   // OverallScore, the name of a score of people, or RollUpCount
	How  string   // one of RollUpWays; "" for a count
	N    int      `json:",omitempty"` // with RollUpTop: how many
	Cap  *float64 `json:",omitempty"` // with RollUpSum: the most it can be
	When string   `json:",omitempty"` // a condition over the person's attributes and scores; "": everybody
}

// RollUpCount counts people instead of rolling up a score.
const RollUpCount = "count"

// The ways a score of people becomes one number of their company.
const (
	RollUpMax  = "max"  // the highest
	RollUpMean = "mean" // the mean
	RollUpTop  = "top"  // the mean of the N highest, or of all where there are fewer
	RollUpSum  = "sum"  // the sum, up to Cap
)

// RollUpWays lists the ways.
func RollUpWays() []string { return []string{RollUpMax, RollUpMean, RollUpTop, RollUpSum} }

// Member is what one person adds to a company: see Share.
type Member struct {
	Connection string // "" when there is one
	ID         string
	Share      []byte
	who        string // the person in all connections
}

// RolledUp is an attribute of a company with the people who made it.
type RolledUp struct {
	Attribute string         `json:"attribute"`
	Of        string         `json:"of"`
	How       string         `json:"how,omitempty"`
	Known     bool           `json:"known"`
	Value     float64        `json:"value"`
	People    int            `json:"people"`         // who took part
	Best      []RolledMember `json:"best,omitempty"` // the highest first; empty for a count
}

// RolledMember is one person's part in a RolledUp.
type RolledMember struct {
	Connection string  `json:"connection,omitempty"` // of the record, when there are several
	ID         string  `json:"id"`
	Points     float64 `json:"points"`
}

// bestShown is how many people a RolledUp names.
const bestShown = 3

// compileRollUp checks an attribute that is made of people; places and transforms are none of its business.
func (c *compiler) compileRollUp(s AttributeSpec) {
	r := s.RollUp
	wrong := func(key, message, hint string) { c.problem(s.Path+key, message, hint) }
	switch {
	case c.mapper.spec.Object != crm.Companies:
		wrong("", fmt.Sprintf("attribute %q of a person rolls people up", s.Name), "only companies are made of people: put it under companies.attributes; a person who depended on it would go in a circle")
	case len(s.From) > 0 || s.Transform != "" || s.Lookup != nil || s.Currency != "" || s.CurrencyFrom != "" || s.Default != nil:
		wrong("", fmt.Sprintf("attribute %q comes from people and from a field at once", s.Name), "keep roll_up with how, n, cap and when, or keep from")
	case s.Type != scoring.Unknown && s.Type != scoring.Number:
		wrong(".type", "a roll-up is a number", "leave type out")
	case r.Of == RollUpCount && r.How != "":
		wrong(".how", "a count needs no how: it is how many people there are", "remove how")
	case r.Of != RollUpCount && !slices.Contains(RollUpWays(), r.How):
		wrong("", fmt.Sprintf("attribute %q does not say how the scores of people become one number", s.Name), "add how: one of "+strings.Join(RollUpWays(), ", "))
	case r.How == RollUpTop && r.N < 1:
		wrong("", fmt.Sprintf("attribute %q does not say of how many people", s.Name), "add n: 3 for the mean of the three highest")
	case r.How != RollUpTop && r.N != 0:
		wrong(".n", "n only makes sense beside how: top", "remove it")
	case r.Cap != nil && r.How != RollUpSum:
		wrong(".cap", "cap only makes sense beside how: sum", "remove it")
	}
	c.mapper.attributes = append(c.mapper.attributes, attribute{spec: s, typ: scoring.Number, rollUp: len(c.mapper.rollUps) + 1})
	c.mapper.rollUps = append(c.mapper.rollUps, *r)
	c.mapper.schema.Attributes = append(c.mapper.schema.Attributes, scoring.Attribute{Name: s.Name, Type: scoring.Number})
}

// CheckRollUps finds roll-ups of scores that people do not have.
func (m *Mapper) CheckRollUps(people *scoring.Model) []scoring.Problem {
	var problems []scoring.Problem
	known := append(people.Scores(), scoring.OverallScore, RollUpCount)
	for _, a := range m.spec.Attributes {
		if a.RollUp != nil && !slices.Contains(known, a.RollUp.Of) {
			problems = append(problems, scoring.Problem{Path: a.Path + ".roll_up", Message: fmt.Sprintf("people have no score %q to roll up", a.RollUp.Of),
				Hint: didYouMean(a.RollUp.Of, known) + "there are " + strings.Join(known, ", ")})
		}
	}
	return problems
}

// Share is what a person of this result adds to their company by the roll-ups of this mapper of companies: the scores as
// they are written, rounded to so many decimals. It is nil for somebody who takes part in nothing: not scored by choice.
// who is the person in all connections, the same for each of their records; it only counts where several are joined.
func (m *Mapper) Share(people *scoring.Model, r *scoring.Result, decimals int, who string) []byte {
	if len(r.Counted) != len(m.rollUps) || len(m.rollUps) == 0 {
		return nil
	}
	share := make([]byte, 0, 4*len(m.rollUps)+len(who)+1)
	if m.spec.Joined != nil {
		share = append(binary.AppendUvarint(share, uint64(len(who))), who...)
	}
	for i := range m.rollUps {
		points, known := m.rollUps[i].of(people, r)
		if !known || !r.Counted[i] {
			share = append(share, 0)
			continue
		}
		share = binary.AppendVarint(append(share, 1), int64(rounded(points, decimals)))
	}
	return share
}

func (r *RollUpSpec) of(people *scoring.Model, result *scoring.Result) (p scoring.Points, known bool) {
	switch r.Of {
	case RollUpCount:
		return scoring.Point, true
	case scoring.OverallScore:
		return result.Overall, result.Scored
	}
	if i, ok := people.ScoreIndex(r.Of); ok && i < len(result.Scores) {
		return result.Scores[i].Points, result.Scores[i].Known
	}
	return 0, false
}

// part reads from a share what it adds to roll-up i. A share made for other roll-ups adds nothing where it ends.
func part(share []byte, i int) (p scoring.Points, takes bool) {
	for at := 0; ; at++ {
		if len(share) == 0 {
			return 0, false
		}
		takes, share = share[0] == 1, share[1:]
		if takes {
			v, n := binary.Varint(share)
			if n <= 0 {
				return 0, false
			}
			p, share = scoring.Points(v), share[n:]
		}
		if at == i {
			return p, takes
		}
	}
}

// Who is the person a share of joined connections was made of, "" when it does not say.
func (m *Mapper) Who(share []byte) string {
	if m.spec.Joined == nil {
		return ""
	}
	who, _ := cutWho(share)
	return who
}

// cutWho takes the person off a share of joined connections.
func cutWho(share []byte) (who string, rest []byte) {
	n, used := binary.Uvarint(share)
	if used <= 0 || n > uint64(len(share)-used) {
		return "", nil
	}
	return string(share[used : used+int(n)]), share[used+int(n):]
}

// joinMembers adds the people a company has in one connection to those of others. Somebody who is among them already, by
// the record of another connection, counts once.
func joinMembers(all []Member, connection string, more []Member) []Member {
	there := make(map[string]bool, len(all))
	for _, m := range all {
		there[m.who] = m.who != ""
	}
	for _, m := range more {
		who, share := cutWho(m.Share)
		if !there[who] {
			all = append(all, Member{Connection: connection, ID: m.ID, Share: share, who: who})
		}
	}
	return all
}

type memberPoints struct {
	connection, id string
	points         scoring.Points
}

// taking lists who takes part in roll-up i, the highest first, ties by id.
func taking(members []Member, i int) []memberPoints {
	var list []memberPoints
	for _, m := range members {
		if p, takes := part(m.Share, i); takes {
			list = append(list, memberPoints{m.Connection, m.ID, p})
		}
	}
	slices.SortStableFunc(list, func(a, b memberPoints) int {
		switch {
		case a.points > b.points:
			return -1
		case a.points < b.points:
			return 1
		}
		return strings.Compare(a.id, b.id)
	})
	return list
}

// value makes one number of them.
func (r *RollUpSpec) value(list []memberPoints) (p scoring.Points, known bool) {
	if r.Of == RollUpCount {
		return scoring.Points(len(list)) * scoring.Point, true
	}
	if len(list) == 0 {
		return 0, false
	}
	switch r.How {
	case RollUpMax:
		return list[0].points, true
	case RollUpTop:
		return mean(list[:min(r.N, len(list))]), true
	case RollUpMean:
		return mean(list), true
	}
	sum := total(list)
	if r.Cap != nil {
		sum = min(sum, scoring.Points(*r.Cap*float64(scoring.Point)))
	}
	return sum, true
}

func total(list []memberPoints) (sum scoring.Points) {
	for _, m := range list {
		sum += m.points
	}
	return sum
}

// mean is to the nearest millionth, half away from zero.
func mean(list []memberPoints) scoring.Points {
	sum, n := total(list), scoring.Points(len(list))
	half := n / 2
	if sum < 0 {
		half = -half
	}
	return (sum + half) / n
}

func (m *Mapper) rolledUp(i int, members []Member) scoring.Value {
	p, known := m.rollUps[i].value(taking(members, i))
	if !known {
		return scoring.Value{}
	}
	return scoring.Value{Type: scoring.Number, Num: p.Float()}
}

// RolledUp tells what each roll-up of a company comes to and who makes it, in the order of the model file.
func (m *Mapper) RolledUp(members []Member) []RolledUp {
	var out []RolledUp
	for _, a := range m.attributes {
		if a.rollUp == 0 {
			continue
		}
		r := &m.rollUps[a.rollUp-1]
		list := taking(members, a.rollUp-1)
		p, known := r.value(list)
		one := RolledUp{Attribute: a.spec.Name, Of: r.Of, How: r.How, Known: known, Value: p.Float(), People: len(list)}
		if r.Of != RollUpCount {
			for _, who := range list[:min(bestShown, len(list))] {
				one.Best = append(one.Best, RolledMember{who.connection, who.id, who.points.Float()})
			}
		}
		out = append(out, one)
	}
	return out
}

// Circles finds attributes of people that are read from fields in which their companies show scores: those depend on the
// people again.
func (m *Mapper) Circles(companies *Mapper) []scoring.Problem {
	var problems []scoring.Problem
	written := companies.Need().Write[crm.Companies]
	for _, connection := range companies.Connections() {
		for _, field := range companies.For(connection).Need().Write[crm.Companies] {
			written = append(written, connection+"."+field)
		}
	}
	for _, a := range m.attributes {
		for i, p := range a.from {
			if p.object != crm.Companies || !slices.Contains(written, p.field) {
				continue
			}
			path := a.spec.Path + ".from"
			if len(a.from) > 1 {
				path = fmt.Sprintf("%s[%d]", path, i)
			}
			problems = append(problems, scoring.Problem{Path: path,
				Message: fmt.Sprintf("attribute %q reads the company's field %q, in which write.companies shows a score: people would depend on their company and the company on its people", a.spec.Name, p.field),
				Hint:    "remove the attribute; what counts for people must not come from the scores of companies"})
		}
	}
	return problems
}
