package salesforce

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// grant gives this user read and edit access to the fields, by a permission set that is made when it is not there.
func (p *provisioning) grant(ctx context.Context) error {
	if len(p.grants) == 0 {
		return nil
	}
	set, err := p.permissionSet(ctx)
	if err != nil {
		return err
	}
	if err := p.fieldPermissions(ctx, set); err != nil {
		return err
	}
	return p.assign(ctx, set)
}

func (p *provisioning) rows(ctx context.Context, from string, columns []string, where ...string) ([]row, error) {
	return p.c.whole(ctx, "provision", p.o.ours, query{columns: columns, from: from, where: where})
}

// permissionSet finds the set or makes it, and returns its id.
func (p *provisioning) permissionSet(ctx context.Context) (string, error) {
	find := func() (string, error) {
		rows, err := p.rows(ctx, "PermissionSet", []string{colID}, "Name = "+quote(permissionSet))
		if err != nil || len(rows) == 0 {
			return "", err
		}
		return rows[0].id(), nil
	}
	id, err := find()
	if err != nil || id != "" {
		return id, err
	}
	errs, err := p.create(ctx, "PermissionSet", []map[string]any{{"Name": permissionSet, "Label": "Barème worker"}})
	if err != nil {
		return "", err
	}
	if id, err = find(); err == nil && id == "" {
		return "", p.refused(errs, "the permission set "+permissionSet)
	}
	return id, err
}

// fieldPermissions adds what the set lacks. A row that grants less than needed is changed.
func (p *provisioning) fieldPermissions(ctx context.Context, set string) error {
	have, err := p.rows(ctx, "FieldPermissions", []string{colID, "Field", "PermissionsEdit"}, "ParentId = "+quote(set))
	if err != nil {
		return err
	}
	var add, change []map[string]any
	for _, g := range p.grants {
		field := g.entity + "." + g.field
		at := slices.IndexFunc(have, func(r row) bool { return r["Field"] == field })
		switch {
		case at < 0:
			add = append(add, map[string]any{"ParentId": set, "SobjectType": g.entity, "Field": field,
				"PermissionsRead": true, "PermissionsEdit": true})
		case !have[at].is("PermissionsEdit"):
			change = append(change, map[string]any{"id": have[at].id(), "PermissionsRead": true, "PermissionsEdit": true})
		}
	}
	errs, err := p.create(ctx, "FieldPermissions", add)
	if err == nil && len(errs) == 0 {
		errs, err = p.save(ctx, http.MethodPatch, "FieldPermissions", change)
	}
	if err == nil && len(errs) > 0 {
		err = p.refused(errs, "access to the fields")
	}
	return err
}

// assign gives the set to the user the worker acts as.
func (p *provisioning) assign(ctx context.Context, set string) error {
	g, err := p.c.login.grant(ctx)
	if err != nil {
		return err
	}
	have, err := p.rows(ctx, "PermissionSetAssignment", []string{colID},
		"PermissionSetId = "+quote(set), "AssigneeId = "+quote(g.user))
	if err != nil || len(have) > 0 {
		return err
	}
	errs, err := p.create(ctx, "PermissionSetAssignment", []map[string]any{{"PermissionSetId": set, "AssigneeId": g.user}})
	if err == nil && len(errs) > 0 {
		err = p.refused(errs, "the assignment of the permission set "+permissionSet)
	}
	return err
}

// GrantTasks implements crm.TaskGranter: Edit Tasks is a right of its own, apart from the rights on objects.
func (c *Connector) GrantTasks(ctx context.Context) (bool, error) {
	if err := c.CheckTasks(ctx); !errors.Is(err, crm.ErrAuth) {
		return false, err
	}
	p := provisioning{c: c, o: object{ours: crm.Tasks}}
	set, err := p.permissionSet(ctx)
	if err != nil {
		return false, err
	}
	errs, err := p.save(ctx, http.MethodPatch, "PermissionSet", []map[string]any{{"id": set, "PermissionsEditTask": true}})
	if err == nil && len(errs) > 0 {
		err = p.refused(errs, "the right to make tasks")
	}
	if err != nil {
		return false, err
	}
	if err := p.assign(ctx, set); err != nil {
		return false, err
	}
	return true, p.settleTasks(ctx)
}

// settleTasks waits until describe shows the right.
func (p *provisioning) settleTasks(ctx context.Context) error {
	var err error
	for range settleTries {
		if err = p.c.CheckTasks(ctx); !errors.Is(err, crm.ErrAuth) {
			return err
		}
		if err := p.c.pause(ctx, "provision", p.o.ours, p.c.o.Backoff); err != nil {
			return err
		}
	}
	return err
}

func (p *provisioning) create(ctx context.Context, entity string, records []map[string]any) ([]wireError, error) {
	return p.save(ctx, http.MethodPost, entity, records)
}

// save sends records and returns the refusals. What is there already is none.
func (p *provisioning) save(ctx context.Context, method, entity string, records []map[string]any) ([]wireError, error) {
	var refused []wireError
	for batch := range slices.Chunk(records, collection) {
		for _, r := range batch {
			r["attributes"] = map[string]string{"type": entity}
		}
		saved, err := rest.Call[[]wireSaved](ctx, p.c.rest, p.request(method, "/composite/sobjects", wireCollection{Records: batch}))
		if err != nil {
			return nil, err
		}
		for _, s := range saved {
			if s.Success || len(s.Errors) == 0 {
				continue
			}
			if name := s.Errors[0].name(); name != "DUPLICATE_VALUE" && name != "DUPLICATE_DEVELOPER_NAME" {
				refused = append(refused, s.Errors[0])
			}
		}
	}
	return refused, nil
}

func (p *provisioning) refused(errs []wireError, what string) error {
	e := &crm.Error{Kind: crm.ErrAuth, Op: "provision", Object: p.o.ours, Message: "Salesforce refuses " + what, Hint: deployHint}
	if len(errs) > 0 && errs[0].name() != "" {
		e.Err = errs[0].name()
	}
	return e
}
