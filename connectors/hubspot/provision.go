package hubspot

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// The group score properties are created in.
const (
	groupName  = "bareme"
	groupLabel = "Lead scoring (Barème)"
)

// A new property is readable after 250 to 700 ms.
const (
	settleStep  = 300 * time.Millisecond
	settleTries = 20
)

// Provision creates the properties that do not exist, restores archived ones, and adds options that are missing.
//
// HubSpot: properties API, create a property, update a property, create a property group.
func (c *Connector) Provision(ctx context.Context, ours string, fields []crm.Field) ([]crm.Provisioned, error) {
	const op = "provision"
	o, err := recordsOf(op, ours)
	if err != nil {
		return nil, err
	}
	live, err := c.describeAgain(ctx, o)
	if err != nil {
		return nil, err
	}
	var archived schema
	if slices.ContainsFunc(fields, func(f crm.Field) bool { _, ok := live.wire[f.Name]; return !ok }) {
		list, err := c.properties(ctx, o, true)
		if err != nil {
			return nil, err
		}
		archived = newSchema(o, list)
	}
	if err := conflicts(op, o, fields, live, archived); err != nil {
		return nil, err
	}
	p := provisioning{c: c, o: o, live: live, archived: archived}
	for _, f := range fields {
		if err := p.field(ctx, f); err != nil {
			return p.done, err
		}
	}
	return p.done, p.settle(ctx)
}

// conflicts finds, before anything is changed, the fields that exist and cannot take scores.
func conflicts(op string, o object, fields []crm.Field, known ...schema) error {
	var errs []error
	for _, f := range fields {
		if !fieldShape.MatchString(f.Name) {
			errs = append(errs, &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: o.ours, Field: f.Name,
				Message: "not a name HubSpot takes", Hint: "Use small letters, digits and _, beginning with a letter"})
			continue
		}
		for _, s := range known {
			p, ok := s.wire[f.Name]
			if !ok {
				continue
			}
			e := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: o.ours, Field: f.Name, Hint: "Choose another name in the model file's write section"}
			switch {
			case typeOf(p) != f.Type:
				e.Message = "the property exists with the type " + string(typeOf(p)) + ", and " + string(f.Type) + " is needed"
				errs = append(errs, e)
			case !writable(p):
				e.Message = "the property exists and is read-only"
				errs = append(errs, e)
			}
			break
		}
	}
	return errors.Join(errs...)
}

// provisioning is one Provision under way.
type provisioning struct {
	c              *Connector
	o              object
	live, archived schema
	grouped        bool     // the group is known to exist
	created        []string // to wait for
	changed        bool
	done           []crm.Provisioned
}

func (p *provisioning) field(ctx context.Context, f crm.Field) error {
	if have, ok := p.live.wire[f.Name]; ok {
		return p.options(ctx, f, have, "already there")
	}
	if err := p.group(ctx); err != nil {
		return err
	}
	made, err := p.create(ctx, f)
	if err != nil {
		return err
	}
	p.created = append(p.created, f.Name)
	if _, ok := p.archived.wire[f.Name]; ok {
		return p.options(ctx, f, made, "restored")
	}
	p.done = append(p.done, crm.Provisioned{Field: f.Name, Action: "created"})
	return nil
}

// create makes the property. HubSpot restores an archived one of that name, with the options it had.
func (p *provisioning) create(ctx context.Context, f crm.Field) (wireProperty, error) {
	typ, fieldType := wireTypes(f)
	label := f.Label
	if label == "" {
		label = f.Name
	}
	wanted := wireNewProperty{Name: f.Name, Label: label, Group: groupName, Type: typ, FieldType: fieldType,
		Description: f.Help, Options: optionsOf(f), DisplayOrder: -1}
	req := p.request("create a property", http.MethodPost, p.c.dialect.schema(p.o), wanted)
	made, err := rest.Call[wireProperty](ctx, p.c.rest, req)
	if errors.Is(err, crm.ErrConflict) {
		// A try whose answer was lost has made it, or somebody else just did.
		have, restored := p.archived.wire[f.Name]
		if !restored {
			have = wireProperty{Name: f.Name, Options: wanted.Options}
		}
		return have, nil
	}
	return made, p.named(err, f.Name)
}

func optionsOf(f crm.Field) []wireOption {
	options := f.Options
	if f.Type == crm.Bool {
		options = []crm.Option{{Value: "true", Label: "Yes"}, {Value: "false", Label: "No"}}
	}
	var out []wireOption
	for i, option := range options {
		label := option.Label
		if label == "" {
			label = option.Value
		}
		out = append(out, wireOption{Label: label, Value: option.Value, DisplayOrder: i})
	}
	return out
}

// options adds those that are missing. HubSpot replaces the whole list, so the whole list is sent.
func (p *provisioning) options(ctx context.Context, f crm.Field, have wireProperty, otherwise string) error {
	all := slices.Clone(have.Options)
	if f.Type == crm.Choice || f.Type == crm.Choices {
		for _, option := range optionsOf(f) {
			if !slices.ContainsFunc(have.Options, func(o wireOption) bool { return o.Value == option.Value }) {
				option.DisplayOrder = len(all)
				all = append(all, option)
			}
		}
	}
	if len(all) == len(have.Options) {
		p.done = append(p.done, crm.Provisioned{Field: f.Name, Action: otherwise})
		return nil
	}
	req := p.request("add options", http.MethodPatch, p.c.dialect.property(p.o, f.Name), wireOptions{all})
	if _, err := rest.Call[wireProperty](ctx, p.c.rest, req); err != nil {
		return p.named(err, f.Name)
	}
	p.changed = true
	action := "options added"
	if otherwise == "restored" {
		action = otherwise
	}
	p.done = append(p.done, crm.Provisioned{Field: f.Name, Action: action})
	return nil
}

// group makes the group the first time it is needed; that it exists already is as good.
func (p *provisioning) group(ctx context.Context) error {
	if p.grouped {
		return nil
	}
	req := p.request("create the property group", http.MethodPost, p.c.dialect.groups(p.o), wireGroup{groupName, groupLabel, -1})
	if _, err := p.c.rest.Do(ctx, req); err != nil && !errors.Is(err, crm.ErrConflict) {
		return err
	}
	p.grouped = true
	return nil
}

// request may be sent again after a fault: making what exists is a conflict that is taken for success, and the whole
// list of options a second time is the same list.
func (p *provisioning) request(op, method, path string, body any) rest.Request {
	return rest.Request{Op: op, Kind: "schema", Object: p.o.ours, Method: method, Path: path, Body: body, Window: p.c.burst}
}

func (p *provisioning) named(err error, field string) error {
	var e *crm.Error
	if errors.As(err, &e) && e.Field == "" {
		named := *e
		named.Field = field
		return &named
	}
	return err
}

// settle waits until HubSpot shows what was created: values written before are refused.
func (p *provisioning) settle(ctx context.Context) error {
	if len(p.created) == 0 && !p.changed {
		return nil
	}
	for range settleTries {
		s, err := p.c.describeAgain(ctx, p.o)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(p.created, func(name string) bool { _, ok := s.wire[name]; return !ok }) {
			return nil
		}
		timer := time.NewTimer(settleStep)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return rest.Stopped(ctx, "provision", p.o.ours)
		}
	}
	return &crm.Error{Kind: crm.ErrUnavailable, Op: "provision", Object: p.o.ours,
		Message: "HubSpot does not show the new properties yet", Hint: "Try again in a minute"}
}
