package hooks

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hchart/hchart/release/manifest"
)

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
			if !opts.Keep {
				r.afterFailure(ctx, todo[:i], h, err)
			}
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
	fresh := r.deletes(h, BeforeCreation)
	if fresh {
		if err := r.cluster.Delete(ctx, h.Manifest, true); err != nil {
			return "delete", err
		}
	}
	if err := r.cluster.Create(ctx, h.Manifest, !fresh); err != nil {
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
		r.tell(h, r.remove(ctx, h))
	}
	for _, b := range before {
		if r.deletes(b, OnSuccess) {
			r.tell(b, r.remove(ctx, b))
		}
	}
}

func (r *runner) afterSuccess(ctx context.Context, hooks []*Hook) error {
	for _, h := range slices.Backward(hooks) {
		r.show(ctx, h, OnSuccess)
		if r.deletes(h, OnSuccess) {
			if err := r.remove(ctx, h); err != nil {
				return &Error{Hook: h, Event: string(r.event), Step: "clean", Err: err}
			}
		}
	}
	return nil
}

// removals is how often a hook that has run is deleted before that counts as failed,
// where it fails soon, and removalPause the time in between. Nobody comes back for it
// later: the next command has hooks of its own, and an uninstall leaves hooks alone.
const (
	removals     = 3
	removalPause = 200 * time.Millisecond
	removalSoon  = 5 * time.Second
)

func (r *runner) remove(ctx context.Context, h *Hook) error {
	start := time.Now()
	for try := 1; ; try++ {
		err := r.cluster.Delete(ctx, h.Manifest, r.opts.WaitDeleted)
		if err == nil || try == removals || time.Since(start) > removalSoon || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(removalPause):
		}
	}
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
