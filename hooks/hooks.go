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
// The rules are Helm's (pkg/action/hooks.go of v4.3.1), but for hooks without the policy
// before-hook-creation of which an earlier run left something, by its policies or because
// it was killed. Helm takes what an old Job or Pod came to for the result of the new run,
// or fails because it exists. Here such a Job or Pod is deleted and run again, and other
// objects are brought up to date; so no hook is skipped.
//
// What runs on a cluster is behind the interface Cluster.
package hooks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	// Create makes the objects of a manifest. With left, an earlier run may have left
	// some of them, which their annotation helm.sh/hook tells: Jobs and Pods are
	// deleted first, others changed to what the manifest says.
	Create(ctx context.Context, manifest string, left bool) error
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
	// Step is what failed: "delete" (before the run), "create", "wait", or "clean"
	// (deleting after it).
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
	case "clean":
		return fmt.Sprintf("deleting the %s hook %s %q, which succeeded: %v", e.Event, e.Hook.Kind, e.Hook.Name, e.Err)
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
