package salesforce

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal of a whole request: an array of one error, as Salesforce sends it.
type apiError struct {
	status int
	rowError
}

// rowError is what is wrong with a request or with one record. The code is called errorCode at the top level and
// statusCode in the results of records.
type rowError struct {
	Code    string
	Message string
	Fields  []string
	records []string // the ids a duplicate rule found
}

// Error gives code and message.
func (e *rowError) Error() string { return e.Code + ": " + e.Message }

// Bulk is the error as a bulk job's failedResults tell it.
func (e *rowError) Bulk() string {
	return e.Code + ":" + e.Message + ":" + strings.Join(e.Fields, " ") + strings.Repeat(" ", min(1, len(e.Fields))) + "--"
}

func fail(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, rowError: rowError{Code: code, Message: fmt.Sprintf(format, args...)}}
}

func refuse(code string, fields []string, format string, args ...any) *rowError {
	return &rowError{Code: code, Message: fmt.Sprintf(format, args...), Fields: fields}
}

// topLevel turns the refusal of one record into that of a request which wrote this record alone.
func (e *rowError) topLevel() *apiError {
	status := http.StatusBadRequest
	if e.Code == "NOT_FOUND" || e.Code == "ENTITY_IS_DELETED" {
		status = http.StatusNotFound
	}
	return &apiError{status: status, rowError: *e}
}

func notFound() *apiError {
	return fail(http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
}

func noSuchColumn(name, object string) *rowError {
	return refuse("INVALID_FIELD", nil, "No such column '%s' on sobject of type %s", name, object)
}

func noSuchObject(name string) *rowError {
	return refuse("INVALID_TYPE", nil, "sObject type '%s' is not supported.", name)
}

func sessionExpired() *apiError {
	return fail(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
}

func malformedID(name, id string) *rowError {
	return refuse("MALFORMED_ID", []string{name}, "%s: id value of incorrect type: %s", labelOf(name), id)
}

// errorBody is one error at the top level.
type errorBody struct {
	Message   string   `json:"message"`
	ErrorCode string   `json:"errorCode"`
	Fields    []string `json:"fields,omitempty"`
}

func (e *apiError) body() []errorBody { return []errorBody{{e.Message, e.Code, e.Fields}} }

// resultError is one error of one record.
type resultError struct {
	StatusCode string   `json:"statusCode"`
	Message    string   `json:"message"`
	Fields     []string `json:"fields"`
}

func (e *rowError) result() []resultError {
	return []resultError{{e.Code, e.Message, append([]string{}, e.Fields...)}}
}
