package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

// wireError is one of Salesforce's errors: at the top of an answer with errorCode, in a row of collections with
// statusCode. Its message often embeds values of records, so nothing of it is passed on: it is only searched for known
// words and for names.
type wireError struct {
	Message string   `json:"message"`
	Code    string   `json:"errorCode"`
	Status  string   `json:"statusCode"`
	Fields  []string `json:"fields"`
}

// oauthError is the shape of the login service.
type oauthError struct {
	Code string `json:"error"`
	Text string `json:"error_description"`
}

// code is Salesforce's name for a failure. It stands as the cause of an error, so that callers can tell one from another.
type code string

// Error is the name.
func (c code) Error() string { return string(c) }

// coded reports whether an error is one of Salesforce's with one of these codes.
func coded(err error, codes ...code) bool {
	var c code
	if !errors.As(err, &c) {
		return false
	}
	for _, one := range codes {
		if c == one {
			return true
		}
	}
	return false
}

var (
	codeShape    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{1,79}$`)
	fieldShape   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,99}(\.[A-Za-z][A-Za-z0-9_]{0,99})?$`)
	locatorShape = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{0,400}$`)
	columnIn     = regexp.MustCompile(`(?:No such column|Field name not found :|No such field) '?([A-Za-z][A-Za-z0-9_.]{0,120})'?`)
)

// parseErrors reads what it can: a list, one alone, or one of the login service's.
func parseErrors(body []byte) []wireError {
	var list []wireError
	if json.Unmarshal(body, &list) == nil {
		return list
	}
	var one wireError
	if json.Unmarshal(body, &one) == nil && one.name() != "" {
		return []wireError{one}
	}
	return nil
}

// name is the code, when it looks like one.
func (e wireError) name() code {
	for _, s := range []string{e.Code, e.Status} {
		if codeShape.MatchString(s) {
			return code(s)
		}
	}
	return ""
}

// misfit reports whether an error is about a field itself and not about the record: others would be refused alike.
func (e wireError) misfit() bool { return e.name() == codeNoField || e.name() == codeNotForUpdate }

// field is the field an error is about.
func (e wireError) field() string {
	for _, f := range e.Fields {
		if fieldShape.MatchString(f) {
			return f
		}
	}
	if m := columnIn.FindStringSubmatch(e.Message); m != nil {
		return strings.Trim(m[1], ".")
	}
	return ""
}

// rowShape is an error in the results of a bulk job: "CODE:message:field list --".
func rowError(text string) wireError {
	name, rest, _ := strings.Cut(text, ":")
	e := wireError{Code: strings.TrimSpace(name), Message: rest}
	if at := strings.LastIndex(rest, ":"); at >= 0 {
		fields := strings.TrimSuffix(strings.TrimSpace(rest[at+1:]), "--")
		e.Message = rest[:at]
		for f := range strings.SplitSeq(fields, ",") {
			if f = strings.TrimSpace(f); f != "" {
				e.Fields = append(e.Fields, f)
			}
		}
	}
	return e
}

// stopped reports whether an error only says that somebody's context is done.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// kinded gives an error of ours its kind when it is only ctx's.
func kinded(ctx context.Context, op, object string, err error) error {
	var ours *crm.Error
	if err != nil && !errors.As(err, &ours) && ctx.Err() != nil {
		return rest.Stopped(ctx, op, object)
	}
	return err
}

// parseOAuth reads an error of the login service. A code that does not look like one is left out.
func parseOAuth(body []byte) oauthError {
	var e oauthError
	if json.Unmarshal(body, &e) != nil || !codeShape.MatchString(e.Code) {
		return oauthError{}
	}
	return e
}
