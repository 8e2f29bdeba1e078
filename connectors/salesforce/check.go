package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bareme/bareme/connectors/internal/fields"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// Check says what stands in the way of a run: the login, what is left of the org's calls, and fields that do not exist,
// are hidden from the user, or cannot be written. It begins a run: what a run may spend is counted from here. Which org it
// is, Account tells.
func (c *Connector) Check(ctx context.Context, need crm.Need) error {
	c.quota.Begin()
	if err := c.learnLimits(ctx); err != nil && (ctx.Err() != nil || errors.Is(err, crm.ErrQuota) || errors.Is(err, crm.ErrAuth)) {
		return err // any other answer only means that this user may not see the limits
	}
	if err := c.allow(ctx, rest.Request{Op: "check"}); err != nil {
		return err
	}
	var errs []error
	for _, ours := range need.Objects() {
		err := c.checkObject(ctx, ours, need.Read[ours], need.Write[ours])
		if ctx.Err() != nil {
			return rest.Stopped(ctx, "check", ours)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c *Connector) checkObject(ctx context.Context, ours string, read, write []string) error {
	const op = "check"
	if ours == crm.Owners {
		_, err := c.Owners(ctx)
		return err
	}
	o, err := c.objectOf(op, ours)
	if err != nil {
		return err
	}
	s, err := c.schemaAgain(ctx, o)
	if err != nil {
		return err
	}
	errs := []error{c.checkLinks(ctx, o, s)}
	for _, name := range read {
		ok := name == stageHistory && s.types[stageHistory] != ""
		for _, d := range s.parts {
			_, there, err := c.column(ctx, d, name)
			if err != nil {
				return err
			}
			ok = ok || there
		}
		if !ok {
			errs = append(errs, c.absent(ctx, op, o, s, "", name))
		}
	}
	for _, name := range write {
		for _, entity := range o.entities() {
			errs = append(errs, c.checkWrite(ctx, op, o, s, entity, name))
		}
	}
	return errors.Join(errs...)
}

// checkLinks looks for the objects that say whom deals and e-mails concern: without them, they concern nobody.
func (c *Connector) checkLinks(ctx context.Context, o object, s schema) error {
	child := ""
	if o.ours == crm.Deals {
		child = role
	} else if _, ok := s.parts[email]; ok {
		child = recipient
	}
	if child == "" {
		return nil
	}
	_, err := c.describeAgain(ctx, child)
	return err
}

// checkWrite looks at one field on one object: it must be there, and the user must be allowed to edit it.
func (c *Connector) checkWrite(ctx context.Context, op string, o object, s schema, entity, name string) error {
	d := s.parts[entity]
	if !d.Updateable {
		return &crm.Error{Kind: crm.ErrAuth, Op: op, Object: o.ours, Message: "the user may not edit " + entity,
			Hint: "Give the user Edit on " + entity + " in a permission set"}
	}
	if !d.has(name) {
		return c.absent(ctx, op, o, s, entity, name)
	}
	return checkTarget(op, s, entity, name)
}

// absent is the error of a field that describe does not list: hidden from this user, or not there at all. Salesforce
// answers both alike, so the definitions are asked, where the user may.
func (c *Connector) absent(ctx context.Context, op string, o object, s schema, entity, name string) error {
	entities := o.entities()
	if entity != "" {
		entities = []string{entity}
	}
	e := unknownField(op, s.Schema, name)
	if entity != "" {
		e.Message = "Salesforce shows this user no such field on " + entity
	}
	if !fieldShape.MatchString(name) || strings.Contains(name, ".") {
		return e
	}
	unsure := false
	for _, one := range entities {
		there, known := c.defined(ctx, one, name)
		if there {
			e.Kind = crm.ErrInvalid
			e.Message = fmt.Sprintf("the field exists on %s and is hidden from the user", one)
			e.Hint = fmt.Sprintf("Give the user Read and Edit access to %s.%s: assign the permission set %s, or run bareme provision", one, name, permissionSet)
			return e
		}
		unsure = unsure || !known
	}
	near := fields.Nearest(name, s.Schema)
	switch {
	case entity == "": // only to be read: it is not ours to create
		if unsure && near == "" {
			e.Hint = "It may exist and be hidden: give the user Read access to it in a permission set"
		}
	case near != "":
		e.Hint = "Run bareme provision to create it, or did you mean " + near + "?"
	case unsure:
		e.Hint = "It may exist and be hidden: run bareme provision to create or to grant it"
	default:
		e.Hint = "Run bareme provision to create it"
	}
	return e
}

// defined asks the definitions of fields, which do not follow field-level security, whether a custom field exists.
//
// Salesforce: Tooling API, CustomField.
func (c *Connector) defined(ctx context.Context, entity, name string) (there, known bool) {
	developer, ok := strings.CutSuffix(name, "__c")
	if !ok {
		return false, true
	}
	q := query{columns: []string{colID}, from: "CustomField", where: []string{"DeveloperName = " + quote(developer), "TableEnumOrId = " + quote(entity)}}
	page, err := c.page(ctx, rest.Request{Op: "check", Kind: "schema", Object: entity, Method: http.MethodGet, Header: headers(),
		Path: c.path("/tooling/query"), Query: url.Values{"q": {q.String()}}})
	if err != nil {
		return false, false
	}
	return len(page.rows) > 0, true
}

// permissionSet is the API name of the permission set that holds what the worker may do.
const permissionSet = "Bareme_Worker"
