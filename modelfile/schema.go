package modelfile

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// SchemaURL is where the JSON Schema of the model file is published, for the first line of model files.
const SchemaURL = "https://raw.githubusercontent.com/bareme/bareme/main/modelfile/bareme.schema.json"

// Schema is the JSON Schema (2020-12) of the model file, for editors: they complete keys and show what is wrong while
// typing. What only the program can know, such as the names in conditions, is left to bareme check.
func Schema() ([]byte, error) {
	s := schemaOf(fileShape)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = SchemaURL
	s["title"] = "Barème model file"
	s["properties"].(map[string]any)["version"].(map[string]any)["const"] = Version
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

const (
	durationPattern = `^[1-9][0-9]*(h|d|w|mo|y)$`
	spanPattern     = `^[0-9]+(h|d|w|mo|y)$`
	percentPattern  = `^[0-9]+(\.[0-9]+)?%$`
	clockPattern    = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
	cronPattern     = `^(@[a-z]+( .+)?|\S+ +\S+ +\S+ +\S+ +\S+)$`
	namePattern     = `^[A-Za-z_][A-Za-z0-9_]*$`
)

// textSchema takes numbers and true/false too: in a text they are what was typed.
func textSchema() map[string]any {
	return map[string]any{"type": []string{"string", "number", "boolean"}}
}

func pattern(p string) map[string]any { return map[string]any{"type": "string", "pattern": p} }

func schemaOf(s *shape) map[string]any {
	switch s.kind {
	case name:
		return pattern(namePattern)
	case texts:
		return map[string]any{"anyOf": []any{textSchema(), arrayOf(textSchema())}}
	case number, whole:
		return numberSchema(s)
	case yesNo:
		return map[string]any{"type": "boolean"}
	case duration:
		if s.zero {
			return pattern(spanPattern)
		}
		return pattern(durationPattern)
	case percent:
		return pattern(percentPattern)
	case clock:
		return pattern(clockPattern)
	case cronLine:
		return pattern(cronPattern)
	case timeZone, condition:
		return map[string]any{"type": "string", "minLength": 1}
	case choice:
		return map[string]any{"enum": s.choices}
	case numbers:
		return arrayOf(map[string]any{"type": "number"})
	case object:
		return objectSchema(s)
	case list:
		out := arrayOf(schemaOf(s.item))
		if s.most > 0 {
			out["maxItems"] = s.most
		}
		return out
	case dictionary:
		return dictionarySchema(s)
	case either:
		return map[string]any{"anyOf": []any{schemaOf(s.item), schemaOf(s.long)}}
	case fieldRules:
		return map[string]any{"anyOf": []any{schemaOf(fieldSets), arrayOf(schemaOf(fieldSets))}}
	case table, target:
		return map[string]any{"anyOf": []any{pattern(`.`), map[string]any{"type": "object", "additionalProperties": textSchema(), "minProperties": 1}}}
	default:
		return textSchema()
	}
}

func numberSchema(s *shape) map[string]any {
	out := map[string]any{"type": "number"}
	if s.kind == whole {
		out["type"] = "integer"
	}
	b := s.within
	switch {
	case b == nil:
		return out
	case b.above:
		out["exclusiveMinimum"] = b.least
	default:
		out["minimum"] = b.least
	}
	if b.most < maxNumber {
		out["maximum"] = b.most
	}
	return out
}

func arrayOf(item map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": item, "minItems": 1}
}

func dictionarySchema(s *shape) map[string]any {
	out := map[string]any{"type": "object", "additionalProperties": schemaOf(s.item)}
	if s.filled {
		out["minProperties"] = 1
	}
	switch s.key {
	case nameKey:
		out["propertyNames"] = map[string]any{"pattern": namePattern, "not": map[string]any{"enum": slices.Sorted(maps.Keys(reserved))}}
	case wholeKey:
		out["propertyNames"] = map[string]any{"pattern": `^[1-9][0-9]*$`}
	case durationKey:
		out["propertyNames"] = map[string]any{"pattern": durationPattern}
	}
	return out
}

func objectSchema(s *shape) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range s.fields {
		p := schemaOf(f.shape)
		p["description"] = describeField(f)
		properties[f.key] = p
		if f.required {
			required = append(required, f.key)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	var rules []any
	if s.field("half_life") != nil {
		rules = append(rules, oneDecay())
	}
	if s == scoreShape {
		out["dependentRequired"] = purchaseNeeds()
		rules = append(rules, map[string]any{"oneOf": requires("groups", "method")})
	}
	if s == gradeShape {
		rules = append(rules, map[string]any{"oneOf": requires("matrix", "scale", "bands", "thirds")})
	}
	if s == criterionShape {
		out["dependentRequired"] = besides()
		rules = append(rules, map[string]any{"oneOf": requires(subjects...)}, map[string]any{"oneOf": requires("points", "tiers")})
	}
	if rules != nil {
		out["allOf"] = rules
	}
	return out
}

func describeField(f field) string {
	text := f.about
	if f.fallback != "" {
		text += " Default: " + f.fallback + "."
	}
	return text
}

// besides says which keys of a criterion need which other, as builder.criterionKeys does.
func besides() map[string]any {
	needs := map[string]any{}
	for key, beside := range companions {
		needs[key] = []string{beside}
	}
	return needs
}

// oneDecay allows one way for points to fall, or none.
func oneDecay() map[string]any {
	var keys []string
	for _, f := range decayFields {
		keys = append(keys, f.key)
	}
	none := map[string]any{"not": map[string]any{"anyOf": requires(keys...)}}
	return map[string]any{"oneOf": append(requires(keys...), none)}
}

func requires(keys ...string) []any {
	var out []any
	for _, k := range keys {
		out = append(out, map[string]any{"required": []string{k}})
	}
	return out
}
