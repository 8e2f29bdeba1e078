package hubspot

import "slices"

// associate links two records both ways. A primary company replaces the former primary one.
func (s *Sandbox) associate(from *table, a *row, to *table, b *row, primary bool) {
	if primary && to.kind == companies {
		for i := range a.links {
			if a.links[i].kind == companies {
				a.links[i].primary = false
			}
		}
	}
	put(a, link{to: b.id, kind: to.kind, primary: primary})
	put(b, link{to: a.id, kind: from.kind, primary: primary})
	if primary && from.kind == contacts && to.kind == companies {
		slot := from.props["associatedcompanyid"].slot
		s.relink(a, slot, itoa(b.id))
	}
}

// relink sets the property that names the primary company, with its history.
func (s *Sandbox) relink(r *row, slot uint16, id string) {
	if old := r.values.get(slot); old != id {
		r.keepHistory(slot, old, id, s.Now().UnixMilli(), s.source(Source{Type: "CRM_UI"}))
		r.values = r.values.with(map[uint16]string{slot: id})
	}
}

func put(r *row, l link) {
	i := slices.IndexFunc(r.links, func(x link) bool { return x.kind == l.kind && x.to == l.to })
	if i < 0 {
		r.links = append(r.links, l)
		return
	}
	r.links[i].primary = r.links[i].primary || l.primary
}

// dissociate removes the link between two records.
func (s *Sandbox) dissociate(from *table, a *row, to *table, toID int64) {
	same := func(k kind, id int64) func(link) bool {
		return func(l link) bool { return l.kind == k && l.to == id }
	}
	a.links = slices.DeleteFunc(a.links, same(to.kind, toID))
	if b := to.find(toID); b != nil {
		b.links = slices.DeleteFunc(b.links, same(from.kind, a.id))
	}
	if from.kind == contacts && to.kind == companies {
		slot := from.props["associatedcompanyid"].slot
		if a.values.get(slot) == itoa(toID) {
			s.relink(a, slot, "")
		}
	}
}

// linkType is HubSpot's number for a kind of association.
type linkType struct{ plain, primary int }

// linkTypes are the association types HubSpot defines between the objects served here, by from and to; zero: none.
var linkTypes = defineLinkTypes()

func linkTypeOf(from, to kind) linkType { return linkTypes[from][to] }

func defineLinkTypes() (types [kinds][kinds]linkType) {
	both := func(a, b kind, there, back linkType) { types[a][b], types[b][a] = there, back }
	plain := func(n int) linkType { return linkType{plain: n} }
	both(contacts, companies, linkType{279, 1}, linkType{280, 2})
	both(deals, companies, linkType{341, 5}, linkType{342, 6})
	both(contacts, deals, plain(4), plain(3))
	types[contacts][contacts], types[companies][companies] = plain(449), plain(450)
	// From contact, company or deal to an activity; the way back is the number after.
	for activity, n := range map[kind][3]int{
		calls: {193, 181, 205}, emails: {197, 185, 209}, meetings: {199, 187, 211}, notes: {201, 189, 213}, tasks: {203, 191, 215},
	} {
		both(contacts, activity, plain(n[0]), plain(n[0]+1))
		both(companies, activity, plain(n[1]), plain(n[1]+1))
		both(deals, activity, plain(n[2]), plain(n[2]+1))
	}
	both(contacts, communications, plain(82), plain(81))
	both(companies, communications, plain(88), plain(87))
	both(deals, communications, plain(86), plain(85))
	return types
}
