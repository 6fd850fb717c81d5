package dependency

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/hchart/hchart/chart"
)

// localMetadata reads what the chart at path says of itself.
func localMetadata(ctx context.Context, path string, opts chart.LoadOptions) (*chart.Metadata, error) {
	ch, err := readDeclared(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	return ch.Metadata, nil
}

// local is the chart of a directory, with the dependencies that it declares and does not
// have: its user cannot run "dependency update" in each directory that is named in turn.
// Nothing is written there.
func (j *job) local(ctx context.Context, w *want, trail []string) (*chart.Chart, error) {
	ch, err := loadDir(ctx, w.path, j.opts.Load)
	if err != nil {
		return nil, err
	}
	if !satisfies(w.constraint, ch.Metadata.Version) {
		return nil, &UnsatisfiedError{Dependencies: []Unsatisfied{{
			Name: w.Name, Repository: w.Repository, Version: w.Version, Have: []string{ch.Metadata.Version},
		}}}
	}
	missing := missingDependencies(ch)
	if len(missing) == 0 {
		return ch, nil
	}
	real := w.path
	if resolved, err := filepath.EvalSymlinks(w.path); err == nil {
		real = resolved
	}
	if slices.Contains(trail, real) {
		return nil, &CycleError{Paths: append(trail, real)}
	}
	trail = append(slices.Clip(trail), real)
	wants, err := j.wants(missing, w.path, filepath.Join(w.path, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	locked := j.lockedVersions(ch, w.path)
	for _, sub := range wants {
		if v, ok := locked[sub.Name]; ok {
			sub.Version = v
		}
		if sub.kind == inCharts {
			continue // nobody can say where it is; Helm goes on without it, too
		}
		added, err := j.nested(ctx, sub, trail)
		if err != nil {
			return nil, fmt.Errorf("dependency %s of the local chart %s: %w", sub.Name, w.path, err)
		}
		ch.AddDependency(added)
	}
	return ch, nil
}

// loadDir reads the chart of a directory.
func loadDir(ctx context.Context, path string, opts chart.LoadOptions) (*chart.Chart, error) {
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &NotDirectoryError{Path: path}
	}
	return chart.Load(ctx, path, opts)
}

// missingDependencies are those that a chart declares and has not, by name.
func missingDependencies(ch *chart.Chart) []*chart.Dependency {
	have := map[string]bool{}
	for _, d := range ch.Dependencies() {
		have[d.Name()] = true
	}
	var missing []*chart.Dependency
	for _, d := range ch.Metadata.Dependencies {
		if d != nil && !have[d.Name] {
			missing = append(missing, d)
			have[d.Name] = true // two aliases of one chart
		}
	}
	return missing
}

// lockedVersions are what the lock of a local chart says, if it is up to date.
func (j *job) lockedVersions(ch *chart.Chart, path string) map[string]string {
	if ch.Lock == nil || len(ch.Lock.Dependencies) != len(ch.Metadata.Dependencies) {
		return nil
	}
	declared, err := j.wants(ch.Metadata.Dependencies, path, "Chart.yaml")
	if err != nil {
		return nil
	}
	if sum, err := Digest(dependenciesOf(declared), ch.Lock.Dependencies); err != nil || sum != ch.Lock.Digest {
		return nil
	}
	versions := map[string]string{}
	for _, d := range ch.Lock.Dependencies {
		if d != nil {
			versions[d.Name] = d.Version
		}
	}
	return versions
}

// nested gets a dependency of a local chart.
func (j *job) nested(ctx context.Context, w *want, trail []string) (*chart.Chart, error) {
	if w.kind == inRepository && w.unmanaged && !j.opts.SkipRefresh && j.opts.Source != nil {
		// An index that cannot be refreshed may be in the cache all the same.
		_ = j.refreshOnce(ctx, w.entry, make(chan struct{}, 1))()
	}
	if err := j.choose(ctx, w); err != nil {
		return nil, public(err)
	}
	if w.kind == inDirectory {
		return j.local(ctx, w, trail)
	}
	if err := j.find(ctx, w); err != nil {
		return nil, err
	}
	data, _, err := j.fetch(ctx, w)
	if err != nil {
		return nil, err
	}
	return chart.LoadArchive(ctx, bytes.NewReader(data), chart.LoadOptions{Limits: j.opts.Load.Limits})
}
