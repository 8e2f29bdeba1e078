package modelfile

import (
	"strconv"
	"unicode/utf8"

	"github.com/bareme/bareme/nearest"
)

// checker compares a tree with the shapes and collects every problem, so that one reading is enough.
type checker struct {
	src      lines
	problems []located
}

func (c *checker) add(s span, message, hint string) {
	c.problems = append(c.problems, located{span: s, message: message, hint: hint})
}

// check compares one value with its shape; label is how messages call the value.
func (c *checker) check(n *node, s *shape, label string) {
	if n.kind == nullNode {
		c.add(n.span(c.src), label+" has no value", "Write its value ("+s.words()+"), or remove the line.")
		return
	}
	switch s.kind {
	case object:
		c.object(n, s, label)
	case list:
		c.list(n, s, label)
	case dictionary:
		c.dictionary(n, s, label)
	case numbers:
		c.list(n, &shape{kind: list, item: aNumber, filled: s.filled}, label)
	case texts:
		if n.kind == listNode {
			c.list(n, &shape{kind: list, item: &shape{kind: anyText, empty: s.empty}, filled: true}, label)
			return
		}
		c.scalar(n, s, label)
	case table, target:
		if n.kind == mapNode {
			c.dictionary(n, &shape{kind: dictionary, item: aText, filled: true}, label)
			return
		}
		c.scalar(n, s, label)
	case either:
		c.check(n, s.form(n), label)
	case fieldRules:
		if n.kind == listNode {
			c.list(n, &shape{kind: list, item: fieldSets, filled: true}, label)
			return
		}
		c.check(n, fieldSets, label)
	default:
		c.scalar(n, s, label)
	}
}

func (c *checker) wrong(n *node, s *shape, label string) {
	sp := n.span(c.src)
	hint := "Write a " + s.words() + "."
	switch s.kind {
	case object:
		hint = "Write keys below it, indented by two spaces: " + listing(s.keys()) + "."
	case list, numbers:
		hint = "Write its items between [ and ], or one per line, each after a dash."
	case dictionary:
		hint = "Write names with their values below it, indented by two spaces."
	case choice:
		hint = "Write " + s.words() + "."
	case condition:
		hint = `Put the condition in single quotes, as in when: 'country in ["FR", "BE"]'.`
	}
	c.add(sp, label+" should be a "+s.words()+", not "+n.describe(), hint)
}

func (c *checker) scalar(n *node, s *shape, label string) {
	if n.kind != scalarNode {
		c.wrong(n, s, label)
		return
	}
	if secretValue.MatchString(n.text) {
		c.secret(n.span(c.src), label)
		return
	}
	if message, hint := s.checkScalar(n.text); message != "" {
		c.add(n.span(c.src), label+": "+message, hint)
	}
}

func (c *checker) list(n *node, s *shape, label string) {
	if n.kind != listNode {
		c.wrong(n, s, label)
		return
	}
	if s.filled && len(n.items) == 0 {
		c.add(n.span(c.src), label+" is empty", "Write at least one item, or remove the line.")
	}
	if s.most > 0 && len(n.items) > s.most {
		c.add(n.items[s.most].span(c.src), label+" holds more than "+itoa(s.most), "Keep "+itoa(s.most)+".")
	}
	for _, item := range n.items {
		c.check(item, s.item, label)
	}
}

func (c *checker) object(n *node, s *shape, label string) {
	if n.kind != mapNode {
		c.wrong(n, s, label)
		return
	}
	for _, e := range n.entries {
		f := s.field(e.key.text)
		if f == nil {
			c.unknown(e.key, s)
			continue
		}
		c.check(e.value, f.shape, f.key)
	}
	for _, f := range s.fields {
		if f.required && n.get(f.key) == nil {
			hint := "Add it."
			if f.example != "" {
				hint = "Add it, as in " + f.key + ": " + f.example
			}
			c.add(n.span(c.src), label+" lacks the key "+quote(f.key), hint)
		}
	}
}

// unknown reports a key that does not exist, with the nearest that does.
func (c *checker) unknown(key *node, s *shape) {
	sp := key.span(c.src)
	if secretKey.MatchString(key.text) {
		c.secret(sp, quote(key.text))
		return
	}
	hint := "Known here: " + listing(s.keys()) + "."
	if near := nearest.Name(key.text, s.keys()); near != "" {
		hint = "Did you mean " + quote(near) + "?"
	}
	if key.text == "roll_up" {
		hint = "Companies are made of their people: put it under companies.attributes. A person who depended on it would go in a circle."
	}
	if key.text == "learn" && s == companiesShape {
		hint = "A score is learnt from people alone: write learn at the top of the file, and count what it finds here, as in attributes: {best: {roll_up: learnt, how: max}}. What companies buy is learnt with value."
	}
	c.add(sp, "unknown key "+quote(key.text), hint)
}

func (c *checker) secret(sp span, label string) {
	c.add(sp, label+" looks like a secret, and secrets do not belong in the model file", "Remove it here and at the CRM, where it should be renewed; secrets come from the environment, such as BAREME_HUBSPOT_TOKEN.")
}

func (c *checker) dictionary(n *node, s *shape, label string) {
	if n.kind != mapNode {
		c.wrong(n, s, label)
		return
	}
	if s.filled && len(n.entries) == 0 {
		c.add(n.span(c.src), label+" is empty", "Write at least one name with its value, or remove the line.")
	}
	for _, e := range n.entries {
		if message, hint := checkKey(e.key.text, s.key); message != "" {
			c.add(e.key.span(c.src), label+": "+message, hint)
		}
		c.check(e.value, s.item, e.key.text)
	}
}

func checkKey(text string, k keyKind) (message, hint string) {
	switch k {
	case nameKey:
		return checkName(text)
	case wholeKey:
		if v, err := strconv.Atoi(text); err != nil || v < 1 || !isDigits(text) {
			return quote(text) + " is not a number of times", "Write 1 or more."
		}
	case durationKey:
		return (&shape{kind: duration}).checkScalar(text)
	default:
		if text == "" || utf8.RuneCountInString(text) > 200 {
			return "a name must have between 1 and 200 characters", "Write a shorter one."
		}
	}
	return "", ""
}
