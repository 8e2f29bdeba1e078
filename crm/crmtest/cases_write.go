package crmtest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bareme/bareme/crm"
)

// updatesOf writes a text of its own to each record.
func (e *env) updatesOf(ids []string, what string) []crm.Update {
	updates := make([]crm.Update, len(ids))
	for i, id := range ids {
		updates[i] = crm.Update{ID: id, Fields: crm.Fields{e.Text[crm.People]: text(fmt.Sprint(what, " ", i))}}
	}
	return updates
}

// took says whether an update is stored.
func (e *env) took(u crm.Update) bool {
	stored, ok := e.System.Stored(crm.People, u.ID)
	if !ok {
		return false
	}
	for name, value := range u.Fields {
		if stored[name] != value {
			return false
		}
	}
	return true
}

// severalBatches is two and a half batches.
func (e *env) severalBatches() int { return 2*e.batchSize() + (e.batchSize()+1)/2 }

// writeEach mixes records that refuse, were deleted and are fine, at both ends and inside of batches.
func writeEach(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.severalBatches())
	last, b := len(ids)-1, e.batchSize()
	want := map[int]crm.Status{}
	for _, i := range []int{0, b / 2, b - 1, last} {
		want[i] = crm.Rejected
	}
	for _, i := range []int{b, last - 1} {
		want[i] = crm.Gone
	}
	for i, status := range want {
		if status == crm.Rejected {
			e.System.Refuse(crm.People, ids[i])
		} else {
			e.System.Delete(crm.People, ids[i])
		}
	}
	e.System.Settle()
	updates := e.updatesOf(ids, "written")
	outcomes, err := e.write(ctx, crm.People, updates)
	if err != nil {
		return broken("Connector.Write", "a record's refusal is an outcome; the error is for what stopped the whole call", "it failed: %w", err)
	}
	if len(outcomes) != len(updates) {
		return broken("Connector.Write", "there is one outcome for each update", "%d updates, %d outcomes", len(updates), len(outcomes))
	}
	for i, o := range outcomes {
		if o.ID != ids[i] || o.Status != want[i] { // absent from want is Written
			return broken("Connector.Write", "outcome i belongs to updates[i]", "update %d of record %s: want %s, got %s for %s: %v", i, ids[i], want[i], o.Status, o.ID, o.Err)
		}
		if (o.Status == crm.Rejected) != (o.Err != nil) {
			return broken("Outcome.Err", "set when Rejected", "update %d is %s with error: %v", i, o.Status, o.Err)
		}
		if e.took(updates[i]) != (o.Status == crm.Written) {
			return broken("Status", "written: the CRM acknowledged the values", "update %d is %s, and stored is something else", i, o.Status)
		}
	}
	return nil
}

func writeNamedFields(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, 1)
	field := e.Text[crm.People]
	other := e.ownField()
	kept, _ := e.System.Stored(crm.People, ids[0])
	if other != field {
		if err := e.mustWrite(ctx, []crm.Update{{ID: ids[0], Fields: crm.Fields{other: e.ownValue(other)}}}); err != nil {
			return err
		}
		if now, _ := e.System.Stored(crm.People, ids[0]); now[field] != kept[field] {
			return broken("Update", "only the fields named are touched", "writing %s changed %s", other, field)
		}
	}
	if err := e.mustWrite(ctx, []crm.Update{{ID: ids[0], Fields: crm.Fields{field: ""}}}); err != nil {
		return err
	}
	now, _ := e.System.Stored(crm.People, ids[0])
	if now[field] != "" {
		return broken("Update", `"" clears`, "%s still holds a value", field)
	}
	if other != field && now[other] == "" {
		return broken("Update", "only the fields named are touched", "clearing %s cleared %s", field, other)
	}
	e.System.Settle()
	got, err := e.pull(ctx, e.all(crm.People, ""))
	if err != nil {
		return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
	}
	if value, ok := latest(got)[ids[0]].Fields[field]; ok {
		return broken("Fields", "a field without a value is absent", "the cleared field came as %d characters of text", len(value))
	}
	return nil
}

// writeDuplicates names a record several times in one call.
func writeDuplicates(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, 3)
	field, other := e.Text[crm.People], e.ownField()
	updates := []crm.Update{
		{ID: ids[0], Fields: crm.Fields{field: text("first")}},
		{ID: ids[1], Fields: crm.Fields{field: text("between")}},
		{ID: ids[0], Fields: crm.Fields{field: text("second")}},
		{ID: ids[2], Fields: crm.Fields{field: text("after")}},
		{ID: ids[2], Fields: crm.Fields{other: e.ownValue(other)}},
	}
	if err := e.mustWrite(ctx, updates); err != nil {
		return err
	}
	final := updates[1:]
	if other == field {
		final = []crm.Update{updates[1], updates[2], updates[4]}
	}
	for _, u := range final {
		if stored, _ := e.System.Stored(crm.People, u.ID); u.Fields[field] != "" && stored[field] != u.Fields[field] {
			return broken("Connector.Write", "outcome i belongs to updates[i]", "record %s was named twice; both updates are Written, and the last is not what is stored", u.ID)
		} else if stored[other] == "" && u.Fields[other] != "" {
			return broken("Connector.Write", "outcome i belongs to updates[i]", "record %s was named twice; the second update is Written and not stored", u.ID)
		}
	}
	return nil
}

func writeNothing(ctx context.Context, e *env) error {
	if outcomes, err := e.write(ctx, crm.People, nil); err != nil || len(outcomes) > 0 {
		return broken("Connector.Write", "there is one outcome for each update", "no updates gave %d outcomes and the error: %v", len(outcomes), err)
	}
	return nil
}

// writeUnwritable writes to fields no record could take: the call may fail as a whole, or the record be rejected.
func writeUnwritable(ctx context.Context, e *env) error {
	text0 := e.Text[crm.People]
	for _, c := range []struct{ field, closest string }{{text0 + "x", text0}, {e.ReadOnly, ""}} {
		if c.field == "" {
			continue
		}
		ids := e.seed(crm.People, 1)
		u := crm.Update{ID: ids[0], Fields: crm.Fields{c.field: "1"}}
		outcomes, err := e.write(ctx, crm.People, []crm.Update{u})
		if err == nil && len(outcomes) == 1 && outcomes[0].Status == crm.Rejected {
			err = outcomes[0].Err
		}
		if err := namesField(err, c.field, c.closest); err != nil {
			return broken("ErrInvalid", "a request: stop; a record: set it aside with its reason", "writing %s: %w", c.field, err)
		}
		if e.took(u) {
			return broken("Field.Writable", "whether the field can be written", "%s was written all the same", c.field)
		}
	}
	return nil
}

// writeStopped lets each fault stop a write at several requests.
func writeStopped(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.severalBatches())
	requests, err := e.requestsOfWrite(ctx, ids)
	if err != nil {
		return err
	}
	for turn, f := range e.Faults {
		for _, k := range spots(requests, 3, turn) {
			updates := e.updatesOf(ids, fmt.Sprint(f.Name, k))
			e.System.Fail(f.Name, k, Forever)
			outcomes, err := e.write(ctx, crm.People, updates)
			e.System.Heal()
			if err := rightKind(f, err); err != nil {
				return broken("Connector", "returns errors that wrap one of the kinds", "fault %q stops a write at request %d: %w", f.Name, k+1, err)
			}
			if err := e.honestPrefix(outcomes, updates); err != nil {
				return fmt.Errorf("fault %q stops a write at request %d: %w", f.Name, k+1, err)
			}
			if err := e.mustWrite(ctx, updates[len(outcomes):]); err != nil {
				return fmt.Errorf("writing the rest after fault %q at request %d: %w", f.Name, k+1, err)
			}
		}
	}
	return nil
}

func (e *env) requestsOfWrite(ctx context.Context, ids []string) (n int, err error) {
	for i := range 2 { // the first fills what the connector keeps
		before := e.System.Requests()
		if err := e.mustWrite(ctx, e.updatesOf(ids, fmt.Sprint("trial ", i))); err != nil {
			return 0, err
		}
		n = e.System.Requests() - before
	}
	return n, nil
}

// honestPrefix checks the outcomes of a write that was stopped.
func (e *env) honestPrefix(outcomes []crm.Outcome, updates []crm.Update) error {
	const promise = "the outcomes so far are returned with it, those not known to have been written missing from the end"
	if len(outcomes) > len(updates) {
		return broken("Connector.Write", promise, "%d updates, %d outcomes", len(updates), len(outcomes))
	}
	for i, o := range outcomes {
		if o.ID != updates[i].ID || o.Status != crm.Written {
			return broken("Connector.Write", promise, "outcome %d is %s for %q, a record nothing was wrong with", i, o.Status, o.ID)
		}
		if !e.took(updates[i]) {
			return broken("Connector.Write", promise, "outcome %d says written and nothing was", i)
		}
	}
	return nil
}

func writeCancelled(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.severalBatches())
	requests, err := e.requestsOfWrite(ctx, ids)
	if err != nil {
		return err
	}
	for k := range min(requests, 25) {
		updates := e.updatesOf(ids, fmt.Sprint("cancelled ", k))
		sub, cancel := context.WithCancel(ctx)
		at := -1
		e.System.Before(k, func() { at = e.System.Requests(); cancel() })
		outcomes, err := e.write(sub, crm.People, updates)
		cancel()
		switch {
		case at < 0:
			continue
		case !errors.Is(err, context.Canceled):
			return broken("Connector", "every method obeys ctx at once", "cancelled at request %d of a write, it returned: %v", k+1, err)
		case e.System.Requests()-at > inFlight:
			return broken("Connector", "every method obeys ctx at once", "cancelled at request %d of a write, it made %d more", k+1, e.System.Requests()-at)
		}
		if err := e.honestPrefix(outcomes, updates); err != nil {
			return fmt.Errorf("cancelled at request %d of a write: %w", k+1, err)
		}
		if err := e.mustWrite(ctx, updates[len(outcomes):]); err != nil {
			return fmt.Errorf("writing the rest after a cancellation at request %d: %w", k+1, err)
		}
	}
	return nil
}

func writeSurvives(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.severalBatches())
	requests, err := e.requestsOfWrite(ctx, ids)
	if err != nil {
		return err
	}
	for turn, f := range e.Faults {
		if !f.Passing {
			continue
		}
		for _, k := range spots(requests, 3, turn) {
			updates := e.updatesOf(ids, fmt.Sprint(f.Name, k))
			e.System.Fail(f.Name, k, 1)
			err := e.mustWrite(ctx, updates)
			e.System.Heal()
			if err != nil {
				return fmt.Errorf("fault %q once, at request %d of a write: %w", f.Name, k+1, err)
			}
			if err := e.allTook(updates); err != nil {
				return fmt.Errorf("fault %q once, at request %d of a write: %w", f.Name, k+1, err)
			}
		}
	}
	return nil
}

func (e *env) allTook(updates []crm.Update) error {
	for i, u := range updates {
		if !e.took(u) {
			return broken("Status", "written: the CRM acknowledged the values", "update %d is Written and not stored", i)
		}
	}
	return nil
}

// concurrentUse pulls and writes from several goroutines; the race detector sees what the results do not.
func concurrentUse(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.severalBatches())
	companies := e.seed(crm.Companies, e.several())
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			if i%2 == 0 {
				got, err := e.pull(ctx, e.all(crm.Companies, ""))
				if n, first := missing(latest(got), companies); err != nil || n > 0 {
					errs[i] = broken("Connector", "is safe for concurrent use", "of several pulls at once one misses %d records, the first %q: %w", n, first, errOrNone(err))
				}
				return
			}
			part := ids[i*len(ids)/len(errs) : (i+1)*len(ids)/len(errs)]
			updates := e.updatesOf(part, fmt.Sprint("at once ", i))
			if err := e.mustWrite(ctx, updates); err != nil {
				errs[i] = broken("Connector", "is safe for concurrent use", "of several calls at once one failed: %w", err)
			} else {
				errs[i] = e.allTook(updates)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func errOrNone(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}
