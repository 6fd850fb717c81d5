package repo

import (
	"context"
	"errors"
	"sync"
)

// flights does what several goroutines want at the same time once, by a key.
type flights[T any] struct {
	mu      sync.Mutex
	flights map[string]*flight[T]
}

type flight[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// do returns what fn returns, for this caller or for one that is at it already. With keep,
// a success is returned to all later callers, too.
func (g *flights[T]) do(ctx context.Context, key string, keep bool, fn func() (T, error)) (T, error) {
	for {
		f, first := g.join(key)
		if first {
			return g.lead(f, key, keep, fn)
		}
		var none T
		select {
		case <-f.done:
		case <-ctx.Done():
			return none, ctx.Err()
		}
		if f.err == nil || !isContextError(f.err) {
			return f.value, f.err
		}
		// The one that was at it gave up, which is no reason for this one to do so.
		if err := ctx.Err(); err != nil {
			return none, err
		}
	}
}

// keep makes do return a value to later callers. Who is waiting gets what it waits for.
func (g *flights[T]) keep(key string, value T) {
	done := make(chan struct{})
	close(done)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flights == nil {
		g.flights = map[string]*flight[T]{}
	}
	g.flights[key] = &flight[T]{done: done, value: value}
}

func (g *flights[T]) join(key string) (f *flight[T], first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f, ok := g.flights[key]; ok {
		return f, false
	}
	if g.flights == nil {
		g.flights = map[string]*flight[T]{}
	}
	f = &flight[T]{done: make(chan struct{}), err: context.Canceled}
	g.flights[key] = f
	return f, true
}

func (g *flights[T]) lead(f *flight[T], key string, keep bool, fn func() (T, error)) (T, error) {
	defer func() { // also if fn panics: nobody waits for ever
		g.mu.Lock()
		if (f.err != nil || !keep) && g.flights[key] == f {
			delete(g.flights, key)
		}
		g.mu.Unlock()
		close(f.done)
	}()
	f.value, f.err = fn()
	return f.value, f.err
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
