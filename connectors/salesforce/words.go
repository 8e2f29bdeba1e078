package salesforce

import "github.com/bareme/bareme/crm"

// Codes the connector acts on.
const (
	codeNoField      code = "INVALID_FIELD"
	codeNoObject     code = "INVALID_TYPE"
	codeLocator      code = "INVALID_QUERY_LOCATOR"
	codeTimeout      code = "QUERY_TIMEOUT"
	codeLocked       code = "UNABLE_TO_LOCK_ROW"
	codeConverted    code = "CANNOT_UPDATE_CONVERTED_LEAD"
	codeDeleted      code = "ENTITY_IS_DELETED"
	codeReference    code = "INVALID_CROSS_REFERENCE_KEY"
	codeMalformedID  code = "MALFORMED_ID"
	codeNotFound     code = "NOT_FOUND"
	codeLimit        code = "REQUEST_LIMIT_EXCEEDED"
	codeBulkLimit    code = "LIMIT_EXCEEDED"
	codeSession      code = "INVALID_SESSION_ID"
	codeNotForUpdate code = "INVALID_FIELD_FOR_INSERT_UPDATE"
	codeMetering     code = "TXN_SECURITY_METERING_ERROR"
)

// words says in our own words what Salesforce's codes mean, and what helps.
var words = map[code]struct{ message, hint string }{ //nolint:gochecknoglobals // a table
	codeNoField:                            {"Salesforce shows this user no such field", "Correct the name, or give the user read access to the field: bareme check tells which"},
	codeNoObject:                           {"Salesforce shows this user no such object", "Give the user read access to the object"},
	codeNotForUpdate:                       {"the user may not edit the field", "Give the user edit access to it in a permission set; bareme provision does so for fields of its own"},
	codeLocked:                             {"the record is locked by other work", "It is tried again in the next run"},
	codeLimit:                              {"the org's calls are spent", ""},
	codeBulkLimit:                          {"the org's bulk allowance is spent", ""},
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":    {"a validation rule of the org refuses the record as it is", "Let the rule spare changes by the integration user, or complete the record"},
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": {"a trigger or flow of the org refuses the change", "Look at the automation of the object, and let it spare the integration user"},
	"CANNOT_EXECUTE_FLOW_TRIGGER":          {"a flow of the org fails on the change", "Look at the flow's errors in Salesforce's set-up"},
	"APEX_ERROR":                           {"a trigger of the org fails on the change", "Look at the trigger's log in Salesforce"},
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":       {"the value is not one of the picklist's", "Run bareme provision to add the values that are missing"},
	"REQUIRED_FIELD_MISSING":                        {"a field the org requires has no value", "Fill it in Salesforce"},
	"STRING_TOO_LONG":                               {"the text is too long for the field", "Make the field longer, or write less"},
	"NUMBER_OUTSIDE_VALID_RANGE":                    {"the number is outside the field's range", "Give the field more digits"},
	"DUPLICATES_DETECTED":                           {"a duplicate rule of the org refuses the change", "Let the rule allow saving, or spare the integration user"},
	"INSUFFICIENT_ACCESS_OR_READONLY":               {"the user may not edit the record", "Give the user View All and Modify All on the object, or share the record with it"},
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": {"the user may not use a record this one refers to", "Share that record with the user"},
	"INVALID_TYPE_ON_FIELD_IN_RECORD":               {"the value is not of the field's type", "Check the type of the field"},
	"JSON_PARSER_ERROR":                             {"a value is not of its field's type", "Check the types of the fields"},
	"MALFORMED_QUERY":                               {"Salesforce does not understand the query", ""},
	"QUERY_TOO_COMPLICATED":                         {"the query holds too many formula fields", "Name fewer of them in the model file"},
	codeTimeout:                                     {"the query took Salesforce too long", ""},
	codeLocator:                                     {"the query's cursor is no longer there", ""},
	"UNSUPPORTED_API_VERSION":                       {"Salesforce has retired this version of the API", "Set BAREME_SALESFORCE_API_VERSION to a later one"},
	"API_DISABLED_FOR_ORG":                          {"the org's edition has no API", "Ask Salesforce to enable it"},
	"API_CURRENTLY_DISABLED":                        {"the org's API is switched off for now", ""},
	"INSUFFICIENT_ACCESS":                           {"the user may not do this", "Give it the permission in a permission set"},
	codeMetering:                                    {"the org's transaction security took too long to answer", ""},
}

// explain puts a failure into our words.
func (e wireError) explain(op, object, id string) *crm.Error {
	name := e.name()
	out := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, ID: id, Field: e.field(), Message: "Salesforce refused it"}
	if w, ok := words[name]; ok {
		out.Message, out.Hint = w.message, w.hint
	}
	if name != "" {
		out.Err = name
	}
	return out
}
