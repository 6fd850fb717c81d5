package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// Rendering are the options for making manifests of a chart.
type Rendering struct {
	// Limits bound what templates may use; the zero value is for charts from
	// strangers.
	Limits               engine.Limits
	EnableDNS            bool
	SkipSchemaValidation bool
	// SubchartNotes shows the notes of subcharts, too.
	SubchartNotes bool
	// HideSecrets leaves Secrets out of the manifest; for dry runs only.
	HideSecrets bool
	// PostRender, if there is one, changes the rendered files.
	PostRender func(ctx context.Context, files map[string]string) (map[string]string, error)
	// Capabilities are those to render with when no cluster is asked.
	Capabilities *engine.Capabilities
}

// rendered is what a chart became.
type rendered struct {
	chart    *chart.Chart // as records keep it
	manifest string
	hooks    []*release.Hook
	notes    string
}

// KubeVersionError is a chart that does not want the cluster's version of Kubernetes.
type KubeVersionError struct {
	Constraint string // kubeVersion of Chart.yaml
	Version    string
}

// Error has Helm's words.
func (e *KubeVersionError) Error() string {
	return fmt.Sprintf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", e.Constraint, e.Version)
}

// render makes manifests of a chart. crds are definitions that will be there before the
// manifests are applied.
func (e *Env) render(ctx context.Context, ch *chart.Chart, vals map[string]any, rel engine.Release, opts *Rendering, dryRun string, crds []*kube.Object) (*rendered, error) {
	composed, err := values.Compose(ctx, ch, vals, values.ComposeOptions{SkipSchemaValidation: opts.SkipSchemaValidation})
	if err != nil {
		return nil, err
	}
	for _, w := range composed.Warnings {
		e.warn(w)
	}
	caps := opts.Capabilities
	var find engine.LookupFunc
	if dryRun != DryRunClient {
		e.Client.Define(crds)
		if caps, err = e.capabilities(ctx); err != nil {
			return nil, err
		}
		find = e.Client.Lookup
	}
	if caps == nil {
		caps = engine.DefaultCapabilities()
	}
	if err := CheckKubeVersion(composed.Chart, caps); err != nil {
		return nil, err
	}
	prog, err := engine.Compile(composed.Chart, engine.CompileOptions{Limits: opts.Limits})
	if err != nil {
		return nil, err
	}
	res, err := prog.Render(ctx, engine.Input{
		Chart: composed.Chart, Values: composed.Values, Release: rel,
		Capabilities: caps, Lookup: find, EnableDNS: opts.EnableDNS,
	})
	if err != nil {
		return nil, err
	}
	out := &rendered{chart: composed.Chart}
	files := res.Files
	out.notes = manifest.Notes(files, composed.Chart.Name(), opts.SubchartNotes)
	if opts.PostRender != nil {
		if files, err = opts.PostRender(ctx, files); err != nil {
			return nil, err
		}
	}
	set, err := manifest.Parse(files)
	if err != nil {
		return nil, err
	}
	out.manifest = set.Manifest(manifest.ManifestOptions{HideSecrets: opts.HideSecrets})
	for i := range set.Hooks {
		out.hooks = append(out.hooks, hookRecord(&set.Hooks[i]))
	}
	return out, nil
}

// hookRecord is a hook as records keep it.
func hookRecord(h *manifest.Hook) *release.Hook {
	r := &release.Hook{
		Name: h.Name, Kind: h.Kind, Path: h.Path, Manifest: h.Content, Weight: h.Weight,
		DeletePolicies: h.DeletePolicies, OutputLogPolicies: h.OutputLogPolicies,
	}
	for _, e := range h.Events {
		r.Events = append(r.Events, string(e))
	}
	return r
}

// capabilities are those of the cluster.
func (e *Env) capabilities(ctx context.Context) (*engine.Capabilities, error) {
	caps := *engine.DefaultCapabilities()
	v, err := e.Client.Version(ctx)
	if err != nil {
		return nil, fmt.Errorf("could not get server version from Kubernetes: %w", err)
	}
	caps.KubeVersion.Version, caps.KubeVersion.Major, caps.KubeVersion.Minor = v.GitVersion, v.Major, v.Minor
	versions, err := e.Client.APIVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("could not get apiVersions from Kubernetes: %w", err)
	}
	caps.APIVersions = versions
	return &caps, nil
}

// CheckKubeVersion compares the version of Kubernetes, without its vendor's suffix, with
// the constraint of Chart.yaml. A constraint that is none fits nothing. The error is a
// *KubeVersionError.
func CheckKubeVersion(ch *chart.Chart, caps *engine.Capabilities) error {
	want := ch.Metadata.KubeVersion
	if want == "" {
		return nil
	}
	constraint, err := semver.NewConstraint(want)
	if err == nil {
		var version *semver.Version
		if version, err = semver.NewVersion(caps.KubeVersion.String()); err == nil && constraint.Check(version) {
			return nil
		}
	}
	return &KubeVersionError{Constraint: want, Version: caps.KubeVersion.GitVersion()}
}

// definitions are the objects of a chart's crds/.
func (e *Env) definitions(ctx context.Context, ch *chart.Chart) ([]*kube.Object, error) {
	var all []*kube.Object
	for _, crd := range ch.CRDs() {
		objs, err := kube.ParseObjects(string(crd.File.Data))
		if err != nil {
			return nil, fmt.Errorf("failed to install CRD %s: %w", crd.Path, err)
		}
		for _, o := range objs {
			o.Path = crd.Path
		}
		all = append(all, objs...)
	}
	return all, e.Client.Resolve(ctx, all, e.Namespace)
}

// objects reads the objects of a manifest and finds them on the cluster.
func (e *Env) objects(ctx context.Context, text string) ([]*kube.Object, error) {
	objs, err := kube.ParseObjects(text)
	if err != nil {
		return nil, fmt.Errorf("unable to build kubernetes objects from release manifest: %w", err)
	}
	var errs []string
	for _, o := range objs {
		err := e.Client.Resolve(ctx, []*kube.Object{o}, e.Namespace)
		var missing *kube.NoKindError
		switch {
		case errors.As(err, &missing):
			errs = append(errs, err.Error())
		case err != nil:
			return nil, err
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("unable to build kubernetes objects from release manifest: %s", strings.Join(errs, "\n"))
	}
	return objs, nil
}

// earlier reads the objects of manifests that were applied before, each once, the newest
// manifest first. A kind that the cluster has no more does not stand in the way: its
// objects are gone, or served in another version.
func (e *Env) earlier(ctx context.Context, records release.History) ([]*kube.Object, error) {
	var all []*kube.Object
	seen := map[string]bool{}
	for i := len(records) - 1; i >= 0; i-- {
		objs, err := kube.ParseObjects(records[i].Release.Manifest)
		if err != nil {
			return nil, fmt.Errorf("unable to build kubernetes objects from the manifest of revision %d: %w", records[i].Release.Version, err)
		}
		for _, o := range objs {
			known, err := e.Client.ResolveEarlier(ctx, o, e.Namespace)
			if err != nil {
				return nil, err
			}
			if !known {
				e.notify(Event{Kind: Applied, Change: kube.Change{Object: o, Action: kube.Gone, Reason: "the cluster has no such kind any more"}})
				continue
			}
			if key := o.String(); !seen[key] {
				seen[key] = true
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// inOrder sorts objects by kind.
func inOrder(objs []*kube.Object, order manifest.Order) []*kube.Object {
	docs := make([]manifest.Document, len(objs))
	for i, o := range objs {
		docs[i] = manifest.Document{Kind: o.Kind, Offset: i}
	}
	order.Sort(docs)
	out := make([]*kube.Object, len(objs))
	for i, d := range docs {
		out[i] = objs[d.Offset]
	}
	return out
}
