package salesforce

import "github.com/bareme/bareme/crm"

// What the Tooling API calls a field's definition.

type wireCustomField struct {
	FullName string       `json:"FullName"`
	Metadata wireMetadata `json:"Metadata"`
}

// wireDefinition is a definition as it is read: whatever stands in it is sent back.
type wireDefinition struct {
	Metadata map[string]any `json:"Metadata"`
}

type wireMetadata struct {
	Type         string        `json:"type"`
	Label        string        `json:"label"`
	Help         string        `json:"inlineHelpText,omitempty"`
	Length       int           `json:"length,omitempty"`
	Precision    int           `json:"precision,omitempty"`
	Scale        *int          `json:"scale,omitempty"`
	Lines        int           `json:"visibleLines,omitempty"`
	Default      string        `json:"defaultValue,omitempty"`
	Required     bool          `json:"required"`
	TrackHistory bool          `json:"trackHistory"`
	ValueSet     *wireValueSet `json:"valueSet,omitempty"`
}

type wireValueSet struct {
	Restricted bool `json:"restricted"`
	Definition struct {
		Sorted bool        `json:"sorted"`
		Values []wireValue `json:"value"`
	} `json:"valueSetDefinition"`
}

type wireValue struct {
	FullName string `json:"fullName"`
	Label    string `json:"label"`
	Default  bool   `json:"default"`
}

// The longest texts of Salesforce's two kinds of text field, in characters.
const (
	longestLine = 255
	longestArea = 131_072
)

// metadataOf describes a field to create. Its history is not tracked: each write would add rows to it.
func metadataOf(f crm.Field) wireMetadata {
	m := wireMetadata{Label: f.Label, Help: f.Help}
	if m.Label == "" {
		m.Label = f.Name
	}
	if len([]rune(m.Label)) > 40 {
		m.Label = string([]rune(m.Label)[:40])
	}
	switch f.Type {
	case crm.Number:
		decimals := 0 // as in the shipped metadata
		m.Type, m.Precision, m.Scale = "Number", 9, &decimals
	case crm.Bool:
		m.Type, m.Default = "Checkbox", "false"
	case crm.Date:
		m.Type = "Date"
	case crm.DateTime:
		m.Type = "DateTime"
	case crm.Choice:
		m.Type, m.ValueSet = "Picklist", valueSet(f.Options)
	case crm.Choices:
		m.Type, m.ValueSet, m.Lines = "MultiselectPicklist", valueSet(f.Options), 4
	default:
		if f.Length > longestLine {
			m.Type, m.Length, m.Lines = "LongTextArea", min(f.Length, longestArea), 5
		} else if m.Type, m.Length = "Text", f.Length; m.Length <= 0 {
			m.Length = longestLine
		}
	}
	return m
}

// valueSet holds the values of a new picklist. It is restricted, so that nobody else's value slips in.
func valueSet(options []crm.Option) *wireValueSet {
	v := &wireValueSet{Restricted: true}
	for _, o := range options {
		v.Definition.Values = append(v.Definition.Values, wireValue{FullName: o.Value, Label: labelOf(o)})
	}
	return v
}

func labelOf(o crm.Option) string {
	if o.Label == "" {
		return o.Value
	}
	return o.Label
}

// addValues completes a picklist's definition with values that are missing, and leaves the others as they are.
func addValues(metadata map[string]any, missing []crm.Option) error {
	set, okSet := metadata["valueSet"].(map[string]any)
	definition, okDefinition := set["valueSetDefinition"].(map[string]any)
	if !okSet || !okDefinition {
		return &crm.Error{Kind: crm.ErrInvalid, Op: "provision", Message: "the picklist takes its values from a global value set",
			Hint: "Add the missing values there"}
	}
	values, _ := definition["value"].([]any) // none yet is as good
	for _, o := range missing {
		values = append(values, map[string]any{"fullName": o.Value, "label": labelOf(o), "default": false})
	}
	definition["value"] = values
	return nil
}
