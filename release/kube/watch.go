package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// pollInterval is how often objects are listed that may not be watched.
const pollInterval = 2 * time.Second

// watch keeps an eye on objects of one resource and namespace until ctx ends.
func (w *waiter) watch(ctx context.Context, objs []*Object) {
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
		version, err := w.client.listFor(ctx, objs, selector, w.seen)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !transient(err):
			w.fail(err)
			return
		case err == nil && watchable:
			err = w.client.stream(ctx, objs[0].resource, objs[0].Namespace, selector, version, func(event string, item map[string]any) {
				name, _ := lookup(item, "metadata", "name").(string)
				if o := byName[name]; o != nil {
					if event == "DELETED" {
						item = nil
					}
					w.seen(o, item)
				}
			})
			if IsForbidden(err) {
				watchable = false
				continue
			}
		}
		interval := pollInterval
		if watchable {
			interval = pollInterval / 4
		}
		sleep(ctx, interval)
	}
}

// transient reports whether an error may be gone the next time.
func transient(err error) bool {
	var s *StatusError
	if errors.As(err, &s) {
		return s.Code >= 500 || s.Code == http.StatusTooManyRequests || s.Code == http.StatusGone
	}
	var u *UnreachableError
	return errors.As(err, &u)
}

// listFor lists a resource, tells what is there of objs and what is not, and returns the
// version to watch from.
func (c *Client) listFor(ctx context.Context, objs []*Object, selector url.Values, seen func(*Object, map[string]any)) (string, error) {
	var l struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
		Items []map[string]any `json:"items"`
	}
	r := objs[0].resource
	if err := c.call(ctx, http.MethodGet, r.path(objs[0].Namespace, ""), selector, nil, &l); err != nil {
		return "", err
	}
	there := map[string]map[string]any{}
	for _, item := range l.Items {
		numbers(item)
		c.complete(r, item)
		name, _ := lookup(item, "metadata", "name").(string)
		there[name] = item
	}
	for _, o := range objs {
		seen(o, there[o.Name])
	}
	return l.Metadata.ResourceVersion, nil
}

// stream watches a resource from a version on, until the server ends it, which it does
// after some minutes.
func (c *Client) stream(ctx context.Context, r *resource, namespace string, selector url.Values, version string, each func(event string, item map[string]any)) error {
	query := url.Values{"watch": {"true"}, "resourceVersion": {version}, "allowWatchBookmarks": {"true"}}
	for k, v := range selector {
		query[k] = v
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.path(namespace, "")+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	d := json.NewDecoder(resp.Body)
	d.UseNumber()
	for {
		var event struct {
			Type   string         `json:"type"`
			Object map[string]any `json:"object"`
		}
		if err := d.Decode(&event); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch event.Type {
		case "ADDED", "MODIFIED", "DELETED":
			numbers(event.Object)
			each(event.Type, event.Object)
		case "ERROR":
			message, _ := event.Object["message"].(string)
			return fmt.Errorf("watching %s: %s", r.plural, message)
		}
	}
}

// WaitDeleted waits until objects that Resolve has seen are gone. The error is a
// *WaitError that names those which are not.
func (c *Client) WaitDeleted(ctx context.Context, objs []*Object, timeout time.Duration) error {
	if len(objs) == 0 {
		return ctx.Err()
	}
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if timeout > 0 {
		bounded, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	g := &goneWaiter{client: c, left: map[*Object]map[string]any{}}
	if err := g.run(bounded, objs); err != nil && bounded.Err() == nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return g.result(bounded.Err())
}
