package soql

import (
	"strconv"
	"strings"
)

const (
	longestQuery = 100_000 // characters
	deepest      = 50      // parentheses and sub-queries within each other, which bounds the parser's recursion
	largestSkip  = 2000    // OFFSET
)

// parser is a recursive descent over the tokens of one query.
type parser struct {
	text   string
	tokens []token
	next   int
	depth  int
}

// parse reads a query. It knows no schema: names are checked later.
func parse(text string) (*query, *Error) {
	if len(text) > longestQuery {
		return nil, &Error{Code: MalformedQuery, Message: "SOQL statements cannot be longer than 100000 characters."}
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != endToken {
		return nil, p.unexpected()
	}
	return q, nil
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != endToken {
		p.next++
	}
	return t
}

// word takes the given keyword if it comes next.
func (p *parser) word(words ...string) bool {
	for i, w := range words {
		if p.next+i >= len(p.tokens) {
			return false
		}
		if t := p.tokens[p.next+i]; t.kind != nameToken || !strings.EqualFold(t.text, w) {
			return false
		}
	}
	p.next += len(words)
	return true
}

func (p *parser) symbol(s string) bool {
	if t := p.peek(); t.kind != symbolToken || t.text != s {
		return false
	}
	p.next++
	return true
}

func (p *parser) expectWord(w string) *Error {
	if !p.word(w) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) expectSymbol(s string) *Error {
	if !p.symbol(s) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() *Error {
	t := p.peek()
	if t.kind == endToken {
		return at(p.text, t.pos, MalformedQuery, "unexpected token: '<EOF>'")
	}
	return at(p.text, t.pos, MalformedQuery, "unexpected token: '%s'", t.text)
}

// deeper guards the recursion; the caller takes the level back.
func (p *parser) deeper() *Error {
	if p.depth++; p.depth > deepest {
		return at(p.text, p.peek().pos, MalformedQuery, "the query is nested too deeply")
	}
	return nil
}

// query reads SELECT … up to its end or closing parenthesis.
func (p *parser) query() (*query, *Error) {
	defer func() { p.depth-- }()
	if err := p.deeper(); err != nil {
		return nil, err
	}
	q := &query{text: p.text, limit: -1}
	for _, clause := range []func(*query) *Error{p.selects, p.from, p.passedOver, p.whereClause, p.passedOver, p.groups, p.orders, p.bounds, p.passedOver} {
		if err := clause(q); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (p *parser) selects(q *query) *Error {
	if err := p.expectWord("SELECT"); err != nil {
		return err
	}
	for {
		it, err := p.item()
		if err != nil {
			return err
		}
		q.items = append(q.items, it)
		if !p.symbol(",") {
			break
		}
	}
	first := q.items[0]
	if len(q.items) == 1 && first.fn == "COUNT" && first.path == "" && first.as == "" {
		q.count = true
	}
	return nil
}

func (p *parser) item() (item, *Error) {
	start := p.peek().pos
	if p.symbol("(") {
		sub, err := p.query()
		if err != nil {
			return item{}, err
		}
		return item{operand: operand{pos: start}, sub: sub}, p.expectSymbol(")")
	}
	o, err := p.operand()
	if err != nil {
		return item{}, err
	}
	it := item{operand: o}
	if t := p.peek(); t.kind == nameToken && !strings.EqualFold(t.text, "FROM") && !strings.Contains(t.text, ".") {
		it.as = p.take().text
	}
	return it, nil
}

// operand reads a path, or a function of a path: COUNT(Id), CALENDAR_YEAR(CreatedDate), COUNT().
func (p *parser) operand() (operand, *Error) {
	t := p.peek()
	if t.kind != nameToken {
		return operand{}, p.unexpected()
	}
	p.next++
	if !p.symbol("(") {
		return operand{pos: t.pos, path: t.text}, nil
	}
	o := operand{pos: t.pos, fn: strings.ToUpper(t.text)}
	if p.peek().kind == nameToken {
		o.path = p.take().text
	}
	return o, p.expectSymbol(")")
}

func (p *parser) from(q *query) *Error {
	if err := p.expectWord("FROM"); err != nil {
		return err
	}
	t := p.peek()
	if t.kind != nameToken {
		return p.unexpected()
	}
	p.next++
	q.object, q.pos = t.text, t.pos
	if t := p.peek(); t.kind == nameToken && !clauseWord(t.text) {
		q.alias = p.take().text
	}
	return nil
}

func clauseWord(s string) bool {
	switch strings.ToUpper(s) {
	case "WHERE", "USING", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL":
		return true
	}
	return false
}

// passedOver reads the clauses that change nothing here.
func (p *parser) passedOver(q *query) *Error {
	for {
		switch {
		case p.word("USING", "SCOPE"):
			if p.peek().kind != nameToken {
				return p.unexpected()
			}
			p.next++
		case p.word("WITH", "SECURITY_ENFORCED"), p.word("WITH", "USER_MODE"), p.word("WITH", "SYSTEM_MODE"),
			p.word("FOR", "VIEW"), p.word("FOR", "REFERENCE"), p.word("FOR", "UPDATE"):
		case p.word("ALL", "ROWS"):
			q.allRows = true
		default:
			return nil
		}
	}
}

func (p *parser) whereClause(q *query) *Error {
	if !p.word("WHERE") {
		return nil
	}
	var err *Error
	q.where, err = p.condition()
	return err
}

func (p *parser) groups(q *query) *Error {
	if !p.word("GROUP", "BY") {
		return nil
	}
	for {
		o, err := p.operand()
		if err != nil {
			return err
		}
		q.groupBy = append(q.groupBy, o)
		if !p.symbol(",") {
			break
		}
	}
	if !p.word("HAVING") {
		return nil
	}
	var err *Error
	q.having, err = p.condition()
	return err
}

func (p *parser) orders(q *query) *Error {
	if !p.word("ORDER", "BY") {
		return nil
	}
	for {
		o, err := p.operand()
		if err != nil {
			return err
		}
		by := ordering{operand: o}
		if !p.word("ASC") {
			by.descending = p.word("DESC")
		}
		if !p.word("NULLS", "FIRST") {
			by.nullsLast = p.word("NULLS", "LAST")
		}
		q.orderBy = append(q.orderBy, by)
		if !p.symbol(",") {
			return nil
		}
	}
}

func (p *parser) bounds(q *query) *Error {
	var err *Error
	if p.word("LIMIT") {
		if q.limit, err = p.natural(); err != nil {
			return err
		}
	}
	pos := p.peek().pos
	if p.word("OFFSET") {
		if q.offset, err = p.natural(); err != nil {
			return err
		}
		if q.offset > largestSkip {
			return at(p.text, pos, OutsideRange, "Maximum SOQL offset allowed is %d", largestSkip)
		}
	}
	return nil
}

func (p *parser) natural() (int, *Error) {
	t := p.peek()
	n, err := strconv.Atoi(t.text)
	if t.kind != numberToken || err != nil || n < 0 {
		return 0, p.unexpected()
	}
	p.next++
	return n, nil
}
