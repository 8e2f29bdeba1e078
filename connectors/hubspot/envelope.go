package hubspot

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/bareme/bareme/crm"
)

// envelope is HubSpot's error, at the top of an answer or one of several in a batch. Every part is optional. Its message
// often embeds values of records, so nothing of it is ever passed on: it is only searched for known words.
type envelope struct {
	Message     string              `json:"message"`
	Category    string              `json:"category"`
	SubCategory text                `json:"subCategory"`
	ErrorType   string              `json:"errorType"`
	Policy      string              `json:"policyName"`
	Correlation string              `json:"correlationId"`
	Code        string              `json:"code"`
	In          string              `json:"in"`
	ID          ident               `json:"id"`
	Context     map[string]anyTexts `json:"context"`
	Errors      []envelope          `json:"errors"`
	OAuth       string              `json:"error"`  // of the token endpoint
	Status      text                `json:"status"` // "error", or the token endpoint's code
}

// text is a string, or anything else read as "".
type text string

// UnmarshalJSON never fails: a part of an error in an unknown shape must not hide the error.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*t = text(s)
	}
	return nil
}

// anyTexts is a list of strings that may also come as one string.
type anyTexts []string

// UnmarshalJSON never fails, for the same reason.
func (t *anyTexts) UnmarshalJSON(raw []byte) error {
	var many []ident
	if json.Unmarshal(raw, &many) == nil {
		for _, s := range many {
			*t = append(*t, string(s))
		}
		return nil
	}
	var one ident
	if json.Unmarshal(raw, &one) == nil {
		*t = anyTexts{string(one)}
	}
	return nil
}

// parseEnvelope reads what it can.
func parseEnvelope(body []byte) (envelope, bool) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return envelope{}, false
	}
	return e, true
}

// problem is one thing HubSpot found wrong with a value.
type problem struct{ code, field string }

var (
	codeShape  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{1,79}$`)
	fieldShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`)
	scopeShape = regexp.MustCompile(`^[a-z][a-z0-9_.-]{1,79}$`)
	traceShape = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

// shaped returns s when it looks as it must, so that no value slips into an error in the place of a name.
func shaped(shape *regexp.Regexp, s string) string {
	if shape.MatchString(s) {
		return s
	}
	return ""
}

// problems lists what is wrong with values: from the list of errors, or from the JSON HubSpot embeds in its message.
func (e envelope) problems() []problem {
	var out []problem
	for _, inner := range e.Errors {
		code := shaped(codeShape, inner.Code)
		field := shaped(fieldShape, first(inner.Context["propertyName"]))
		if field == "" {
			field = shaped(fieldShape, inner.In)
		}
		if code == "" {
			out = append(out, inner.problems()...)
			continue
		}
		out = append(out, problem{code, field})
	}
	if len(out) == 0 {
		out = embedded(e.Message)
	}
	if code := shaped(codeShape, e.Code); len(out) == 0 && code != "" {
		out = []problem{{code, shaped(fieldShape, first(e.Context["propertyName"]))}}
	}
	return out
}

func embedded(message string) []problem {
	start := strings.Index(message, "[{")
	if start < 0 {
		return nil
	}
	var list []struct {
		Error string `json:"error"`
		Name  string `json:"name"`
	}
	if json.NewDecoder(strings.NewReader(message[start:])).Decode(&list) != nil {
		return nil
	}
	var out []problem
	for _, p := range list {
		if code := shaped(codeShape, p.Error); code != "" {
			out = append(out, problem{code, shaped(fieldShape, p.Name)})
		}
	}
	return out
}

// ids lists the records an error of a batch is about, and traces the write trace ids.
func (e envelope) ids() []string {
	ids := slices.Concat(e.Context["ids"], e.Context["id"], e.Context["fromObjectId"])
	if e.ID != "" {
		ids = append(ids, string(e.ID))
	}
	return ids
}

func (e envelope) traces() []string { return e.Context["objectWriteTraceId"] }

// scopes lists the scopes HubSpot says are missing.
func (e envelope) scopes() []string {
	var out []string
	for _, part := range append([]envelope{e}, e.Errors...) {
		for _, key := range []string{"requiredGranularScopes", "requiredScopes"} {
			for _, s := range part.Context[key] {
				if s = shaped(scopeShape, s); s != "" && !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// noProperty is HubSpot's code for a property that does not exist.
const noProperty = "PROPERTY_DOESNT_EXIST"

// words says in our own words what HubSpot's codes mean, and what helps.
var words = map[string]struct{ message, hint string }{
	noProperty:                              {"HubSpot has no such property", "Run bareme provision, or correct the name in the model file"},
	"READ_ONLY_VALUE":                       {"the property is read-only", "Write to a property of your own instead"},
	"INVALID_OPTION":                        {"the value is not one of the property's options", "Run bareme provision to add the options that are missing"},
	"INVALID_EMAIL":                         {"the value is not an e-mail address", ""},
	"INVALID_LONG":                          {"the value is not a whole number", "Check the type of the property"},
	"INVALID_INTEGER":                       {"the value is not a whole number", "Check the type of the property"},
	"INVALID_NUMERIC":                       {"the value is not a number", "Check the type of the property"},
	"INVALID_DATE":                          {"the value is not a date", "Check the type of the property"},
	"MISSING_REQUIRED_PROPERTY":             {"a property this account requires has no value", "Fill it in HubSpot"},
	"MISSING_CONDITIONAL_REQUIRED_PROPERTY": {"a rule of this account requires a property that has no value", "Fill it in HubSpot, or relax the rule"},
}

// valueError is the error of a record HubSpot refuses for its values.
func (e envelope) valueError(op, object, id string) *crm.Error {
	out := &crm.Error{Kind: crm.ErrInvalid, Op: op, Object: object, ID: id, Request: shaped(traceShape, e.Correlation)}
	problems := e.problems()
	if len(problems) == 0 {
		out.Message = "HubSpot refused it"
		if c := e.name(); c != "" {
			out.Message += " (" + c + ")"
		}
		return out
	}
	p := problems[0]
	out.Field = p.field
	w, ok := words[p.code]
	if !ok {
		w.message = "HubSpot refused it"
	}
	out.Message, out.Hint = w.message+" ("+p.code+")", w.hint
	return out
}

// name is the most telling name of an error that holds no value.
func (e envelope) name() string {
	for _, s := range []string{string(e.SubCategory), e.Category, e.ErrorType, string(e.Status)} {
		if s = shaped(codeShape, s); s != "" && s != "error" {
			return s
		}
	}
	return ""
}

func (e envelope) notFound() bool { return e.Category == "OBJECT_NOT_FOUND" }
