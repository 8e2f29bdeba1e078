package worker

import (
	"context"
	"time"

	"github.com/bareme/bareme/crm"
)

// CompareCompanies is Compare for the companies of the snapshot: each of the two models of companies is fed by the people as
// the model of people beside it scores them (Contender.People). Only people who have a share in the snapshot take part.
func (w *Worker) CompareCompanies(ctx context.Context, old, now Contender, examples int) (Comparison, error) {
	for _, k := range []*Contender{&old, &now} {
		people := *k.People
		if err := w.fitContender(ctx, &people); err != nil {
			return Comparison{}, err
		}
		k.People = &people
	}
	firms := w.OfCompanies()
	for _, k := range []*Contender{&old, &now} {
		if err := firms.fitContender(ctx, k); err != nil {
			return Comparison{}, err
		}
	}
	return firms.compare(ctx, old, now, examples, func(c *comparing, page []Inputs) error {
		found, err := w.membersOf(ctx, page)
		if err != nil {
			return err
		}
		for _, k := range []*contender{&c.old, &c.new} {
			k.shares = make(map[Link][]byte, len(found))
			for link, in := range found {
				k.shares[link] = k.share(w.in(link.Connection), in, c.out.At)
			}
		}
		return nil
	})
}

// in is the worker as it would be of another connection.
func (w *Worker) in(connection string) *Worker {
	there := *w
	there.Connection, there.Mapper = connection, w.Mapper.For(connection)
	return &there
}

// membersOf reads the people of a page of companies, with all that is known of them, by their records.
func (w *Worker) membersOf(ctx context.Context, page []Inputs) (map[Link]*Inputs, error) {
	ids := map[string][]string{}
	for i := range page {
		for _, m := range page[i].Members {
			ids[w.Connection] = append(ids[w.Connection], m.ID)
		}
		for _, p := range page[i].Peers {
			for _, m := range p.Members {
				ids[p.Connection] = append(ids[p.Connection], m.ID)
			}
		}
	}
	found := map[Link]*Inputs{}
	for connection, list := range ids {
		there := w.in(connection)
		all, err := w.Store.InputsOf(ctx, PeopleOf(connection), list)
		if all, err = there.joined(ctx, all, err); err != nil {
			return nil, err
		}
		for i := range all {
			found[Link{Connection: connection, ID: all[i].Record.ID}] = &all[i]
		}
	}
	return found, nil
}

// share is what a person adds to their company as this model scores them.
func (k *contender) share(w *Worker, in *Inputs, now time.Time) []byte {
	people := k.People
	input := w.input(*in, nil)
	if _, skip := people.Mapper.Skip(facts(*in, input)); skip {
		return nil
	}
	people.Mapper.Subject(input, now, &k.subject)
	if _, skip := people.Mapper.Lapsed(&input, &k.subject, now); skip {
		return nil
	}
	people.Model.ScoreFrom(&k.subject, people.Mapper.Stage(in.Shown), now, &k.result)
	return k.Mapper.Share(people.Model, &k.result, people.Decimals, w.person(*in))
}

// fed is a company with its people as this model of people scores them; a person is as they are.
func (k *contender) fed(connection string, in Inputs) Inputs {
	if k.People == nil {
		return in
	}
	in.Members = k.feed(connection, in.Members)
	peers := make([]Peer, len(in.Peers))
	for i, p := range in.Peers {
		peers[i] = Peer{p.Connection, k.fed(p.Connection, p.Inputs)}
	}
	in.Peers = peers
	return in
}

func (k *contender) feed(connection string, members []Member) (out []Member) {
	for _, m := range members {
		if share := k.shares[Link{Connection: connection, ID: m.ID}]; len(share) > 0 {
			out = append(out, Member{m.ID, share})
		}
	}
	return out
}

// heldBy are the fields of the snapshot an object's fields are looked for in, nil where they are those of activity.
func (c *comparing) heldBy(object string, in *Inputs) crm.Fields {
	switch {
	case object == c.w.of().Object:
		return in.Record.Fields
	case object == crm.Companies && in.Company != nil:
		return in.Company.Fields
	}
	return nil
}
