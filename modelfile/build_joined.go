package modelfile

import (
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
)

// identityField is what each CRM calls a person's e-mail address, and a company's web address.
func identityField(of, object string) string {
	switch {
	case object == crm.Companies && of == "salesforce":
		return "Website"
	case object == crm.Companies:
		return "domain"
	case of == "salesforce":
		return "Email"
	}
	return defaultIdentity
}

// identity reads who a person, or which company, is, and whether several connections are joined.
func (b *builder) identity(s *mapping.Spec, root *node) {
	var all []Connection
	for _, item := range itemsOf(root.get("connections")) {
		all = append(all, Connection{Name: textOf(item.get("name")), CRM: textOf(item.get("crm"))})
	}
	n := root.get("identity")
	if len(all) < 2 {
		if s.Object == crm.Companies {
			if n != nil {
				b.add(n.span(b.src), "companies have an identity, and there is one connection", "Remove it: companies are found by their id.")
			}
			return
		}
		s.Identity = defaultIdentity
		if len(all) == 1 {
			s.Identity = identityField(all[0].CRM, s.Object)
		}
		switch {
		case n != nil && n.kind == mapNode:
			b.add(n.span(b.src), "identity has keys, and there is one connection", "Write the field that says who a person is: identity: "+s.Identity+".")
		case n != nil:
			s.Identity = n.text
		}
		return
	}
	b.join(s, all, n, root)
}

func (b *builder) join(s *mapping.Spec, all []Connection, n, root *node) {
	j := &mapping.JoinSpec{Identities: map[string]string{}, Writes: map[string]mapping.WriteSpec{}}
	s.Joined = j
	for i, c := range all {
		item := root.get("connections").items[i]
		switch {
		case s.Object == crm.Companies: // it was said of people
		case slices.Contains(j.Connections, c.Name):
			b.add(item.get("name").span(b.src), "two connections are called "+quote(c.Name), "Give each its own name.")
		case c.CRM == "file":
			b.add(item.get("crm").span(b.src), "a spreadsheet cannot be joined with a CRM", "Keep it in a model file of its own, for bareme score.")
		case c.Name == "company" || c.Name == "owner":
			b.add(item.get("name").span(b.src), quote(c.Name)+" before a field means something else", "Give the connection another name.")
		}
		j.Connections = append(j.Connections, c.Name)
		j.Identities[c.Name] = identityField(c.CRM, s.Object)
	}
	if n == nil {
		return
	}
	if n.kind == scalarNode {
		for _, c := range all {
			if !strings.EqualFold(n.text, defaultIdentity) {
				j.Identities[c.Name] = n.text
			}
		}
		return
	}
	for _, e := range entriesOf(n.get("by")) {
		b.known(e.key, j)
		j.Identities[e.key.text] = e.value.text
	}
	for _, e := range entriesOf(n.get("links")) {
		from, field, _ := strings.Cut(e.key.text, ".")
		j.Links = append(j.Links, mapping.LinkSpec{Path: child("$.identity.links", e.key.text), Connection: from, Field: field, To: e.value.text})
	}
}

// known reports a name that is no connection's.
func (b *builder) known(n *node, j *mapping.JoinSpec) {
	if !slices.Contains(j.Connections, n.text) {
		b.add(n.span(b.src), "there is no connection "+quote(n.text), "Connections are "+listing(j.Connections)+".")
	}
}

// joinFields writes the connection of an entry before each of its fields that has none.
func (b *builder) joinFields(s *mapping.Spec, root *node) {
	people := root.get("people")
	for i := range s.Attributes {
		a := &s.Attributes[i]
		if of := b.connectionOf(s, people.get("attributes").get(a.Name)); of != "" {
			for k := range a.From {
				a.From[k] = prefixed(s.Joined, of, a.From[k])
			}
			a.CurrencyFrom, a.FirstName.Sex = prefixed(s.Joined, of, a.CurrencyFrom), prefixed(s.Joined, of, a.FirstName.Sex)
		}
	}
	for i := range s.Activities {
		a := &s.Activities[i]
		of := b.connectionOf(s, people.get("activity").get(a.Name))
		if s.Joined == nil {
			continue
		}
		if a.From == mapping.Counter {
			a.Count, a.Last = prefixed(s.Joined, of, a.Count), prefixed(s.Joined, of, a.Last)
		} else {
			a.From = prefixed(s.Joined, of, a.From)
		}
	}
}

// connectionOf reads the connection of an attribute or a kind of activity, "" when it has none.
func (b *builder) connectionOf(s *mapping.Spec, n *node) string {
	c := n.get("connection")
	if c == nil {
		return ""
	}
	if s.Joined == nil {
		b.add(c.span(b.src), "there is one connection, and everything belongs to it", "Remove the key connection.")
		return ""
	}
	b.known(c, s.Joined)
	return c.text
}

func prefixed(j *mapping.JoinSpec, connection, field string) string {
	first, _, dotted := strings.Cut(field, ".")
	if connection == "" || field == "" || dotted && slices.Contains(j.Connections, first) {
		return field
	}
	return connection + "." + field
}

// joinedWrites reads what each connection is shown. One that is not named is shown nothing.
func (b *builder) joinedWrites(p *Part, n *node, object string) {
	j := p.Mapping.Joined
	if n == nil {
		return
	}
	named := n.get(object)
	for _, e := range entriesOf(named) {
		if e.value.kind != mapNode {
			b.add(e.key.span(b.src), object+": "+quote(e.key.text)+" does not say in which connection", "Write the fields of each connection under its name: "+j.Connections[0]+": {score: …}.")
			return
		}
		b.known(e.key, j)
	}
	for _, connection := range j.Connections {
		w := mapping.WriteSpec{Path: child("$.write.people", connection), Language: "en"}
		b.target(p, &w, n, named.get(connection), object)
		j.Writes[connection] = w
	}
	p.Mapping.Write = j.Writes[j.Connections[0]]
}

// For is the file as one of its connections sees it: what is needed, written and validated is that connection's. With
// one connection it is the file itself.
func (f *File) For(connection string) *File {
	if f.Mapping.Joined == nil {
		return f
	}
	view := *f
	view.Mapper = f.Mapper.For(connection)
	if f.Companies != nil {
		own := *f.Companies
		own.Mapper = own.Mapper.For(connection)
		view.Companies = &own
	}
	return &view
}
