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
		if id := itoa(b.id); a.values.get(slot) != id {
			a.values = a.values.with(map[uint16]string{slot: id})
		}
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
			a.values = a.values.with(map[uint16]string{slot: ""})
		}
	}
}

// linkType is HubSpot's number for a kind of association.
type linkType struct{ plain, primary int }

// linkTypeOf knows the association types HubSpot defines between the objects served here; zero: none.
func linkTypeOf(from, to kind) linkType {
	types := map[[2]kind]linkType{
		{contacts, companies}: {279, 1}, {companies, contacts}: {280, 2},
		{contacts, deals}: {4, 0}, {deals, contacts}: {3, 0},
		{deals, companies}: {341, 5}, {companies, deals}: {342, 6},
		{contacts, contacts}: {449, 0}, {companies, companies}: {450, 0},
	}
	engagements := []struct {
		kind                     kind
		contact, company, dealID int // the type towards the engagement; the way back is the number before
	}{
		{calls, 193, 181, 205}, {emails, 197, 185, 209}, {meetings, 199, 187, 211},
		{notes, 201, 189, 213}, {tasks, 203, 191, 215},
	}
	for _, e := range engagements {
		for k, n := range map[kind]int{contacts: e.contact, companies: e.company, deals: e.dealID} {
			types[[2]kind{k, e.kind}] = linkType{plain: n}
			types[[2]kind{e.kind, k}] = linkType{plain: n + 1}
		}
	}
	types[[2]kind{communications, contacts}] = linkType{plain: 81}
	types[[2]kind{contacts, communications}] = linkType{plain: 82}
	types[[2]kind{communications, companies}] = linkType{plain: 87}
	types[[2]kind{companies, communications}] = linkType{plain: 88}
	types[[2]kind{communications, deals}] = linkType{plain: 85}
	types[[2]kind{deals, communications}] = linkType{plain: 86}
	return types[[2]kind{from, to}]
}
