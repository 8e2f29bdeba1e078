package worker

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/bareme/bareme/crm"
)

// pull brings the snapshot up to date: people last, so that what concerns them is there when they are scored.
func (w *Worker) pull(ctx context.Context, o Options, r *Report) error {
	if o.Kind == Rescore || o.Kind == Refit {
		return nil
	}
	reload := ""
	if o.Kind == Reload {
		reload = r.Run
	}
	if w.pullsCompanies() {
		if err := w.pullRecords(ctx, crm.Companies, reload, r); err != nil {
			return err
		}
	}
	for _, source := range w.sources() {
		if err := w.pullActivities(ctx, source, reload, r); err != nil {
			return err
		}
	}
	if err := w.pullRecords(ctx, crm.People, reload, r); err != nil {
		return err
	}
	return w.sweep(ctx, o, reload, r)
}

// pullsCompanies says whether the model needs companies: when they are scored, or an attribute comes from them.
func (w *Worker) pullsCompanies() bool {
	return w.Companies != nil || len(w.Mapper.Need().Read[crm.Companies]) > 0
}

func (w *Worker) query(object string) crm.Query {
	q := crm.Query{Object: object, Fields: w.need().Read[object]}
	switch object {
	case crm.Companies:
	case crm.People:
		if w.pullsCompanies() {
			q.Links = []string{crm.Companies}
		}
		if _, needed := w.Mapper.Need().Read[crm.Owners]; needed {
			q.Links = append(q.Links, crm.Owners)
		}
	default:
		q.Links = w.links(object)
	}
	return q
}

// shape names what a cursor stands for: with other fields, everything must be read again.
func (w *Worker) shape(q crm.Query) string {
	fields := slices.Sorted(slices.Values(q.Fields))
	text := strings.Join(fields, ",") + "|" + strings.Join(q.Links, ",")
	if q.Object == crm.People && w.Mapper.KeepsIdentity() {
		text += "|identity" // it is read either way, and kept only since the model asks for it
	}
	if q.Object == crm.Companies && w.Companies != nil {
		text += w.Companies.Mapper.JoinedBy()
	}
	return text
}

// resume returns the cursor to go on from: none for a full reading or when other fields are wanted than before.
func (w *Worker) resume(ctx context.Context, q crm.Query, reload string) (crm.Cursor, error) {
	cursor, was, err := w.Store.Cursor(ctx, w.Connection, q.Object)
	if err != nil || was != w.shape(q) {
		return "", err
	}
	if reload != "" {
		begun, err := w.Store.Note(ctx, w.Connection, noteReload+q.Object)
		if err != nil || begun != reload {
			return "", err
		}
	}
	return cursor, nil
}

// noteReload names the full reading an object's cursor belongs to.
const noteReload = "reload "

// stop says, after a page, whether a pull that was asked to stop can go on from there. Of a full reading it notes that the
// cursor belongs to it.
func (w *Worker) stop(ctx context.Context, q crm.Query, next crm.Cursor, reload string) error {
	if !w.paused() || next == "" || next == q.Cursor {
		return nil
	}
	if reload != "" {
		if err := w.Store.SetNote(ctx, w.Connection, noteReload+q.Object, reload); err != nil {
			return err
		}
	}
	return ErrPaused
}

func (w *Worker) pullRecords(ctx context.Context, object, reload string, r *Report) error {
	q := w.query(object)
	var err error
	if q.Cursor, err = w.resume(ctx, q, reload); err != nil {
		return err
	}
	whole, err := w.readsWhole(ctx, q, reload)
	if err != nil {
		return err
	}
	if !whole {
		q.Unseen = w.unseen(object)
	}
	done := 0
	w.step("reading "+object, 0, 0)
	for page, err := range w.CRM.Records(ctx, q) {
		if err != nil {
			return fmt.Errorf("pull %s: %w", object, err)
		}
		stored, err := w.recordPage(ctx, object, page)
		if err != nil {
			return err
		}
		stored.Shape, stored.Reload = w.shape(q), reload
		if err := w.saveRecords(ctx, stored); err != nil {
			return err
		}
		r.count(object, len(page.Items), len(stored.Changed))
		r.Removed += len(stored.Gone)
		done += len(page.Items)
		w.step("reading "+object, done, page.Total)
		if object == crm.People {
			if err := w.scoreEarly(ctx, r); err != nil {
				return err
			}
		}
		if err := w.stop(ctx, q, page.Next, reload); err != nil {
			return err
		}
	}
	if reload != "" {
		if err := w.forgetMissing(ctx, object, reload, r); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	return w.Store.SetNote(ctx, w.Connection, noteWhole+object, "")
}

// noteWhole says that an object is being read whole: it is set when such a reading begins and cleared when it has ended,
// by whichever run that is.
const noteWhole = "reading whole "

// readsWhole says whether every record must be read, also those of a version the snapshot holds: it may hold them with
// the fields of an earlier model.
func (w *Worker) readsWhole(ctx context.Context, q crm.Query, reload string) (bool, error) {
	if q.Cursor == "" || reload != "" {
		return true, w.Store.SetNote(ctx, w.Connection, noteWhole+q.Object, "yes")
	}
	note, err := w.Store.Note(ctx, w.Connection, noteWhole+q.Object)
	return note != "", err
}

// unseen leaves out the versions the snapshot already holds. A write of ours makes a new version, so its echo is read
// and found equal: skipping it unread would lose a person's edit made in the same moment. For the same reason a stamp of
// whole seconds, as Salesforce gives, is never taken to tell two versions apart.
func (w *Worker) unseen(object string) func(context.Context, []crm.Version) ([]string, error) {
	return func(ctx context.Context, versions []crm.Version) ([]string, error) {
		ids := make([]string, len(versions))
		for i, v := range versions {
			ids[i] = v.ID
		}
		known, err := w.Store.Known(ctx, w.Connection, object, ids)
		if err != nil {
			return nil, err
		}
		fresh := ids[:0]
		for _, v := range versions {
			if k, ok := known[v.ID]; !ok || !k.Modified.Equal(v.Modified) || v.Modified.Nanosecond() == 0 {
				fresh = append(fresh, v.ID)
			}
		}
		return fresh, nil
	}
}

// recordPage compares a page with the snapshot.
func (w *Worker) recordPage(ctx context.Context, object string, page crm.Page[crm.Record]) (RecordPage, error) {
	out := RecordPage{Connection: w.Connection, Object: object, Cursor: page.Next, Heirs: map[string]string{}}
	var ids []string
	for _, rec := range page.Items {
		ids = append(append(ids, rec.ID), rec.Absorbed...)
	}
	known, err := w.Store.Known(ctx, w.Connection, object, ids)
	if err != nil {
		return out, err
	}
	keptOut, err := w.keptOut(ctx, object, page.Items)
	if err != nil {
		return out, err
	}
	seen := w.Now()
	for _, rec := range page.Items {
		for _, id := range rec.Absorbed { // a survivor names them for ever: most were forgotten long ago
			if _, ok := known[id]; ok {
				out.Gone = append(out.Gone, id)
				out.Heirs[id] = rec.ID
			}
		}
		before, ok := known[rec.ID]
		if keptOut[rec.ID] {
			if ok {
				out.Gone = append(out.Gone, rec.ID)
			}
			continue
		}
		s := w.snapshot(object, rec)
		if object == crm.People && !w.saidNo(s) {
			s.Memory = w.Mapper.Remember(before.Memory, s.Fields, seen)
		}
		if ok && before.Hash == s.Hash && bytes.Equal(before.Memory, s.Memory) {
			out.Touched = append(out.Touched, crm.Version{ID: rec.ID, Modified: rec.Modified})
			continue
		}
		out.Changed = append(out.Changed, s)
	}
	return out, nil
}

// snapshot keeps of a record what the model maps, and nothing else.
func (w *Worker) snapshot(object string, rec crm.Record) Snapshot {
	s := Snapshot{ID: rec.ID, Modified: rec.Modified, Fields: rec.Fields}
	if object == crm.People {
		s.Company = first(rec.Links[crm.Companies])
		s.Owner = first(rec.Links[crm.Owners])
		s.Identity, s.Fields = w.Mapper.Identify(rec.Fields)
		s.Links, s.Fields = w.Mapper.Links(rec.Fields), w.Mapper.WithoutLinks(s.Fields)
		if w.saidNo(s) {
			s = w.bare(s)
		}
	}
	if object == crm.Companies && w.Companies != nil {
		s.Identity, s.Links = w.Companies.Mapper.IdentifyCompany(rec.Fields)
	}
	s.Hash = hash(s)
	return s
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// hash is of everything of a snapshot that scores depend on. The modification date is not part of it: that is how our
// own write is recognised when it comes back.
func hash(s Snapshot) uint64 {
	h := fnv.New64a()
	put := func(text string) {
		_, _ = h.Write([]byte(text)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	names := make([]string, 0, len(s.Fields))
	for name := range s.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		put(name)
		put(s.Fields[name])
	}
	put(s.Company)
	put(s.Owner)
	put(s.Identity)
	for _, l := range s.Links {
		put(l.Connection)
		put(l.ID)
	}
	return h.Sum64()
}

func (w *Worker) pullActivities(ctx context.Context, source, reload string, r *Report) error {
	q := w.query(source)
	var err error
	if q.Cursor, err = w.resume(ctx, q, reload); err != nil {
		return err
	}
	done := 0
	w.step("reading "+source, 0, 0)
	for page, err := range w.CRM.Activities(ctx, q) {
		if err != nil {
			return fmt.Errorf("pull %s: %w", source, err)
		}
		items, err := w.allowed(ctx, source, page.Items)
		if err != nil {
			return err
		}
		changed, err := w.Store.SaveActivities(ctx, ActivityPage{
			Connection: w.Connection, Source: source, Changed: items, Cursor: page.Next, Shape: w.shape(q),
		})
		if err != nil {
			return err
		}
		r.count(source, len(page.Items), changed)
		done += len(page.Items)
		w.step("reading "+source, done, page.Total)
		if err := w.stop(ctx, q, page.Next, reload); err != nil {
			return err
		}
	}
	return nil
}

// forgetMissing drops the records a full reading did not meet, after asking the CRM for each by its id: a record that
// changed pages during the reading is still there.
func (w *Worker) forgetMissing(ctx context.Context, object, reload string, r *Report) error {
	reader, ok := w.CRM.(crm.Reader)
	if !ok {
		return nil
	}
	for {
		missing, err := w.Store.Missing(ctx, w.Connection, object, reload, 1000)
		if err != nil || len(missing) == 0 {
			return err
		}
		there, err := reader.Read(ctx, object, missing, w.need().Read[object])
		if err != nil {
			return err
		}
		page, err := w.recordPage(ctx, object, crm.Page[crm.Record]{Items: there})
		if err != nil {
			return err
		}
		if page.Cursor, page.Shape, err = w.Store.Cursor(ctx, w.Connection, object); err != nil {
			return err
		}
		page.Reload = reload
		if err := w.saveRecords(ctx, page); err != nil {
			return err
		}
		gone := slices.DeleteFunc(missing, func(id string) bool {
			return slices.ContainsFunc(there, func(rec crm.Record) bool { return rec.ID == id })
		})
		if err := w.forget(ctx, object, gone); err != nil {
			return err
		}
		r.Removed += len(gone)
	}
}

// sweep forgets what the CRM says was deleted: with every full reading, and otherwise once a day.
func (w *Worker) sweep(ctx context.Context, o Options, reload string, r *Report) error {
	sweeper, ok := w.CRM.(crm.Sweeper)
	if !ok {
		return nil
	}
	now := w.Now().UTC()
	if reload == "" && !o.Sweep {
		if due, err := w.sweepDue(ctx, now); err != nil || !due {
			return err
		}
	}
	objects := []string{crm.People}
	if w.pullsCompanies() {
		objects = append(objects, crm.Companies)
	}
	for _, object := range append(objects, w.sources()...) {
		if err := w.sweepObject(ctx, sweeper, object, r); err != nil {
			return err
		}
		if reload == "" || object == crm.People || object == crm.Companies {
			continue
		}
		if err := w.reconcile(ctx, object); err != nil {
			return err
		}
	}
	if err := w.expire(ctx); err != nil {
		return err
	}
	if err := w.prune(ctx); err != nil {
		return err
	}
	return w.Store.SetNote(ctx, w.Connection, "swept", now.Format(time.RFC3339))
}

// sweepDue is true once a day. The very first pull has nothing to forget: it only starts the clock.
func (w *Worker) sweepDue(ctx context.Context, now time.Time) (bool, error) {
	note, err := w.Store.Note(ctx, w.Connection, "swept")
	if err != nil {
		return false, err
	}
	if note == "" {
		return false, w.Store.SetNote(ctx, w.Connection, "swept", now.Format(time.RFC3339))
	}
	last, err := time.Parse(time.RFC3339, note)
	if err != nil { // a note that cannot be read says nothing
		return true, nil //nolint:nilerr // then the sweep is due
	}
	return now.Sub(last) >= SweepEvery || last.After(now), nil
}

func (w *Worker) sweepObject(ctx context.Context, sweeper crm.Sweeper, object string, r *Report) error {
	w.step("looking for deleted "+object, 0, 0)
	for page, err := range sweeper.Removed(ctx, object, "") {
		if err != nil {
			return fmt.Errorf("look for deleted %s: %w", object, err)
		}
		gone := page.Items
		if object == crm.People || object == crm.Companies {
			known, err := w.Store.Known(ctx, w.Connection, object, gone)
			if err != nil {
				return err
			}
			gone = slices.DeleteFunc(slices.Clone(gone), func(id string) bool { _, ok := known[id]; return !ok })
			r.Removed += len(gone)
		}
		if len(gone) == 0 {
			continue
		}
		if err := w.forget(ctx, object, gone); err != nil {
			return err
		}
	}
	return nil
}
