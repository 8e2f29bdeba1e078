package worker

import (
	"context"
	"errors"
)

// ErrLeaseLost ends work whose lease another process may have by now.
var ErrLeaseLost = errors.New("the lease was lost")

// Leaser is a store that several processes use at once, so that they must agree on who does what. A store of one process
// needs none.
type Leaser interface {
	// Lease makes this process the only one to do something of a connection until release is called, the process ends, or
	// its way to the store is cut; then held is cancelled, with ErrLeaseLost as its cause. When another has it, the error
	// wraps ErrStoreLocked.
	Lease(ctx context.Context, connection, what string) (held context.Context, release func(), err error)
}

// LeaseRun is what a whole run leases; the pieces of one share it.
const LeaseRun = "run"

// alone runs fn as the only run of the connection, among all processes that share the store.
func (w *Worker) alone(ctx context.Context, fn func(context.Context) error) error {
	leaser, shared := w.Store.(Leaser)
	if !shared {
		return fn(ctx)
	}
	held, release, err := leaser.Lease(ctx, w.Connection, LeaseRun)
	if err != nil {
		return err
	}
	defer release()
	err = fn(held)
	if cause := context.Cause(held); err != nil && errors.Is(cause, ErrLeaseLost) {
		return cause
	}
	return err
}
