package mapping

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// JoinSpec says how the records of several CRM connections make one person, or one company. A record is joined with those
// of other connections that a link names, else with those of the same identity.
type JoinSpec struct {
	Connections []string             // in the order of the model file
	Identities  map[string]string    // by connection: the field that says who a person, or which company, is, "" for none
	Writes      map[string]WriteSpec // by connection
	Links       []LinkSpec
}

// LinkSpec is a field of one connection's records that holds the id of the same person's, or company's, record in another:
// HubSpot's salesforcecontactid.
type LinkSpec struct {
	Path       string
	Connection string // whose records have the field
	Field      string
	To         string // the connection whose record ids it holds
}

// Link names a record of another connection.
type Link struct{ Connection, ID string }

// Part is what one connection knows of a person, or of a company, by its own names of fields and sources.
type Part struct {
	Connection string
	Person     crm.Fields // nil for a company
	Company    crm.Fields // of a person nil when there is none
	Members    []Member   // of a company, as Share made them
	Owner      *crm.Owner // nil when the record has none
	Memory     []byte     // what Remember of this connection's view returned
	Activities []Activity
}

// For is the mapper as one connection sees it: what it reads, remembers and writes is that connection's share, by the
// connection's own names. What it makes of a whole Input is the same for all. With one connection it is the mapper itself.
func (m *Mapper) For(connection string) *Mapper {
	j := m.spec.Joined
	if j == nil {
		return m
	}
	view := *m
	view.connection = connection
	view.spec.Identity, view.spec.Write = j.Identities[connection], j.Writes[connection]
	view.stage = stageField(view.spec.Write)
	return &view
}

// Connections are those people are joined from; nil when there is one.
func (m *Mapper) Connections() []string {
	if m.spec.Joined == nil {
		return nil
	}
	return slices.Clone(m.spec.Joined.Connections)
}

// ConnectionOf is the connection a kind of activity comes from, "" with one connection or for a kind there is not.
func (m *Mapper) ConnectionOf(activity string) string {
	if m.spec.Joined == nil {
		return ""
	}
	for _, a := range m.spec.Activities {
		if a.Name == activity {
			connection, _, _ := strings.Cut(a.From+a.Count+a.Last, ".")
			if a.From == Counter {
				connection, _, _ = strings.Cut(a.Count+a.Last, ".")
			}
			return connection
		}
	}
	return ""
}

// Own gives the fields of one of the connection's own people the names that Input has.
func (m *Mapper) Own(person crm.Fields) crm.Fields {
	if m.connection == "" {
		return person
	}
	return qualify(make(crm.Fields, len(person)), m.connection, person)
}

// OwnName takes the connection's own name off a field or source of Input.
func (m *Mapper) OwnName(name string) string {
	name, _ = m.ours(name)
	return name
}

// Join puts together what several connections know of one person or company. The order of the parts does not matter, but
// that of somebody who belongs to a company in several connections, the first is named.
func (m *Mapper) Join(parts []Part) Input {
	var in Input
	if m.own() == crm.People {
		in.Person = crm.Fields{}
	}
	for _, p := range parts {
		in.Members = joinMembers(in.Members, p.Connection, p.Members)
		if p.Owner != nil {
			if in.Owners == nil {
				in.Owners = map[string]*crm.Owner{}
			}
			in.Owners[p.Connection] = p.Owner
		}
		qualify(in.Person, p.Connection, p.Person)
		if p.Company != nil {
			if in.Company == nil {
				in.Company = crm.Fields{}
			}
			qualify(in.Company, p.Connection, p.Company)
		}
		in.Memory = joinMemory(in.Memory, p.Memory)
		for _, a := range p.Activities {
			a.Source = p.Connection + "." + a.Source
			in.Activities = append(in.Activities, a)
		}
	}
	slices.SortStableFunc(in.Activities, func(a, b Activity) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
	})
	return in
}

// joinMemory puts the memories of several views into one: each remembers counters of its own.
func joinMemory(a, b []byte) []byte {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0 || b[0] != memoryFormat:
		return a
	}
	return append(slices.Clone(a), b[1:]...)
}

func qualify(into crm.Fields, connection string, fields crm.Fields) crm.Fields {
	for name, value := range fields {
		into[connection+"."+name] = value
	}
	return into
}

// Links are the records of other connections that a record of the connection's own says are the same person or company.
// There may be several of one connection: a lead and a contact.
func (m *Mapper) Links(record crm.Fields) []Link {
	var found []Link
	for _, l := range m.links() {
		if link := (Link{l.To, longID(strings.TrimSpace(record[l.Field]))}); link.ID != "" && !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	return found
}

// GivesWay says whether a record stands back where a link names another one as well: a Salesforce lead, whose key prefix is
// 00Q, stands back behind a contact.
// https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm
func GivesWay(id string) bool { return len(id) == 18 && strings.HasPrefix(id, "00Q") }

// longID gives a Salesforce id of 15 characters its last three, which tell upper from lower case; any other id stays.
// https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm
func longID(id string) string {
	if len(id) != 15 {
		return id
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	var check [3]byte
	digits := 0
	for i := range 15 {
		c := id[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		default:
			return id
		}
		if i%5 == 0 {
			check[i/5] = 0
		}
		if c >= 'A' && c <= 'Z' {
			check[i/5] |= 1 << (i % 5)
		}
	}
	if digits == 15 { // a number of another CRM
		return id
	}
	for i := range check {
		check[i] = letters[check[i]]
	}
	return id + string(check[:])
}

// links are those that start from the connection.
func (m *Mapper) links() []LinkSpec {
	if m.spec.Joined == nil || m.connection == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.spec.Joined.Links), func(l LinkSpec) bool { return l.Connection != m.connection })
}

// WithoutLinks drops the fields that only say which record of another connection is the same person.
func (m *Mapper) WithoutLinks(person crm.Fields) crm.Fields {
	links := m.links()
	if len(links) == 0 {
		return person
	}
	kept := maps.Clone(person)
	for _, l := range links {
		if !m.maps(m.qualified(l.Field)) {
			delete(kept, l.Field)
		}
	}
	return kept
}

// sharedPrefix marks the identity of a mailbox that several people may read, and a domain that several companies use.
const sharedPrefix = "shared:"

// IdentityOf is the hash by which a person of this identity is found: see IdentityHash. Where several connections are
// joined, a mailbox several people may read is marked, so that nobody is joined by it. Companies: see companyIdentity.
func (m *Mapper) IdentityOf(identity string) string {
	if m.own() == crm.Companies {
		return companyIdentity(identity)
	}
	hash := IdentityHash(identity)
	if hash != "" && m.spec.Joined != nil && sharedMailbox(identity) {
		return sharedPrefix + hash
	}
	return hash
}

// Joins reports whether an identity stands for one person or company, so that records of several connections are joined by it.
func Joins(identity string) bool { return identity != "" && !strings.HasPrefix(identity, sharedPrefix) }

// sharedMailbox tells an address of a role, such as info@, from one of a person (RFC 2142 names the first of these).
func sharedMailbox(address string) bool {
	local, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !ok {
		return false
	}
	local, _, _ = strings.Cut(local, "+")
	switch local {
	case "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "webmaster", "www",
		"contact", "contacts", "hello", "office", "admin", "administration", "mail", "team", "service", "billing", "accounting",
		"hr", "jobs", "career", "careers", "press", "newsletter", "noreply", "no-reply", "reception", "orders", "purchasing",
		"accueil", "bonjour", "commercial", "compta", "comptabilite", "direction", "facturation", "rh", "recrutement",
		"secretariat", "vente", "ventes", "achats", "mairie":
		return true
	}
	return false
}

// qualified is the name Input has for a field or source of the connection's own.
func (m *Mapper) qualified(name string) string {
	if m.connection == "" || name == "" {
		return name
	}
	return m.connection + "." + name
}

// ours gives a name of Input back as the connection's own; ours is false for those of other connections.
func (m *Mapper) ours(name string) (own string, ours bool) {
	if m.connection == "" {
		return name, true
	}
	return strings.CutPrefix(name, m.connection+".")
}

func stageField(w WriteSpec) string {
	for _, f := range w.Fields {
		if f.Key == KeyLifecycle {
			return f.Field
		}
	}
	return ""
}

// joinedPlace reads where a value comes from, with its connection when there are several.
func (c *compiler) joinedPlace(text string) (place, error) {
	if c.mapper.spec.Joined == nil {
		return parsePlace(text)
	}
	connection, rest, ok := c.cut(text)
	if !ok {
		return place{}, fmt.Errorf("%q does not say in which connection", text)
	}
	p, err := parsePlace(rest)
	if err != nil {
		return p, err
	}
	p.connection, p.field = connection, connection+"."+p.field
	return p, nil
}

// cut takes the connection off a name.
func (c *compiler) cut(text string) (connection, rest string, ok bool) {
	connection, rest, _ = strings.Cut(text, ".")
	return connection, rest, rest != "" && slices.Contains(c.mapper.spec.Joined.Connections, connection)
}

// source takes the connection off a source of activity.
func (c *compiler) source(text string) (string, bool) {
	if c.mapper.spec.Joined == nil {
		return text, true
	}
	_, rest, ok := c.cut(text)
	return rest, ok
}

// person takes the connection off a field of the person, and reports one that has none.
func (c *compiler) person(field, path string) string {
	if c.mapper.spec.Joined == nil || field == "" {
		return field
	}
	_, rest, ok := c.cut(field)
	if !ok {
		c.problem(path, fmt.Sprintf("%q does not say in which connection", field), c.joinedHint())
	}
	return rest
}

func (c *compiler) joinedHint() string {
	j := c.mapper.spec.Joined
	return fmt.Sprintf("write the connection before it, such as %s., or add connection: %s", j.Connections[0], j.Connections[len(j.Connections)-1])
}

// joined checks what each connection has of its own.
func (c *compiler) joined(s Spec) {
	j := s.Joined
	for _, set := range append([][]Condition{s.SkipIf}, s.SkipSets...) {
		for _, condition := range set {
			c.person(condition.Field, "$.privacy.skip_if."+condition.Field)
		}
	}
	for _, field := range s.Override.fields() {
		c.person(field, overridePath)
	}
	for _, l := range j.Links {
		if !slices.Contains(j.Connections, l.Connection) || !slices.Contains(j.Connections, l.To) || l.Connection == l.To {
			c.problem(l.Path, fmt.Sprintf("a link goes from one connection to another, not from %q to %q", l.Connection, l.To),
				"the connections are "+strings.Join(j.Connections, ", "))
		}
	}
	for _, connection := range j.Connections {
		view := c.mapper.For(connection)
		each := &compiler{mapper: view}
		each.write(view.spec.Write)
		c.problems = append(c.problems, each.problems...)
	}
	c.mapper.spec.Write = j.Writes[j.Connections[0]] // the language and the derived attributes are the same for all
}
