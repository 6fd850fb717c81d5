package repo

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// ChartNotFoundError is a chart that a repository does not have.
type ChartNotFoundError struct {
	// Chart is the name that was asked for.
	Chart string
	// Nearest are names of charts that are spelled alike, the most similar first.
	Nearest []string
}

func (e *ChartNotFoundError) Error() string {
	s := fmt.Sprintf("there is no chart %q in the repository", e.Chart)
	if len(e.Nearest) > 0 {
		s += "; similar names are " + strings.Join(e.Nearest, ", ")
	}
	return s
}

// VersionNotFoundError is a version that a repository does not have.
type VersionNotFoundError struct {
	Chart string
	// Constraint is what was asked for, a version or a constraint. Empty, it is the newest
	// stable version.
	Constraint string
	// Versions are some that there are: those nearest to the constraint where that is a
	// version, else the newest. The newest comes first.
	Versions []string
}

func (e *VersionNotFoundError) Error() string {
	var s string
	switch {
	case e.Constraint == "" && len(e.Versions) == 0:
		return fmt.Sprintf("the repository has no version of chart %q", e.Chart)
	case e.Constraint == "":
		s = fmt.Sprintf("the repository has no stable version of chart %q", e.Chart)
	default:
		s = fmt.Sprintf("the repository has no version of chart %q that is %s", e.Chart, e.Constraint)
	}
	if len(e.Versions) > 0 {
		s += "; versions near to it are " + strings.Join(e.Versions, ", ")
	}
	return s
}

// ConstraintError is text that is neither a version nor a constraint of versions.
type ConstraintError struct {
	Constraint string
	Err        error
}

func (e *ConstraintError) Error() string {
	return fmt.Sprintf("%q is no version and no constraint such as ^1.2 or >=1 <3: %v", e.Constraint, e.Err)
}

func (e *ConstraintError) Unwrap() error { return e.Err }

// Find returns a version of a chart: the one whose version is constraint, letter for
// letter, else the newest that meets constraint, else, if that is empty, the newest
// stable one. Pre-releases meet constraints that have one themselves: ">0.0.0-0" is any.
//
// The error is a [*ChartNotFoundError], a [*VersionNotFoundError], a [*ConstraintError],
// or an [*IndexError] if what was found cannot be decoded.
func (x *Index) Find(name, constraint string) (*ChartVersion, error) {
	c, ok := x.charts[name]
	if !ok {
		return nil, x.notFound(name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	entries := c.sorted()
	if len(entries) == 0 {
		return nil, &VersionNotFoundError{Chart: name, Constraint: constraint}
	}
	i, err := find(entries, constraint)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, &VersionNotFoundError{Chart: name, Constraint: constraint, Versions: nearestVersions(entries, constraint)}
	}
	v, err := entries[i].decode()
	if err != nil {
		return nil, &IndexError{Err: err}
	}
	return v, nil
}

// find returns the number of the entry that Find means, -1 if there is none.
func find(entries []*indexEntry, constraint string) (int, error) {
	limits, err := parseConstraint(constraint)
	if err != nil {
		return 0, err
	}
	if constraint != "" {
		for i, e := range entries {
			if e.number() == constraint {
				return i, nil
			}
		}
	}
	for i, e := range entries {
		if limits.Check(e.parsed) {
			return i, nil
		}
	}
	return -1, nil
}

func parseConstraint(constraint string) (*semver.Constraints, error) {
	text := constraint
	if text == "" {
		text = "*"
	}
	limits, err := semver.NewConstraint(text)
	if err != nil {
		return nil, &ConstraintError{Constraint: constraint, Err: err}
	}
	return limits, nil
}

// has reports whether Find would find something.
func (x *Index) has(name, version string) bool {
	c, ok := x.charts[name]
	if !ok {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	valid := c.valid()
	entries := make([]*indexEntry, len(valid))
	for i := range valid {
		entries[i] = &valid[i]
	}
	i, err := find(entries, version)
	return err == nil && i >= 0
}

func (x *Index) notFound(name string) error {
	return &ChartNotFoundError{Chart: name, Nearest: nearestNames(x.Names(), name)}
}
