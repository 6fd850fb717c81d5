package kube

import (
	"context"
	"net/http"
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
// that deletes: when in the list of all objects with the label of releases none but these
// has all the labels that these have in common, the collection with these labels is
// deleted as it was in that very version of the list (resourceVersionMatch=Exact), so
// that what was made since stays. Otherwise the list says whose they are, and each is
// deleted as the one that was listed.
func (c *Client) Delete(ctx context.Context, objs []*Object, opts DeleteOptions) ([]Change, error) {
	a := &applier{client: c, opts: ApplyOptions{Guard: opts.Guard, Progress: opts.Progress}, listed: map[*Object]map[string]any{}}
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
		live := a.listed[o]
		if live == nil {
			var err error
			if live, err = a.client.get(ctx, o); err != nil {
				return Change{}, failed(o, "delete", err)
			}
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
