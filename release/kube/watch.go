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

// How often objects are looked at that may not be watched, and how soon a watch that
// ended is taken up again.
const (
	pollInterval  = 2 * time.Second
	watchInterval = 500 * time.Millisecond
)

// watchTime is how long one watch lasts. All is listed again after it, should an event
// have been lost.
const watchTime = 5 * time.Minute

// maxEventBytes bounds one event of a watch: an object has up to 3 MiB.
const maxEventBytes = 16 << 20

// follower keeps an eye on objects of one resource and namespace.
type follower struct {
	client *Client
	objs   []*Object
	// seen is called with what is there of an object, nil if it is not there. It
	// returns false when nothing more is wanted.
	seen func(*Object, map[string]any) bool
	// unlistable and unwatchable say what the server did not allow.
	unlistable, unwatchable bool
}

// watch keeps an eye on objects of one resource and namespace until ctx ends.
func (w *waiter) watch(ctx context.Context, objs []*Object) {
	f := &follower{client: w.client, objs: objs, seen: func(o *Object, live map[string]any) bool {
		w.seen(o, live)
		return ctx.Err() == nil
	}}
	if err := f.run(ctx); err != nil && ctx.Err() == nil {
		w.fail(err)
	}
}

// run lists and watches until ctx ends or nothing more is wanted. An error is one that
// does not go away.
func (f *follower) run(ctx context.Context) error {
	selector := url.Values{}
	if len(f.objs) == 1 {
		selector.Set("fieldSelector", "metadata.name="+f.objs[0].Name)
	}
	for ctx.Err() == nil {
		version, more, err := f.list(ctx, selector)
		switch {
		case !more:
			return nil
		case err == nil && version != "" && !f.unwatchable:
			more, err = f.watch(ctx, selector, version)
			if !more {
				return nil
			}
			f.unwatchable = refused(err)
		case err != nil && !transient(err):
			return err
		}
		if f.unwatchable || f.unlistable || err != nil {
			sleep(ctx, pollInterval)
		} else {
			sleep(ctx, watchInterval)
		}
	}
	return ctx.Err()
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

// refused reports whether the server does not let us do what we asked for: it is
// forbidden, or not possible with this kind.
func refused(err error) bool {
	return IsForbidden(err) || hasCode(err, http.StatusMethodNotAllowed)
}

// list tells what is there of the objects and what is not, and returns the version to
// watch from, none if they had to be read one by one. more is false when nothing more is
// wanted.
func (f *follower) list(ctx context.Context, selector url.Values) (version string, more bool, err error) {
	if f.unlistable {
		more, err = f.each(ctx)
		return "", more, err
	}
	var l struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
		Items []map[string]any `json:"items"`
	}
	r := f.objs[0].resource
	err = f.client.call(ctx, http.MethodGet, r.path(f.objs[0].Namespace, ""), selector, nil, &l)
	switch {
	case refused(err):
		f.unlistable = true
		more, err = f.each(ctx)
		return "", more, err
	case IsNotFound(err): // the kind is gone, and its objects with it
		l.Items = nil
	case err != nil:
		return "", true, err
	}
	there := map[string]map[string]any{}
	for _, item := range l.Items {
		numbers(item)
		f.client.complete(r, item)
		name, _ := lookup(item, "metadata", "name").(string)
		there[name] = item
	}
	for _, o := range f.objs {
		more = f.seen(o, there[o.Name])
	}
	return l.Metadata.ResourceVersion, more, nil
}

// each reads the objects one by one.
func (f *follower) each(ctx context.Context) (more bool, err error) {
	lives := make([]map[string]any, len(f.objs))
	err = f.client.parallel(ctx, len(f.objs), func(i int) error {
		var err error
		lives[i], err = f.client.get(ctx, f.objs[i])
		return err
	})
	if err != nil {
		return true, err
	}
	for i, o := range f.objs {
		more = f.seen(o, lives[i])
	}
	return more, nil
}

// watch takes in what happens from a version on, until the server ends it. more is false
// when nothing more is wanted.
func (f *follower) watch(ctx context.Context, selector url.Values, version string) (more bool, err error) {
	byName := map[string]*Object{}
	for _, o := range f.objs {
		byName[o.Name] = o
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	more = true
	err = f.client.stream(ctx, f.objs[0].resource, f.objs[0].Namespace, selector, version, func(event string, item map[string]any) {
		name, _ := lookup(item, "metadata", "name").(string)
		if o := byName[name]; o != nil && more {
			if event == "DELETED" {
				item = nil
			}
			if more = f.seen(o, item); !more {
				stop()
			}
		}
	})
	return more, err
}

// stream watches a resource from a version on, until the server ends it.
func (c *Client) stream(ctx context.Context, r *resource, namespace string, selector url.Values, version string, each func(event string, item map[string]any)) error {
	query := url.Values{"watch": {"true"}, "resourceVersion": {version}, "allowWatchBookmarks": {"true"},
		"timeoutSeconds": {fmt.Sprint(int(watchTime.Seconds()))}}
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
	body := &allowance{Reader: resp.Body}
	d := json.NewDecoder(body)
	d.UseNumber()
	for {
		body.left = maxEventBytes
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
		case "ERROR": // most often the version is too old by now
			message, _ := event.Object["message"].(string)
			return fmt.Errorf("watching %s: %s", r.plural, message)
		}
	}
}

// allowance ends a stream when more is read than may be.
type allowance struct {
	io.Reader
	left int
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errors.New("an event of a watch is too large")
	}
	n, err := a.Reader.Read(p[:min(len(p), a.left)])
	a.left -= n
	return n, err
}
