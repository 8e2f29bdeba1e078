package main

import (
	"errors"
	"fmt"

	"github.com/bareme/bareme/plan"
	"github.com/bareme/bareme/worker"
)

// The exit codes of every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3
	exitTooLarge = 4
)

// errUsage marks wrong usage or configuration: nothing was done.
var errUsage = errors.New("usage")

// usageError says what is wrong in its own words, without the mark's.
type usageError struct{ err error }

func (e usageError) Error() string        { return e.err.Error() }
func (e usageError) Unwrap() error        { return e.err }
func (e usageError) Is(target error) bool { return target == errUsage }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errRejected ends a run that did everything else.
type errRejected struct{ records int }

func (e errRejected) Error() string {
	return fmt.Sprintf("done, but the CRM rejected %s; they are set aside and tried again later (see the report above)",
		counted(e.records, "record", "records"))
}

func exitCode(err error) int {
	var rejected errRejected
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &rejected), errors.Is(err, worker.ErrRemains):
		return exitRejected
	case errors.Is(err, plan.ErrTooLarge):
		return exitTooLarge
	case errors.Is(err, errUsage):
		return exitUsage
	default:
		return exitFailed
	}
}
