package soql

import (
	"fmt"
	"strings"
)

// The codes an Error may carry.
const (
	MalformedQuery = "MALFORMED_QUERY"
	InvalidField   = "INVALID_FIELD"
	InvalidType    = "INVALID_TYPE"
	OutsideRange   = "NUMBER_OUTSIDE_VALID_RANGE"

	InvalidOperator = "INVALID_QUERY_FILTER_OPERATOR"
)

// Error is a refusal of a query: always HTTP 400.
type Error struct {
	Code    string // errorCode
	Message string // in Salesforce's words, with the place in the query where that is known
}

// Error gives code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// around is how much of the query a message shows before and after the place that is wrong.
const around = 40

// at makes an error about a place of the query, with the excerpt, the caret and the row and column that Salesforce gives.
func at(text string, pos int, code, format string, args ...any) *Error {
	pos = min(max(pos, 0), len(text))
	lineStart := strings.LastIndexByte(text[:pos], '\n') + 1
	row, column := strings.Count(text[:pos], "\n")+1, pos-lineStart+1
	from, to := max(lineStart, pos-around), min(len(text), pos+around)
	if end := strings.IndexByte(text[pos:to], '\n'); end >= 0 {
		to = pos + end
	}
	excerpt := strings.ToValidUTF8(text[from:to], "?")
	indent := strings.Repeat(" ", len([]rune(strings.ToValidUTF8(text[from:pos], "?"))))
	return &Error{Code: code, Message: fmt.Sprintf("\n%s\n%s^\nERROR at Row:%d:Column:%d\n%s", excerpt, indent, row, column, fmt.Sprintf(format, args...))}
}

const (
	fieldAdvice = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
	relationshipAdvice = "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
	typeAdvice = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
)
