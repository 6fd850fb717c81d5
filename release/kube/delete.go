package kube

import (
	"context"
	"net/http"
	"net/url"
)

// DeleteOptions are the options of Delete.
type DeleteOptions struct {
	// Propagation is "background" (if it is empty), "foreground" or "orphan".
	Propagation string
	// Owner, if it names a release, is whose the objects must be to be deleted.
	Owner Owner
	// EvenKept deletes objects whatever their resource policy is.
	EvenKept bool
	// Guard is asked before each batch of writes; an error ends the call.
	Guard    func(context.Context) error
	Progress func(Change)
}

// Delete deletes objects that Resolve has seen, in the order given, kind by kind. What
// is not there, what has the policy to be kept, and what does not belong to the owner is
// left and said so in the changes.
//
// Several objects of one kind and namespace go in one request where it is certain what
// that deletes: when the list of all objects with the label of releases has none but
// these, the collection is deleted as it was in that very version of the list
// (resourceVersionMatch=Exact), so that what was made since stays.
func (c *Client) Delete(ctx context.Context, objs []*Object, opts DeleteOptions) ([]Change, error) {
	a := &applier{client: c, opts: ApplyOptions{Guard: opts.Guard, Progress: opts.Progress}}
	policy := propagation(opts.Propagation)
	for _, batch := range batches(objs) {
		var rest []*Object
		for _, g := range groupObjects(batch) {
			left, err := a.collection(ctx, g, policy, opts.Owner)
			if err != nil {
				return a.changes, err
			}
			rest = append(rest, left...)
		}
		err := a.run(ctx, rest, func(ctx context.Context, o *Object) (Change, error) {
			return a.delete(ctx, o, policy, &opts)
		})
		if err != nil {
			return a.changes, err
		}
	}
	return a.changes, nil
}

func propagation(name string) string {
	switch name {
	case "foreground":
		return "Foreground"
	case "orphan":
		return "Orphan"
	}
	return "Background"
}

// delete deletes one object.
func (a *applier) delete(ctx context.Context, o *Object, policy string, opts *DeleteOptions) (Change, error) {
	owner := opts.Owner
	if o.Kept() && !opts.EvenKept {
		return Change{Object: o, Action: Kept}, nil
	}
	uid := ""
	if owner.Release != "" {
		live, err := a.client.get(ctx, o)
		if err != nil {
			return Change{}, failed(o, "delete", err)
		}
		if live == nil {
			return Change{Object: o, Action: Gone}, nil
		}
		if reason := owner.misses(live); reason != "" {
			return Change{Object: o, Action: Foreign, Reason: reason}, nil
		}
		uid, _ = lookup(live, "metadata", "uid").(string)
	}
	gone, err := a.client.deleteOne(ctx, o, policy, uid)
	if err != nil {
		return Change{}, failed(o, "delete", err)
	}
	if gone {
		return Change{Object: o, Action: Gone}, nil
	}
	return Change{Object: o, Action: Deleted}, nil
}

// deleteOne deletes an object, with the given UID unless it is empty. It reports true
// when it is not there, or is another by now.
func (c *Client) deleteOne(ctx context.Context, o *Object, policy, uid string) (bool, error) {
	for try := 1; ; try++ {
		gone, err := c.tryDelete(ctx, o, policy, uid)
		if uid == "" || !IsConflict(err) {
			return gone, err
		}
		// That it is another by now is one reason for a conflict, not the only one.
		live, readErr := c.get(ctx, o)
		if readErr != nil {
			return false, readErr
		}
		if now, _ := lookup(live, "metadata", "uid").(string); now != uid {
			return true, nil
		}
		if try == deleteTries {
			return false, err
		}
	}
}

// deleteTries is how often an object is deleted that the server says conflicts.
const deleteTries = 3

func (c *Client) tryDelete(ctx context.Context, o *Object, policy, uid string) (bool, error) {
	body := map[string]any{"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}
	if uid != "" {
		body["preconditions"] = map[string]any{"uid": uid}
	}
	err := c.call(ctx, http.MethodDelete, o.path(), nil, body, nil)
	if IsNotFound(err) {
		return true, nil
	}
	return false, err
}

// collection deletes objects of one kind and namespace in one request, and returns those
// for which that is not safe or not possible.
func (a *applier) collection(ctx context.Context, objs []*Object, policy string, owner Owner) ([]*Object, error) {
	if len(objs) <= fewObjects || owner.Release == "" || !objs[0].resource.namespaced {
		return objs, nil
	}
	wanted := map[string]*Object{}
	for _, o := range objs {
		if !o.Kept() {
			wanted[o.Name] = o
		}
	}
	selector := managedBy + "=Helm"
	version, found, err := a.snapshot(ctx, objs[0], selector, wanted, owner)
	if err != nil || len(found) == 0 || version == "" {
		// Whatever is wrong shows again when they are deleted one by one.
		return objs, ctx.Err()
	}
	if a.opts.Guard != nil {
		if err := a.opts.Guard(ctx); err != nil {
			return nil, err
		}
	}
	query := url.Values{"labelSelector": {selector}, "resourceVersion": {version}, "resourceVersionMatch": {"Exact"}}
	body := map[string]any{"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}
	if err := a.client.call(ctx, http.MethodDelete, objs[0].resource.path(objs[0].Namespace, ""), query, body, nil); err != nil {
		return objs, ctx.Err()
	}
	var rest []*Object
	for _, o := range objs {
		if !found[o.Name] {
			rest = append(rest, o)
			continue
		}
		ch := Change{Object: o, Action: Deleted}
		a.changes = append(a.changes, ch)
		if a.opts.Progress != nil {
			a.opts.Progress(ch)
		}
	}
	return rest, nil
}

// snapshot lists the objects with the label of releases. If all are wanted and belong
// to the owner, it returns the version of the list and their names, else no version.
func (a *applier) snapshot(ctx context.Context, o *Object, selector string, wanted map[string]*Object, owner Owner) (string, map[string]bool, error) {
	var l struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
			Continue        string `json:"continue"`
		} `json:"metadata"`
		Items []map[string]any `json:"items"`
	}
	const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
	query := url.Values{"labelSelector": {selector}, "limit": {"5000"}}
	if err := a.client.exchange(ctx, http.MethodGet, o.resource.path(o.Namespace, ""), query, "", accept, nil, &l); err != nil {
		return "", nil, err
	}
	found := map[string]bool{}
	for _, item := range l.Items {
		name, _ := lookup(item, "metadata", "name").(string)
		current := &Object{Fields: item}
		if wanted[name] == nil || owner.misses(item) != "" || current.Kept() {
			return "", nil, nil
		}
		found[name] = true
	}
	if l.Metadata.Continue != "" {
		return "", nil, nil
	}
	return l.Metadata.ResourceVersion, found, nil
}
