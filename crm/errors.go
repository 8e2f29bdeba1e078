package crm

import (
	"errors"
	"strings"
	"time"
)

// The kinds of failure, and what the worker does about each.
var (
	ErrAuth        = errors.New("not authorised")     // stop the run; a person must renew the credential or grant the scope
	ErrRateLimit   = errors.New("rate limited")       // the connector waits; the worker sees it only when the wait is long: stop at the cursor, resume at the next run
	ErrQuota       = errors.New("quota spent")        // stop kindly at the cursor; resume when the quota turns over
	ErrInvalid     = errors.New("refused as invalid") // a request: stop, it is a fault of configuration; a record: set it aside with its reason
	ErrNotFound    = errors.New("not found")          // a record: forget it; anything else: stop
	ErrConflict    = errors.New("conflict")           // a record: set it aside and try again later
	ErrUnavailable = errors.New("unavailable")        // the connector retries; the worker sees it only when that did not help: stop at the cursor, resume at the next run
)

// Error is a failure a person can act on: what failed, where, and what to do. It holds no secret and no field value.
type Error struct {
	Kind       error         // one of the kinds above
	Op         string        // what was being done: "read people", "write people"
	Object     string        // the object concerned, "" when none
	ID         string        // the record concerned, "" when none
	Field      string        // the field concerned, "" when none
	Message    string        // what the CRM said or what was found, without values
	Hint       string        // what to do about it, "" when nothing helps
	RetryAfter time.Duration // when trying again makes sense, 0 when not known
	Request    string        // the CRM's own correlation id, for its support
	Err        error         // the cause, when it is an error of ours
}

// Error says what, where and what to do, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	for _, part := range []struct{ label, value string }{{"field ", e.Field}, {"record ", e.ID}} {
		if part.value != "" {
			b.WriteString(part.label)
			b.WriteString(part.value)
			b.WriteString(": ")
		}
	}
	switch {
	case e.Message != "":
		b.WriteString(e.Message)
	case e.Kind != nil:
		b.WriteString(e.Kind.Error())
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(". ")
		b.WriteString(e.Hint)
	}
	if e.Request != "" {
		b.WriteString(" (request ")
		b.WriteString(e.Request)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap gives errors.Is the kind and errors.As the cause.
func (e *Error) Unwrap() []error {
	out := make([]error, 0, 2)
	if e.Kind != nil {
		out = append(out, e.Kind)
	}
	if e.Err != nil {
		out = append(out, e.Err)
	}
	return out
}

// RetryAfter returns how long to wait before trying again, 0 when the error does not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
