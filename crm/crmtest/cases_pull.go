package crmtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bareme/bareme/crm"
)

// someDay is when the suite's activities happened.
var someDay = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

// several is two and a half pages.
func (e *env) several() int { return 2*e.pageSize() + (e.pageSize()+1)/2 }

func pullEverything(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	got, err := e.pull(ctx, e.all(object, ""))
	if err != nil {
		return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
	}
	if err := e.whole(object, ids, got); err != nil {
		return err
	}
	if len(got) < 3 {
		return broken("Page", "one step of a pull", "%d records came in %d pages of %d: the harness' PageSize is wrong or paging is", len(ids), len(got), e.pageSize())
	}
	if err := distinctCursors(got); err != nil {
		return err
	}
	for _, page := range got {
		if page.Total != 0 && page.Total < len(ids) {
			return broken("Page.Total", "how many records this pull expects to deliver in all; 0 when not known", "it says %d of %d", page.Total, len(ids))
		}
	}
	for _, r := range latest(got) {
		if len(r.Fields) > 1 {
			return broken("Record.Fields", "the fields asked for that have a value", "one field was asked for and %d came", len(r.Fields))
		}
		if r.Modified.IsZero() || r.Modified.Location() != time.UTC {
			return broken("Record.Modified", "the CRM's own clock", "record %s has none in UTC", r.ID)
		}
	}
	return nil
}

// distinctCursors checks that every page moves the cursor.
func distinctCursors(got pages) error {
	seen := map[crm.Cursor]bool{"": true}
	for i, page := range got {
		if seen[page.Next] {
			return broken("Page.Next", "resume after this page", "page %d of %d has an empty cursor or that of an earlier page", i+1, len(got))
		}
		seen[page.Next] = true
	}
	return nil
}

// resumeAnywhere drops what follows each page of a first pull and of an increment, and goes on in a new process.
func resumeAnywhere(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	first, err := e.resumeAll(ctx, object, "", ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		e.System.Change(object, id, crm.Fields{e.Text[object]: text(i + 100_000)})
	}
	e.System.Settle()
	_, err = e.resumeAll(ctx, object, first.end(""), ids)
	return err
}

func (e *env) resumeAll(ctx context.Context, object string, start crm.Cursor, ids []string) (pages, error) {
	got, err := e.pull(ctx, e.all(object, start))
	if err != nil {
		return nil, broken("Connector.Records", "yields pages of records changed since the cursor", "it failed: %w", err)
	}
	if err := e.whole(object, ids, got); err != nil {
		return nil, err
	}
	for k := range got {
		rest, err := e.pullBy(ctx, e.Reopen(), e.all(object, got[k].Next))
		if err != nil {
			return nil, broken("Connector.Records", "a new call with the last stored cursor goes on", "after page %d it failed: %w", k+1, err)
		}
		if err := e.whole(object, ids, got[:k+1], rest); err != nil {
			return nil, broken("Page.Next", "resume after this page", "stopped after page %d of %d and resumed: %w", k+1, len(got), err)
		}
		if n, _ := missing(latest(rest), ids); n == 0 && k == len(got)-2 {
			return nil, broken("Page.Next", "resume after this page", "resumed after page %d of %d, the pull began from the start", k+1, len(got))
		}
	}
	return got, nil
}

func nothingNew(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.pageSize()+1)
	var cursor crm.Cursor
	for round := range 4 { // the first reads all, the second may repeat what an overlap window covers
		got, err := e.pull(ctx, e.all(object, cursor))
		if err != nil {
			return broken("Connector.Records", "the last page's cursor starts the next pull", "pull %d failed: %w", round+1, err)
		}
		if len(got) == 0 {
			return broken("Connector.Records", "a pull with nothing new still yields one page without items", "pull %d yielded no page", round+1)
		}
		if got.end(cursor) == cursor {
			return broken("Connector.Records", "so that the cursor moves", "pull %d ended where it began although time has passed", round+1)
		}
		if n := len(latest(got)); round > 1 && n > 0 {
			return broken("Connector.Records", "the last page's cursor starts the next pull", "pull %d brought %d records again although nothing changed for long", round+1, n)
		}
		cursor = got.end(cursor)
		e.System.Settle()
	}
	e.System.Change(object, ids[0], crm.Fields{e.Text[object]: text("changed")})
	e.System.Settle()
	got, err := e.pull(ctx, e.all(object, cursor))
	if err != nil {
		return broken("Connector.Records", "the last page's cursor starts the next pull", "the pull after empty ones failed: %w", err)
	}
	return e.whole(object, ids[:1], got)
}

// changeDuringPull changes, adds and deletes between the first page and the second.
func changeDuringPull(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	var got pages
	for page, err := range e.stream(ctx, e.c, e.all(object, "")) {
		if e.note(err) != nil {
			return broken("Connector.Records", "one changed during the pull comes again in the next", "it failed: %w", err)
		}
		if got = append(got, page); len(got) > 1 {
			continue
		}
		if len(page.Items) == 0 {
			return broken("Connector.Records", "with the empty cursor it yields every record", "the first of several pages is empty")
		}
		delivered := page.Items[0].ID
		var waiting []string
		for _, id := range ids {
			if n, _ := missing(latest(got), []string{id}); n == 1 {
				waiting = append(waiting, id)
			}
		}
		if len(waiting) < 2 {
			return broken("Page", "one step of a pull", "the first page holds all: the harness' PageSize is wrong")
		}
		e.System.Change(object, delivered, crm.Fields{e.Text[object]: text("changed after it came")})
		e.System.Change(object, waiting[0], crm.Fields{e.Text[object]: text("changed before it came")})
		e.System.Delete(object, waiting[1])
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == waiting[1] })
		ids = append(ids, e.create(object, text("new"), nil))
	}
	e.System.Settle()
	next, err := e.pull(ctx, e.all(object, got.end("")))
	if err != nil {
		return broken("Connector.Records", "one changed during the pull comes again in the next", "the next pull failed: %w", err)
	}
	if err := e.whole(object, ids, got, next); err != nil {
		return broken("Connector.Records", "one changed during the pull comes again in the next; none is left out", "%w", err)
	}
	return nil
}

// leaveEarly stops ranging after the first page; the leak check does the rest.
func leaveEarly(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, e.several())
	for page, err := range e.c.Records(ctx, e.all(crm.People, "")) {
		if e.note(err) != nil {
			return broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
		}
		rest, err := e.pull(ctx, e.all(crm.People, page.Next))
		if err != nil {
			return broken("Page.Next", "resume after this page", "a second pull beside an open one failed: %w", err)
		}
		return e.whole(crm.People, ids, pages{page}, rest)
	}
	return errors.New("the pull yielded nothing")
}

// links checks which links come and that the primary one is first.
func links(ctx context.Context, e *env) error {
	company := func(what string) string {
		return e.System.Create(crm.Companies, crm.Fields{e.Text[crm.Companies]: text(what)}, nil)
	}
	companies := []string{company("main"), company("other")}
	if e.OneCompany {
		companies = companies[:1]
	}
	id := e.System.Create(crm.People, crm.Fields{e.Text[crm.People]: text("linked")}, map[string][]string{crm.Companies: companies})
	alone := e.System.Create(crm.People, crm.Fields{e.Text[crm.People]: text("alone")}, nil)
	e.System.Settle()
	q := e.all(crm.People, "")
	q.Links = []string{crm.Companies}
	got, err := e.pull(ctx, q)
	if err != nil {
		return broken("Query.Links", "objects whose ids to bring along", "it failed: %w", err)
	}
	people := latest(got)
	if have := people[id].Links[crm.Companies]; !slices.Equal(have, companies) {
		return broken("Record.Links", "ids of linked records by object, the primary one first", "want %v, got %v", companies, have)
	}
	if have := people[alone].Links[crm.Companies]; len(have) != 0 {
		return broken("Record.Links", "ids of linked records by object", "a person without company came with %v", have)
	}
	for _, source := range e.sources() {
		a := e.System.CreateActivity(source, crm.Activity{Fields: crm.Fields{e.Text[source]: text("activity")}, Time: someDay,
			Links: map[string][]string{crm.People: {id}}})
		e.System.Settle()
		found := false
		for page, err := range e.c.Activities(ctx, e.all(source, "")) {
			if e.note(err) != nil {
				return broken("Connector.Activities", "under the same promises as Records", "%s failed: %w", source, err)
			}
			for _, item := range page.Items {
				if item.ID != a {
					continue
				}
				found = true
				if !slices.Contains(item.Links[crm.People], id) {
					return broken("Activity.Links", "People and Companies it concerns", "%s came without its person", source)
				}
				want := someDay
				if e.Daily[source] {
					want = someDay.Truncate(24 * time.Hour)
				}
				if !item.Time.Equal(want) || item.Time.Location() != time.UTC {
					return broken("Activity.Time", "when it happened, by the CRM's rule for its source", "%s: want %s, got %s", source, want, item.Time)
				}
			}
		}
		if !found {
			return broken("Connector.Activities", "none is left out", "%s did not come", source)
		}
	}
	return nil
}
