package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Observed is what was there of some objects when they were looked for.
type Observed struct {
	live map[string]map[string]any
	seen map[string]bool
}

// Live returns an object as it is on the cluster, nil if it is not there. The tree must
// not be changed.
func (o *Observed) Live(obj *Object) map[string]any {
	if o == nil {
		return nil
	}
	return o.live[obj.key()]
}

// Seen reports whether an object was looked for.
func (o *Observed) Seen(obj *Object) bool { return o != nil && o.seen[obj.key()] }

// Only returns what was there of some of the objects.
func (o *Observed) Only(objs []*Object) *Observed {
	part := &Observed{live: map[string]map[string]any{}, seen: map[string]bool{}}
	for _, obj := range objs {
		key := obj.key()
		if live, ok := o.live[key]; ok {
			part.live[key] = live
		}
		part.seen[key] = o.seen[key]
	}
	return part
}

// managedBy is the label of all objects that Helm and hchart apply.
const managedBy = "app.kubernetes.io/managed-by"

type objectList struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []map[string]any `json:"items"`
}

// ObserveOptions are the options of Observe.
type ObserveOptions struct {
	// Absent says that the objects are not expected to be there: of a namespace's
	// objects of a kind only the names are read first.
	Absent bool
}

// fewObjects is up to how many objects of a kind and namespace are read one by one.
const fewObjects = 2

// Observe reads the live state of objects that Resolve has seen. Several of one kind
// and namespace are listed in one request: those with the label that releases' objects
// have, and then the missing ones one by one, or, with Absent, the names of all.
func (c *Client) Observe(ctx context.Context, objs []*Object, opts ObserveOptions) (*Observed, error) {
	o := &Observed{live: map[string]map[string]any{}, seen: map[string]bool{}}
	groups := groupObjects(objs)
	found := make([]map[string]map[string]any, len(groups))
	err := c.parallel(ctx, len(groups), func(i int) error {
		var err error
		found[i], err = c.observeGroup(ctx, groups[i], opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, g := range groups {
		for _, obj := range g {
			o.seen[obj.key()] = true
			if live, ok := found[i][obj.Name]; ok {
				o.live[obj.key()] = live
			}
		}
	}
	return o, nil
}

// groupObjects puts objects of one resource and namespace together, in the order in
// which the first of each comes.
func groupObjects(objs []*Object) [][]*Object {
	var groups [][]*Object
	at := map[string]int{}
	for _, o := range objs {
		key := o.resource.path(o.Namespace, "")
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], o)
	}
	return groups
}

// observeGroup reads objects of one resource and namespace, by name.
func (c *Client) observeGroup(ctx context.Context, objs []*Object, opts ObserveOptions) (map[string]map[string]any, error) {
	found := map[string]map[string]any{}
	missing := objs
	if len(objs) > fewObjects {
		wanted := map[string]bool{}
		for _, o := range objs {
			wanted[o.Name] = true
		}
		query, accept := url.Values{"labelSelector": {managedBy + "=Helm"}}, "application/json"
		if opts.Absent {
			query, accept = url.Values{}, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
		}
		present := map[string]bool{}
		err := c.list(ctx, objs[0].resource, objs[0].Namespace, query, accept, func(item map[string]any) {
			if name, _ := lookup(item, "metadata", "name").(string); wanted[name] {
				present[name] = true
				if !opts.Absent {
					c.complete(objs[0].resource, item)
					found[name] = item
				}
			}
		})
		switch {
		case IsForbidden(err): // to list: then one by one
		case IsNotFound(err): // a kind that is still to be defined
			return found, nil
		case err != nil:
			return nil, err
		default:
			missing = missing[:0:0]
			for _, o := range objs {
				if present[o.Name] == opts.Absent {
					missing = append(missing, o)
				}
			}
		}
	}
	lives := make([]map[string]any, len(missing))
	err := c.parallel(ctx, len(missing), func(i int) error {
		var err error
		lives[i], err = c.get(ctx, missing[i])
		return err
	})
	for i, live := range lives {
		if live != nil {
			found[missing[i].Name] = live
		}
	}
	return found, err
}

// get reads one object, nil if it is not there.
func (c *Client) get(ctx context.Context, o *Object) (map[string]any, error) {
	var live map[string]any
	err := c.call(ctx, http.MethodGet, o.path(), nil, nil, &live)
	if IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o, err)
	}
	return live, nil
}

// list calls each for the objects of a resource, page by page.
func (c *Client) list(ctx context.Context, r *resource, namespace string, query url.Values, accept string, each func(map[string]any)) error {
	query.Set("limit", "500")
	for {
		var l objectList
		if err := c.exchange(ctx, http.MethodGet, r.path(namespace, ""), query, "", accept, nil, &l); err != nil {
			return err
		}
		for _, item := range l.Items {
			each(item)
		}
		if l.Metadata.Continue == "" {
			return nil
		}
		query.Set("continue", l.Metadata.Continue)
	}
}

// complete adds what the items of a list leave out.
func (c *Client) complete(r *resource, item map[string]any) {
	item["apiVersion"], item["kind"] = r.apiVersion(), r.kind
}
