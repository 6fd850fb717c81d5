package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
)

// dependencyStatus returns the word of the column STATUS. An archive in charts/
// is looked at by itself and goes before a directory.
func dependencyStatus(ctx context.Context, f *factory, path string, parent *chart.Chart, dep *chart.Dependency) string {
	archives, err := filepath.Glob(filepath.Join(f.path(path), "charts", dep.Name+"-*.tgz"))
	if err != nil {
		return "bad pattern"
	}
	if len(archives) > 1 {
		if archives = versionedArchives(archives, dep.Name); len(archives) > 1 {
			return "too many matches"
		}
	}
	if len(archives) == 1 {
		if status := archiveStatus(ctx, f, archives[0], dep); status != "" {
			return status
		}
	}
	var sub *chart.Chart
	for _, d := range parent.Dependencies() {
		if d.Name() == dep.Name {
			sub = d
		}
	}
	if sub == nil {
		return "missing"
	}
	if status := versionStatus(sub.Metadata.Version, dep.Version); status != "" {
		return status
	}
	return "unpacked"
}

// versionedArchives leaves out archives that are named alike but belong to
// another chart: those where what follows the name is not a version.
func versionedArchives(archives []string, name string) []string {
	var found []string
	for _, archive := range archives {
		base := strings.TrimSuffix(filepath.Base(archive), ".tgz")
		if _, err := semver.StrictNewVersion(strings.TrimPrefix(base, name+"-")); err == nil {
			found = append(found, archive)
		}
	}
	return found
}

// archiveStatus returns the status of a dependency that is an archive, empty
// when there is no such file after all.
func archiveStatus(ctx context.Context, f *factory, archive string, dep *chart.Dependency) string {
	if _, err := os.Stat(archive); err != nil {
		return ""
	}
	sub, err := f.peek(ctx, archive, false)
	switch {
	case err != nil:
		return "corrupt"
	case sub.Name() != dep.Name:
		return "misnamed"
	}
	if status := versionStatus(sub.Metadata.Version, dep.Version); status != "" {
		return status
	}
	return "ok"
}

// versionStatus compares a version with the declared one; it returns nothing
// when they fit.
func versionStatus(version, declared string) string {
	if version == declared {
		return ""
	}
	constraint, err := semver.NewConstraint(declared)
	if err != nil {
		return "invalid version"
	}
	v, err := semver.NewVersion(version)
	if err != nil {
		return "invalid version"
	}
	if !constraint.Check(v) {
		return "wrong version"
	}
	return ""
}
