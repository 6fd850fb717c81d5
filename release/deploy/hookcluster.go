package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// hookCluster is the hooks.Cluster of a real one.
type hookCluster struct {
	env        *Env
	guard      func(context.Context) error
	serverSide bool
}

func (op *operation) hookCluster(serverSide bool) *hookCluster {
	return &hookCluster{env: op.env, guard: op.lease.Check, serverSide: serverSide}
}

// Create makes the objects of a hook, which belong to no release.
func (c *hookCluster) Create(ctx context.Context, text string, left bool) error {
	objs, err := c.env.objects(ctx, text)
	if err != nil {
		return err
	}
	plan := kube.Plan{Target: objs}
	if left {
		if plan.Live, err = c.leftOf(ctx, objs); err != nil {
			return err
		}
	}
	_, err = c.env.Client.Apply(ctx, plan, kube.ApplyOptions{ServerSide: c.serverSide, Guard: c.guard})
	return err
}

// leftOf deletes those Jobs and Pods of a hook that an earlier run left, and returns what
// else is there.
func (c *hookCluster) leftOf(ctx context.Context, objs []*kube.Object) (*kube.Observed, error) {
	live, err := c.env.Client.Observe(ctx, objs, kube.ObserveOptions{})
	if err != nil {
		return nil, err
	}
	var over, others []*kube.Object
	for _, o := range objs {
		there := kube.Object{Fields: live.Live(o)}
		switch {
		case there.Annotation(manifest.HookAnnotation) == "": // nothing, or somebody else's
		case o.Kind == "Job" || o.Kind == "Pod":
			over = append(over, o)
		default:
			others = append(others, o)
		}
	}
	if len(over) > 0 {
		if err := c.remove(ctx, over, true); err != nil {
			return nil, err
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	return live.Only(others), nil
}

// Delete deletes the objects of a hook.
func (c *hookCluster) Delete(ctx context.Context, text string, wait bool) error {
	objs, err := c.env.objects(ctx, text)
	if err != nil {
		return err
	}
	return c.remove(ctx, objs, wait)
}

func (c *hookCluster) remove(ctx context.Context, objs []*kube.Object, wait bool) error {
	changes, err := c.env.Client.Delete(ctx, objs, kube.DeleteOptions{Guard: c.guard, EvenKept: true})
	if err != nil || !wait {
		return err
	}
	var gone []*kube.Object
	for _, ch := range changes {
		if ch.Action == kube.Deleted {
			gone = append(gone, ch.Object)
		}
	}
	return c.env.Client.WaitDeleted(ctx, gone, goneTimeout)
}

// goneTimeout is how long a deleted hook may take to go: a pod has half a minute.
const goneTimeout = 2 * time.Minute

// Await waits for the objects of a hook.
func (c *hookCluster) Await(ctx context.Context, text string, timeout time.Duration) error {
	objs, err := c.env.objects(ctx, text)
	if err != nil {
		return err
	}
	return c.env.Client.Wait(ctx, objs, kube.WaitOptions{Hook: true, Timeout: timeout})
}

// maxLogBytes bounds the log of a container that is shown.
const maxLogBytes = 16 << 20

// Logs reads the logs of the pods of a hook.
func (c *hookCluster) Logs(ctx context.Context, text string, each func(pod, container, text string)) error {
	objs, err := c.env.objects(ctx, text)
	if err != nil {
		return err
	}
	var errs []error
	for _, o := range objs {
		pods, err := c.env.Client.Pods(ctx, o)
		if err != nil {
			return err
		}
		for _, p := range pods {
			for _, container := range p.Containers {
				body, err := c.env.Client.Logs(ctx, p.Namespace, p.Name, container, kube.LogOptions{})
				if err != nil {
					errs = append(errs, fmt.Errorf("unable to get logs for pod %s, container %s: %w", p.Name, container, err))
					continue
				}
				data, err := io.ReadAll(io.LimitReader(body, maxLogBytes))
				_ = body.Close() // it was read
				if err != nil {
					errs = append(errs, fmt.Errorf("unable to get logs for pod %s, container %s: %w", p.Name, container, err))
				}
				each(p.Name, container, string(data))
			}
		}
	}
	return errors.Join(errs...)
}
