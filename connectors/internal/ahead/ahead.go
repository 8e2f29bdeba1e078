// Package ahead reads pages ahead of whoever stores them.
package ahead

import (
	"context"
	"iter"
)

// Run runs a sequence one page ahead of its consumer: while a page is stored, the next is on its way. It leaves
// nothing running when the consumer stops.
func Run[T any](ctx context.Context, pages func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	type result struct {
		page T
		err  error
	}
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan result)
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(results)
			for page, err := range pages(ctx) {
				select {
				case results <- result{page, err}:
				case <-ctx.Done():
					return
				}
			}
		}()
		defer func() { cancel(); <-done }()
		for r := range results {
			if !yield(r.page, r.err) || r.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			var none T
			yield(none, err)
		}
	}
}
