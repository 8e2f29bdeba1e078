package crmtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bareme/bareme/crm"
)

// Run tests a connector against every promise of crm.Connector and of the optional abilities it implements. It calls
// newHarness for each case with that case's own t. Tests beside it must not run in parallel: goroutines are counted.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for _, c := range cases() {
		before := goleak.IgnoreCurrent()
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), caseLimit)
			defer cancel()
			err := c.check(ctx, newHarness(t))
			var skip skipped
			switch {
			case errors.As(err, &skip):
				t.Skip(string(skip))
			case err != nil:
				t.Error(err)
			}
		})
		// The harness has been released by now: what still runs was left behind.
		if err := leftBehind(before); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func leftBehind(before goleak.Option) error {
	if err := goleak.Find(before); err != nil {
		return broken("Connector", "obeys ctx at once: no goroutine outlives the calls", "%w", err)
	}
	return nil
}

// caseLimit ends a case that hangs; none takes a tenth of it.
const caseLimit = 2 * time.Minute

// tcase is one promise, or a few that are tested by the same walk.
type tcase struct {
	name string
	run  func(context.Context, *env) error
}

// check runs the case, and after it looks for secrets and personal data in everything that was said.
func (c tcase) check(ctx context.Context, h Harness) error {
	e := &env{Harness: h, c: h.Connector}
	if err := e.complete(); err != nil {
		return err
	}
	return errors.Join(c.run(ctx, e), e.indiscretions())
}

// skipped says why a case does not apply.
type skipped string

func (s skipped) Error() string { return string(s) }

// broken words a broken promise: whose it is, the promise as package crm states it, and what was seen.
func broken(of, promise, seen string, args ...any) error {
	return fmt.Errorf("crm.%s promises %q: %w", of, promise, fmt.Errorf(seen, args...))
}

// cases lists the suite.
func cases() []tcase {
	list := []tcase{
		{"account", account},
		{"describe", describe},
		{"check", checkNeed},
		{"cancelled before the call", cancelledBefore},
		{"read unknown field", readUnknownField},
		{"read unknown object", readUnknownObject},
		{"canonical text", canonicalText},
		{"links", links},
		{"unseen", unseen},
		{"unseen fails", unseenFails},
		{"reader leaves early", leaveEarly},
		{"concurrent use", concurrentUse},
		{"write", writeEach},
		{"write touches only the fields named", writeNamedFields},
		{"write duplicates", writeDuplicates},
		{"write nothing", writeNothing},
		{"write unwritable fields", writeUnwritable},
		{"write bad values", writeBadValues},
		{"write canonical text", writeCanonical},
		{"write stopped", writeStopped},
		{"write cancelled", writeCancelled},
		{"write survives passing faults", writeSurvives},
		{"echo", echo},
		{"merged records", merged},
		{"deleted records", deleted},
		{"read by id", readByID},
		{"removed", removed},
		{"provision", provision},
		{"usage", usage},
		{"tasks", tasks},
		{"history", histories},
		{"history of values", historyOfValues},
		{"history of many", historyOfMany},
		{"history of links", historyOfLinks},
	}
	for _, object := range []string{crm.People, crm.Companies, ""} { // "" is every source of activity
		name := object
		if object == "" {
			name = "activities"
		}
		each := func(what string, run func(context.Context, *env, string) error) {
			list = append(list, tcase{name + ": " + what, func(ctx context.Context, e *env) error {
				return e.eachObject(object, func(object string) error { return run(ctx, e, object) })
			}})
		}
		each("pull everything", pullEverything)
		each("resume anywhere", resumeAnywhere)
		each("nothing new", nothingNew)
		each("change during the pull", changeDuringPull)
		each("cancel anywhere", cancelAnywhere)
		each("passing faults", passingFaults)
		each("lasting faults", lastingFaults)
	}
	return list
}
