package mapping

import (
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// readable reports whether an attribute of a type can be read from a field of a type. Text may hold anything.
func readable(field crm.Type, attribute scoring.Type) bool {
	switch attribute {
	case scoring.Text, scoring.List:
		return true
	case scoring.Number, scoring.Money:
		return field == crm.Number || field == crm.Text || field == crm.Choice
	case scoring.Bool:
		return field == crm.Bool || field == crm.Text || field == crm.Choice || field == crm.Number
	case scoring.Date:
		return field == crm.Date || field == crm.DateTime || field == crm.Text
	}
	return false
}

// writableAs reports whether a field of a type takes values of another.
func writableAs(field, value crm.Type) bool {
	return field == value || field == crm.Text || field == "" ||
		value == crm.Choice && field == crm.Choices
}

// attributeType is the type of attribute that fits a field.
func attributeType(field crm.Type) string {
	switch field {
	case crm.Number:
		return "number"
	case crm.Bool:
		return "bool"
	case crm.Date, crm.DateTime:
		return "date"
	case crm.Choices:
		return "list"
	}
	return "text"
}

func isChoice(t crm.Type) bool { return t == crm.Choice || t == crm.Choices }

func typePhrase(t crm.Type) string {
	switch t {
	case crm.Number:
		return "a number"
	case crm.Bool:
		return "yes or no"
	case crm.Date:
		return "a date"
	case crm.DateTime:
		return "a point in time"
	case crm.Choice:
		return "one of several options"
	case crm.Choices:
		return "several options"
	}
	return "text"
}
