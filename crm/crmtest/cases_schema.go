package crmtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

func account(ctx context.Context, e *env) error {
	a, err := e.c.Account(ctx)
	if e.note(err) != nil {
		return broken("Connector.Account", "says which account the credential opens", "it failed: %w", err)
	}
	b, err := e.Reopen().Account(ctx)
	if e.note(err) != nil || a.ID == "" || a.ID != b.ID {
		return broken("Account.ID", "state is bound to it", "it is empty or another one each time: %q, %q, %v", a.ID, b.ID, err)
	}
	return e.lastingEach(func() error { _, err := e.c.Account(ctx); return err })
}

// lastingEach checks the kind of error a call returns under each lasting fault.
func (e *env) lastingEach(call func() error) error {
	for _, f := range e.Faults {
		e.System.Fail(f.Name, 0, Forever)
		err := e.note(call())
		e.System.Heal()
		if err := rightKind(f, err); err != nil {
			return broken("Connector", "returns errors that wrap one of the kinds", "fault %q lasting: %w", f.Name, err)
		}
	}
	return nil
}

func describe(ctx context.Context, e *env) error {
	for object, field := range e.Text {
		s, err := e.c.Describe(ctx, object)
		if e.note(err) != nil {
			return broken("Connector.Describe", "lists the fields of an object", "%s failed: %w", object, err)
		}
		if !slices.IsSortedFunc(s.Fields, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) }) {
			return broken("Schema", "in name order", "the fields of %s are not", object)
		}
		if f, ok := s.Field(field); !ok || f.Type != crm.Text {
			return broken("Connector.Describe", "lists the fields of an object", "%s lacks the text field %s", object, field)
		}
		if s.Object != object {
			return broken("Schema", "lists the fields of one object", "asked for %s it says %q", object, s.Object)
		}
	}
	s, err := e.c.Describe(ctx, crm.People)
	if e.note(err) != nil {
		return broken("Connector.Describe", "lists the fields of an object", "it failed: %w", err)
	}
	if f, _ := s.Field(e.Text[crm.People]); !f.Writable {
		return broken("Field.Writable", "whether the field can be written", "%s is writable and described as not", f.Name)
	}
	if f, ok := s.Field(e.ReadOnly); e.ReadOnly != "" && (!ok || f.Writable) {
		return broken("Field.Writable", "whether the field can be written", "%s is read-only and described as writable, or missing", e.ReadOnly)
	}
	for _, sample := range e.Samples {
		f, ok := s.Field(sample.Field)
		if !ok || f.Type != sample.Type {
			return broken("Field.Type", "the type a CRM gives a field", "%s is of type %s and described as %q", sample.Field, sample.Type, f.Type)
		}
		if (f.Type == crm.Choice || f.Type == crm.Choices) && len(f.Options) == 0 {
			return broken("Field.Options", "the options of a choice", "%s has none", f.Name)
		}
	}
	return nil
}

func checkNeed(ctx context.Context, e *env) error {
	text := e.Text[crm.People]
	good := crm.Need{Read: map[string][]string{crm.People: {text}}, Write: map[string][]string{crm.People: {text}}}
	if err := e.note(e.c.Check(ctx, good)); err != nil {
		return broken("Connector.Check", "reports whether the named fields allow a run", "all is well and it reports: %w", err)
	}
	bad := crm.Need{Read: map[string][]string{crm.People: {text, text + "x"}}, Write: map[string][]string{crm.People: {text + "y"}}}
	names := []string{text + "x", text + "y"}
	if e.ReadOnly != "" {
		bad.Write[crm.People] = append(bad.Write[crm.People], e.ReadOnly)
		names = append(names, e.ReadOnly)
	}
	err := e.note(e.c.Check(ctx, bad))
	if !errors.Is(err, crm.ErrInvalid) {
		return broken("Connector.Check", "reports whether the named fields allow a run", "fields are unknown or read-only and it returned: %v", err)
	}
	for _, name := range names {
		if !strings.Contains(err.Error(), name) {
			return broken("Connector.Check", "joins everything it finds wrong, so that one reading is enough", "it does not name %s: %w", name, err)
		}
	}
	for _, f := range e.Faults {
		if !errors.Is(f.Kind, crm.ErrAuth) {
			continue
		}
		e.System.Fail(f.Name, 0, Forever)
		err := e.note(e.c.Check(ctx, good))
		e.System.Heal()
		if !errors.Is(err, crm.ErrAuth) {
			return broken("Connector.Check", "reports whether credentials, scopes and quota allow a run", "fault %q: it returned: %v", f.Name, err)
		}
	}
	return nil
}

func readUnknownField(ctx context.Context, e *env) error {
	for object, field := range e.Text {
		wrong := field + "x"
		q := crm.Query{Object: object, Fields: []string{field, wrong}}
		e.seed(object, 1)
		got, err := e.pull(ctx, q)
		if err := namesField(err, wrong, field); err != nil {
			return broken("Query.Fields", "unknown names are an ErrInvalid error, never silently left out", "%s: %w", object, err)
		}
		if len(got) > 0 {
			return broken("Query.Fields", "unknown names are an ErrInvalid error", "%s: pages came before the error", object)
		}
		r, ok := e.c.(crm.Reader)
		if !ok || (object != crm.People && object != crm.Companies) {
			continue
		}
		_, err = r.Read(ctx, object, []string{"1"}, q.Fields)
		if err := namesField(e.note(err), wrong, field); err != nil {
			return broken("Query.Fields", "unknown names are an ErrInvalid error, never silently left out", "Read of %s: %w", object, err)
		}
	}
	return nil
}

// namesField checks that an error is ErrInvalid, says which field is wrong and which is meant.
func namesField(err error, wrong, meant string) error {
	switch {
	case err == nil:
		return fmt.Errorf("field %s: want ErrInvalid, got no error", wrong)
	case !errors.Is(err, crm.ErrInvalid):
		return fmt.Errorf("field %s: want ErrInvalid, got: %w", wrong, err)
	case !strings.Contains(err.Error(), wrong):
		return fmt.Errorf("the error does not name the field %s: %w", wrong, err)
	case meant != "" && !strings.Contains(strings.ReplaceAll(err.Error(), wrong, ""), meant):
		return fmt.Errorf("the error does not name the closest field, %s: %w", meant, err)
	}
	return nil
}

func readUnknownObject(ctx context.Context, e *env) error {
	for name, call := range map[string]func() error{
		"Describe":   func() error { _, err := e.c.Describe(ctx, "unicorns"); return err },
		"Activities": func() error { _, err := e.pull(ctx, crm.Query{Object: "unicorns"}); return err },
		"Records": func() error {
			for _, err := range e.c.Records(ctx, crm.Query{Object: "unicorns"}) {
				return err
			}
			return nil
		},
		"Write": func() error {
			_, err := e.write(ctx, "unicorns", []crm.Update{{ID: "1", Fields: crm.Fields{"a": "b"}}})
			return err
		},
	} {
		if err := e.note(call()); !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrNotFound) {
			return broken("ErrInvalid", "a request: stop, it is a fault of configuration", "%s of an object that does not exist returned: %v", name, err)
		}
	}
	return nil
}

func usage(ctx context.Context, e *env) error {
	m, ok := e.c.(crm.Metered)
	if !ok {
		return skipped("the connector is not Metered")
	}
	e.seed(crm.People, 2)
	if _, err := e.pull(ctx, e.all(crm.People, "")); err != nil {
		return err
	}
	before := m.Usage()
	e.System.Fail(RateLimited, 0, 1)
	if _, err := e.pull(ctx, e.all(crm.People, "")); err != nil {
		return broken("Connector", "rate limits are the connector's business: it waits for short ones", "it failed: %w", err)
	}
	after := m.Usage()
	calls := func(u crm.Usage) (n int) {
		for _, c := range u.Calls {
			n += c
		}
		return n
	}
	switch {
	case calls(after) <= calls(before):
		return broken("Usage.Calls", "what a connector has spent since it was made", "a pull added none to %d", calls(before))
	case after.Retried <= before.Retried:
		return broken("Usage.Retried", "calls repeated after a refusal or a fault", "a refused call was not counted")
	case after.Waited <= before.Waited:
		return broken("Usage.Waited", "time spent waiting for rate limits", "a wait was not counted")
	}
	return nil
}
