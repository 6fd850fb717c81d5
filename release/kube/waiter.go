package kube

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// waiter is one call of Wait.
type waiter struct {
	client *Client
	opts   WaitOptions
	objs   []*Object
	// deadline is when the time is over; zero if it never is.
	deadline time.Time

	mu     sync.Mutex
	states map[*Object]*state
	// done says that it is decided how waiting ends: nothing changes any more.
	done bool
	// over is called then.
	over context.CancelFunc
	// cannot says that some cannot become ready.
	cannot bool
	// broken is an error of the API.
	broken error
}

// state is what is known of one object.
type state struct {
	status.Result
	live map[string]any
	// blocked is since when a quota has been seen in its way.
	blocked time.Time
}

// needless reports whether there is nothing to wait for.
func (w *waiter) needless(o *Object) bool {
	switch {
	case w.opts.Hook:
		return o.Kind != "Job" && o.Kind != "Pod"
	case w.opts.Strategy == WaitLegacy:
		return !isLegacy(o, w.opts.Jobs)
	case o.Kind == "Deployment":
		paused, _ := lookup(o.Fields, "spec", "paused").(bool)
		return paused
	}
	return status.Plain(o.APIVersion, o.Kind)
}

func (w *waiter) run(ctx context.Context) error {
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if w.opts.Timeout > 0 {
		bounded, cancel = context.WithTimeout(ctx, w.opts.Timeout)
	}
	defer cancel()
	w.deadline, _ = bounded.Deadline()
	inner, over := context.WithCancel(bounded)
	defer over()
	w.over = over

	var wg sync.WaitGroup
	if w.opts.Strategy == WaitLegacy && !w.opts.Hook {
		wg.Go(func() { w.poll(inner) })
	} else {
		for _, group := range groupObjects(w.objs) {
			wg.Go(func() { w.watch(inner, group) })
		}
	}
	wg.Go(func() { w.inspect(inner) })
	wg.Wait()
	return w.result(ctx, bounded)
}

// result tells how waiting ended; ctx is the caller's context.
func (w *waiter) result(ctx, bounded context.Context) error {
	pending := w.pending()
	switch {
	case len(pending) == 0:
		return nil
	case w.broken != nil:
		return w.broken
	case errors.Is(ctx.Err(), context.DeadlineExceeded): // no time is left to look why
		return &WaitError{Objects: w.notReady(pending), Err: ctx.Err()}
	case ctx.Err() != nil:
		return ctx.Err()
	}
	cause := bounded.Err()
	if w.cannot {
		cause = ErrCannotSucceed
	}
	all := w.notReady(pending)
	w.diagnose(ctx, all)
	return &WaitError{Objects: all, Err: cause}
}

func (w *waiter) pending() []*Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pending []*Object
	for _, o := range w.objs {
		if w.states[o].Status != status.Current {
			pending = append(pending, o)
		}
	}
	return pending
}

func (w *waiter) notReady(objs []*Object) []NotReady {
	var all []NotReady
	for _, o := range objs {
		all = append(all, NotReady{Object: o, Result: w.states[o].Result})
	}
	return all
}

// live returns the last that was seen of an object, with its status.
func (w *waiter) live(o *Object) (map[string]any, status.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.states[o]
	return s.live, s.Result
}

// seen takes a live object in, nil for one that is not there.
func (w *waiter) seen(o *Object, live map[string]any) {
	r := status.Result{Status: status.NotFound, Message: "Resource not found"}
	switch {
	case live == nil:
	case w.opts.Hook:
		r = status.Done(live)
	case w.opts.Jobs:
		r = status.Completed(live, time.Now())
	default:
		r = status.Compute(live, time.Now())
	}
	// A Job that has failed, and a hook's Pod, stay so.
	final := o.Kind == "Job" && r.Reason == "JobFailed" || w.opts.Hook
	w.set(o, r, live, final)
}

// set keeps a status. final says that it stays, if it is Failed.
func (w *waiter) set(o *Object, r status.Result, live map[string]any, final bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.states[o]
	if w.done || live == nil && s.Status == status.Current && w.ends(o) {
		return // what has ended well may be cleaned away
	}
	s.live = live
	if s.Result == r {
		return
	}
	s.Result = r
	if w.opts.Progress != nil {
		w.opts.Progress(Progress{Object: o, Result: r})
	}
	w.decide(final && r.Status == status.Failed)
}

// ends reports whether it is the end of an object that is waited for.
func (w *waiter) ends(o *Object) bool {
	return w.opts.Hook || w.opts.Jobs && o.Kind == "Job"
}

// decide ends waiting when all are ready, or failed, or one has failed for good.
func (w *waiter) decide(final bool) {
	failed := final
	for _, s := range w.states {
		switch {
		case s.Status == status.Failed:
			failed = true
		case s.Status != status.Current && !final:
			return
		}
	}
	w.done, w.cannot = true, failed
	w.over()
}

// fail ends waiting because of an error of the API.
func (w *waiter) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.done, w.broken = true, err
		w.over()
	}
}
