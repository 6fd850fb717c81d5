package dependency

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// resolve chooses the version of each want and returns them as the lock has them.
func (j *job) resolve(ctx context.Context, wants []*want) ([]*chart.Dependency, error) {
	errs := j.each(ctx, wants, j.choose)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var unsatisfied UnsatisfiedError
	for _, err := range errs {
		var one *unsatisfiedError
		switch {
		case errors.As(err, &one):
			unsatisfied.Dependencies = append(unsatisfied.Dependencies, one.Unsatisfied)
		case err != nil:
			return nil, err
		}
	}
	if len(unsatisfied.Dependencies) > 0 {
		return nil, &unsatisfied
	}
	locked := make([]*chart.Dependency, len(wants))
	for i, w := range wants {
		locked[i] = &chart.Dependency{Name: w.Name, Repository: w.Repository, Version: w.version}
	}
	return locked, nil
}

// each calls f for all wants, several at a time, and returns the errors in their order.
func (j *job) each(ctx context.Context, wants []*want, f func(context.Context, *want) error) []error {
	errs := make([]error, len(wants))
	slots := make(chan struct{}, j.opts.Parallel)
	var all sync.WaitGroup
	for i, w := range wants {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			errs[i] = f(ctx, w)
		})
	}
	all.Wait()
	return errs
}

// unsatisfiedError is one Unsatisfied on its way into an UnsatisfiedError.
type unsatisfiedError struct{ Unsatisfied }

func (e *unsatisfiedError) Error() string {
	return (&UnsatisfiedError{Dependencies: []Unsatisfied{e.Unsatisfied}}).Error()
}

// public is the error that callers see in the place of an unsatisfiedError.
func public(err error) error {
	var one *unsatisfiedError
	if errors.As(err, &one) {
		return &UnsatisfiedError{Dependencies: []Unsatisfied{one.Unsatisfied}}
	}
	return err
}

func (w *want) unsatisfied(have ...string) error {
	return &unsatisfiedError{Unsatisfied{
		Name: w.Name, Repository: shown(w.Repository), Version: w.Version, Have: have,
	}}
}

// choose sets the version of a want.
func (j *job) choose(ctx context.Context, w *want) error {
	constraint, err := semver.NewConstraint(w.Version)
	if err != nil {
		return fmt.Errorf("dependency %q has an invalid version or range of versions %q: %w", w.Name, w.Version, err)
	}
	w.constraint = constraint
	switch w.kind {
	case inCharts:
		w.version = w.Version // the range: Helm's lock has it so
		return exists(w.path)
	case inDirectory:
		return j.chooseLocal(ctx, w)
	case inRegistry:
		return j.chooseTag(ctx, w)
	}
	var have []string
	v, err := j.newest(ctx, w, func(v *semver.Version) bool {
		ok := constraint.Check(v)
		if !ok && len(have) < 5 {
			have = append(have, v.Original())
		}
		return ok
	})
	switch {
	case err != nil:
		return err
	case v == nil:
		return w.unsatisfied(have...)
	}
	w.version = v.Version
	w.found, err = w.at(v)
	return err
}

func (j *job) chooseLocal(ctx context.Context, w *want) error {
	m, err := localMetadata(ctx, w.path, j.opts.Load)
	if err != nil {
		return err
	}
	if !satisfies(w.constraint, m.Version) {
		return w.unsatisfied(m.Version)
	}
	w.version = m.Version
	return nil
}

func satisfies(c *semver.Constraints, version string) bool {
	v, err := semver.NewVersion(version)
	return err == nil && c.Check(v)
}

// chooseTag looks at a registry's tags, but for a version there is nothing to choose.
func (j *job) chooseTag(ctx context.Context, w *want) error {
	if _, err := semver.NewVersion(w.Version); err == nil {
		w.version = w.Version
		return nil
	}
	if err := j.findTag(ctx, w, w.Version); err != nil {
		return err
	}
	w.version = w.found.Version
	return nil
}

// findTag asks the registry for a version.
func (j *job) findTag(ctx context.Context, w *want, version string) error {
	if j.opts.Source == nil {
		return errNoSource
	}
	ref := repo.Ref{
		Name:    strings.TrimSuffix(w.Repository, "/") + "/" + w.Name,
		Version: version, Access: j.opts.Access,
	}
	j.mu.Lock()
	resolve, ok := j.tags[ref]
	if !ok {
		resolve = sync.OnceValues(func() (*repo.Resolved, error) { return j.opts.Source.Resolve(ctx, ref) })
		j.tags[ref] = resolve
	}
	j.mu.Unlock()
	found, err := resolve()
	if err != nil {
		return &NotFoundError{Name: w.Name, Version: version, Repository: shown(w.Repository), Err: err}
	}
	w.found = found
	return nil
}

// newest is the newest version in the cached index that accept is true for, or nil.
func (j *job) newest(ctx context.Context, w *want, accept func(*semver.Version) bool) (*repo.ChartVersion, error) {
	if j.opts.Source == nil {
		return nil, errNoSource
	}
	index, err := j.opts.Source.Index(ctx, w.entry.Name)
	if err == nil {
		var v *repo.ChartVersion
		if v, err = index.Newest(w.Name, accept); err == nil {
			return v, nil
		}
	}
	var none *repo.NoIndexError
	if errors.As(err, &none) {
		j.mu.Lock()
		refresh, ok := j.refreshed[w.entry.Name]
		j.mu.Unlock()
		if ok {
			if cause := refresh(); cause != nil {
				err = cause // why there is no index says more than that there is none
			}
		}
	}
	return nil, &NotFoundError{Name: w.Name, Repository: shown(w.Repository), Err: err}
}

// find looks for the version that was chosen, by a lock if not by choose.
func (j *job) find(ctx context.Context, w *want) error {
	if w.found != nil || w.kind != inRepository && w.kind != inRegistry {
		return nil
	}
	if w.kind == inRegistry {
		return j.findTag(ctx, w, w.version)
	}
	v, err := j.newest(ctx, w, func(v *semver.Version) bool { return v.Original() == w.version || w.version == "" })
	if like, bad := semver.NewVersion(w.version); err == nil && v == nil && bad == nil {
		// "v1.2.0" and "1.2" are the same to Helm, and build metadata makes no difference.
		v, err = j.newest(ctx, w, like.Equal)
	}
	switch {
	case err != nil:
		return err
	case v == nil:
		return &NotFoundError{
			Name: w.Name, Version: w.version, Repository: shown(w.Repository),
			Err: errors.New("its index has no such version"),
		}
	}
	w.found, err = w.at(v)
	return err
}

// at is where an index says that a version is.
func (w *want) at(v *repo.ChartVersion) (*repo.Resolved, error) {
	found, err := repo.ResolveVersion(w.entry, v)
	if err != nil {
		return nil, &NotFoundError{Name: w.Name, Version: v.Version, Repository: shown(w.Repository), Err: err}
	}
	if !strings.HasSuffix(found.File, ".tgz") || !isFileName(found.File) {
		found.File = w.Name + "-" + v.Version + ".tgz"
	}
	return found, nil
}

// isFileName reports whether a file in charts/ can have that name and is taken for an
// archive there.
func isFileName(name string) bool {
	if name == "" || len(name) > 255 || name[0] == '.' || name[0] == '_' {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r)
	})
}
