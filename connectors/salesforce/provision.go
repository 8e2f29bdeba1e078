package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// deployHint is the other way to the same fields.
const deployHint = "An administrator can deploy the shipped metadata instead: " +
	"sf project deploy start --source-dir deploy/salesforce/force-app, then sf org assign permset --name " + permissionSet

// settleTries is how often describe is asked for new fields before giving up.
const settleTries = 20

// Provision creates the fields that do not exist on any of the objects concerned, adds picklist values that are missing,
// and gives this user access to them through a permission set: a field made by the API is hidden from everybody.
//
// Salesforce: Tooling API, CustomField; object reference, PermissionSet, FieldPermissions, PermissionSetAssignment.
func (c *Connector) Provision(ctx context.Context, ours string, fields []crm.Field) ([]crm.Provisioned, error) {
	const op = "provision"
	o, err := c.recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	live, err := c.schemaAgain(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := conflicts(op, o, fields, live); err != nil {
		return nil, err
	}
	p := provisioning{c: c, o: o, live: live}
	for _, f := range fields {
		action := "already there"
		for _, entity := range o.entities() {
			did, err := p.field(ctx, entity, f)
			if err != nil {
				return p.done, named(err, f.Name)
			}
			if did == "created" || action == "already there" {
				action = did
			}
		}
		p.done = append(p.done, crm.Provisioned{Field: f.Name, Action: action})
	}
	if err := p.grant(ctx); err != nil {
		return p.done, err
	}
	return p.done, p.settle(ctx)
}

// conflicts finds, before anything is changed, the fields that cannot take scores.
func conflicts(op string, o object, fields []crm.Field, live schema) error {
	var errs []error
	for _, f := range fields {
		e := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: o.ours, Field: f.Name, Hint: "Choose another name in the model file's write section"}
		_, exists := live.types[f.Name]
		if !exists && !newName(f.Name) {
			e.Message, e.Hint = "not a name Salesforce takes for a new field", "Use letters, digits and single _, and end in __c, like Bareme_Score__c"
			errs = append(errs, e)
			continue
		}
		for _, entity := range o.entities() {
			w, ok := live.parts[entity].fields[f.Name]
			if !ok {
				continue
			}
			switch {
			case typeOf(w) != f.Type:
				e.Message = "the field exists on " + entity + " with the type " + string(typeOf(w)) + ", and " + string(f.Type) + " is needed"
			case w.Calculated:
				e.Message = "the field exists on " + entity + " and is calculated"
			case !w.Updateable && !newName(f.Name):
				e.Message = "the field exists on " + entity + " and is read-only"
			default:
				continue
			}
			errs = append(errs, e)
			break
		}
	}
	return errors.Join(errs...)
}

// newName reports whether a custom field may have the name.
func newName(name string) bool {
	developer, ok := strings.CutSuffix(name, "__c")
	return ok && len(developer) <= 40 && fieldShape.MatchString(developer) && !strings.ContainsAny(developer, ".") &&
		!strings.Contains(developer, "__") && !strings.HasSuffix(developer, "_")
}

// provisioning is one Provision under way.
type provisioning struct {
	c      *Connector
	o      object
	live   schema
	grants []access // to look after
	done   []crm.Provisioned
}

// access is a field of an object that this user must be able to see and edit.
type access struct{ entity, field string }

// field makes or completes one field of one object and says which.
func (p *provisioning) field(ctx context.Context, entity string, f crm.Field) (string, error) {
	w, visible := p.live.parts[entity].fields[f.Name]
	if visible {
		if !w.Updateable {
			p.grants = append(p.grants, access{entity, f.Name})
		}
		return p.options(ctx, entity, f, w)
	}
	p.grants = append(p.grants, access{entity, f.Name})
	_, err := p.c.rest.Do(ctx, p.request(http.MethodPost, "/tooling/sobjects/CustomField",
		wireCustomField{FullName: entity + "." + f.Name, Metadata: metadataOf(f)}))
	switch {
	case coded(err, "DUPLICATE_DEVELOPER_NAME"): // hidden from this user, or made by a try whose answer was lost
		return "already there", nil
	case coded(err, "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", codeNotFound):
		return "", &crm.Error{Kind: crm.ErrAuth, Op: "provision", Object: p.o.ours, Field: f.Name,
			Message: "the user may not create fields: it lacks Customize Application", Hint: deployHint}
	case err != nil:
		return "", err
	}
	return "created", nil
}

// options adds the values a picklist lacks. The whole definition is sent, so it is read first.
func (p *provisioning) options(ctx context.Context, entity string, f crm.Field, w wireField) (string, error) {
	if f.Type != crm.Choice && f.Type != crm.Choices {
		return "already there", nil
	}
	var missing []crm.Option
	for _, option := range f.Options {
		if !slices.ContainsFunc(w.Picks, func(p wirePick) bool { return p.Value == option.Value && p.Active }) {
			missing = append(missing, option)
		}
	}
	if len(missing) == 0 {
		return "already there", nil
	}
	id, err := p.definition(ctx, entity, f.Name)
	if err != nil {
		return "", err
	}
	path := "/tooling/sobjects/CustomField/" + id
	got, err := rest.Call[wireDefinition](ctx, p.c.rest, p.request(http.MethodGet, path, nil))
	if err != nil {
		return "", err
	}
	if err := addValues(got.Metadata, missing); err != nil {
		return "", err
	}
	_, err = p.c.rest.Do(ctx, p.request(http.MethodPatch, path, map[string]any{"FullName": entity + "." + f.Name, "Metadata": got.Metadata}))
	return "options added", err
}

// definition finds the id of a custom field's definition.
func (p *provisioning) definition(ctx context.Context, entity, name string) (string, error) {
	q := query{columns: []string{colID}, from: "CustomField",
		where: []string{"DeveloperName = " + quote(strings.TrimSuffix(name, "__c")), "TableEnumOrId = " + quote(entity)}}
	req := p.request(http.MethodGet, "/tooling/query", nil)
	req.Query = url.Values{"q": {q.String()}}
	page, err := p.c.page(ctx, req)
	if err != nil {
		return "", err
	}
	if len(page.rows) != 1 || page.rows[0].id() == "" {
		return "", &crm.Error{Kind: crm.ErrInvalid, Op: "provision", Object: p.o.ours, Field: name,
			Message: "the values of this picklist cannot be changed by API", Hint: "Add them in Salesforce's set-up"}
	}
	return page.rows[0].id(), nil
}

func (p *provisioning) request(method, path string, body any) rest.Request {
	return rest.Request{Op: "provision", Kind: "schema", Object: p.o.ours, Method: method, Path: p.c.path(path), Header: changing(), Body: body}
}

func named(err error, field string) error {
	var e *crm.Error
	if errors.As(err, &e) && e.Field == "" {
		with := *e
		with.Field = field
		return &with
	}
	return err
}

// settle waits until describe shows what was granted: values written before are refused.
func (p *provisioning) settle(ctx context.Context) error {
	var hidden string
	for range settleTries {
		s, err := p.c.schemaAgain(ctx, p.o)
		if err != nil {
			return err
		}
		hidden = ""
		for _, g := range p.grants {
			if f := s.parts[g.entity].fields[g.field]; !f.Updateable {
				hidden = g.entity + "." + g.field
			}
		}
		if hidden == "" {
			return nil
		}
		if err := p.c.pause(ctx, "provision", p.o.ours, p.c.o.Backoff); err != nil {
			return err
		}
	}
	return &crm.Error{Kind: crm.ErrUnavailable, Op: "provision", Object: p.o.ours, Field: hidden,
		Message: "Salesforce does not show the field to this user yet", Hint: "Try again in a minute"}
}
