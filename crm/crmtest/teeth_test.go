package crmtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bareme/bareme/crm"
)

// spoiled is a Memory with one promise broken. Functions left nil keep theirs.
type spoiled struct {
	*Memory
	records   func(context.Context, crm.Query) iter.Seq2[crm.Page[crm.Record], error]
	page      func(crm.Query, *crm.Page[crm.Record])
	outcomes  func([]crm.Update, []crm.Outcome, error) ([]crm.Outcome, error)
	write     func(context.Context, string, []crm.Update) ([]crm.Outcome, error)
	err       func(error) error
	check     func(error) error
	provision func(context.Context, string, []crm.Field) ([]crm.Provisioned, error)
	removed   func(*crm.Page[string])
	activity  func(*crm.Activity)
	describe  func(*crm.Schema)
	read      func(ids []string, got []crm.Record) []crm.Record
	usage     func(*crm.Usage)
	history   func(*crm.HistoryQuery, []crm.History) []crm.History
}

func (s *spoiled) fails(err error) error {
	if err != nil && s.err != nil {
		return s.err(err)
	}
	return err
}

func (s *spoiled) Records(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
	seq := s.Memory.Records(ctx, q)
	if s.records != nil {
		seq = s.records(ctx, q)
	}
	return func(yield func(crm.Page[crm.Record], error) bool) {
		for page, err := range seq {
			if s.page != nil && err == nil {
				s.page(q, &page)
			}
			if !yield(page, s.fails(err)) {
				return
			}
		}
	}
}

func (s *spoiled) Activities(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Activity], error] {
	return func(yield func(crm.Page[crm.Activity], error) bool) {
		for page, err := range s.Memory.Activities(ctx, q) {
			for i := range page.Items {
				if s.activity != nil {
					s.activity(&page.Items[i])
				}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

func (s *spoiled) Write(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
	write := s.Memory.Write
	if s.write != nil {
		write = s.write
	}
	out, err := write(ctx, object, updates)
	if s.outcomes != nil {
		return s.outcomes(updates, out, err)
	}
	return out, s.fails(err)
}

func (s *spoiled) Check(ctx context.Context, need crm.Need) error {
	err := s.Memory.Check(ctx, need)
	if s.check != nil {
		return s.check(err)
	}
	return err
}

func (s *spoiled) Describe(ctx context.Context, object string) (crm.Schema, error) {
	schema, err := s.Memory.Describe(ctx, object)
	if s.describe != nil {
		s.describe(&schema)
	}
	return schema, err
}

func (s *spoiled) Provision(ctx context.Context, object string, fields []crm.Field) ([]crm.Provisioned, error) {
	if s.provision != nil {
		return s.provision(ctx, object, fields)
	}
	return s.Memory.Provision(ctx, object, fields)
}

func (s *spoiled) Removed(ctx context.Context, object string, cursor crm.Cursor) iter.Seq2[crm.Page[string], error] {
	return func(yield func(crm.Page[string], error) bool) {
		for page, err := range s.Memory.Removed(ctx, object, cursor) {
			if s.removed != nil {
				s.removed(&page)
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

func (s *spoiled) Read(ctx context.Context, object string, ids, fields []string) ([]crm.Record, error) {
	got, err := s.Memory.Read(ctx, object, ids, fields)
	if s.read != nil {
		got = s.read(ids, got)
	}
	return got, err
}

func (s *spoiled) Histories(ctx context.Context, q crm.HistoryQuery) ([]crm.History, error) {
	got, err := s.Memory.Histories(ctx, q)
	if s.history != nil && err == nil {
		got = s.history(&q, got)
	}
	return got, s.fails(err)
}

// eachPast changes every past of the fields.
func eachPast(change func(*crm.Past)) func(*crm.HistoryQuery, []crm.History) []crm.History {
	return func(_ *crm.HistoryQuery, got []crm.History) []crm.History {
		for i := range got {
			for name, past := range got[i].Fields {
				change(&past)
				got[i].Fields[name] = past
			}
		}
		return got
	}
}

func (s *spoiled) Usage() crm.Usage {
	u := s.Memory.Usage()
	if s.usage != nil {
		s.usage(&u)
	}
	return u
}

// bites lists broken connectors and one case that must notice each.
var bites = []struct {
	name, noticed string
	spoil         func(*spoiled)
}{
	{"drops a record at the end of a page", "people: pull everything", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) { p.Items = p.Items[:max(0, len(p.Items)-1)] }
	}},
	{"drops a record of increments", "people: resume anywhere", func(s *spoiled) {
		s.page = func(q crm.Query, p *crm.Page[crm.Record]) {
			if q.Cursor != "" && len(p.Items) > 0 {
				p.Items = p.Items[1:]
			}
		}
	}},
	{"history without what was cleared", "history", func(s *spoiled) {
		s.history = eachPast(func(p *crm.Past) {
			p.Values = slices.DeleteFunc(p.Values, func(w crm.Was) bool { return w.Value == "" })
		})
	}},
	{"history newest first", "history", func(s *spoiled) {
		s.history = eachPast(func(p *crm.Past) { slices.Reverse(p.Values) })
	}},
	{"history a day early", "history", func(s *spoiled) {
		s.history = eachPast(func(p *crm.Past) {
			for i := range p.Values {
				p.Values[i].From = p.Values[i].From.AddDate(0, 0, -1)
			}
		})
	}},
	{"history that knows the present alone", "history", func(s *spoiled) {
		s.history = eachPast(func(p *crm.Past) { p.Values = p.Values[max(0, len(p.Values)-1):] })
	}},
	{"history of others", "history of many", func(s *spoiled) {
		s.history = func(q *crm.HistoryQuery, got []crm.History) []crm.History {
			if len(q.IDs) > 0 {
				got = append(got, crm.History{ID: q.IDs[0]})
			}
			return got
		}
	}},
	{"history of some", "history of many", func(s *spoiled) {
		s.history = func(_ *crm.HistoryQuery, got []crm.History) []crm.History { return got[:max(0, len(got)-1)] }
	}},
	{"cursor does not move", "people: pull everything", func(s *spoiled) {
		s.page = func(q crm.Query, p *crm.Page[crm.Record]) { p.Next = cmp.Or(q.Cursor, "m1 0 0 0") }
	}},
	{"empty pulls do not move the cursor", "people: nothing new", func(s *spoiled) {
		s.page = func(q crm.Query, p *crm.Page[crm.Record]) {
			if len(p.Items) == 0 {
				p.Next = q.Cursor
			}
		}
	}},
	{"cursor runs a page ahead", "people: resume anywhere", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			return func(yield func(crm.Page[crm.Record], error) bool) {
				var held *crm.Page[crm.Record]
				for page, err := range s.Memory.Records(ctx, q) {
					if err != nil {
						yield(page, err)
						return
					}
					if held != nil {
						held.Next = page.Next
						if !yield(*held, nil) {
							return
						}
					}
					held = &page
				}
				yield(*held, nil)
			}
		}
	}},
	{"resumes from the start", "people: resume anywhere", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			q.Cursor = ""
			return s.Memory.Records(ctx, q)
		}
	}},
	{"no page when nothing is new", "people: nothing new", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			return func(yield func(crm.Page[crm.Record], error) bool) {
				for page, err := range s.Memory.Records(ctx, q) {
					if err == nil && len(page.Items) == 0 {
						return
					}
					if !yield(page, err) {
						return
					}
				}
			}
		}
	}},
	{"last cursor covers what changed during the pull", "people: change during the pull", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			b, err := parseBookmark(p.Next)
			if err == nil && b.after == b.until {
				s.mu.Lock()
				p.Next = bookmark{s.seq, s.seq, b.at}.cursor()
				s.mu.Unlock()
			}
		}
	}},
	{"goes on after an error", "people: lasting faults", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			return func(yield func(crm.Page[crm.Record], error) bool) {
				for page, err := range s.Memory.Records(ctx, q) {
					if !yield(page, err) || err != nil && !yield(crm.Page[crm.Record]{Next: q.Cursor}, nil) {
						return
					}
				}
			}
		}
	}},
	{"ignores cancellation", "people: cancel anywhere", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			return s.Memory.Records(context.WithoutCancel(ctx), q)
		}
	}},
	{"writes on after cancellation", "write cancelled", func(s *spoiled) {
		s.write = func(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
			return s.Memory.Write(context.WithoutCancel(ctx), object, updates)
		}
	}},
	{"gives up at once", "people: passing faults", func(s *spoiled) { s.tries = 1 }},
	{"gives up a write at once", "write survives passing faults", func(s *spoiled) { s.tries = 1 }},
	{"errors without kind", "people: lasting faults", func(s *spoiled) {
		s.err = func(err error) error { return errors.New(err.Error()) }
	}},
	{"rate limit as unavailable", "people: lasting faults", func(s *spoiled) {
		s.err = func(err error) error {
			if errors.Is(err, crm.ErrRateLimit) {
				return &crm.Error{Kind: crm.ErrUnavailable}
			}
			return err
		}
	}},
	{"no word on when to try again", "write stopped", func(s *spoiled) {
		s.err = kindAlone
	}},
	{"token in an error", "people: lasting faults", func(s *spoiled) {
		s.err = func(err error) error { return fmt.Errorf("with Bearer token-canary: %w", err) }
	}},
	{"value in an error", "write bad values", func(s *spoiled) {
		s.outcomes = func(updates []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			for i := range out {
				if out[i].Err != nil {
					out[i].Err = fmt.Errorf("%v: %w", updates[i].Fields, out[i].Err)
				}
			}
			return out, err
		}
	}},
	{"swaps outcomes", "write", func(s *spoiled) {
		s.outcomes = func(_ []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			slices.Reverse(out)
			return out, err
		}
	}},
	{"swaps outcomes under right ids", "write", func(s *spoiled) {
		s.outcomes = func(updates []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			if len(out) > 3 {
				out[0], out[3] = out[3], out[0]
			}
			for i := range out {
				out[i].ID = updates[i].ID
			}
			return out, err
		}
	}},
	{"outcomes of refused records go missing", "write", func(s *spoiled) {
		s.outcomes = func(_ []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			return slices.DeleteFunc(out, func(o crm.Outcome) bool { return o.Status == crm.Rejected }), err
		}
	}},
	{"claims what was not written", "write stopped", func(s *spoiled) {
		s.outcomes = func(updates []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			for i := len(out); i < len(updates) && err != nil; i++ {
				out = append(out, crm.Outcome{ID: updates[i].ID})
			}
			return out, err
		}
	}},
	{"forgets later duplicates", "write duplicates", func(s *spoiled) {
		s.write = func(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
			updates = slices.Clone(updates)
			seen := map[string]bool{}
			for i, u := range updates {
				if seen[u.ID] {
					updates[i].Fields = nil
				}
				seen[u.ID] = true
			}
			return s.Memory.Write(ctx, object, updates)
		}
	}},
	{"does not clear", "write touches only the fields named", func(s *spoiled) {
		s.write = func(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
			for _, u := range updates {
				for name, value := range u.Fields {
					if value == "" {
						delete(u.Fields, name)
					}
				}
			}
			return s.Memory.Write(ctx, object, updates)
		}
	}},
	{"cleared fields come as empty text", "write touches only the fields named", func(s *spoiled) {
		s.page = func(q crm.Query, p *crm.Page[crm.Record]) {
			for _, r := range p.Items {
				for _, name := range q.Fields {
					r.Fields[name] += ""
				}
			}
		}
	}},
	{"leaves unknown fields out", "read unknown field", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			q.Fields = slices.DeleteFunc(slices.Clone(q.Fields), func(f string) bool { return strings.HasSuffix(f, "x") })
			return s.Memory.Records(ctx, q)
		}
	}},
	{"numbers with trailing zeros", "canonical text", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			for _, r := range p.Items {
				if r.Fields["employees"] != "" {
					r.Fields["employees"] += ".0"
				}
			}
		}
	}},
	{"times with an offset", "write canonical text", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			for _, r := range p.Items {
				if v := r.Fields["seen"]; v != "" {
					r.Fields["seen"] = strings.Replace(v, "Z", "+00:00", 1)
				}
			}
		}
	}},
	{"primary link last", "links", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			for _, r := range p.Items {
				slices.Reverse(r.Links[crm.Companies])
			}
		}
	}},
	{"activity an hour off", "links", func(s *spoiled) {
		s.activity = func(a *crm.Activity) { a.Time = a.Time.Add(time.Hour) }
	}},
	{"activity fields missing", "activities: pull everything", func(s *spoiled) {
		s.activity = func(a *crm.Activity) { a.Fields = nil }
	}},
	{"does not ask what is unseen", "unseen", func(s *spoiled) {
		s.records = func(ctx context.Context, q crm.Query) iter.Seq2[crm.Page[crm.Record], error] {
			q.Unseen = nil
			return s.Memory.Records(ctx, q)
		}
	}},
	{"does not count what was skipped", "unseen", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) { p.Skipped = 0 }
	}},
	{"swallows the failure of Unseen", "unseen fails", func(s *spoiled) {
		s.err = func(error) error { return nil }
	}},
	{"takes an edit beside our write for an echo", "echo", func(s *spoiled) {
		mine := map[string]bool{}
		s.write = func(ctx context.Context, object string, updates []crm.Update) ([]crm.Outcome, error) {
			for _, u := range updates {
				mine[u.ID] = true
			}
			return s.Memory.Write(ctx, object, updates)
		}
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			p.Items = slices.DeleteFunc(p.Items, func(r crm.Record) bool { return mine[r.ID] })
		}
	}},
	{"survivors do not say whom they absorbed", "merged records", func(s *spoiled) {
		s.page = func(_ crm.Query, p *crm.Page[crm.Record]) {
			for i := range p.Items {
				p.Items[i].Absorbed = nil
			}
		}
	}},
	{"merged records pass for written", "merged records", func(s *spoiled) {
		s.outcomes = func(_ []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			for i := range out {
				if out[i].Status == crm.Merged {
					out[i] = crm.Outcome{ID: out[i].ID}
				}
			}
			return out, err
		}
	}},
	{"deleted records pass for rejected", "deleted records", func(s *spoiled) {
		s.outcomes = func(_ []crm.Update, out []crm.Outcome, err error) ([]crm.Outcome, error) {
			for i := range out {
				if out[i].Status == crm.Gone {
					out[i].Status, out[i].Err = crm.Rejected, crm.ErrNotFound
				}
			}
			return out, err
		}
	}},
	{"read does not follow merges", "merged records", func(s *spoiled) {
		s.read = func(ids []string, got []crm.Record) []crm.Record {
			return slices.DeleteFunc(got, func(r crm.Record) bool { return !slices.Contains(ids, r.ID) })
		}
	}},
	{"read loses one", "read by id", func(s *spoiled) {
		s.read = func(_ []string, got []crm.Record) []crm.Record { return got[:max(0, len(got)-1)] }
	}},
	{"sweep loses one a page", "removed", func(s *spoiled) {
		s.removed = func(p *crm.Page[string]) { p.Items = p.Items[:max(0, len(p.Items)-1)] }
	}},
	{"provision creates again", "provision", func(s *spoiled) {
		s.provision = func(ctx context.Context, object string, fields []crm.Field) ([]crm.Provisioned, error) {
			out, err := s.Memory.Provision(ctx, object, fields)
			for i := range out {
				out[i].Action = "created"
			}
			return out, err
		}
	}},
	{"provision replaces options", "provision", func(s *spoiled) {
		s.provision = func(ctx context.Context, object string, fields []crm.Field) ([]crm.Provisioned, error) {
			out, err := s.Memory.Provision(ctx, object, fields)
			for i := range out {
				f := fields[i]
				f.Writable = true
				s.Declare(object, f)
			}
			return out, err
		}
	}},
	{"provision creates some before it refuses", "provision", func(s *spoiled) {
		s.provision = func(ctx context.Context, object string, fields []crm.Field) (out []crm.Provisioned, err error) {
			for _, f := range fields {
				done, err := s.Memory.Provision(ctx, object, []crm.Field{f})
				if err != nil {
					return out, err
				}
				out = append(out, done...)
			}
			return out, nil
		}
	}},
	{"check stops at the first finding", "check", func(s *spoiled) {
		s.check = func(err error) error {
			if many, ok := err.(interface{ Unwrap() []error }); ok {
				return many.Unwrap()[0]
			}
			return err
		}
	}},
	{"schema out of order", "describe", func(s *spoiled) {
		s.describe = func(schema *crm.Schema) { slices.Reverse(schema.Fields) }
	}},
	{"waiting is not counted", "usage", func(s *spoiled) {
		s.usage = func(u *crm.Usage) { u.Waited = 0 }
	}},
}

// kindAlone keeps the kind of an error and loses the rest.
func kindAlone(err error) error {
	for _, f := range StandardFaults() {
		if errors.Is(err, f.Kind) {
			return f.Kind
		}
	}
	return err
}

// A suite that passes everything proves nothing: every broken connector must fail the case made for it.
func TestSuiteHasTeeth(t *testing.T) {
	byName := map[string]tcase{}
	for _, c := range cases() {
		byName[c.name] = c
	}
	for _, b := range bites {
		t.Run(b.name, func(t *testing.T) {
			c, ok := byName[b.noticed]
			if !ok {
				t.Fatalf("no case is called %q", b.noticed)
			}
			h := memoryHarness()
			s := &spoiled{Memory: h.Connector.(*Memory)}
			b.spoil(s)
			h.Connector, h.Reopen = s, func() crm.Connector { return s }
			err := c.check(t.Context(), h)
			var skip skipped
			if err == nil || errors.As(err, &skip) || !strings.Contains(err.Error(), "promises") {
				t.Errorf("case %q did not notice: %v", b.noticed, err)
			}
			t.Log(err)
		})
	}
}

func TestSuiteReadsLogs(t *testing.T) {
	h := memoryHarness()
	for _, line := range []string{"authorization: token-canary", "name=" + canary} {
		h.Logs = func() string { return "first line\n" + line + "\n" }
		if err := (tcase{"account", account}).check(t.Context(), h); err == nil || !strings.Contains(err.Error(), "log line") {
			t.Errorf("log line passed: %v", err)
		} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "token-canary") {
			t.Errorf("the report repeats what must not show: %v", err)
		}
	}
}

func TestSuiteCountsGoroutines(t *testing.T) {
	before := goleak.IgnoreCurrent()
	release := make(chan struct{})
	go func() { <-release }()
	if err := leftBehind(before); err == nil {
		t.Error("a goroutine left behind was not noticed")
	}
	close(release)
}

func TestHarnessIncomplete(t *testing.T) {
	err := (tcase{"account", account}).check(t.Context(), Harness{})
	const want = "the harness lacks Connector, Faults, Reopen, Secrets, System, Text[Companies], Text[People]"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
