package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// The strategies of waiting, by Helm's names.
const (
	// WaitWatcher waits for every object, by the rules of package status.
	WaitWatcher = "watcher"
	// WaitHookOnly waits for hooks and for nothing else.
	WaitHookOnly = "hookOnly"
	// WaitLegacy is WaitWatcher and, as Helm 3 did, waits for the addresses of load
	// balancers.
	WaitLegacy = "legacy"
)

// WaitOptions are the options of Wait.
type WaitOptions struct {
	// Strategy is WaitWatcher if it is empty.
	Strategy string
	// Jobs waits until Jobs are complete, too.
	Jobs bool
	// Hook waits as for a hook: until Jobs are complete and Pods have ended well.
	Hook bool
	// Timeout is how long at most; no limit but the context's if it is 0.
	Timeout time.Duration
	// Progress is called when the status of an object changes, from one goroutine at
	// a time.
	Progress func(Progress)
}

// Progress is how far one object has come.
type Progress struct {
	Object *Object
	status.Result
}

// WaitError is objects that did not become ready.
type WaitError struct {
	Objects []NotReady
	// Err is why waiting ended: context.DeadlineExceeded, or ErrCannotSucceed.
	Err error
}

// ErrCannotSucceed ends waiting before its time, for nothing would have changed.
var ErrCannotSucceed = errors.New("it cannot succeed any more")

// NotReady is an object that is not ready, and why.
type NotReady struct {
	Object *Object
	status.Result
	// Details are lines about its pods: containers, exit codes, the end of their
	// logs, and events.
	Details []string
}

func (e *WaitError) Error() string {
	var b strings.Builder
	for _, o := range e.Objects {
		fmt.Fprintf(&b, "resource %s/%s/%s not ready. status: %s, message: %s\n", o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Status, o.Message)
		for _, line := range o.Details {
			b.WriteString("  " + line + "\n")
		}
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

func (e *WaitError) Unwrap() error { return e.Err }

// Wait waits until objects that Resolve has seen are ready, by watching them: one watch
// for the objects of a kind in a namespace. It returns early, with a *WaitError, when
// one cannot become ready any more:
//
//   - a Job that failed, a Deployment past its progress deadline, a definition whose
//     names are taken, an object whose controller says that it is Stalled;
//   - a Deployment whose pods a ResourceQuota does not allow;
//   - a workload with a container that has crashed five times or more and is waiting to
//     be started again, or with an image whose name is invalid.
func (c *Client) Wait(ctx context.Context, objs []*Object, opts WaitOptions) error {
	if opts.Strategy == WaitHookOnly && !opts.Hook {
		return nil
	}
	w := &waiter{client: c, opts: opts, results: map[*Object]status.Result{}}
	for _, o := range objs {
		if !w.needless(o) {
			w.objs = append(w.objs, o)
			w.results[o] = status.Result{Status: status.Unknown, Message: "not looked at yet"}
		}
	}
	if len(w.objs) == 0 {
		return ctx.Err()
	}
	return w.run(ctx)
}

// waiter is one call of Wait.
type waiter struct {
	client *Client
	opts   WaitOptions
	objs   []*Object

	mu      sync.Mutex
	results map[*Object]status.Result
	lives   map[*Object]map[string]any
	// over is called when all are ready or one has failed for good.
	over context.CancelFunc
	// cannot says that one cannot become ready.
	cannot bool
	// broken is an error of the API.
	broken error
}

// needless reports whether there is nothing to wait for.
func (w *waiter) needless(o *Object) bool {
	if w.opts.Hook {
		return o.Kind != "Job" && o.Kind != "Pod"
	}
	if o.Kind == "Deployment" {
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
	inner, over := context.WithCancel(bounded)
	defer over()
	w.over, w.lives = over, map[*Object]map[string]any{}

	var wg sync.WaitGroup
	for _, group := range groupObjects(w.objs) {
		wg.Go(func() { w.watch(inner, group) })
	}
	wg.Go(func() { w.inspect(inner) })
	wg.Wait()

	pending := w.pending()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case w.broken != nil:
		return w.broken
	case len(pending) == 0:
		return nil
	}
	cause := bounded.Err()
	if w.cannot {
		cause = ErrCannotSucceed
	}
	return &WaitError{Objects: w.diagnose(ctx, pending), Err: cause}
}

func (w *waiter) pending() []*Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pending []*Object
	for _, o := range w.objs {
		if w.results[o].Status != status.Current {
			pending = append(pending, o)
		}
	}
	return pending
}

// seen takes a live object in, nil for one that is not there.
func (w *waiter) seen(o *Object, live map[string]any) {
	r := status.Result{Status: status.NotFound, Message: "Resource not found"}
	if live != nil {
		r = w.compute(live)
	}
	w.set(o, r, live)
}

func (w *waiter) compute(live map[string]any) status.Result {
	now := time.Now()
	switch {
	case w.opts.Hook:
		return status.Done(live, now)
	case w.opts.Jobs:
		return status.Completed(live, now)
	}
	r := status.Compute(live, now)
	if w.opts.Strategy == WaitLegacy && r.Status == status.Current && lookup(live, "kind") == "Service" &&
		lookup(live, "spec", "type") == "LoadBalancer" && lookup(live, "status", "loadBalancer", "ingress") == nil &&
		lookup(live, "spec", "externalIPs") == nil {
		return status.Result{Status: status.InProgress, Reason: "NoAddress", Message: "the load balancer has no address"}
	}
	return r
}

func (w *waiter) set(o *Object, r status.Result, live map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lives[o] = live
	if w.results[o] == r {
		return
	}
	w.results[o] = r
	if w.opts.Progress != nil {
		w.opts.Progress(Progress{Object: o, Result: r})
	}
	if r.Status == status.Failed && isFinal(o, r) {
		w.cannot = true
		w.over()
		return
	}
	for _, r := range w.results {
		if r.Status != status.Current {
			return
		}
	}
	w.over()
}

// isFinal reports whether a failure stays one. A pod that crashes, or finds no node, may
// recover.
func isFinal(o *Object, r status.Result) bool {
	return o.Kind != "Pod" || r.Reason == "PodFailed" || r.Reason == hopeless
}

// hopeless is the reason of what inspect found.
const hopeless = "CannotSucceed"

// fail ends waiting because of an error of the API.
func (w *waiter) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken = err
	}
	w.over()
}
