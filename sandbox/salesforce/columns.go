package salesforce

import (
	"slices"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

// columns describes what a query would answer: ?columns=true.
func (s *Sandbox) columns(stmt *soql.Statement) any {
	return map[string]any{"columnMetadata": columnList(stmt.Columns()), "entityName": stmt.Object(), "groupBy": stmt.Aggregated(),
		"idSelected": slices.ContainsFunc(stmt.Columns(), func(c soql.Column) bool { return c.Path == "Id" }), "keyPrefix": nil}
}

type columnMetadata struct {
	Aggregate   bool             `json:"aggregate"`
	ApexType    string           `json:"apexType"`
	BooleanType bool             `json:"booleanType"`
	ColumnName  string           `json:"columnName"`
	Custom      bool             `json:"custom"`
	DisplayName string           `json:"displayName"`
	ForeignKey  *string          `json:"foreignKeyName"`
	Insertable  bool             `json:"insertable"`
	JoinColumns []columnMetadata `json:"joinColumns"`
	NumberType  bool             `json:"numberType"`
	TextType    bool             `json:"textType"`
	Updatable   bool             `json:"updatable"`
}

func columnList(columns []soql.Column) []columnMetadata {
	out := []columnMetadata{}
	for _, c := range columns {
		place := &out
		parts := strings.Split(c.Path, ".")
		for _, parent := range parts[:len(parts)-1] { // parent fields lie below the parent's own column
			i := slices.IndexFunc(*place, func(m columnMetadata) bool { return m.ColumnName == parent })
			if i < 0 {
				*place = append(*place, columnMetadata{ApexType: "Object", ColumnName: parent, DisplayName: parent, JoinColumns: []columnMetadata{}})
				i = len(*place) - 1
			}
			place = &(*place)[i].JoinColumns
		}
		name := parts[len(parts)-1]
		*place = append(*place, columnMetadata{Aggregate: c.Aggregate || c.Children != nil, ApexType: apexType(c.Kind), BooleanType: c.Kind == soql.Bool,
			ColumnName: name, Custom: c.Custom, DisplayName: name, JoinColumns: columnList(c.Children),
			NumberType: c.Kind == soql.Int || c.Kind == soql.Double, TextType: c.Kind == soql.Text, Updatable: c.Field != nil})
	}
	return out
}

func apexType(k soql.Kind) string {
	return map[soql.Kind]string{soql.ID: "Id", soql.Bool: "Boolean", soql.Int: "Integer", soql.Double: "Double", soql.Date: "Date",
		soql.DateTime: "Datetime"}[k] + map[bool]string{true: "String"}[k == soql.Text || k == soql.Multi || k == soql.Compound]
}
