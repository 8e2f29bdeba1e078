// Package lazy keeps values that are loaded when first asked for.
package lazy

import (
	"context"
	"sync"
)

// Value is a value loaded when first asked for. Callers who ask meanwhile wait for the one who loads; a failed load is
// not kept. The zero value is ready.
type Value[T any] struct {
	mu      sync.Mutex
	loading chan struct{} // closed when the load under way has ended
	value   T
	ok      bool
}

// Get returns the value, loading it when there is none.
func (c *Value[T]) Get(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	for {
		c.mu.Lock()
		if c.ok {
			defer c.mu.Unlock()
			return c.value, nil
		}
		if c.loading == nil {
			c.loading = make(chan struct{})
			c.mu.Unlock()
			return c.load(ctx, load)
		}
		loading := c.loading
		c.mu.Unlock()
		select {
		case <-loading:
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		}
	}
}

func (c *Value[T]) load(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	value, err := load(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.value, c.ok = value, true
	}
	close(c.loading)
	c.loading = nil
	return value, err
}

// Renew loads whatever is there already, and keeps that when it fails.
func (c *Value[T]) Renew(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	value, err := load(ctx)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.value, c.ok = value, true
	}
	return value, err
}

// Peek returns the value when it is there.
func (c *Value[T]) Peek() (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.ok
}

// Forget makes the next Get load again.
func (c *Value[T]) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ok = false
}
