// Package hooks runs the hooks of a release: the objects that a chart wants made, and
// waited for, at certain moments of its life.
//
// The hooks of one event run one after the other, by weight, those of one weight by
// name. Each is recorded as running before anything is done for it, so that a run that
// is killed leaves a trace; is deleted first if it is there from an earlier run (policy
// before-hook-creation, which is the default); is made, and waited for: a Job until it
// is complete, a Pod until it has succeeded, anything else until it is there. After the
// last one those with the policy hook-succeeded are deleted, the last first. After a
// failure that one is deleted if it has the policy hook-failed, and the ones before it if
// they have hook-succeeded. Custom resource definitions are never deleted by policy, for
// their objects would go with them.
//
// The rules are Helm's (pkg/action/hooks.go of v4.3.1). What runs on a cluster is behind
// the interface Cluster.
package hooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hchart/hchart/release/manifest"
)

// The policies for deleting hooks, and (the last two) for showing their logs.
const (
	BeforeCreation = "before-hook-creation"
	OnSuccess      = "hook-succeeded"
	OnFailure      = "hook-failed"
)

// Phase is how far the run of a hook came, in Helm's words.
type Phase string

// The phases.
const (
	Running   Phase = "Running"
	Succeeded Phase = "Succeeded"
	Failed    Phase = "Failed"
)

// Hook is a hook of a release. Run changes its last four fields.
type Hook struct {
	Name, Kind, Path string
	Manifest         string
	Events           []string
	Weight           int
	DeletePolicies   []string
	LogPolicies      []string

	StartedAt   time.Time
	CompletedAt time.Time
	Phase       Phase
}

// Cluster is what hooks need of a cluster. The manifests are those of one hook.
type Cluster interface {
	// Create makes the objects of a manifest.
	Create(ctx context.Context, manifest string) error
	// Delete deletes them, if they are there. With wait it returns when they are
	// gone.
	Delete(ctx context.Context, manifest string, wait bool) error
	// Await waits until they are done.
	Await(ctx context.Context, manifest string, timeout time.Duration) error
	// Logs calls each with the log of every container of the pods of a Job or Pod.
	Logs(ctx context.Context, manifest string, each func(pod, container, text string)) error
}

// Options are the options of Run.
type Options struct {
	// Timeout is for waiting for one hook; no limit but the context's if it is 0.
	Timeout time.Duration
	// WaitDeleted waits until hooks that were deleted after they ran are gone.
	WaitDeleted bool
	// Record is called when a hook was changed and before what the change says is
	// done. Its error ends the run.
	Record func(ctx context.Context) error
	// Log gets the logs of hooks that have a policy for it.
	Log func(h *Hook, pod, container, text string)
	// Started and Ended are called around each hook.
	Started, Ended func(h *Hook)
	// Warn gets what went wrong and does not matter for the result.
	Warn func(h *Hook, err error)
	// Now is the clock, time.Now if it is nil.
	Now func() time.Time
	// Keep leaves what ran in the cluster: the caller deletes it with Clean.
	Keep bool
}

// Error is a hook that failed.
type Error struct {
	Hook  *Hook
	Event string
	// Step is what failed: "delete", "create" or "wait".
	Step string
	Err  error
}

// Error begins as Helm's message does.
func (e *Error) Error() string {
	switch e.Step {
	case "create":
		return fmt.Sprintf("warning: Hook %s %s failed: %v", e.Event, e.Hook.Path, e.Err)
	case "delete":
		return fmt.Sprintf("deleting the %s hook %s %q of an earlier run: %v", e.Event, e.Hook.Kind, e.Hook.Name, e.Err)
	}
	return fmt.Sprintf("%s hook %s %q (%s) failed: %v", e.Event, e.Hook.Kind, e.Hook.Name, e.Hook.Path, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Order returns those hooks that run at an event, in the order in which they run.
func Order(hooks []*Hook, event manifest.Event) []*Hook {
	var at []*Hook
	for _, h := range hooks {
		if slices.Contains(h.Events, string(event)) {
			at = append(at, h)
		}
	}
	slices.SortStableFunc(at, func(a, b *Hook) int {
		return cmp.Or(cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Name, b.Name))
	})
	return at
}

// Run runs the hooks of an event. The error is an *Error, that of Record, or the
// context's. It is no error that there are none.
func Run(ctx context.Context, cluster Cluster, hooks []*Hook, event manifest.Event, opts Options) error {
	r := &runner{cluster: cluster, event: event, opts: opts}
	if r.opts.Now == nil {
		r.opts.Now = time.Now
	}
	todo := Order(hooks, event)
	for i, h := range todo {
		if err := r.one(ctx, h); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.afterFailure(ctx, todo[:i], h, err)
			return err
		}
	}
	if opts.Keep {
		return nil
	}
	return r.afterSuccess(ctx, todo)
}

// Clean does what Run with Keep left: it shows logs and deletes by policy. failure is
// what Run returned.
func Clean(ctx context.Context, cluster Cluster, hooks []*Hook, event manifest.Event, failure error, opts Options) error {
	r := &runner{cluster: cluster, event: event, opts: opts}
	todo := Order(hooks, event)
	if failure == nil {
		return r.afterSuccess(ctx, todo)
	}
	var failed *Error
	if errors.As(failure, &failed) {
		i := slices.Index(todo, failed.Hook)
		r.afterFailure(ctx, todo[:max(i, 0)], failed.Hook, failure)
	}
	return nil
}

type runner struct {
	cluster Cluster
	event   manifest.Event
	opts    Options
}

// one runs one hook.
func (r *runner) one(ctx context.Context, h *Hook) error {
	if len(h.DeletePolicies) == 0 {
		h.DeletePolicies = []string{BeforeCreation}
	}
	h.StartedAt, h.CompletedAt, h.Phase = r.opts.Now(), time.Time{}, Running
	if err := r.record(ctx); err != nil {
		return err
	}
	if r.opts.Started != nil {
		r.opts.Started(h)
	}
	step, err := r.steps(ctx, h)
	h.CompletedAt = r.opts.Now()
	h.Phase = Succeeded
	if err != nil {
		h.Phase = Failed
		err = &Error{Hook: h, Event: string(r.event), Step: step, Err: err}
	}
	if r.opts.Ended != nil {
		r.opts.Ended(h)
	}
	return err
}

func (r *runner) steps(ctx context.Context, h *Hook) (string, error) {
	if r.deletes(h, BeforeCreation) {
		if err := r.cluster.Delete(ctx, h.Manifest, true); err != nil {
			return "delete", err
		}
	}
	if err := r.cluster.Create(ctx, h.Manifest); err != nil {
		return "create", err
	}
	return "wait", r.cluster.Await(ctx, h.Manifest, r.opts.Timeout)
}

func (r *runner) record(ctx context.Context) error {
	if r.opts.Record == nil {
		return nil
	}
	return r.opts.Record(ctx)
}

func (r *runner) deletes(h *Hook, policy string) bool {
	return h.Kind != "CustomResourceDefinition" && slices.Contains(h.DeletePolicies, policy)
}

// afterFailure shows the log of the hook that failed and deletes by policy. What goes
// wrong here must not hide why the hook failed.
func (r *runner) afterFailure(ctx context.Context, before []*Hook, h *Hook, failure error) {
	var failed *Error
	if !errors.As(failure, &failed) {
		return
	}
	if failed.Step == "wait" {
		r.show(ctx, h, OnFailure)
	}
	if failed.Step == "wait" && r.deletes(h, OnFailure) {
		r.tell(h, r.cluster.Delete(ctx, h.Manifest, r.opts.WaitDeleted))
	}
	for _, b := range before {
		if r.deletes(b, OnSuccess) {
			r.tell(b, r.cluster.Delete(ctx, b.Manifest, r.opts.WaitDeleted))
		}
	}
}

func (r *runner) afterSuccess(ctx context.Context, hooks []*Hook) error {
	for _, h := range slices.Backward(hooks) {
		r.show(ctx, h, OnSuccess)
		if r.deletes(h, OnSuccess) {
			if err := r.cluster.Delete(ctx, h.Manifest, r.opts.WaitDeleted); err != nil {
				return &Error{Hook: h, Event: string(r.event), Step: "delete", Err: err}
			}
		}
	}
	return nil
}

// show hands the logs of a hook on that has a policy for it.
func (r *runner) show(ctx context.Context, h *Hook, policy string) {
	if r.opts.Log == nil || !slices.Contains(h.LogPolicies, policy) || h.Kind != "Job" && h.Kind != "Pod" {
		return
	}
	r.tell(h, r.cluster.Logs(ctx, h.Manifest, func(pod, container, text string) {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		r.opts.Log(h, pod, container, text)
	}))
}

func (r *runner) tell(h *Hook, err error) {
	if err != nil && r.opts.Warn != nil {
		r.opts.Warn(h, err)
	}
}
