package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/crm"
)

// expire forgets stored activity older than privacy.retain, but for the latest active contact of each person: it alone
// shows how long ago that was. It reads through everybody, so it goes with the sweep.
func (w *Worker) expire(ctx context.Context) error {
	if firms := w.OfCompanies(); firms != nil {
		if err := firms.expire(ctx); err != nil {
			return err
		}
	}
	if w.Mapper.Retain() <= 0 {
		return nil
	}
	w.step("forgetting old activity", 0, 0)
	after := ""
	for {
		page, err := w.Store.Inputs(ctx, w.of(), after, chunk)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Record.ID
		if err := w.expirePage(ctx, page); err != nil {
			return err
		}
	}
}

// expirePage takes records out of activity that is too old for them; what concerns nobody any more is forgotten.
func (w *Worker) expirePage(ctx context.Context, page []Inputs) error {
	type key struct{ source, id string }
	left := map[key]crm.Activity{} // what is old for somebody, with the people for whom it is not
	for i := range page {
		in := w.input(page[i], nil)
		for _, at := range w.Mapper.Expired(in.Activities, w.Now().UTC()) {
			k := key{w.Mapper.OwnName(in.Activities[at].Source), in.Activities[at].ID}
			a, seen := left[k]
			if !seen {
				a = in.Activities[at].Activity
			}
			links := map[string][]string{}
			for object, ids := range a.Links {
				links[object] = ids
			}
			links[w.of().Object] = slices.DeleteFunc(slices.Clone(a.Links[w.of().Object]), func(id string) bool { return id == page[i].Record.ID })
			a.Links = links
			left[k] = a
		}
	}
	gone, fewer := map[string][]string{}, map[string][]crm.Activity{}
	for k, a := range left {
		if len(a.Links[crm.People])+len(a.Links[crm.Companies]) == 0 {
			gone[k.source] = append(gone[k.source], k.id)
		} else {
			fewer[k.source] = append(fewer[k.source], a)
		}
	}
	for source, ids := range gone {
		if err := w.Store.Forget(ctx, w.Connection, source, ids); err != nil {
			return err
		}
	}
	for source, activities := range fewer {
		cursor, shape, err := w.Store.Cursor(ctx, w.Connection, source)
		if err != nil {
			return err
		}
		if _, err := w.Store.SaveActivities(ctx, ActivityPage{Connection: w.Connection, Source: source, Changed: activities, Cursor: cursor, Shape: shape}); err != nil {
			return err
		}
	}
	return nil
}
