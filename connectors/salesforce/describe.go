package salesforce

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// description is what this user may see of one object of Salesforce.
type description struct {
	wireDescribe
	fields map[string]wireField
	paths  map[string]wireField // by relationship, to the field that holds the id
}

// has reports whether a column is there for this user.
func (d description) has(name string) bool {
	_, ok := d.fields[name]
	return ok
}

// describe returns what is known of an object of Salesforce, asking once.
func (c *Connector) describe(ctx context.Context, entity string) (description, error) {
	d, err := c.described(entity).Get(ctx, func(ctx context.Context) (description, error) { return c.loadDescription(ctx, entity) })
	return d, kinded(ctx, "describe", entity, err)
}

// describeAgain asks whatever is known.
func (c *Connector) describeAgain(ctx context.Context, entity string) (description, error) {
	return c.described(entity).Renew(ctx, func(ctx context.Context) (description, error) { return c.loadDescription(ctx, entity) })
}

func (c *Connector) described(entity string) *lazy.Value[description] {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.entities[entity]
	if !ok {
		d = new(lazy.Value[description])
		c.entities[entity] = d
	}
	return d
}

// loadDescription asks for an object. Compound fields and files are left out: Bulk refuses them, and their parts are
// fields of their own.
//
// Salesforce: REST API, sObject Describe.
func (c *Connector) loadDescription(ctx context.Context, entity string) (description, error) {
	got, err := rest.Call[wireDescribe](ctx, c.rest, rest.Request{
		Op: "describe", Kind: "schema", Object: entity, Method: http.MethodGet, Path: c.path("/sobjects/" + entity + "/describe"),
		Header: headers(),
	})
	if errors.Is(err, crm.ErrNotFound) {
		return description{}, hiddenObject("describe", entity)
	}
	if err != nil {
		return description{}, err
	}
	d := description{wireDescribe: got, fields: make(map[string]wireField, len(got.Fields)), paths: make(map[string]wireField)}
	for _, f := range got.Fields {
		switch f.Type {
		case "address", "location", "base64", "complexvalue", "json":
			continue
		}
		d.fields[f.Name] = f
		if f.Relationship != "" && len(f.References) > 0 {
			d.paths[f.Relationship] = f
		}
	}
	d.Fields = nil // what is kept is in fields
	return d, nil
}

// hiddenObject is the error of an object that is not there for this user.
func hiddenObject(op, entity string) error {
	return &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: entity, Message: "Salesforce shows this user no object " + entity,
		Hint: "Give the user Read and View All on it in a permission set", Err: codeNoObject}
}

// Describe lists the fields of one of our objects: those of every object of Salesforce that it is made of. It asks
// Salesforce each time, and what it learns is what later reads go by.
func (c *Connector) Describe(ctx context.Context, ours string) (crm.Schema, error) {
	o, err := c.objectOf("describe", ours)
	if err != nil {
		return crm.Schema{}, err
	}
	s, err := c.schemaAgain(ctx, o)
	return s.Schema, err
}

// schema is the description of one of our objects, part by part.
type schema struct {
	crm.Schema
	parts map[string]description // by object of Salesforce
	types map[string]crm.Type
}

func (c *Connector) schema(ctx context.Context, o object) (schema, error) {
	return c.schemaBy(ctx, o, c.describe)
}

func (c *Connector) schemaAgain(ctx context.Context, o object) (schema, error) {
	return c.schemaBy(ctx, o, c.describeAgain)
}

// schemaBy puts the union together. Of e-mails, EmailMessage may be missing: then the tasks are there.
func (c *Connector) schemaBy(ctx context.Context, o object, ask func(context.Context, string) (description, error)) (schema, error) {
	s := schema{Schema: crm.Schema{Object: o.ours}, parts: make(map[string]description), types: make(map[string]crm.Type)}
	var missing error
	for _, entity := range o.entities() {
		d, err := ask(ctx, entity)
		if coded(err, codeNoObject) && o.ours == crm.Emails {
			missing = err
			continue
		}
		if err != nil {
			return schema{}, err
		}
		s.parts[entity] = d
	}
	if len(s.parts) == 0 {
		return schema{}, missing
	}
	if err := c.addPaths(ctx, s); err != nil {
		return schema{}, err
	}
	for _, f := range union(o, s.parts) {
		s.Fields = append(s.Fields, f)
		s.types[f.Name] = f.Type
	}
	return s, c.addHistory(ctx, o, &s)
}

// individual is the object that keeps what a person allows; privacy rules name its fields by path.
const individual = "Individual"

// addPaths describes the parents whose fields are listed with the object's own.
func (c *Connector) addPaths(ctx context.Context, s schema) error {
	for entity, d := range s.parts {
		if _, ok := d.paths[individual]; !ok {
			continue
		}
		parent, err := c.describe(ctx, individual)
		if coded(err, codeNoObject) {
			continue
		}
		if err != nil {
			return err
		}
		fields := make(map[string]wireField, len(d.fields)+len(parent.fields))
		for name, f := range d.fields {
			fields[name] = f
		}
		for name, f := range parent.fields {
			if f.Type == "boolean" {
				f.Name, f.Updateable, f.Label = individual+"."+name, false, individual+": "+f.Label
				fields[f.Name] = f
			}
		}
		d.fields = fields
		s.parts[entity] = d
	}
	return nil
}

// union makes one list of the fields of several objects, in name order. A field is writable when it is wherever it is.
func union(o object, parts map[string]description) []crm.Field {
	byName := map[string]crm.Field{}
	where := map[string][]string{}
	for _, entity := range o.entities() {
		for name, w := range parts[entity].fields {
			f := fieldOf(w)
			before, ok := byName[name]
			if ok {
				f = joined(before, f, where[name][0], entity)
			}
			byName[name] = f
			where[name] = append(where[name], entity)
		}
	}
	out := make([]crm.Field, 0, len(byName))
	for name, f := range byName {
		if len(where[name]) < len(parts) && len(parts) > 1 {
			f.Help = sentence(f.Help, "Only on "+strings.Join(where[name], ", "))
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// joined is one field of two objects. Where their types differ it is read as text, and says so.
func joined(a, b crm.Field, inA, inB string) crm.Field {
	out := a
	out.Writable = a.Writable && b.Writable
	if a.Length == 0 || b.Length == 0 {
		out.Length = 0
	} else {
		out.Length = min(a.Length, b.Length)
	}
	if a.Type != b.Type {
		out.Type, out.Options = crm.Text, nil
		out.Help = sentence(a.Help, "Conflict: "+string(a.Type)+" on "+inA+", "+string(b.Type)+" on "+inB)
		return out
	}
	out.Options = slices.Clone(a.Options)
	for _, option := range b.Options {
		if !slices.ContainsFunc(out.Options, func(o crm.Option) bool { return o.Value == option.Value }) {
			out.Options = append(out.Options, option)
		}
	}
	return out
}

func sentence(help, more string) string {
	if help == "" {
		return more
	}
	return strings.TrimRight(help, ". ") + ". " + more
}

func fieldOf(w wireField) crm.Field {
	f := crm.Field{Name: w.Name, Label: w.Label, Help: w.Help, Type: typeOf(w), Writable: w.Updateable && !w.Calculated}
	if f.Type == crm.Text {
		f.Length = w.Length
	}
	if f.Type == crm.Choice || f.Type == crm.Choices {
		for _, p := range w.Picks {
			if p.Active {
				f.Options = append(f.Options, crm.Option{Value: p.Value, Label: p.Label})
			}
		}
	}
	return f
}

// typeOf translates Salesforce's type.
func typeOf(w wireField) crm.Type {
	switch w.Type {
	case "double", "currency", "percent", "int", "long":
		return crm.Number
	case "boolean":
		return crm.Bool
	case "date":
		return crm.Date
	case "datetime":
		return crm.DateTime
	case "picklist":
		if len(w.Picks) > 0 {
			return crm.Choice
		}
	case "multipicklist":
		return crm.Choices
	}
	return crm.Text
}
