package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/bareme/bareme/worker"
)

// A process is present while it holds two leases: one of its own, by which others see that it lives, and one it shares with
// all processes of its model. When it dies, or its way to the database is cut, the database ends both, and others take over
// what it was doing without waiting for a timeout.

// leases of the queue, which belongs to no connection.
const leases = "\x00jobs"

func clientLease(id string) string   { return "process " + id }
func modelLease(model string) string { return "model " + model }

// soon is how long to wait before a lost presence is taken anew.
const soon = time.Second

// present keeps the process present until ctx ends; what works is cancelled when it is lost.
func (r *Runner) present(ctx context.Context, first chan<- error) {
	defer close(r.absent)
	for {
		var held context.Context
		var release func()
		// The database may go away just now, and who looks whether anybody has a lease has it alone for a moment.
		err := again(ctx, func() (err error) {
			held, release, err = r.appear(ctx)
			return err
		})
		if first != nil {
			first <- err
			first = nil
		}
		if err == nil {
			r.here.Store(&held)
			<-held.Done()
			release()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(soon):
		}
	}
}

func (r *Runner) appear(ctx context.Context) (context.Context, func(), error) {
	own, releaseOwn, err := r.cfg.Store.Share(ctx, leases, clientLease(r.client.ID()))
	if err != nil {
		return nil, nil, err
	}
	held, release, err := r.cfg.Store.Share(own, leases, modelLease(r.model))
	if err != nil {
		releaseOwn()
		return nil, nil, err
	}
	return held, func() { release(); releaseOwn() }, nil
}

// while is ctx, cancelled when the process is no longer present.
func (r *Runner) while(ctx context.Context) (context.Context, func(), bool) {
	here := r.here.Load()
	if here == nil || (*here).Err() != nil {
		return ctx, nil, false
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(*here, func() { cancel(worker.ErrLeaseLost) })
	return ctx, func() { stop(); cancel(context.Canceled) }, true
}

// gone says whether nobody holds a lease.
func (r *Runner) gone(ctx context.Context, what string) (bool, error) {
	_, release, err := r.cfg.Store.Lease(ctx, leases, what)
	if errors.Is(err, worker.ErrStoreLocked) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	release()
	return true, nil
}
