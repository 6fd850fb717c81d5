package funcs

import (
	"sync"

	"github.com/Masterminds/semver/v3"
)

// maxConstraint bounds the constraints that are kept.
const maxConstraint = 256

// versionCache keeps parsed constraints: a chart asks the same few over and over.
// It is safe for concurrent use.
type versionCache struct {
	mu          sync.Mutex
	constraints map[string]*semver.Constraints
}

func newVersionCache() *versionCache {
	return &versionCache{constraints: map[string]*semver.Constraints{}}
}

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
	c.mu.Lock()
	cons := c.constraints[constraint]
	c.mu.Unlock()
	if cons != nil {
		return cons, nil
	}
	cons, err := semver.NewConstraint(constraint)
	if err != nil {
		return nil, err
	}
	if len(constraint) > maxConstraint {
		return cons, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.constraints) >= maxPatterns {
		clear(c.constraints)
	}
	c.constraints[constraint] = cons
	return cons, nil
}
