package funcs

import (
	"github.com/Masterminds/semver/v3"
)

// maxConstraint bounds the constraints that are kept.
const maxConstraint = 256

// versionCache keeps parsed constraints: a chart asks the same few over and over.
// It is safe for concurrent use.
type versionCache struct{ constraints cache[*semver.Constraints] }

func (c *versionCache) compare(constraint, version string) (bool, error) {
	cons, err := c.get(constraint)
	if err != nil {
		return false, err
	}
	v, err := semver.NewVersion(version)
	if err != nil {
		return false, err
	}
	return cons.Check(v), nil
}

func (c *versionCache) get(constraint string) (*semver.Constraints, error) {
	return c.constraints.get(constraint, len(constraint) <= maxConstraint, semver.NewConstraint)
}
