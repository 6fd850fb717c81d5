package kube

import (
	"context"
	"net/http"
	"time"
)

const (
	// freshFor is how long a renewal vouches for the lease: a batch of writes begun
	// then ends, or is cancelled through Lost, before another may take the lease.
	freshFor = 10 * time.Second
	// lostAfter is when a lease that could not be renewed is given up. The rest of
	// its 30 seconds are for requests under way to be cancelled.
	lostAfter = 20 * time.Second
)

// keep renews the lease until it is released.
func (l *Lease) keep() {
	ctx, cancel := context.WithCancel(context.Background())
	l.stop, l.done, l.gone = cancel, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(l.done)
		for pause := leaseRenewal; sleep(ctx, pause); {
			pause = leaseRenewal
			err := l.renew(ctx)
			if err != nil && ctx.Err() == nil {
				if l.isLost(err) {
					close(l.gone)
					return
				}
				pause = time.Second
			}
		}
	}()
}

// renew writes the time into the object, unless another call has just done it.
func (l *Lease) renew(ctx context.Context) error {
	began := time.Now()
	l.renewing.Lock()
	defer l.renewing.Unlock()
	l.mu.Lock()
	obj, renewed, lost := l.object, l.renewed, l.lost
	l.mu.Unlock()
	if lost != nil || renewed.After(began) {
		return lost
	}
	ctx, cancel := context.WithDeadline(ctx, began.Add(min(leaseRenewal, max(time.Second, lostAfter-began.Sub(renewed)))))
	defer cancel()
	now := time.Now()
	obj.Spec.RenewTime = now.UTC().Format(leaseTime)
	err := l.write(ctx, http.MethodPut, l.path+"/"+obj.Metadata.Name, &obj, now)
	if !IsConflict(err) {
		return err
	}
	// Either another has the lease, or the answer to an earlier renewal of ours went
	// missing.
	if mine, other := l.adopt(ctx, renewed); !mine {
		if other != nil {
			return other
		}
		return err
	}
	return l.write(ctx, http.MethodPut, l.path+"/"+obj.Metadata.Name, l.next(now), now)
}

// next is the object as it is to be written now.
func (l *Lease) next(now time.Time) *leaseObject {
	l.mu.Lock()
	defer l.mu.Unlock()
	obj := l.object
	obj.Spec.RenewTime = now.UTC().Format(leaseTime)
	return &obj
}

// adopt reads the object, and takes what is there for ours if we are named in it. It
// was last renewed at the given time, or later. The error is why that is not known.
func (l *Lease) adopt(ctx context.Context, renewed time.Time) (bool, error) {
	o, err := l.read(ctx)
	if err != nil || o.Spec.Holder != l.identity {
		return false, err
	}
	l.set(o, renewed)
	return true, nil
}

// isLost decides what a failed renewal means: a lease that is another's, or will have
// expired soon, is lost.
func (l *Lease) isLost(err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if IsConflict(err) || IsNotFound(err) || time.Since(l.renewed) > lostAfter {
		l.lost = &LostError{Name: l.object.Metadata.Name, Err: err}
		return true
	}
	return false
}

// Check makes sure that the lease is held, before something is written. It asks the
// server only when the last renewal is a while ago.
func (l *Lease) Check(ctx context.Context) error {
	if l.denied != nil {
		return ctx.Err()
	}
	l.mu.Lock()
	lost, fresh := l.lost, time.Since(l.renewed) < freshFor
	l.mu.Unlock()
	if lost != nil || fresh {
		return lost
	}
	if err := l.renew(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if lost, ok := err.(*LostError); ok {
			return lost
		}
		return &LostError{Name: l.object.Metadata.Name, Err: err}
	}
	return nil
}

// Abandon stops renewing the lease and leaves its object, without a holder if that can
// be written: who takes it over knows that the work was not ended.
func (l *Lease) Abandon(ctx context.Context) {
	if l.denied != nil {
		return
	}
	l.stop()
	<-l.done
	l.mu.Lock()
	obj, lost := l.object, l.lost
	l.mu.Unlock()
	if lost == nil {
		obj.Spec.Holder = ""
		_ = l.write(ctx, http.MethodPut, l.path+"/"+obj.Metadata.Name, &obj, time.Now()) // it expires otherwise
	}
}

// Release gives the lease back: its object is deleted, unless another has it.
func (l *Lease) Release(ctx context.Context) error {
	if l.denied != nil {
		return nil
	}
	l.stop()
	<-l.done
	l.mu.Lock()
	lost := l.lost
	l.mu.Unlock()
	if lost != nil {
		return nil
	}
	var err error
	for range 3 {
		if err = l.remove(ctx); err == nil || ctx.Err() != nil {
			break
		}
		// The answer to this, or to the last renewal, may have gone missing.
		mine, readErr := l.adopt(ctx, time.Now())
		if IsNotFound(readErr) || readErr == nil && !mine {
			return nil
		}
	}
	return err
}

// remove deletes the object as it was last seen.
func (l *Lease) remove(ctx context.Context) error {
	l.mu.Lock()
	meta := l.object.Metadata
	l.mu.Unlock()
	body := map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions",
		"preconditions": map[string]any{"uid": meta.UID, "resourceVersion": meta.ResourceVersion},
	}
	err := l.client.call(ctx, http.MethodDelete, l.path+"/"+meta.Name, nil, body, nil)
	if IsNotFound(err) {
		return nil
	}
	return err
}

// Lost is closed when the lease is lost. It is nil, and never ready, without a lease.
func (l *Lease) Lost() <-chan struct{} { return l.gone }
