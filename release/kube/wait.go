package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// The strategies of waiting, by Helm's names.
const (
	// WaitWatcher waits for every object, by the rules of package status.
	WaitWatcher = "watcher"
	// WaitHookOnly waits for hooks and for nothing else.
	WaitHookOnly = "hookOnly"
	// WaitLegacy waits by the rules of Helm 3: for the addresses of load balancers, and
	// not for those pods of a workload that may be unavailable during an update. Kinds
	// that Helm 3 does not know are ready as soon as they are there.
	WaitLegacy = "legacy"
)

// WaitOptions are the options of Wait.
type WaitOptions struct {
	// Strategy is WaitWatcher if it is empty.
	Strategy string
	// Jobs waits until Jobs are complete; otherwise they need only have begun.
	Jobs bool
	// Hook waits as for a hook: until Jobs are complete and Pods have ended well, and
	// for nothing else.
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

// WaitError is objects that did not become ready, or that are not gone.
type WaitError struct {
	Objects []NotReady
	// Err is why waiting ended: context.DeadlineExceeded, or ErrCannotSucceed.
	Err error
}

// ErrCannotSucceed ends waiting before its time.
var ErrCannotSucceed = errors.New("waiting ended early, for this does not get better by itself")

// NotReady is an object that is not ready, and why.
type NotReady struct {
	Object *Object
	status.Result
	// Details are lines about its pods: containers, exit codes, the end of their
	// logs, and events. They may contain what should not be kept.
	Details []string
}

// Error is what Helm says. It goes into records, and so has nothing of what pods wrote.
func (e *WaitError) Error() string {
	var lines []string
	for _, o := range e.Objects {
		lines = append(lines, fmt.Sprintf("resource %s/%s/%s not ready. status: %s, message: %s", o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Status, printable(o.Message)))
	}
	if !errors.Is(e.Err, ErrCannotSucceed) {
		lines = append(lines, e.Err.Error())
	}
	return strings.Join(lines, "\n")
}

// Explain tells the details of the objects, in lines of text; empty if there are none.
func (e *WaitError) Explain() string {
	var b strings.Builder
	for _, o := range e.Objects {
		if len(o.Details) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s:\n", o.Object)
		for _, line := range o.Details {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

func (e *WaitError) Unwrap() error { return e.Err }

// Wait waits until objects that Resolve has seen are ready. It watches them, with one
// watch for the objects of a kind in a namespace, lists them from time to time where
// watching is forbidden, and reads them one by one where listing is. Paused Deployments
// and kinds that have no status are not waited for.
//
// The error is a *WaitError when the time is over, and earlier
//
//   - as in Helm, when all objects are ready but those that have failed by the rules of
//     package status: a Deployment past its progress deadline may recover as long as
//     something that it needs is still on its way;
//   - at once when a Job has failed, or, for hooks, a Pod;
//   - when a container has crashed and is started again only after the time is over: the
//     kubelet says how long it waits;
//   - when the name of an image is invalid;
//   - when a ResourceQuota has kept a workload from having its pods for some time, and
//     nothing is on its way that would make room.
//
// The last three never end a wait that would have succeeded, unless somebody steps in.
// They look at the pods of a workload's newest revision only.
func (c *Client) Wait(ctx context.Context, objs []*Object, opts WaitOptions) error {
	if opts.Strategy == WaitHookOnly && !opts.Hook {
		return nil
	}
	w := &waiter{client: c, opts: opts, states: map[*Object]*state{}}
	for _, o := range distinct(objs) {
		if !w.needless(o) {
			w.objs = append(w.objs, o)
			w.states[o] = &state{Result: status.Result{Status: status.Unknown, Message: "not looked at yet"}}
		}
	}
	if len(w.objs) == 0 {
		return ctx.Err()
	}
	return w.run(ctx)
}
