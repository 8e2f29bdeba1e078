package salesforce

import (
	"context"
	"slices"
	"sync"
)

// outsideLinks reads the people of activities that do not name them themselves: an opportunity's in its contact roles, an
// e-mail's in its recipients and sender.
func (p *pull) outsideLinks(ctx context.Context, part part, rows []row) (map[string][]string, error) {
	switch part.entity {
	case opportunity:
		return p.childIDs(ctx, query{columns: []string{"OpportunityId", "ContactId", "IsPrimary"}, from: role}, "OpportunityId", "ContactId", rows)
	case email:
		return p.childIDs(ctx, query{columns: []string{"EmailMessageId", "RelationId"}, from: recipient}, "EmailMessageId", "RelationId", rows)
	}
	return nil, nil
}

// childIDs lists the ids that child rows hold, by parent; a primary one comes first. An org may hide the child object.
func (p *pull) childIDs(ctx context.Context, q query, parent, column string, rows []row) (map[string][]string, error) {
	d, err := p.c.describe(ctx, q.from)
	if coded(err, codeNoObject) || len(rows) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	q.columns = slices.DeleteFunc(q.columns, func(name string) bool { return !d.has(name) })
	children, err := p.c.byIDs(ctx, p.op, p.o.ours, q, parent, idsOf(rows))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(children, func(a, b row) int { return first(b.is("IsPrimary")) - first(a.is("IsPrimary")) })
	out := make(map[string][]string)
	for _, r := range children {
		id, ok := long(r[parent])
		other, okOther := long(r[column])
		if ok && okOther {
			out[id] = append(out[id], other)
		}
	}
	return out, nil
}

func first(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func idsOf(rows []row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.id()
	}
	return ids
}

// withoutTwins leaves out the e-mail tasks that Salesforce keeps beside an EmailMessage: one e-mail is one activity.
func (p *pull) withoutTwins(ctx context.Context, rows []row) ([]row, error) {
	if _, ok := p.schema.parts[email]; !ok || len(rows) == 0 {
		return rows, nil
	}
	twins, err := p.c.byIDs(ctx, p.op, p.o.ours, query{columns: []string{"ActivityId"}, from: email}, "ActivityId", idsOf(rows))
	if err != nil {
		return nil, err
	}
	twin := make(map[string]bool, len(twins))
	for _, r := range twins {
		if id, ok := long(r["ActivityId"]); ok {
			twin[id] = true
		}
	}
	return slices.DeleteFunc(rows, func(r row) bool { return twin[r.id()] }), nil
}

// mostAccounts bounds how many contacts' accounts are remembered.
const mostAccounts = 100_000

// accounts remembers which account a contact belongs to, as pulls saw it: updates are sent account by account, because
// each locks its account. What is not known only costs a lock now and then.
type accounts struct {
	mu   sync.Mutex
	byID map[string]string
}

func (a *accounts) put(contact, account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID == nil || len(a.byID) >= mostAccounts {
		a.byID = make(map[string]string)
	}
	a.byID[contact] = account
}

func (a *accounts) of(contact string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byID[contact]
}

// remember notes the accounts of contacts.
func (p *pull) remember(part part, rows []row) {
	if part.entity != contact {
		return
	}
	for _, r := range rows {
		if id := r[colAccount]; id != "" {
			p.c.accounts.put(r.id(), id)
		}
	}
}
