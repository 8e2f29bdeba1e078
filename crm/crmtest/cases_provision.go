package crmtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/crm"
)

// provision creates fields, again, with more options, with another type, and after they were archived.
func provision(ctx context.Context, e *env) error {
	p, ok := e.c.(crm.Provisioner)
	if !ok {
		return skipped("the connector is no Provisioner")
	}
	if len(e.Provision) == 0 {
		return fmt.Errorf("the harness names no fields to provision")
	}
	if err := e.does(ctx, p, e.Provision, "created"); err != nil {
		return err
	}
	if err := e.described(ctx, e.Provision); err != nil {
		return err
	}
	before, err := e.c.Describe(ctx, crm.People)
	if e.note(err) != nil {
		return broken("Connector.Describe", "lists the fields of an object", "it failed: %w", err)
	}
	if err := e.does(ctx, p, e.Provision, "already there"); err != nil {
		return err
	}
	if err := e.unchanged(ctx, before, "a second Provision"); err != nil {
		return err
	}
	if err := e.moreOptions(ctx, p); err != nil {
		return err
	}
	if err := e.otherType(ctx, p); err != nil {
		return err
	}
	return e.restores(ctx, p)
}

// does provisions and wants one action for every field, in order.
func (e *env) does(ctx context.Context, p crm.Provisioner, fields []crm.Field, action string) error {
	got, err := p.Provision(ctx, crm.People, fields)
	if e.note(err) != nil {
		return broken("Provisioner.Provision", "returns what it did, in order", "it failed: %w", err)
	}
	want := make([]crm.Provisioned, len(fields))
	for i, f := range fields {
		want[i] = crm.Provisioned{Field: f.Name, Action: action}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return broken("Provisioner.Provision", "returns what it did, in order", "(-want +got)\n%s", diff)
	}
	e.System.Settle()
	return nil
}

// described checks that the CRM now has the fields as asked.
func (e *env) described(ctx context.Context, fields []crm.Field) error {
	s, err := e.c.Describe(ctx, crm.People)
	if e.note(err) != nil {
		return broken("Connector.Describe", "lists the fields of an object", "it failed: %w", err)
	}
	for _, want := range fields {
		have, ok := s.Field(want.Name)
		switch {
		case !ok:
			return broken("Provisioner.Provision", "creates the fields that do not exist", "%s is not there", want.Name)
		case have.Type != want.Type || !have.Writable:
			return broken("Provisioner.Provision", "creates the fields scores are written to", "%s is of type %s, writable %t", want.Name, have.Type, have.Writable)
		}
		for _, o := range want.Options {
			if !hasOption(have.Options, o.Value) {
				return broken("Provisioner.Provision", "adds options that are missing", "%s lacks option %q", want.Name, o.Value)
			}
		}
	}
	return nil
}

func (e *env) unchanged(ctx context.Context, before crm.Schema, what string) error {
	after, err := e.c.Describe(ctx, crm.People)
	if e.note(err) != nil {
		return broken("Connector.Describe", "lists the fields of an object", "it failed: %w", err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		return broken("Provisioner.Provision", "leaves everything else as it is", "%s changed (-before +after)\n%s", what, diff)
	}
	return nil
}

// moreOptions asks for one option more and one less than a choice has: none may go.
func (e *env) moreOptions(ctx context.Context, p crm.Provisioner) error {
	at := slices.IndexFunc(e.Provision, func(f crm.Field) bool { return f.Type == crm.Choice && len(f.Options) > 1 })
	if at < 0 {
		return fmt.Errorf("the harness' Provision holds no Choice with two options")
	}
	more := e.Provision[at]
	more.Options = append(slices.Clone(more.Options[1:]), crm.Option{Value: "added", Label: "Added"})
	if err := e.does(ctx, p, []crm.Field{more}, "options added"); err != nil {
		return err
	}
	if err := e.described(ctx, []crm.Field{e.Provision[at], more}); err != nil {
		return err
	}
	ids := e.seed(crm.People, 2)
	return e.mustWrite(ctx, []crm.Update{
		{ID: ids[0], Fields: crm.Fields{more.Name: "added"}},
		{ID: ids[1], Fields: crm.Fields{more.Name: e.Provision[at].Options[0].Value}},
	})
}

// otherType asks for a field that exists with another type, beside one that does not exist.
func (e *env) otherType(ctx context.Context, p crm.Provisioner) error {
	before, err := e.c.Describe(ctx, crm.People)
	if e.note(err) != nil {
		return broken("Connector.Describe", "lists the fields of an object", "it failed: %w", err)
	}
	clash := crm.Field{Name: e.Text[crm.People], Label: "Clash", Type: crm.Number}
	fresh := e.Provision[0]
	fresh.Name += "_2"
	_, err = p.Provision(ctx, crm.People, []crm.Field{fresh, clash})
	if err := namesField(e.note(err), clash.Name, ""); err != nil {
		return broken("Provisioner.Provision", "a field of another type is an ErrInvalid error that names it", "%w", err)
	}
	e.System.Settle()
	return e.unchanged(ctx, before, "a refused Provision")
}

// restores archives a field, where the System can, and asks for it again.
func (e *env) restores(ctx context.Context, p crm.Provisioner) error {
	s, ok := e.System.(interface{ ArchiveField(object, name string) })
	if !ok {
		return nil
	}
	for _, f := range e.Provision {
		s.ArchiveField(crm.People, f.Name)
	}
	e.System.Settle()
	if err := e.does(ctx, p, e.Provision, "restored"); err != nil {
		return err
	}
	return e.described(ctx, e.Provision)
}
