package soql

import (
	"strconv"
	"strings"
)

// condition reads terms joined by AND, or by OR. Salesforce refuses a mix of the two without parentheses.
func (p *parser) condition() (node, *Error) {
	defer func() { p.depth-- }()
	if err := p.deeper(); err != nil {
		return nil, err
	}
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	j := &junction{terms: []node{first}}
	for {
		and := p.word("AND")
		or := !and && p.word("OR")
		switch {
		case !and && !or:
			if len(j.terms) == 1 {
				return first, nil
			}
			return j, nil
		case len(j.terms) > 1 && or != j.or:
			p.next--
			return nil, p.unexpected()
		}
		j.or = or
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		j.terms = append(j.terms, t)
	}
}

func (p *parser) term() (node, *Error) {
	if p.word("NOT") {
		defer func() { p.depth-- }()
		if err := p.deeper(); err != nil {
			return nil, err
		}
		t, err := p.term()
		return &negation{t}, err
	}
	if p.symbol("(") {
		c, err := p.condition()
		if err != nil {
			return nil, err
		}
		return c, p.expectSymbol(")")
	}
	return p.comparison()
}

func (p *parser) comparison() (node, *Error) {
	o, err := p.operand()
	if err != nil {
		return nil, err
	}
	c := &comparison{operand: o}
	if c.op, err = p.operator(); err != nil {
		return nil, err
	}
	switch c.op {
	case "IN", "NOT IN", "INCLUDES", "EXCLUDES":
		return c, p.list(c)
	}
	v, err := p.literal()
	c.values = []literal{v}
	return c, err
}

func (p *parser) operator() (string, *Error) {
	for _, w := range []string{"LIKE", "IN", "INCLUDES", "EXCLUDES"} {
		if p.word(w) {
			return w, nil
		}
	}
	if p.word("NOT", "IN") {
		return "NOT IN", nil
	}
	t := p.peek()
	if t.kind != symbolToken || strings.Contains("(),:", t.text) {
		return "", p.unexpected()
	}
	p.next++
	if t.text == "<>" {
		return "!=", nil
	}
	return t.text, nil
}

func (p *parser) list(c *comparison) *Error {
	if err := p.expectSymbol("("); err != nil {
		return err
	}
	if t := p.peek(); t.kind == nameToken && strings.EqualFold(t.text, "SELECT") {
		sub, err := p.query()
		if err != nil {
			return err
		}
		c.sub = sub
		return p.expectSymbol(")")
	}
	for {
		v, err := p.literal()
		if err != nil {
			return err
		}
		c.values = append(c.values, v)
		if !p.symbol(",") {
			return p.expectSymbol(")")
		}
	}
}

func (p *parser) literal() (literal, *Error) {
	t := p.peek()
	v := literal{pos: t.pos, text: t.text, raw: t.text, time: t.time}
	switch t.kind {
	case textToken:
		text, ok := unescape(t.text)
		if !ok {
			return v, at(p.text, t.pos, MalformedQuery, "Invalid string literal '%s'. Illegal character sequence in string literal.", t.text)
		}
		v.kind, v.text = textLiteral, text
	case numberToken:
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return v, p.unexpected()
		}
		v.kind, v.number = numberLiteral, n
	case dateToken:
		v.kind = dateLiteral
	case dateTimeToken:
		v.kind = dateTimeLiteral
	case nameToken:
		return p.namedLiteral(v)
	default:
		return v, p.unexpected()
	}
	p.next++
	return v, nil
}

// namedLiteral reads null, true, false and the date literals.
func (p *parser) namedLiteral(v literal) (literal, *Error) {
	v.text = strings.ToUpper(v.text)
	switch v.text {
	case "NULL":
		v.kind = nullLiteral
	case "TRUE", "FALSE":
		v.kind, v.truth = boolLiteral, v.text == "TRUE"
	default:
		counted, known := rangeNames()[v.text]
		if !known {
			return v, p.unexpected()
		}
		v.kind = rangeLiteral
		p.next++
		if !counted {
			return v, nil
		}
		if err := p.expectSymbol(":"); err != nil {
			return v, err
		}
		n, err := p.natural()
		if err == nil && n > 100_000 {
			err = at(p.text, v.pos, MalformedQuery, "%s:%d is too far away", v.text, n)
		}
		v.n = n
		return v, err
	}
	p.next++
	return v, nil
}
