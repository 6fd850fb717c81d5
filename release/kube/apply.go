package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Plan is what Apply has to reach.
type Plan struct {
	// Live is what is there of the objects of Previous and Target.
	Live *Observed
	// Previous are the objects that may be there from earlier revisions. Those that
	// Target does not have are deleted.
	Previous []*Object
	// Target are the objects wanted, in the order in which to make them.
	Target []*Object
}

// ApplyOptions are the options of Apply.
type ApplyOptions struct {
	// ServerSide lets the server merge (server-side apply, field manager "helm").
	// Otherwise live object, previous and new manifest are merged here.
	ServerSide bool
	// ForceConflicts takes fields over that others manage; server-side only.
	ForceConflicts bool
	// ForceReplace replaces objects that are there, in place of merging.
	ForceReplace bool
	// DryRun lets the server check everything and store nothing.
	DryRun bool
	// Steady says that Previous is exactly what was applied last, so that an object
	// whose manifest did not change and which is as it says need not be written.
	Steady bool
	Owner  Owner
	// Guard is asked before each batch of writes; an error ends the call.
	Guard func(context.Context) error
	// Progress is called after each change, from one goroutine at a time.
	Progress func(Change)
}

// Action is what was done with an object.
type Action string

// The actions.
const (
	Created   Action = "created"
	Patched   Action = "configured"
	Unchanged Action = "unchanged"
	Replaced  Action = "replaced"
	Deleted   Action = "deleted"
	// Kept is an object left there because of its resource policy, Foreign one that
	// belongs to somebody else, Gone one that was not there any more, or whose kind
	// the cluster no longer has.
	Kept    Action = "kept"
	Foreign Action = "foreign"
	Gone    Action = "gone"
)

// Change is what was done with one object.
type Change struct {
	Object *Object
	Action Action
	// Reason says why, for Foreign.
	Reason string
}

// ApplyError is objects that could not be written.
type ApplyError struct {
	Object *Object
	// Action is what was tried: "create", "patch", "replace", "delete".
	Action string
	Err    error
}

func (e *ApplyError) Error() string {
	place := ""
	if e.Object.Path != "" {
		place = " (" + e.Object.Path + ")"
	}
	return fmt.Sprintf("cannot %s %s%s: %v", e.Action, e.Object, place, e.Err)
}

func (e *ApplyError) Unwrap() error { return e.Err }

// ConflictError is fields that somebody else manages.
type ConflictError struct {
	Object *Object
	Fields []FieldConflict
	err    error
}

// FieldConflict is one such field.
type FieldConflict struct {
	Field string
	// Manager is who manages it: "kubectl-edit".
	Manager string
}

func (e *ConflictError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "conflict occurred while applying object %s:", e.Object)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "\n  %s is managed by %q", f.Field, f.Manager)
	}
	b.WriteString("\nuse --force-conflicts to take these fields over, or leave them out of the chart")
	return b.String()
}

func (e *ConflictError) Unwrap() error { return e.err }

// Apply makes, patches and deletes objects until the cluster has those of the plan. It
// goes from kind to kind in the order of Target, with several requests under way for the
// objects of one kind. After an error it finishes what is under way and returns what was
// done, with *ApplyErrors joined.
func (c *Client) Apply(ctx context.Context, plan Plan, opts ApplyOptions) ([]Change, error) {
	a := &applier{client: c, plan: plan, opts: opts, previous: map[string]*Object{}}
	for _, o := range plan.Previous {
		a.previous[o.key()] = o
	}
	for _, batch := range batches(plan.Target) {
		if err := a.run(ctx, batch, a.apply); err != nil {
			return a.changes, err
		}
	}
	if opts.DryRun {
		return a.changes, nil
	}
	return a.changes, a.prune(ctx)
}

// applier is one call of Apply.
type applier struct {
	client   *Client
	plan     Plan
	opts     ApplyOptions
	previous map[string]*Object
	changes  []Change
	// listed is the metadata of live objects that a list has shown, for Delete.
	listed map[*Object]map[string]any
}

// batches cuts objects where the kind changes.
func batches(objs []*Object) [][]*Object {
	var all [][]*Object
	for i, o := range objs {
		if i == 0 || objs[i-1].Kind != o.Kind || objs[i-1].APIVersion != o.APIVersion {
			all = append(all, nil)
		}
		last := len(all) - 1
		all[last] = append(all[last], o)
	}
	return all
}

// run does something with each object of a batch.
func (a *applier) run(ctx context.Context, batch []*Object, do func(context.Context, *Object) (Change, error)) error {
	if a.opts.Guard != nil {
		if err := a.opts.Guard(ctx); err != nil {
			return err
		}
	}
	done := make([]Change, len(batch))
	err := a.client.parallel(ctx, len(batch), func(i int) error {
		var err error
		done[i], err = do(ctx, batch[i])
		return err
	})
	for _, ch := range done {
		if ch.Object == nil {
			continue
		}
		a.changes = append(a.changes, ch)
		if a.opts.Progress != nil {
			a.opts.Progress(ch)
		}
	}
	return err
}

// apply makes one object or brings it up to date. With an error the change is there if
// the object may have been made.
func (a *applier) apply(ctx context.Context, o *Object) (Change, error) {
	live := a.plan.Live.Live(o)
	old := a.previous[o.key()]
	target := a.opts.Owner.mark(o)
	switch {
	case live == nil:
		err := a.create(ctx, o, target)
		return Change{Object: o, Action: Created}, failed(o, "create", err)
	case a.opts.ForceReplace:
		err := a.replace(ctx, o, target)
		return Change{Object: o, Action: Replaced}, failed(o, "replace", err)
	case a.opts.ServerSide && a.opts.Steady && old != nil && isApplied(live) && equalTrees(old.Fields, o.Fields) && covers(live, target, o) && owns(live, target, o):
		return Change{Object: o, Action: Unchanged}, nil
	case a.opts.ServerSide:
		err := a.serverSide(ctx, o, live, target)
		return Change{Object: o, Action: Patched}, failed(o, "patch", err)
	}
	changed, err := a.clientSide(ctx, o, live, old, target)
	if err == nil && !changed {
		return Change{Object: o, Action: Unchanged}, nil
	}
	return Change{Object: o, Action: Patched}, failed(o, "patch", err)
}

func failed(o *Object, action string, err error) error {
	var conflict *ConflictError
	if err == nil || errors.As(err, &conflict) {
		return err
	}
	return &ApplyError{Object: o, Action: action, Err: err}
}

// prune deletes the objects of earlier revisions that are not wanted any more.
func (a *applier) prune(ctx context.Context) error {
	wanted := map[string]bool{}
	for _, o := range a.plan.Target {
		wanted[o.key()] = true
	}
	var stale []*Object
	for _, o := range a.plan.Previous {
		if !wanted[o.key()] {
			wanted[o.key()] = true // once is enough
			stale = append(stale, o)
		}
	}
	// The last made goes first: a ServiceAccount outlives what uses it.
	for i, j := 0, len(stale)-1; i < j; i, j = i+1, j-1 {
		stale[i], stale[j] = stale[j], stale[i]
	}
	for _, batch := range batches(stale) {
		if err := a.run(ctx, batch, a.drop); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes one object of an earlier revision, if it still is this release's.
func (a *applier) drop(ctx context.Context, o *Object) (Change, error) {
	live := a.plan.Live.Live(o)
	if live == nil {
		return Change{Object: o, Action: Gone}, nil
	}
	current := &Object{Fields: live}
	if current.Kept() {
		return Change{Object: o, Action: Kept}, nil
	}
	name, _ := lookup(live, "metadata", "annotations", releaseName).(string)
	namespace, _ := lookup(live, "metadata", "annotations", releaseNamespace).(string)
	if name != "" && (name != a.opts.Owner.Release || namespace != a.opts.Owner.Namespace) {
		return Change{Object: o, Action: Foreign, Reason: fmt.Sprintf("it belongs to release %q in namespace %q", name, namespace)}, nil
	}
	uid, _ := lookup(live, "metadata", "uid").(string)
	gone, err := a.client.deleteOne(ctx, o, "Background", uid)
	if gone {
		return Change{Object: o, Action: Gone}, nil
	}
	return Change{Object: o, Action: Deleted}, failed(o, "delete", err)
}
