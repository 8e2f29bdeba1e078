package crmtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/bareme/bareme/crm"
)

// merged merges two people, then the survivor with a third, and follows both ids everywhere.
func merged(ctx context.Context, e *env) error {
	if e.NoMerge {
		return skipped("the CRM cannot merge")
	}
	ids := e.seed(crm.People, 5)
	first, err := e.pull(ctx, e.all(crm.People, ""))
	if err != nil {
		return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
	}
	survivor, others := e.System.Merge(crm.People, ids[0], ids[1]), ids[3:]
	e.System.Settle()
	if err := e.follows(ctx, survivor, lost(ids[:2], survivor), others, first.end("")); err != nil {
		return err
	}
	again := e.System.Merge(crm.People, survivor, ids[2])
	e.System.Settle()
	gone := lost([]string{ids[0], ids[1], ids[2], survivor}, again)
	if err := e.follows(ctx, again, gone, others, first.end("")); err != nil {
		return fmt.Errorf("merged twice: %w", err)
	}
	e.System.Delete(crm.People, again)
	e.System.Settle()
	outcomes, err := e.write(ctx, crm.People, e.updatesOf(gone[:1], "too late"))
	if err != nil || len(outcomes) != 1 || outcomes[0].Status != crm.Gone {
		return broken("Status", "gone: the record no longer exists", "a merged record whose survivor was deleted gave %v, error: %v", statuses(outcomes), err)
	}
	return nil
}

// lost returns the ids a merge ended.
func lost(ids []string, survivor string) []string {
	return slices.Compact(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == survivor }))
}

func statuses(outcomes []crm.Outcome) []string {
	out := make([]string, len(outcomes))
	for i, o := range outcomes {
		out[i] = o.Status.String()
	}
	return out
}

// follows checks pull, read and write of ids that live on in a survivor.
func (e *env) follows(ctx context.Context, survivor string, gone, others []string, cursor crm.Cursor) error {
	got, err := e.pull(ctx, e.all(crm.People, cursor))
	if err != nil {
		return broken("Connector.Records", "the last page's cursor starts the next pull", "it failed: %w", err)
	}
	r, ok := latest(got)[survivor]
	if !ok {
		return broken("Connector.Records", "none is left out", "the survivor of a merge, %s, did not come", survivor)
	}
	for _, id := range gone {
		if !slices.Contains(r.Absorbed, id) {
			return broken("Record.Absorbed", "ids of records merged into this one", "%s was merged into %s, which lists %v", id, survivor, r.Absorbed)
		}
		if _, ok := latest(got)[id]; ok {
			return broken("Record.Absorbed", "they no longer exist", "%s came as a record of its own after it was merged", id)
		}
	}
	if slices.Contains(r.Absorbed, survivor) {
		return broken("Record.Absorbed", "they no longer exist", "%s lists itself", survivor)
	}
	kept, _ := e.System.Stored(crm.People, survivor)
	ids := slices.Concat(others[:1], gone, others[1:])
	outcomes, err := e.write(ctx, crm.People, e.updatesOf(ids, "after a merge"))
	if err != nil || len(outcomes) != len(ids) {
		return broken("Connector.Write", "there is one outcome for each update", "with merged records among them %d of %d came: %v", len(outcomes), len(ids), err)
	}
	for i, o := range outcomes {
		want := crm.Outcome{ID: ids[i], Status: crm.Written}
		if slices.Contains(gone, ids[i]) {
			want = crm.Outcome{ID: ids[i], Status: crm.Merged, NewID: survivor}
		}
		if o.ID != want.ID || o.Status != want.Status || o.NewID != want.NewID {
			return broken("Status", "merged: the record lives on under NewID", "record %s: want %s %q, got %s %q for %s: %v", ids[i], want.Status, want.NewID, o.Status, o.NewID, o.ID, o.Err)
		}
	}
	if now, _ := e.System.Stored(crm.People, survivor); now[e.Text[crm.People]] != kept[e.Text[crm.People]] {
		return broken("Status", "merged: nothing was written there", "the survivor shows what was meant for a merged record")
	}
	if reader, ok := e.c.(crm.Reader); ok {
		for _, id := range gone {
			got, err := reader.Read(ctx, crm.People, []string{id}, nil)
			if e.note(err) != nil || len(got) != 1 || got[0].ID != survivor {
				return broken("Reader.Read", "a merged id returns the record it lives on in", "reading %s gave %d records, error: %v", id, len(got), err)
			}
		}
	}
	return nil
}

func deleted(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, 3)
	e.System.Delete(crm.People, ids[1])
	e.System.Settle()
	got, err := e.pull(ctx, e.all(crm.People, ""))
	if err != nil {
		return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
	}
	if _, ok := latest(got)[ids[1]]; ok {
		return broken("Connector.Records", "yields every record", "a deleted record came")
	}
	outcomes, err := e.write(ctx, crm.People, e.updatesOf(ids, "after a deletion"))
	if err != nil || len(outcomes) != 3 {
		return broken("Connector.Write", "a record's refusal is an outcome", "with a deleted record among them %d of 3 came: %v", len(outcomes), err)
	}
	for i, want := range []crm.Status{crm.Written, crm.Gone, crm.Written} {
		if o := outcomes[i]; o.Status != want || o.ID != ids[i] {
			return broken("Status", "gone: the record no longer exists", "record %s: want %s, got %s: %v", ids[i], want, o.Status, o.Err)
		}
	}
	return nil
}

func readByID(ctx context.Context, e *env) error {
	reader, ok := e.c.(crm.Reader)
	if !ok {
		return skipped("the connector is no Reader")
	}
	ids := e.seed(crm.People, e.several())
	e.System.Delete(crm.People, ids[0])
	e.System.Change(crm.People, ids[1], crm.Fields{e.Text[crm.People]: text("now")})
	got, err := reader.Read(ctx, crm.People, ids, []string{e.Text[crm.People]})
	if e.note(err) != nil {
		return broken("Reader.Read", "returns those of the ids that exist", "it failed: %w", err)
	}
	if len(got) != len(ids)-1 {
		return broken("Reader.Read", "returns those of the ids that exist", "%d exist and %d came", len(ids)-1, len(got))
	}
	if err := e.whole(crm.People, ids[1:], pages{{Items: got}}); err != nil {
		return broken("Reader.Read", "reads records by id, now, whatever was pulled before", "%w", err)
	}
	if none, err := reader.Read(ctx, crm.People, nil, nil); e.note(err) != nil || len(none) > 0 {
		return broken("Reader.Read", "returns those of the ids that exist", "no ids gave %d records, error: %v", len(none), err)
	}
	return e.lastingEach(func() error { _, err := reader.Read(ctx, crm.People, ids, nil); return err })
}

// sweep reads Removed to its end.
func (e *env) sweep(ctx context.Context, c crm.Connector, cursor crm.Cursor) (got []crm.Page[string], err error) {
	for page, err := range c.(crm.Sweeper).Removed(ctx, crm.People, cursor) {
		if e.note(err) != nil {
			return got, err
		}
		got = append(got, page)
	}
	return got, nil
}

func removed(ctx context.Context, e *env) error {
	if _, ok := e.c.(crm.Sweeper); !ok {
		return skipped("the connector is no Sweeper")
	}
	ids := e.seed(crm.People, e.several()+1)
	living, dead := ids[:1], ids[1:]
	for _, id := range dead {
		e.System.Delete(crm.People, id)
	}
	e.System.Settle()
	got, err := e.sweep(ctx, e.c, "")
	if err != nil {
		return broken("Sweeper.Removed", "yields pages of ids of an object that were deleted", "it failed: %w", err)
	}
	if err := tells(got, dead, living); err != nil {
		return err
	}
	for k := range got {
		rest, err := e.sweep(ctx, e.Reopen(), got[k].Next)
		if err != nil {
			return broken("Sweeper.Removed", "the cursor works as in Records", "resuming after page %d failed: %w", k+1, err)
		}
		if err := tells(slices.Concat(got[:k+1], rest), dead, living); err != nil {
			return fmt.Errorf("resumed after page %d: %w", k+1, err)
		}
	}
	e.System.Delete(crm.People, living[0])
	e.System.Settle()
	next, err := e.sweep(ctx, e.c, got[len(got)-1].Next)
	if err != nil {
		return broken("Sweeper.Removed", "the cursor works as in Records", "the next sweep failed: %w", err)
	}
	return tells(next, living, nil)
}

// tells checks that a sweep names the dead and none of the living.
func tells(got []crm.Page[string], dead, living []string) error {
	if len(got) == 0 {
		return broken("Sweeper.Removed", "yields pages of ids", "no page came")
	}
	var all []string
	for _, page := range got {
		all = append(all, page.Items...)
	}
	for _, id := range dead {
		if !slices.Contains(all, id) {
			return broken("Sweeper.Removed", "names records that left without a trace in Records", "deleted record %s was not named", id)
		}
	}
	for _, id := range living {
		if slices.Contains(all, id) {
			return broken("Sweeper.Removed", "ids that were deleted", "record %s lives and was named", id)
		}
	}
	return nil
}
