package worker

import (
	"context"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
)

// A person, or a company, that several connections know has a record in each. Each record is mapped from all of them
// together, so that every CRM shows the same score; what is pulled, planned, written and kept in the ledger stays each
// record's own.

// Peer is the record of another connection that is the same person or company.
type Peer struct {
	Connection string
	Inputs
}

// others are the connections whose records may be this one's; none when one connection stands alone.
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
	known, err := w.kinships(ctx, ids)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]string{}
	for i := range page {
		v := known[page[i].Record.ID]
		page[i].Disputed = v.disputed
		for _, k := range v.same {
			wanted[k.Connection] = append(wanted[k.Connection], k.ID)
		}
	}
	found := map[Link]Inputs{}
	for connection, ids := range wanted {
		list, err := w.Store.InputsOf(ctx, Population{connection, w.of().Object}, ids)
		if err != nil {
			return nil, err
		}
		for _, in := range list {
			found[Link{Connection: connection, ID: in.Record.ID}] = in
		}
	}
	for i := range page {
		for _, k := range known[page[i].Record.ID].same {
			if in, ok := found[k.link()]; ok {
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

// parts are what each connection knows of a person or company.
func (w *Worker) parts(in Inputs, owners owners) []mapping.Part {
	parts := []mapping.Part{w.part(w.Connection, in, owners)}
	for _, p := range in.Peers {
		parts = append(parts, w.part(p.Connection, p.Inputs, owners))
	}
	return parts
}

func (w *Worker) part(connection string, in Inputs, owners owners) mapping.Part {
	p := mapping.Part{Connection: connection, Memory: in.Record.Memory, Owner: owners.of(connection, in.Record.Owner), Activities: activities(in)}
	if w.object == crm.Companies {
		p.Company, p.Members = in.Record.Fields, members(in.Members)
		return p
	}
	p.Person = in.Record.Fields
	if in.Company != nil {
		p.Company = in.Company.Fields
	}
	return p
}

// person names somebody in all connections: by their record in the first that knows them.
func (w *Worker) person(in Inputs) string {
	records := map[string]string{w.Connection: in.Record.ID}
	for _, p := range in.Peers {
		records[p.Connection] = p.Record.ID
	}
	for _, connection := range w.Mapper.Connections() {
		if id, ok := records[connection]; ok {
			return connection + "/" + id
		}
	}
	return ""
}

func activities(in Inputs) []mapping.Activity {
	list := make([]mapping.Activity, len(in.Activities))
	for i, a := range in.Activities {
		list[i] = mapping.Activity{Source: a.Source, Activity: a.Activity}
	}
	return list
}

// markKin makes dirty every record that may be one of these, here and elsewhere, before these change or leave: what they
// were joined with may stand alone from then on, or be joined with something else.
func (w *Worker) markKin(ctx context.Context, ids []string) error {
	others := w.others()
	if len(others) == 0 || len(ids) == 0 {
		return nil
	}
	kin, err := w.Store.Kin(ctx, w.of(), others, ids)
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
		if err := w.Store.MarkDirty(ctx, Population{connection, w.of().Object}, ids); err != nil {
			return err
		}
	}
	return nil
}

// saveRecords stores a page of a pull.
func (w *Worker) saveRecords(ctx context.Context, page RecordPage) error {
	ids := slices.Clone(page.Gone)
	for i := range page.Changed {
		ids = append(ids, page.Changed[i].ID)
	}
	if err := w.markKinOf(ctx, page.Object, ids); err != nil {
		return err
	}
	return w.Store.SaveRecords(ctx, page)
}

// markKinOf is markKin for people or companies; activity has no kin.
func (w *Worker) markKinOf(ctx context.Context, object string, ids []string) error {
	switch object {
	case crm.People:
		return w.markKin(ctx, ids)
	case crm.Companies:
		if firms := w.OfCompanies(); firms != nil {
			return firms.markKin(ctx, ids)
		}
	}
	return nil
}

// forget has the store forget records or activity.
func (w *Worker) forget(ctx context.Context, object string, ids []string) error {
	if err := w.markKinOf(ctx, object, ids); err != nil {
		return err
	}
	return w.Store.Forget(ctx, w.Connection, object, ids)
}

// spread makes dirty every record that may be one of the dirty ones of this connection: whatever changed about those changes
// the score of the other records too. For people it is done after every pull and before anything is scored, for companies
// once everybody is.
func (w *Worker) spread(ctx context.Context) error {
	if w == nil || len(w.others()) == 0 {
		return nil
	}
	if err := w.followAstray(ctx); err != nil {
		return err
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

// astrayAtOnce is how many links that lead nowhere a run follows.
const astrayAtOnce = 2000

// followAstray asks the CRM about people whom links of other connections name and who are not among those it lists: a lead
// may have become a contact before it was ever pulled. What it answers is remembered, so that it is asked once.
func (w *Worker) followAstray(ctx context.Context) error {
	reader, ok := w.CRM.(crm.Reader)
	if !ok || w.object == crm.Companies {
		return nil
	}
	ids, err := w.Store.Astray(ctx, w.Connection, astrayAtOnce)
	if err != nil || len(ids) == 0 {
		return err
	}
	records, err := reader.Read(ctx, crm.People, ids, nil)
	if err != nil {
		return fmt.Errorf("follow links: %w", err)
	}
	heirs := make(map[string]string, len(ids))
	for _, id := range ids {
		heirs[id] = ""
	}
	var living []string
	for _, rec := range records {
		delete(heirs, rec.ID) // there, and not pulled yet
		for _, id := range rec.Absorbed {
			if _, asked := heirs[id]; asked {
				heirs[id] = rec.ID
				living = append(living, rec.ID)
			}
		}
	}
	if err := w.Store.SaveHeirs(ctx, w.Connection, heirs); err != nil {
		return err
	}
	return w.Store.MarkDirty(ctx, w.of(), living)
}

// Same finds a person or company by record id, a person also by address, and names the records of other connections that are
// the same.
func (w *Worker) Same(ctx context.Context, who string) (id string, same []Link, err error) {
	if id, err = w.find(ctx, who); err != nil {
		return "", nil, err
	}
	if len(w.others()) == 0 {
		return id, nil, nil
	}
	known, err := w.kinships(ctx, []string{id})
	for _, k := range known[id].same {
		same = append(same, k.link())
	}
	return id, same, err
}

// Joining counts how the people, or companies, of a connection are joined with those of others, and lists those that are not
// because too many records could be the same.
type Joining struct {
	Connection string     `json:"connection"`
	Object     string     `json:"object"`           // people or companies
	People     int        `json:"people"`           // or companies
	ByLink     int        `json:"by_link"`          // joined because a link says so
	ByIdentity int        `json:"by_identity"`      // joined by the identity
	Alone      int        `json:"alone"`            // known to this connection only
	Shared     int        `json:"shared"`           // of those: a mailbox that several people may read, a domain of several companies
	Disputed   []Disputed `json:"disputed"`         // not joined
	Rivals     []Disputed `json:"rivals,omitempty"` // joined with a contact, while a link also names a lead of another address
}

// Disputed is a record and those that could be the same.
type Disputed struct {
	ID  string `json:"id"`
	Kin []Link `json:"kin"`
}

// Joining looks at every record in the snapshot.
func (w *Worker) Joining(ctx context.Context) (Joining, error) {
	j := Joining{Connection: w.Connection, Object: w.of().Object, Disputed: []Disputed{}}
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
		kin, err := w.Store.Kin(ctx, w.of(), w.others(), ids)
		if err != nil {
			return j, err
		}
		known, err := w.kinships(ctx, ids)
		if err != nil {
			return j, err
		}
		for i := range page {
			j.count(page[i].Record, known[ids[i]], kin[ids[i]])
		}
		after = ids[len(ids)-1]
	}
}

func (j *Joining) count(record Snapshot, v kinship, kin []Kin) {
	j.People++
	if len(v.rivals) > 0 {
		j.Rivals = append(j.Rivals, Disputed{ID: record.ID, Kin: v.rivals})
	}
	switch {
	case v.disputed:
		d := Disputed{ID: record.ID}
		for _, k := range kin {
			d.Kin = append(d.Kin, k.link())
		}
		j.Disputed = append(j.Disputed, d)
	case len(v.same) == 0:
		j.Alone++
		if record.Identity != "" && !Joins(record.Identity) {
			j.Shared++
		}
	case slices.ContainsFunc(v.same, func(k Kin) bool { return k.Linked }):
		j.ByLink++
	default:
		j.ByIdentity++
	}
}
