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

// WaitDeleted waits until objects that Resolve has seen are gone, by watching them; no
// longer than timeout, unless that is 0. The error is a *WaitError that names those
// which are not, with the finalizers that hold them.
func (c *Client) WaitDeleted(ctx context.Context, objs []*Object, timeout time.Duration) error {
	if len(objs) == 0 {
		return ctx.Err()
	}
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if timeout > 0 {
		bounded, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	g := &goneWaiter{live: map[*Object]map[string]any{}, uids: map[*Object]any{}}
	objs = distinct(objs)
	var wg sync.WaitGroup
	groups := groupObjects(objs)
	errs := make([]error, len(groups))
	for i, group := range groups {
		f := &follower{client: c, objs: group, seen: func(o *Object, live map[string]any) bool {
			return !g.take(o, live, group)
		}}
		wg.Go(func() {
			if errs[i] = f.run(bounded); bounded.Err() != nil {
				errs[i] = nil
			}
		})
	}
	wg.Wait()
	left := g.left(objs)
	switch err := errors.Join(errs...); {
	case err != nil:
		return err
	case len(left) == 0:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	}
	return &WaitError{Objects: left, Err: bounded.Err()}
}

// goneWaiter is one call of WaitDeleted.
type goneWaiter struct {
	mu   sync.Mutex
	live map[*Object]map[string]any
	// uids are those that the objects had when they were seen first, nil for one that
	// was not there.
	uids map[*Object]any
}

// take keeps what is there of an object and reports whether all of its group are gone.
func (g *goneWaiter) take(o *Object, live map[string]any, group []*Object) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	uid := lookup(live, "metadata", "uid")
	first, seen := g.uids[o]
	if !seen {
		g.uids[o] = uid
	} else if uid != first {
		live = nil // another one by the same name
	}
	g.live[o] = live
	for _, o := range group {
		if !g.gone(o) {
			return false
		}
	}
	return true
}

func (g *goneWaiter) gone(o *Object) bool {
	_, seen := g.uids[o]
	return seen && g.live[o] == nil
}

// left are the objects that are not known to be gone.
func (g *goneWaiter) left(objs []*Object) []NotReady {
	var all []NotReady
	for _, o := range objs {
		if g.gone(o) {
			continue
		}
		message := "it still exists"
		if finalizers, ok := lookup(g.live[o], "metadata", "finalizers").([]any); ok && len(finalizers) > 0 {
			var names []string
			for _, f := range finalizers {
				names = append(names, fmt.Sprint(f))
			}
			message += ", held by the finalizers " + strings.Join(names, ", ")
		}
		all = append(all, NotReady{Object: o, Result: status.Result{Status: status.Terminating, Message: message}})
	}
	return all
}

// distinct leaves out objects that are there before.
func distinct(objs []*Object) []*Object {
	seen := map[string]bool{}
	var all []*Object
	for _, o := range objs {
		if key := o.key(); !seen[key] {
			seen[key] = true
			all = append(all, o)
		}
	}
	return all
}
