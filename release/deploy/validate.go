package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/kube"
)

// Capabilities are what templates see of a cluster in .Capabilities.
func Capabilities(ctx context.Context, client *kube.Client) (*engine.Capabilities, error) {
	env := &Env{Client: client}
	return env.capabilities(ctx)
}

// Validate makes sure that a manifest could be installed: that the cluster has the kinds
// of its objects and, unless it is for an upgrade, that none of them belongs to somebody
// else. Nothing is changed.
func Validate(ctx context.Context, env Env, name, manifest string, upgrade bool) error {
	objs, err := env.objects(ctx, manifest)
	if err != nil || upgrade {
		return err
	}
	_, err = env.unclaimed(ctx, name, objs, false)
	return err
}

// unclaimed looks at what is there of objects that are to be installed, and makes sure
// that it belongs to the release, unless it is to be taken over.
func (e *Env) unclaimed(ctx context.Context, name string, objs []*kube.Object, take bool) (*kube.Observed, error) {
	live, err := e.Client.Observe(ctx, objs, kube.ObserveOptions{Absent: true})
	if err == nil && !take {
		err = kube.CheckOwnership(live, objs, kube.Owner{Release: name, Namespace: e.Namespace})
	}
	if err != nil {
		return nil, fmt.Errorf("unable to continue with install: %w", err)
	}
	return live, nil
}

// tryOut lets the server check the objects of a plan without storing any
// (DryRunServer). What it cannot check because a namespace or a definition is still to
// be made is passed over.
func (e *Env) tryOut(ctx context.Context, name string, p *plan, a *Apply) error {
	if a.DryRun != DryRunServer {
		return nil
	}
	_, err := e.Client.Apply(ctx, kube.Plan{Live: p.live, Previous: p.previous, Target: p.target}, kube.ApplyOptions{
		DryRun: true, ServerSide: p.serverSide, ForceConflicts: a.ForceConflicts, ForceReplace: a.ForceReplace,
		Owner: kube.Owner{Release: name, Namespace: e.Namespace},
	})
	conflict, ok := errors.AsType[*kube.ConflictError](err)
	if ok && !slices.ContainsFunc(conflict.Fields, func(f kube.FieldConflict) bool { return f.Manager != kube.FieldManager }) {
		return nil // fields of our own, from when they were applied by the client
	}
	if kube.IsNotFound(err) {
		return nil
	}
	return err
}

// Resources returns tables, as kubectl prints them, of the objects of a manifest that are
// there, and of the pods of its workloads.
func Resources(ctx context.Context, env Env, manifest string) ([]kube.Table, error) {
	objs, err := env.objects(ctx, manifest)
	if err != nil {
		return nil, err
	}
	return env.Client.Tables(ctx, objs)
}

// LiveResources returns the live objects of a manifest by kind ("v1/ConfigMap"), and the
// pods of its workloads below "v1/Pod(related)".
func LiveResources(ctx context.Context, env Env, manifest string) (map[string][]map[string]any, error) {
	objs, err := env.objects(ctx, manifest)
	if err != nil {
		return nil, err
	}
	live, err := env.Client.Observe(ctx, objs, kube.ObserveOptions{})
	if err != nil {
		return nil, err
	}
	all := map[string][]map[string]any{}
	for _, o := range objs {
		l := live.Live(o)
		if l == nil {
			continue
		}
		key := o.APIVersion[strings.LastIndex(o.APIVersion, "/")+1:] + "/" + o.Kind
		all[key] = append(all[key], l)
		pods, err := env.Client.PodsOf(ctx, l)
		if err != nil {
			return nil, err
		}
		all["v1/Pod(related)"] = append(all["v1/Pod(related)"], pods...)
	}
	if len(all["v1/Pod(related)"]) == 0 {
		delete(all, "v1/Pod(related)")
	}
	return all, nil
}
