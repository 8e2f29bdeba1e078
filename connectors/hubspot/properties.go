package hubspot

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bareme/bareme/connectors/internal/lazy"
	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// schema is the description of one object, for people and for reading values.
type schema struct {
	crm.Schema
	wire  map[string]wireProperty
	types map[string]crm.Type
}

// longestText is what a text property of HubSpot holds.
const longestText = 65536

// Describe lists the properties of an object. It asks HubSpot each time, and what it learns is what later reads go by.
//
// HubSpot: properties API, read all properties.
func (c *Connector) Describe(ctx context.Context, ours string) (crm.Schema, error) {
	o, err := objectOf("describe", ours)
	if err != nil {
		return crm.Schema{}, err
	}
	s, err := c.describeAgain(ctx, o)
	return s.clone(), err
}

// describe returns what is known of an object, asking HubSpot once.
func (c *Connector) describe(ctx context.Context, o object) (schema, error) {
	s, err := c.schemaOf(o).Get(ctx, func(ctx context.Context) (schema, error) { return c.loadSchema(ctx, o) })
	return s, kinded(ctx, "describe", o.ours, err)
}

// describeAgain asks HubSpot whatever is known.
func (c *Connector) describeAgain(ctx context.Context, o object) (schema, error) {
	return c.schemaOf(o).Renew(ctx, func(ctx context.Context) (schema, error) { return c.loadSchema(ctx, o) })
}

func (c *Connector) loadSchema(ctx context.Context, o object) (schema, error) {
	list, err := c.properties(ctx, o, false)
	if err != nil {
		return schema{}, err
	}
	return newSchema(o, list), nil
}

func (c *Connector) schemaOf(o object) *lazy.Value[schema] {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.schemas[o.ours]
	if !ok {
		s = new(lazy.Value[schema])
		c.schemas[o.ours] = s
	}
	return s
}

func (c *Connector) properties(ctx context.Context, o object, archived bool) ([]wireProperty, error) {
	query := url.Values{}
	if archived {
		query.Set("archived", "true")
	}
	got, err := rest.Call[wireProperties](ctx, c.rest, rest.Request{
		Op: "describe", Kind: "schema", Object: o.ours, Method: http.MethodGet,
		Path: c.dialect.schema(o), Query: query, Window: c.burst,
	})
	return got.Results, err
}

func newSchema(o object, list []wireProperty) schema {
	s := schema{Schema: crm.Schema{Object: o.ours}, wire: make(map[string]wireProperty, len(list)), types: make(map[string]crm.Type, len(list))}
	for _, p := range list {
		if _, twice := s.wire[p.Name]; twice || p.Name == "" {
			continue
		}
		s.wire[p.Name] = p
		s.types[p.Name] = typeOf(p)
		s.Fields = append(s.Fields, fieldOf(p))
	}
	slices.SortFunc(s.Fields, func(a, b crm.Field) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// clone keeps callers from changing what later reads go by.
func (s schema) clone() crm.Schema {
	out := crm.Schema{Object: s.Object, Fields: slices.Clone(s.Fields)}
	for i := range out.Fields {
		out.Fields[i].Options = slices.Clone(out.Fields[i].Options)
	}
	return out
}

func fieldOf(p wireProperty) crm.Field {
	f := crm.Field{Name: p.Name, Label: p.Label, Help: p.Description, Type: typeOf(p), Writable: writable(p)}
	if f.Type == crm.Text && p.Type == "string" {
		f.Length = longestText
	}
	if f.Type == crm.Choice || f.Type == crm.Choices {
		for _, option := range p.Options {
			f.Options = append(f.Options, crm.Option{Value: option.Value, Label: option.Label})
		}
	}
	return f
}

func writable(p wireProperty) bool {
	return !p.Calculated && (p.Modification == nil || !p.Modification.ReadOnlyValue)
}

// typeOf translates HubSpot's type and field type. An enumeration whose options HubSpot keeps elsewhere, such as the
// owner of a record, is text: its options cannot be listed here.
func typeOf(p wireProperty) crm.Type {
	switch p.Type {
	case "number":
		return crm.Number
	case "bool":
		return crm.Bool
	case "date":
		return crm.Date
	case "datetime":
		return crm.DateTime
	case "enumeration":
		switch {
		case p.FieldType == "booleancheckbox":
			return crm.Bool
		case p.FieldType == "checkbox":
			return crm.Choices
		case len(p.Options) == 0:
			return crm.Text
		}
		return crm.Choice
	}
	return crm.Text
}

// wireTypes is typeOf turned round, for fields to create.
func wireTypes(f crm.Field) (typ, fieldType string) {
	switch f.Type {
	case crm.Number:
		return "number", "number"
	case crm.Bool:
		return "bool", "booleancheckbox"
	case crm.Date:
		return "date", "date"
	case crm.DateTime:
		return "datetime", "date"
	case crm.Choice:
		return "enumeration", "select"
	case crm.Choices:
		return "enumeration", "checkbox"
	}
	// Reasons run over several lines; a one-line box would hide all but the first words.
	if f.Length > 255 || strings.HasSuffix(f.Name, "reasons") {
		return "string", "textarea"
	}
	return "string", "text"
}
