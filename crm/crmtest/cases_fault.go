package crmtest

import (
	"context"
	"errors"

	"github.com/bareme/bareme/crm"
)

// inFlight is how many requests may still arrive after the context is cancelled: those already on their way.
const inFlight = 4

// requestsOf counts the requests of one undisturbed pull, after one that filled what the connector keeps.
func (e *env) requestsOf(ctx context.Context, object string) (n int, err error) {
	for range 2 {
		before := e.System.Requests()
		if _, err := e.pull(ctx, e.all(object, "")); err != nil {
			return 0, broken("Connector.Records", "with the empty cursor it yields every record", "it failed: %w", err)
		}
		n = e.System.Requests() - before
	}
	if n == 0 {
		return 0, errors.New("the harness' System counted no request during a pull")
	}
	return n, nil
}

// cancelAnywhere cancels while each request is held, then goes on from the last cursor.
func cancelAnywhere(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	requests, err := e.requestsOf(ctx, object)
	if err != nil {
		return err
	}
	for k := range min(requests, 25) {
		sub, cancel := context.WithCancel(ctx)
		at := -1
		e.System.Before(k, func() { at = e.System.Requests(); cancel() })
		got, err := e.pull(sub, e.all(object, ""))
		cancel()
		if at < 0 {
			continue // this pull needed fewer requests than the one counted
		}
		if !errors.Is(err, context.Canceled) {
			return broken("Connector", "every method obeys ctx at once", "cancelled at request %d, the pull ended with: %v", k+1, err)
		}
		if more := e.System.Requests() - at; more > inFlight {
			return broken("Connector", "every method obeys ctx at once", "cancelled at request %d, it made %d more", k+1, more)
		}
		rest, err := e.pull(ctx, e.all(object, got.end("")))
		if err != nil {
			return broken("Connector.Records", "a new call with the last stored cursor goes on", "after a cancellation at request %d: %w", k+1, err)
		}
		if err := e.whole(object, ids, got, rest); err != nil {
			return broken("Connector.Records", "a new call with the last stored cursor goes on", "cancelled at request %d: %w", k+1, err)
		}
	}
	return nil
}

// passingFaults lets each fault happen once at several points of a pull.
func passingFaults(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	requests, err := e.requestsOf(ctx, object)
	if err != nil {
		return err
	}
	for turn, f := range e.Faults {
		for _, k := range spots(requests, 3, turn) {
			e.System.Fail(f.Name, k, 1)
			got, err := e.pull(ctx, e.all(object, ""))
			e.System.Heal()
			if err != nil {
				if err := tolerable(f, err); err != nil {
					return broken("Connector", "a connector waits for short ones and retries what passes", "fault %q once, at request %d: %w", f.Name, k+1, err)
				}
				rest, err := e.pull(ctx, e.all(object, got.end("")))
				if err != nil {
					return broken("Connector.Records", "a new call with the last stored cursor goes on", "fault %q once, at request %d: %w", f.Name, k+1, err)
				}
				got = append(got, rest...)
			}
			if err := e.whole(object, ids, got); err != nil {
				return broken("Connector.Records", "none is left out", "fault %q once, at request %d: %w", f.Name, k+1, err)
			}
		}
	}
	return nil
}

// tolerable says whether a fault that happened once may end a call this way.
func tolerable(f Fault, err error) error {
	if f.Passing {
		return errors.Join(errors.New("it passes and must not be noticed"), err)
	}
	return rightKind(f, err)
}

// rightKind checks the kind of error, and that a wait is named where waiting helps.
func rightKind(f Fault, err error) error {
	switch {
	case err == nil:
		return errors.New("no error came")
	case !errors.Is(err, f.Kind):
		return errors.Join(errors.New("want the kind: "+f.Kind.Error()), err)
	case (errors.Is(f.Kind, crm.ErrRateLimit) || errors.Is(f.Kind, crm.ErrQuota)) && crm.RetryAfter(err) <= 0:
		return errors.Join(errors.New("the error does not say RetryAfter"), err)
	}
	return nil
}

// lastingFaults lets each fault last from several points of a pull, then goes on.
func lastingFaults(ctx context.Context, e *env, object string) error {
	ids := e.seed(object, e.several())
	requests, err := e.requestsOf(ctx, object)
	if err != nil {
		return err
	}
	for turn, f := range e.Faults {
		for _, k := range spots(requests, 2, turn) {
			e.System.Fail(f.Name, k, Forever)
			got, err := e.pull(ctx, e.all(object, ""))
			e.System.Heal()
			if err := rightKind(f, err); err != nil {
				return broken("Connector", "returns errors that wrap one of the kinds", "fault %q lasting from request %d: %w", f.Name, k+1, err)
			}
			rest, err := e.pull(ctx, e.all(object, got.end("")))
			if err != nil {
				return broken("Connector.Records", "a new call with the last stored cursor goes on", "after fault %q: %w", f.Name, err)
			}
			if err := e.whole(object, ids, got, rest); err != nil {
				return broken("Connector.Records", "a new call with the last stored cursor goes on", "after fault %q from request %d: %w", f.Name, k+1, err)
			}
		}
	}
	return nil
}

// cancelledBefore calls everything with a context that is done.
func cancelledBefore(ctx context.Context, e *env) error {
	ids := e.seed(crm.People, 1)
	done, cancel := context.WithCancel(ctx)
	cancel()
	before := e.System.Requests()
	calls := map[string]func() error{
		"Account":  func() error { _, err := e.c.Account(done); return err },
		"Check":    func() error { return e.c.Check(done, crm.Need{}) },
		"Describe": func() error { _, err := e.c.Describe(done, crm.People); return err },
		"Records":  func() error { _, err := e.pull(done, e.all(crm.People, "")); return err },
		"Write": func() error {
			_, err := e.write(done, crm.People, []crm.Update{{ID: ids[0], Fields: crm.Fields{e.Text[crm.People]: text("late")}}})
			return err
		},
	}
	if r, ok := e.c.(crm.Reader); ok {
		calls["Read"] = func() error { _, err := r.Read(done, crm.People, ids, nil); return err }
	}
	if o, ok := e.c.(crm.OwnerLister); ok {
		calls["Owners"] = func() error { _, err := o.Owners(done); return err }
	}
	if p, ok := e.c.(crm.Provisioner); ok {
		calls["Provision"] = func() error { _, err := p.Provision(done, crm.People, e.Provision); return err }
	}
	for name, call := range calls {
		if err := e.note(call()); !errors.Is(err, context.Canceled) {
			return broken("Connector", "every method obeys ctx at once", "%s with a cancelled context returned: %v", name, err)
		}
	}
	if n := e.System.Requests() - before; n > 0 {
		return broken("Connector", "every method obeys ctx at once", "%d requests were made with a cancelled context", n)
	}
	return nil
}
