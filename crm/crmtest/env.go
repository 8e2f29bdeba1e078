package crmtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bareme/bareme/crm"
)

// env is what a case works with. All calls of the connector go through it, so that every error is looked at.
type env struct {
	Harness
	c crm.Connector

	mu   sync.Mutex
	errs []error
}

// complete says what a harness lacks.
func (e *env) complete() error {
	var missing []string
	for what, absent := range map[string]bool{
		"Connector":       e.Connector == nil,
		"System":          e.System == nil,
		"Reopen":          e.Reopen == nil,
		"Text[People]":    e.Text[crm.People] == "",
		"Text[Companies]": e.Text[crm.Companies] == "",
		"Faults":          len(e.Faults) < len(StandardFaults()),
		"Secrets":         len(e.Secrets) == 0,
	} {
		if absent {
			missing = append(missing, what)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("the harness lacks %s", strings.Join(missing, ", "))
	}
	return nil
}

// eachObject runs a case for one object, or with "" for every source of activity.
func (e *env) eachObject(object string, run func(string) error) error {
	if object != "" {
		return run(object)
	}
	sources := e.sources()
	if len(sources) == 0 {
		return skipped("the harness names no source of activity")
	}
	for _, source := range sources {
		if err := run(source); err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
	}
	return nil
}

func (e *env) sources() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(e.Text)), func(o string) bool { return o == crm.People || o == crm.Companies })
}

// note keeps an error for indiscretions.
func (e *env) note(err error) error {
	if err != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.errs = append(e.errs, err)
	}
	return err
}

// errOwn is an error the suite itself feeds to a connector, which passes it on.
var errOwn = errors.New("asked to fail")

// indiscretions finds errors of no kind, and secrets and personal data in errors and logs.
func (e *env) indiscretions() error {
	logs := ""
	if e.Logs != nil {
		logs = e.Logs()
	}
	for _, word := range append(slices.Clone(e.Secrets), canary) {
		for _, err := range e.errs {
			if strings.Contains(err.Error(), word) {
				return broken("Connector", "puts neither secrets nor field values into errors or logs", "an error shows %s: %s", e.hide(word), hideAll(err.Error(), word))
			}
		}
		for line := range strings.Lines(logs) {
			if strings.Contains(line, word) {
				return broken("Connector", "puts neither secrets nor field values into errors or logs", "a log line shows %s: %s", e.hide(word), hideAll(line, word))
			}
		}
	}
	for _, err := range e.errs {
		if !hasKind(err) {
			return broken("Connector", "returns errors that wrap one of the kinds in errors.go", "this one wraps none: %v", err)
		}
	}
	return nil
}

func (e *env) hide(word string) string {
	if word == canary {
		return "a field value"
	}
	return "a secret"
}

func hideAll(text, word string) string { return strings.ReplaceAll(text, word, "[...]") }

func hasKind(err error) bool {
	for _, kind := range []error{crm.ErrAuth, crm.ErrRateLimit, crm.ErrQuota, crm.ErrInvalid, crm.ErrNotFound, crm.ErrConflict,
		crm.ErrUnavailable, context.Canceled, context.DeadlineExceeded, errOwn} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// seed makes n records of an object and returns their ids. Each has a text of its own; people and activities are linked
// to one company or person.
func (e *env) seed(object string, n int) []string {
	links := map[string][]string{}
	switch object {
	case crm.Companies:
	case crm.People:
		links[crm.Companies] = []string{e.System.Create(crm.Companies, crm.Fields{e.Text[crm.Companies]: text("of the company")}, nil)}
	default:
		links[crm.People] = []string{e.System.Create(crm.People, crm.Fields{e.Text[crm.People]: text("of the person")}, nil)}
	}
	ids := make([]string, n)
	for i := range ids {
		ids[i] = e.create(object, text(i), links)
	}
	e.System.Settle()
	return ids
}

func (e *env) create(object, value string, links map[string][]string) string {
	fields := crm.Fields{e.Text[object]: value}
	if object == crm.People || object == crm.Companies {
		return e.System.Create(object, fields, links)
	}
	return e.System.CreateActivity(object, crm.Activity{Fields: fields, Links: links, Time: someDay})
}

// text is a value with the canary in it.
func text(what any) string { return fmt.Sprintf("%s %v", canary, what) }

// all is the query for the text field of an object.
func (e *env) all(object string, cursor crm.Cursor) crm.Query {
	return crm.Query{Object: object, Fields: []string{e.Text[object]}, Cursor: cursor}
}

// stream pulls records or activities alike.
func (e *env) stream(ctx context.Context, c crm.Connector, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	if q.Object == crm.People || q.Object == crm.Companies {
		return c.Records(ctx, q)
	}
	return func(yield func(crm.Page[crm.Record], error) bool) {
		for page, err := range c.Activities(ctx, q) {
			out := crm.Page[crm.Record]{Next: page.Next, Skipped: page.Skipped, Total: page.Total}
			for _, a := range page.Items {
				out.Items = append(out.Items, crm.Record{ID: a.ID, Fields: a.Fields, Links: a.Links, Modified: a.Modified})
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

// pages is what a pull gave until it ended.
type pages []crm.Page[crm.Record]

// pull reads to the end, or to the first error.
func (e *env) pull(ctx context.Context, q crm.Query) (pages, error) {
	return e.pullBy(ctx, e.c, q)
}

func (e *env) pullBy(ctx context.Context, c crm.Connector, q crm.Query) (got pages, failed error) {
	for page, err := range e.stream(ctx, c, q) {
		if failed != nil {
			return got, broken("Connector.Records", "after an error the sequence ends", "it went on after: %v", failed)
		}
		if e.note(err) != nil {
			failed = err
			continue
		}
		got = append(got, page)
		if len(got) > 10_000 {
			return got, broken("Connector.Records", "the last page's cursor starts the next pull", "the pull does not end")
		}
	}
	return got, failed
}

// latest holds the records of some pulls by id, the last seen of each.
func latest(pulls ...pages) map[string]crm.Record {
	out := map[string]crm.Record{}
	for _, p := range pulls {
		for _, page := range p {
			for _, r := range page.Items {
				out[r.ID] = r
			}
		}
	}
	return out
}

// end is the cursor to go on from: the last page's, or where the pull began.
func (p pages) end(start crm.Cursor) crm.Cursor {
	if len(p) == 0 {
		return start
	}
	return p[len(p)-1].Next
}

// missing counts the ids a pull did not bring and names the first.
func missing(got map[string]crm.Record, ids []string) (n int, first string) {
	for _, id := range ids {
		if _, ok := got[id]; !ok {
			if n++; n == 1 {
				first = id
			}
		}
	}
	return n, first
}

// whole checks that a pull brought every id with the text that is stored.
func (e *env) whole(object string, ids []string, pulls ...pages) error {
	got := latest(pulls...)
	if n, first := missing(got, ids); n > 0 {
		return broken("Connector.Records", "none is left out", "%d of %d records did not come, the first is %s", n, len(ids), first)
	}
	for _, id := range ids {
		stored, _ := e.System.Stored(object, id)
		if want, have := stored[e.Text[object]], got[id].Fields[e.Text[object]]; have != want {
			return broken("Connector.Records", "yields pages of records changed since the cursor", "record %s came last with an old or wrong text", id)
		}
	}
	return nil
}

// write calls Write and looks at the errors.
func (e *env) write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	outcomes, err := e.c.Write(ctx, object, updates)
	for _, o := range outcomes {
		_ = e.note(o.Err)
	}
	return outcomes, e.note(err)
}

// spots spreads k indices over n, another set each turn: all faults together try many places, and none of them all.
func spots(n, k, turn int) []int {
	k = min(n, k)
	out := make([]int, k)
	for j := range out {
		out[j] = (turn + j*n/k) % n
	}
	return out
}
