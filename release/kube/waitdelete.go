package kube

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/hchart/hchart/release/kube/status"
)

// goneWaiter is one call of WaitDeleted.
type goneWaiter struct {
	client *Client
	mu     sync.Mutex
	left   map[*Object]map[string]any
	order  []*Object
}

// run returns when all are gone or ctx ends.
func (g *goneWaiter) run(ctx context.Context, objs []*Object) error {
	g.order = objs
	var wg sync.WaitGroup
	groups := groupObjects(objs)
	errs := make([]error, len(groups))
	for i, group := range groups {
		wg.Go(func() { errs[i] = g.group(ctx, group) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// group waits for objects of one resource and namespace.
func (g *goneWaiter) group(ctx context.Context, objs []*Object) error {
	selector := url.Values{}
	if len(objs) == 1 {
		selector.Set("fieldSelector", "metadata.name="+objs[0].Name)
	}
	byName := map[string]*Object{}
	for _, o := range objs {
		byName[o.Name] = o
	}
	watchable := true
	for ctx.Err() == nil {
		version, err := g.client.listFor(ctx, objs, selector, g.seen)
		switch {
		case IsNotFound(err): // the kind is gone, and its objects with it
			for _, o := range objs {
				g.seen(o, nil)
			}
			return nil
		case err != nil && !transient(err):
			return err
		case err == nil && g.gone(objs):
			return nil
		case err == nil && watchable:
			inner, stop := context.WithCancel(ctx)
			err = g.client.stream(inner, objs[0].resource, objs[0].Namespace, selector, version, func(event string, item map[string]any) {
				name, _ := lookup(item, "metadata", "name").(string)
				if o := byName[name]; o != nil {
					if event == "DELETED" {
						item = nil
					}
					if g.seen(o, item); g.gone(objs) {
						stop()
					}
				}
			})
			stop()
			watchable = !IsForbidden(err)
			if g.gone(objs) {
				return nil
			}
		}
		sleep(ctx, pollInterval/4)
	}
	return ctx.Err()
}

func (g *goneWaiter) seen(o *Object, live map[string]any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left[o] = live
}

func (g *goneWaiter) gone(objs []*Object) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range objs {
		if live, seen := g.left[o]; live != nil || !seen {
			return false
		}
	}
	return true
}

// result is the error for what is left.
func (g *goneWaiter) result(cause error) error {
	e := &WaitError{Err: cause}
	for _, o := range g.order {
		live, seen := g.left[o]
		if seen && live == nil {
			continue
		}
		message := "it still exists"
		if finalizers, ok := lookup(live, "metadata", "finalizers").([]any); ok && len(finalizers) > 0 {
			var names []string
			for _, f := range finalizers {
				names = append(names, fmt.Sprint(f))
			}
			message = "it still exists, held by the finalizers " + strings.Join(names, ", ")
		}
		e.Objects = append(e.Objects, NotReady{Object: o, Result: status.Result{Status: status.Terminating, Message: message}})
	}
	if len(e.Objects) == 0 {
		return nil
	}
	return e
}
