package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/manifest"
)

// renderJob is a chart that is ready to be rendered.
type renderJob struct {
	composed *values.Composition
	limits   engine.Limits
	release  engine.Release
	caps     *engine.Capabilities
	dns      bool
	// lookup asks a cluster; nil finds nothing.
	lookup engine.LookupFunc
	// started says that rendering has begun: a failure may then have output.
	started bool
}

// rendered is what rendering a chart made.
type rendered struct {
	// files are what the templates made, without notes.
	files map[string]string
	set   *manifest.Set
	// origins are there after a second, traced rendering.
	origins map[string][]engine.Origin
}

// prepare reads the chart and the values and checks what can be checked before
// rendering.
func prepare(ctx context.Context, f *factory, in *installFlags, r *renderFlags, name, ref string) (*renderJob, error) {
	caps, err := r.capabilities()
	if err != nil {
		return nil, err
	}
	path, err := f.locate(ctx, ref, &in.chart, false)
	if err != nil {
		return nil, err
	}
	f.debug("chart found", "path", path)
	user, err := in.values.read(ctx, f)
	if err != nil {
		return nil, err
	}
	ch, err := loadInstallable(ctx, f, path, in, r)
	if err != nil {
		return nil, err
	}
	if err := checkReleaseName(name); err != nil {
		return nil, err
	}
	composed, err := values.Compose(ctx, ch, user, values.ComposeOptions{SkipSchemaValidation: in.skipSchemaValidation})
	if err != nil {
		return nil, err
	}
	f.warn(composed.Warnings)
	if err := deploy.CheckLabels(in.labels); err != nil {
		return nil, err
	}
	return &renderJob{
		composed: composed,
		limits:   r.limits(),
		release: engine.Release{
			Name: name, Namespace: f.namespace(), Revision: 1, IsInstall: !r.isUpgrade, IsUpgrade: r.isUpgrade,
		},
		caps: caps,
		dns:  in.enableDNS,
	}, nil
}

// capabilities are those of --kube-version and --api-versions.
func (r *renderFlags) capabilities() (*engine.Capabilities, error) {
	caps := engine.DefaultCapabilities()
	if r.kubeVersion != "" {
		kv, err := parseKubeVersion(r.kubeVersion)
		if err != nil {
			return nil, err
		}
		caps.KubeVersion = *kv
	}
	caps.APIVersions = append(caps.APIVersions, r.apiVersions...)
	return caps, nil
}

func parseKubeVersion(version string) (*engine.KubeVersion, error) {
	kv, err := engine.ParseKubeVersion(version)
	if err != nil {
		return nil, fmt.Errorf("invalid kube version '%s': %w", version, err)
	}
	return kv, nil
}

// loadInstallable loads a chart and refuses one that cannot be installed.
func loadInstallable(ctx context.Context, f *factory, path string, in *installFlags, r *renderFlags) (*chart.Chart, error) {
	ch, err := f.load(ctx, path, r.outsideLinks)
	if err != nil {
		return nil, err
	}
	if t := ch.Metadata.Type; t != "" && t != "application" {
		return nil, fmt.Errorf("%s charts are not installable", t)
	}
	if ch.Metadata.Deprecated {
		f.logger().Warn("this chart is deprecated")
	}
	err = checkDependencies(ch)
	var missing *MissingDependenciesError
	switch {
	case err == nil:
		return ch, nil
	case errors.As(err, &missing) && in.dependencyUpdate:
		if err := f.updateDependencies(ctx, path, &in.chart.transport, r.outsideLinks, false); err != nil {
			return nil, err
		}
		if ch, err = f.peek(ctx, path, r.outsideLinks); err != nil {
			return nil, fmt.Errorf("reading the chart again after its dependencies were updated: %w", err)
		}
		return ch, nil
	}
	return nil, fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: %w", err)
}

// render renders the chart and sorts what came out. post may be nil. With an
// error there still is a result if only the YAML was at fault.
func (j *renderJob) render(ctx context.Context, post postRenderer) (*rendered, error) {
	j.started = true
	if err := deploy.CheckKubeVersion(j.composed.Chart, j.caps); err != nil {
		return nil, err
	}
	prog, err := engine.Compile(j.composed.Chart, engine.CompileOptions{Limits: j.limits})
	if err != nil {
		return nil, err
	}
	out, err := j.run(ctx, prog, false)
	if err != nil {
		return nil, err
	}
	if post != nil {
		if out.files, err = post.run(ctx, out.files); err != nil {
			return nil, err
		}
	}
	out.set, err = manifest.Parse(out.files)
	var broken *manifest.ParseError
	if errors.As(err, &broken) && post == nil {
		broken.WrittenBy = j.writer(ctx, prog, broken)
	}
	return out, err
}

func (j *renderJob) run(ctx context.Context, prog *engine.Program, trace bool) (*rendered, error) {
	res, err := prog.Render(ctx, engine.Input{
		Chart:        j.composed.Chart,
		Values:       j.composed.Values,
		Release:      j.release,
		Capabilities: j.caps,
		EnableDNS:    j.dns,
		Lookup:       j.lookup,
		Trace:        trace,
	})
	if err != nil {
		return nil, err
	}
	manifest.Notes(res.Files, j.composed.Chart.Name(), false)
	return &rendered{files: res.Files, origins: res.Origins}, nil
}

// crds are the files of crds/, if they are wanted.
func (j *renderJob) crds(include bool) []manifest.Source {
	if !include {
		return nil
	}
	var sources []manifest.Source
	for _, crd := range j.composed.Chart.CRDs() {
		sources = append(sources, manifest.Source{Path: crd.Path, Text: string(crd.File.Data)})
	}
	return sources
}
