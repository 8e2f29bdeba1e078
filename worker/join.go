package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
)

// A person whom several connections know has a record in each. Each record is mapped from all of them together, so that
// every CRM shows the same score; what is pulled, planned, written and kept in the ledger stays each record's own.

// Peer is the record of another connection that is the same person.
type Peer struct {
	Connection string
	Inputs
}

// others are the connections whose people may be this one's; none when one connection stands alone.
func (w *Worker) others() []string {
	return slices.DeleteFunc(w.Mapper.Connections(), func(name string) bool { return name == w.Connection })
}

// learner is the connection from whose people scores learn, for all of them: the one that knows the purchases.
func (w *Worker) learner() string {
	if len(w.others()) > 0 {
		for _, activity := range w.Model.LearnsFrom() {
			if connection := w.Mapper.ConnectionOf(activity); connection != "" {
				return connection
			}
		}
	}
	return w.Connection
}

// joined reads a page of inputs together with what other connections know of the same people.
func (w *Worker) joined(ctx context.Context, page []Inputs, err error) ([]Inputs, error) {
	others := w.others()
	if err != nil || len(page) == 0 || len(others) == 0 {
		return page, err
	}
	ids := make([]string, len(page))
	for i := range page {
		ids[i] = page[i].Record.ID
	}
	kin, err := w.Store.Kin(ctx, w.Connection, others, ids)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]string{}
	same := make(map[string][]Kin, len(kin))
	for i := range page {
		id := page[i].Record.ID
		same[id], page[i].Disputed = peers(w.Connection, kin[id])
		for _, k := range same[id] {
			wanted[k.Connection] = append(wanted[k.Connection], k.ID)
		}
	}
	found := map[Link]Inputs{}
	for connection, ids := range wanted {
		list, err := w.Store.InputsOf(ctx, PeopleOf(connection), ids)
		if err != nil {
			return nil, err
		}
		for _, in := range list {
			found[Link{Connection: connection, ID: in.Record.ID}] = in
		}
	}
	for i := range page {
		for _, k := range same[page[i].Record.ID] {
			if in, ok := found[Link{Connection: k.Connection, ID: k.ID}]; ok {
				page[i].Peers = append(page[i].Peers, Peer{k.Connection, in})
			}
		}
	}
	return page, nil
}

// dirtyPage is a page of people to be mapped, with all that is known of them.
func (w *Worker) dirtyPage(ctx context.Context, after string, limit int) ([]Inputs, error) {
	page, err := w.Store.Dirty(ctx, w.of(), after, limit)
	return w.joined(ctx, page, err)
}

// inputsPage is a page of everybody, with all that is known of them.
func (w *Worker) inputsPage(ctx context.Context, after string, limit int) ([]Inputs, error) {
	page, err := w.Store.Inputs(ctx, w.of(), after, limit)
	return w.joined(ctx, page, err)
}

// parts are what each connection knows of a person.
func (w *Worker) parts(in Inputs) []mapping.Part {
	parts := []mapping.Part{part(w.Connection, in)}
	for _, p := range in.Peers {
		parts = append(parts, part(p.Connection, p.Inputs))
	}
	return parts
}

func part(connection string, in Inputs) mapping.Part {
	p := mapping.Part{Connection: connection, Person: in.Record.Fields, Memory: in.Record.Memory, Activities: activities(in)}
	if in.Company != nil {
		p.Company = in.Company.Fields
	}
	return p
}

func activities(in Inputs) []mapping.Activity {
	list := make([]mapping.Activity, len(in.Activities))
	for i, a := range in.Activities {
		list[i] = mapping.Activity{Source: a.Source, Activity: a.Activity}
	}
	return list
}

// markKin makes dirty everybody who may be one of these people, here and elsewhere, before these change or leave: whom
// they were joined with may stand alone from then on, or be joined with somebody else.
func (w *Worker) markKin(ctx context.Context, ids []string) error {
	others := w.others()
	if len(others) == 0 || len(ids) == 0 {
		return nil
	}
	kin, err := w.Store.Kin(ctx, w.Connection, others, ids)
	if err != nil {
		return err
	}
	marked := map[string][]string{}
	for _, list := range kin {
		for _, k := range list {
			marked[k.Connection] = append(marked[k.Connection], k.ID)
		}
	}
	for connection, ids := range marked {
		if err := w.Store.MarkDirty(ctx, PeopleOf(connection), ids); err != nil {
			return err
		}
	}
	return nil
}

// saveRecords stores a page of a pull.
func (w *Worker) saveRecords(ctx context.Context, page RecordPage) error {
	if page.Object == crm.People {
		ids := slices.Clone(page.Gone)
		for i := range page.Changed {
			ids = append(ids, page.Changed[i].ID)
		}
		if err := w.markKin(ctx, ids); err != nil {
			return err
		}
	}
	return w.Store.SaveRecords(ctx, page)
}

// forget has the store forget records or activity.
func (w *Worker) forget(ctx context.Context, object string, ids []string) error {
	if object == crm.People {
		if err := w.markKin(ctx, ids); err != nil {
			return err
		}
	}
	return w.Store.Forget(ctx, w.Connection, object, ids)
}

// spread makes dirty everybody who may be one of the dirty people of this connection: whatever changed about those changes
// the score of the other records too. It is done after every pull and before anything is scored.
func (w *Worker) spread(ctx context.Context) error {
	if len(w.others()) == 0 {
		return nil
	}
	after := ""
	for {
		page, err := w.Store.Dirty(ctx, w.of(), after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		ids := make([]string, len(page))
		for i := range page {
			ids[i] = page[i].Record.ID
		}
		if err := w.markKin(ctx, ids); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// Same finds a person by record id or address, and names the records of other connections that are the same person.
func (w *Worker) Same(ctx context.Context, who string) (id string, same []Link, err error) {
	if id, err = w.find(ctx, who); err != nil {
		return "", nil, err
	}
	others := w.others()
	if len(others) == 0 || w.object == crm.Companies {
		return id, nil, nil
	}
	kin, err := w.Store.Kin(ctx, w.Connection, others, []string{id})
	if err != nil {
		return id, nil, err
	}
	certain, _ := peers(w.Connection, kin[id])
	for _, k := range certain {
		same = append(same, Link{Connection: k.Connection, ID: k.ID})
	}
	return id, same, nil
}

// Joining counts how the people of a connection are joined with those of others, and lists those who are not because too
// many records could be the same person.
type Joining struct {
	Connection string     `json:"connection"`
	People     int        `json:"people"`
	ByLink     int        `json:"by_link"`     // joined because a link says so
	ByIdentity int        `json:"by_identity"` // joined by the identity
	Alone      int        `json:"alone"`       // known to this connection only
	Shared     int        `json:"shared"`      // of those: a mailbox that several people may read
	Disputed   []Disputed `json:"disputed"`    // not joined
}

// Disputed is a person and the records that could be the same one.
type Disputed struct {
	ID  string `json:"id"`
	Kin []Link `json:"kin"`
}

// Joining looks at everybody in the snapshot.
func (w *Worker) Joining(ctx context.Context) (Joining, error) {
	j := Joining{Connection: w.Connection, Disputed: []Disputed{}}
	after := ""
	for {
		page, err := w.Store.Inputs(ctx, w.of(), after, chunk)
		if err != nil || len(page) == 0 {
			return j, err
		}
		ids := make([]string, len(page))
		for i := range page {
			ids[i] = page[i].Record.ID
		}
		kin, err := w.Store.Kin(ctx, w.Connection, w.others(), ids)
		if err != nil {
			return j, err
		}
		for i := range page {
			j.count(w.Connection, page[i].Record, kin[ids[i]])
		}
		after = ids[len(ids)-1]
	}
}

func (j *Joining) count(connection string, record Snapshot, kin []Kin) {
	j.People++
	same, disputed := peers(connection, kin)
	switch {
	case disputed:
		d := Disputed{ID: record.ID}
		for _, k := range kin {
			d.Kin = append(d.Kin, Link{Connection: k.Connection, ID: k.ID})
		}
		j.Disputed = append(j.Disputed, d)
	case len(same) == 0:
		j.Alone++
		if record.Identity != "" && !Joins(record.Identity) {
			j.Shared++
		}
	case slices.ContainsFunc(same, func(k Kin) bool { return k.Linked }):
		j.ByLink++
	default:
		j.ByIdentity++
	}
}
