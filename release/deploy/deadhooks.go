package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/hchart/hchart/hooks"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// endHooks ends the hooks of a revision whose command died: one that ran then has failed.
// It returns those which their policies say are to be deleted by now, which nobody did.
func (op *operation) endHooks(r *release.Release) []*release.Hook {
	var over []*release.Hook
	for _, h := range r.Hooks {
		policy := hooks.OnSuccess
		switch h.LastRun.Phase {
		case release.PhaseRunning:
			h.LastRun.Phase, h.LastRun.CompletedAt = release.PhaseFailed, op.env.now()
			policy = hooks.OnFailure
		case release.PhaseSucceeded:
		default:
			continue
		}
		if h.Kind != "CustomResourceDefinition" && slices.Contains(h.DeletePolicies, policy) {
			over = append(over, h)
		}
	}
	return over
}

// sweepHooks deletes what is there of hooks and says that it is one. That it cannot does
// not keep a command from its work.
func (op *operation) sweepHooks(ctx context.Context, list []*release.Hook, serverSide bool) {
	c := op.hookCluster(serverSide)
	for _, h := range list {
		if err := c.sweep(ctx, h.Manifest); err != nil {
			op.env.warn(fmt.Sprintf("hook %s %q of the command that died is left: %v", h.Kind, h.Name, err))
		}
	}
}

// sweep deletes those objects of a hook which say that they are of one: a command that
// died may not have come to making its own.
func (c *hookCluster) sweep(ctx context.Context, text string) error {
	objs, err := c.env.objects(ctx, text)
	if err != nil {
		return err
	}
	live, err := c.env.Client.Observe(ctx, objs, kube.ObserveOptions{})
	if err != nil {
		return err
	}
	var over []*kube.Object
	for _, o := range objs {
		there := kube.Object{Fields: live.Live(o)}
		if there.Annotation(manifest.HookAnnotation) != "" {
			over = append(over, o)
		}
	}
	return c.remove(ctx, over, true)
}
