package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
)

// Erasure is the account of a person who was forgotten. It names the record by its id and holds no value of theirs.
type Erasure struct {
	ID       string         `json:"id"`
	Cleared  []string       `json:"cleared"`           // fields of the CRM's record that held something and were cleared
	InCRM    bool           `json:"in_crm"`            // the record is still in the CRM
	Remains  []string       `json:"remains,omitempty"` // written fields that still hold something, read again afterwards
	Refused  string         `json:"refused,omitempty"` // why the CRM refused to clear them
	Erased   map[string]int `json:"erased"`            // what was kept here, by where
	Traces   map[string]int `json:"traces"`            // what is still kept, looked for afterwards: nothing
	KeptOut  bool           `json:"kept_out"`          // a hash stays, by which the next pull leaves them out
	Already  bool           `json:"already,omitempty"` // they were forgotten before
	Verified bool           `json:"verified"`          // the CRM's fields were read again and the state was searched
}

// ForgetOptions say how a person is forgotten.
type ForgetOptions struct {
	ComeBack bool // the next pull may bring them back; otherwise they are kept out
}

// ErrRemains is a person who could not be forgotten whole: the Erasure says what is left.
var ErrRemains = errors.New("not everything could be erased")

// ForgetPerson erases one person everywhere: what was written to the CRM's record, the snapshot, the mapped inputs,
// activity, the pending update, the ledger, and the reports of runs that name the record. who is a record id or an e-mail
// address. Afterwards it reads the record again and searches the state. Doing it twice does no harm.
func (w *Worker) ForgetPerson(ctx context.Context, who string, o ForgetOptions) (Erasure, error) {
	account, err := w.CRM.Account(ctx)
	if err != nil {
		return Erasure{}, err
	}
	if err := w.Store.Bind(ctx, w.Connection, account); err != nil {
		return Erasure{}, err
	}
	id, err := w.findToForget(ctx, who, o)
	if err != nil {
		return Erasure{}, err
	}
	e := Erasure{ID: id, Cleared: []string{}, KeptOut: !o.ComeBack, Erased: map[string]int{}, Traces: map[string]int{}}
	if id == "" { // forgotten before, and only the address was named
		e.Already = true
		return e, nil
	}
	rec, err := w.readPerson(ctx, id)
	if err != nil {
		return e, err
	}
	e.InCRM = rec != nil
	ids := []string{id}
	if rec != nil && rec.ID != id { // merged: the person lives on in another record
		ids = append(ids, rec.ID)
	}
	if e.Erased, err = w.tracesOf(ctx, ids); err != nil {
		return e, err
	}
	keys, err := w.keysOf(ctx, ids, rec)
	if err != nil {
		return e, err
	}
	before, err := w.Store.Suppressed(ctx, w.Connection, keys)
	if err != nil {
		return e, err
	}
	e.Already = len(before) > 0
	if rec == nil && len(e.Erased) == 0 && !e.Already {
		return e, &crm.Error{Kind: crm.ErrNotFound, Op: "forget", ID: id, Message: "is neither in the CRM nor kept here", Hint: "Check the id"}
	}
	if err := w.keepOut(ctx, keys, o); err != nil {
		return e, err
	}
	if err := w.clearRecord(ctx, rec, &e); err != nil {
		return e, err
	}
	if err := w.forget(ctx, crm.People, ids); err != nil {
		return e, err
	}
	if err := w.forgetInRuns(ctx, ids); err != nil {
		return e, err
	}
	return e, w.prove(ctx, ids, &e)
}

// findToForget finds the record of an id or an address. It is "" for an address forgotten before: which record it was
// is not known any more.
func (w *Worker) findToForget(ctx context.Context, who string, o ForgetOptions) (string, error) {
	id, err := w.find(ctx, who)
	if err == nil || !errors.Is(err, crm.ErrNotFound) {
		return id, as("forget", err)
	}
	key := IdentityKey(w.Mapper.IdentityOf(who))
	found, serr := w.Store.Suppressed(ctx, w.Connection, []string{key})
	switch {
	case serr != nil:
		return "", serr
	case len(found) == 0:
		return "", as("forget", err)
	case o.ComeBack:
		return "", &crm.Error{Kind: crm.ErrNotFound, Op: "forget", Message: "this address was forgotten, and which record it was is not kept",
			Hint: "Name the record by its id to let it come back"}
	}
	return "", nil
}

// as gives an error of the CRM's vocabulary the operation that was asked for.
func as(op string, err error) error {
	var e *crm.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Op = op
	return &named
}

// tracesOf counts what is kept of some records.
func (w *Worker) tracesOf(ctx context.Context, ids []string) (map[string]int, error) {
	all := map[string]int{}
	for _, id := range ids {
		found, err := w.Store.Traces(ctx, w.of(), id)
		if err != nil {
			return nil, err
		}
		for place, n := range found {
			all[place] += n
		}
	}
	return all, nil
}

// readPerson reads what the CRM's record shows of our fields, and the identity; nil when there is no such record.
func (w *Worker) readPerson(ctx context.Context, id string) (*crm.Record, error) {
	reader, ok := w.CRM.(crm.Reader)
	if !ok {
		return nil, fmt.Errorf("%w: this CRM cannot be read record by record, so it cannot be proven that a record was cleared", crm.ErrInvalid)
	}
	fields := slices.Clone(w.Mapper.Need().Write[crm.People])
	if identity := w.Mapper.Identity(); identity != "" {
		fields = append(fields, identity)
	}
	records, err := reader.Read(ctx, crm.People, []string{id}, fields)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return &records[0], nil
}

// keysOf are the keys by which a person is kept out: those of the records and, when it is known, of the address.
func (w *Worker) keysOf(ctx context.Context, ids []string, rec *crm.Record) ([]string, error) {
	var keys []string
	for _, id := range ids {
		keys = append(keys, RecordKey(id))
		_, in, err := w.Store.Subject(ctx, w.of(), id)
		if err != nil && !errors.Is(err, crm.ErrNotFound) {
			return nil, err
		}
		if err == nil && in.Record.Identity != "" {
			keys = append(keys, IdentityKey(in.Record.Identity))
		}
	}
	if rec != nil {
		if identity, _ := w.Mapper.Identify(rec.Fields); identity != "" {
			keys = append(keys, IdentityKey(identity))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// keepOut comes first: a pull after a crash must not bring back what is half erased.
func (w *Worker) keepOut(ctx context.Context, keys []string, o ForgetOptions) error {
	if o.ComeBack {
		return w.Store.Readmit(ctx, w.Connection, keys)
	}
	return w.Store.Suppress(ctx, w.Connection, keys, w.Now().UTC())
}

// clearRecord clears what was written to the record.
func (w *Worker) clearRecord(ctx context.Context, rec *crm.Record, e *Erasure) error {
	if rec == nil {
		return nil
	}
	update := crm.Update{ID: rec.ID, Fields: crm.Fields{}}
	for _, field := range w.Mapper.Need().Write[crm.People] {
		if rec.Fields[field] != "" {
			update.Fields[field] = ""
			e.Cleared = append(e.Cleared, field)
		}
	}
	if len(update.Fields) == 0 {
		return nil
	}
	outcomes, err := w.CRM.Write(ctx, crm.People, []crm.Update{update})
	if err != nil {
		return fmt.Errorf("clear the record: %w", err)
	}
	for _, o := range outcomes {
		if o.Status == crm.Rejected {
			e.Cleared, e.Refused = []string{}, "the CRM refused without a reason"
			if o.Err != nil {
				e.Refused = o.Err.Error()
			}
		}
	}
	return nil
}

// forgetInRuns takes the ids of records out of the reports of past runs.
func (w *Worker) forgetInRuns(ctx context.Context, ids []string) error {
	const everyRun = 1 << 30
	runs, err := w.Store.Runs(ctx, w.Connection, everyRun)
	if err != nil {
		return err
	}
	for _, run := range runs {
		var r map[string]json.RawMessage
		var rejections []Rejection
		if json.Unmarshal(run.Report, &r) != nil || json.Unmarshal(r["rejections"], &rejections) != nil {
			continue // a run that reported nothing of the kind
		}
		rest := slices.DeleteFunc(slices.Clone(rejections), func(x Rejection) bool { return slices.Contains(ids, x.ID) })
		if len(rest) == len(rejections) {
			continue
		}
		if r["rejections"], err = json.Marshal(rest); err != nil {
			return err
		}
		if run.Report, err = json.Marshal(r); err != nil {
			return err
		}
		if err := w.Store.SaveRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// prove reads the record again and searches the state.
func (w *Worker) prove(ctx context.Context, ids []string, e *Erasure) (err error) {
	if e.Traces, err = w.tracesOf(ctx, ids); err != nil {
		return err
	}
	rec, err := w.readPerson(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("read the record again: %w", err)
	}
	if rec != nil {
		for _, field := range w.Mapper.Need().Write[crm.People] {
			if rec.Fields[field] != "" {
				e.Remains = append(e.Remains, field)
			}
		}
	}
	e.Verified = true
	if len(e.Remains) > 0 || len(e.Traces) > 0 {
		return ErrRemains
	}
	return nil
}
