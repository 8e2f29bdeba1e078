package crmtest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// sampleFields returns the fields of all samples.
func (e *env) sampleFields() (names []string) {
	for _, s := range e.Samples {
		if !slices.Contains(names, s.Field) {
			names = append(names, s.Field)
		}
	}
	return names
}

// canonicalText stores each sample as the CRM has it and reads it.
func canonicalText(ctx context.Context, e *env) error {
	if len(e.Samples) == 0 {
		return skipped("the harness has no samples")
	}
	ids := make([]string, len(e.Samples))
	for i, s := range e.Samples {
		ids[i] = e.System.Create(crm.People, crm.Fields{s.Field: s.Stored}, nil)
	}
	e.System.Settle()
	got, err := e.pull(ctx, crm.Query{Object: crm.People, Fields: e.sampleFields()})
	if err != nil {
		return broken("Fields", "a connector normalises", "the pull failed: %w", err)
	}
	people := latest(got)
	for i, s := range e.Samples {
		have, ok := people[ids[i]].Fields[s.Field]
		if have != s.Canonical || !ok {
			return broken("Fields", "canonical text", "%s of type %s, stored as %q: want %q, got %q", s.Field, s.Type, s.Stored, s.Canonical, have)
		}
		for name := range people[ids[i]].Fields {
			if name != s.Field && people[ids[i]].Fields[name] == "" {
				return broken("Fields", "a field without a value is absent", "%s came as empty text", name)
			}
		}
	}
	return nil
}

// writeCanonical writes each sample's canonical text and reads the same text back.
func writeCanonical(ctx context.Context, e *env) error {
	if len(e.Samples) == 0 {
		return skipped("the harness has no samples")
	}
	ids := e.seed(crm.People, len(e.Samples))
	updates := make([]crm.Update, len(ids))
	for i, s := range e.Samples {
		updates[i] = crm.Update{ID: ids[i], Fields: crm.Fields{s.Field: s.Canonical}}
	}
	if err := e.mustWrite(ctx, updates); err != nil {
		return err
	}
	e.System.Settle()
	got, err := e.pull(ctx, crm.Query{Object: crm.People, Fields: e.sampleFields()})
	if err != nil {
		return broken("Fields", "a connector normalises", "the pull failed: %w", err)
	}
	people := latest(got)
	for i, s := range e.Samples {
		if have := people[ids[i]].Fields[s.Field]; have != s.Canonical {
			return broken("Fields", "canonical text", "%s of type %s was written as %q and came back as %q", s.Field, s.Type, s.Canonical, have)
		}
	}
	return nil
}

// mustWrite writes people and wants every outcome to be Written.
func (e *env) mustWrite(ctx context.Context, updates []crm.Update) error {
	outcomes, err := e.write(ctx, crm.People, updates)
	if err != nil {
		return broken("Connector.Write", "the error is for what stopped the whole call", "nothing was wrong and it failed: %w", err)
	}
	if len(outcomes) != len(updates) {
		return broken("Connector.Write", "there is one outcome for each update", "%d updates, %d outcomes", len(updates), len(outcomes))
	}
	for i, u := range updates {
		if o := outcomes[i]; o.Status != crm.Written || o.ID != u.ID {
			return broken("Connector.Write", "outcome i belongs to updates[i]", "update %d of record %s was fine and got %s for %s: %v", i, u.ID, o.Status, o.ID, o.Err)
		}
	}
	return nil
}

// echo pulls, lets a user and Barème write to the same record, and pulls again.
func echo(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, 3)
	field := e.Text[crm.People]
	own := e.ownField()
	q := e.all(crm.People, "")
	q.Fields = append(q.Fields, own)
	first, err := e.pull(ctx, q)
	if err != nil {
		return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
	}
	e.System.Change(crm.People, ids[0], crm.Fields{field: text("edited by a person")})
	value := e.ownValue(own)
	if err := e.mustWrite(ctx, []crm.Update{{ID: ids[0], Fields: crm.Fields{own: value}}, {ID: ids[1], Fields: crm.Fields{own: value}}}); err != nil {
		return err
	}
	e.System.Settle()
	q.Cursor = first.end("")
	next, err := e.pull(ctx, q)
	if err != nil {
		return broken("Connector.Records", "the last page's cursor starts the next pull", "it failed: %w", err)
	}
	r, ok := latest(next)[ids[0]]
	if !ok || (own != field && r.Fields[field] != text("edited by a person")) {
		return broken("Connector.Records", "none is left out", "a person's edit just before our own write did not come")
	}
	for _, id := range ids[:2] {
		if r, ok := latest(next)[id]; ok && r.Fields[own] != value {
			return broken("Fields", "canonical text", "our own write of %s came back as another text", own)
		}
	}
	return nil
}

// ownField is a field to write that is not the one users edit, where the harness has one.
func (e *env) ownField() string {
	for _, s := range e.Samples {
		if s.Field != e.Text[crm.People] {
			return s.Field
		}
	}
	return e.Text[crm.People]
}

func (e *env) ownValue(field string) string {
	for _, s := range e.Samples {
		if s.Field == field {
			return s.Canonical
		}
	}
	return text("ours")
}

// unseen declines two of three records of each page.
func unseen(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.several())
	q := e.all(crm.People, "")
	asked, wanted := map[string]crm.Version{}, map[string]bool{}
	q.Unseen = func(_ context.Context, versions []crm.Version) ([]string, error) {
		var out []string
		for _, v := range versions {
			if _, again := asked[v.ID]; !again && len(asked)%3 == 0 {
				wanted[v.ID] = true
			}
			asked[v.ID] = v
			if wanted[v.ID] {
				out = append(out, v.ID)
			}
		}
		return out, nil
	}
	got, err := e.pull(ctx, q)
	if err != nil {
		return broken("Query.Unseen", "returns the ids still worth reading", "the pull failed: %w", err)
	}
	skipped := 0
	for _, page := range got {
		skipped += page.Skipped
	}
	read := latest(got)
	for id, r := range read {
		v, ok := asked[id]
		switch {
		case !ok:
			return broken("Query.Unseen", "is asked before the expensive part of reading", "record %s came unasked", id)
		case !wanted[id]:
			return broken("Query.Unseen", "returns the ids still worth reading", "record %s was declined and came", id)
		case !v.Modified.Equal(r.Modified):
			return broken("Version", "names one state of one record", "record %s was announced as of %s and came as of %s", id, v.Modified, r.Modified)
		}
	}
	for _, id := range ids {
		if _, ok := asked[id]; !ok {
			return broken("Query.Unseen", "given the versions a page is about to read", "record %s was never asked about", id)
		}
		if _, ok := read[id]; wanted[id] && !ok {
			return broken("Query.Unseen", "returns the ids still worth reading", "record %s was wanted and did not come", id)
		}
	}
	if want := len(asked) - len(wanted); skipped < want {
		return broken("Page.Skipped", "changed records left out because Unseen knew them", "%d were declined and %d counted", want, skipped)
	}
	q.Unseen = func(context.Context, []crm.Version) ([]string, error) { return nil, nil }
	got, err = e.pull(ctx, q)
	if err != nil || len(latest(got)) > 0 {
		return broken("Query.Unseen", "returns the ids still worth reading", "all were declined and %d came: %v", len(latest(got)), err)
	}
	return nil
}

func unseenFails(ctx context.Context, e *env) error {
	e.seed(crm.People, 2)
	q := e.all(crm.People, "")
	q.Unseen = func(context.Context, []crm.Version) ([]string, error) { return nil, errOwn }
	got, err := e.pull(ctx, q)
	if !errors.Is(err, errOwn) || len(got) > 0 {
		return broken("Connector.Records", "after an error the sequence ends", "Unseen failed; %d pages came and the error: %v", len(got), err)
	}
	return nil
}

// writeBadValues writes what no choice and no number takes: the record is refused, and the value kept quiet.
func writeBadValues(ctx context.Context, e *env) error {
	tried := false
	for _, s := range e.Samples {
		if s.Type == crm.Text || s.Type == crm.Bool {
			continue
		}
		tried = true
		ids := e.seed(crm.People, 2)
		outcomes, err := e.write(ctx, crm.People, []crm.Update{
			{ID: ids[0], Fields: crm.Fields{s.Field: text("of no such type")}}, {ID: ids[1], Fields: crm.Fields{s.Field: s.Canonical}}})
		if err != nil || len(outcomes) != 2 {
			return broken("Connector.Write", "a record's refusal is an outcome", "%s took a value that is none: %d outcomes, error: %v", s.Field, len(outcomes), err)
		}
		if o := outcomes[0]; o.Status != crm.Rejected || !errors.Is(o.Err, crm.ErrInvalid) || !strings.Contains(o.Err.Error(), s.Field) {
			return broken("Outcome", "rejected: Err says why", "%s took a value that is none, want an ErrInvalid that names the field, got %s: %v", s.Field, o.Status, o.Err)
		}
		if o := outcomes[1]; o.Status != crm.Written {
			return broken("Connector.Write", "a record's refusal is an outcome", "a good update beside a bad one is %s: %v", o.Status, o.Err)
		}
	}
	if !tried {
		return skipped("the harness has no sample of a type that refuses text")
	}
	return nil
}
