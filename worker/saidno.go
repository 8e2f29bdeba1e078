package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/crm"
)

// People who said no: those the model leaves out by a field of theirs (privacy.skip_if), of whom only what tells whether
// that has changed is kept, and those who were forgotten (bareme forget), of whom only a hash is.

// saidNo tells from a person's fields, all of them or the bare ones.
func (w *Worker) saidNo(s Snapshot) bool {
	_, no := w.Mapper.Skip(w.Mapper.Own(s.Fields))
	return no
}

// bare is what is kept of someone who said no: the record's id, the hash of the address, the fields that say no, and the
// links to those of their records that are left alone for it. The hash is of all but the links, which Inputs does not have.
func (w *Worker) bare(s Snapshot) Snapshot {
	out := Snapshot{ID: s.ID, Modified: s.Modified, Identity: s.Identity, Fields: w.Mapper.Bare(s.Fields)}
	out.Hash = hash(out)
	out.Links = s.Links
	return out
}

// stripSilent erases what is still kept of the people in a batch who said no: what was stored before they did, or what
// came with a page of activity since. It comes before their scores are cleared, so that a crash in between repeats it.
func (w *Worker) stripSilent(ctx context.Context, batch []Inputs) error {
	var bare []Snapshot
	for i := range batch {
		if in := &batch[i]; w.saidNo(in.Record) {
			in.Record, in.Company, in.Activities = w.bare(in.Record), nil, nil
			bare = append(bare, in.Record)
		}
	}
	if len(bare) == 0 {
		return nil
	}
	return w.Store.Strip(ctx, w.Connection, bare)
}

// keptOut tells which of some records belong to people who were forgotten and are not to come back.
func (w *Worker) keptOut(ctx context.Context, object string, records []crm.Record) (map[string]bool, error) {
	if object != crm.People || len(records) == 0 {
		return nil, nil
	}
	var keys []string
	for _, rec := range records {
		identity, _ := w.Mapper.Identify(rec.Fields)
		keys = append(keys, suppressionKeys(rec.ID, identity)...)
	}
	found, err := w.Store.Suppressed(ctx, w.Connection, keys)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	out := make(map[string]bool, len(found))
	for _, rec := range records {
		identity, _ := w.Mapper.Identify(rec.Fields)
		for _, key := range suppressionKeys(rec.ID, identity) {
			if _, no := found[key]; no {
				out[rec.ID] = true
			}
		}
	}
	return out, nil
}

func suppressionKeys(id, identity string) []string {
	keys := []string{RecordKey(id)}
	if identity != "" {
		keys = append(keys, IdentityKey(identity))
	}
	return keys
}

// allowed takes people who were forgotten out of a page of activity. What concerned nobody else is not stored, and
// forgotten where it was.
func (w *Worker) allowed(ctx context.Context, source string, items []crm.Activity) ([]crm.Activity, error) {
	var keys []string
	for _, a := range items {
		for _, id := range a.Links[crm.People] {
			keys = append(keys, RecordKey(id))
		}
	}
	found, err := w.Store.Suppressed(ctx, w.Connection, keys)
	if err != nil || len(found) == 0 {
		return items, err
	}
	out := make([]crm.Activity, 0, len(items))
	var gone []string
	for _, a := range items {
		rest := slices.DeleteFunc(slices.Clone(a.Links[crm.People]), func(id string) bool {
			_, no := found[RecordKey(id)]
			return no
		})
		if len(rest) == len(a.Links[crm.People]) {
			out = append(out, a)
			continue
		}
		if len(rest)+len(a.Links[crm.Companies]) == 0 {
			gone = append(gone, a.ID)
			continue
		}
		links := map[string][]string{}
		for object, ids := range a.Links {
			links[object] = ids
		}
		links[crm.People] = rest
		a.Links = links
		out = append(out, a)
	}
	return out, w.Store.Forget(ctx, w.Connection, source, gone)
}

// standing decodes a person's stored inputs, finds what was done by hand about them, and says why they are not scored:
// they said no, or have been silent for too long since.
func (s *scorer) standing(id string, blob []byte) (skip string, err error) {
	s.hand = byHand{}
	skip, field, err := decode(blob, &s.subject)
	if err != nil || skip != "" {
		return skip, err
	}
	if reason, lapsed := s.w.Mapper.Lapsed(nil, &s.subject, s.now); lapsed {
		return reason, nil
	}
	s.hand = s.handOf(id, field)
	return "", nil
}
