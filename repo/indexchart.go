package repo

import (
	"sort"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"
)

// indexChart are the versions of a chart in an index.
type indexChart struct {
	mu      sync.Mutex // guards all of it
	entries []indexEntry
	checked int           // how many of them are known to be valid
	skipped []error       // why others were left out
	order   []*indexEntry // newest first, nil until it is asked for
}

// indexEntry is one version: decoded, or as it stands in the index, or both.
type indexEntry struct {
	version *ChartVersion
	block   *block
	parsed  *semver.Version
}

// valid returns the entries of valid charts, in the order of the index.
func (c *indexChart) valid() []indexEntry {
	if c.checked < len(c.entries) {
		valid := c.entries[:c.checked]
		for _, e := range c.entries[c.checked:] {
			if err := e.check(); err != nil {
				c.skipped = append(c.skipped, err)
				continue
			}
			valid = append(valid, e)
		}
		c.entries, c.checked, c.order = valid, len(valid), nil
	}
	return c.entries
}

// sorted returns the entries of valid charts, newest first. The order of those that are
// equal but for their build metadata is Helm's, whose way of sorting is not stable.
func (c *indexChart) sorted() []*indexEntry {
	valid := c.valid()
	if c.order == nil {
		c.order = make([]*indexEntry, len(valid))
		for i := range valid {
			c.order[i] = &valid[i]
		}
		sort.Sort(sort.Reverse(byVersion(c.order)))
	}
	return c.order
}

type byVersion []*indexEntry

func (v byVersion) Len() int           { return len(v) }
func (v byVersion) Swap(i, j int)      { v[i], v[j] = v[j], v[i] }
func (v byVersion) Less(i, j int) bool { return v[i].parsed.LessThan(v[j].parsed) }

// check parses the version of the entry, and returns why it is none of a valid chart.
func (e *indexEntry) check() error {
	if e.parsed != nil {
		return nil
	}
	if e.version != nil || e.block.certain {
		var err error
		if e.parsed, err = parseVersion(e.number()); err == nil {
			return nil
		}
	}
	v, err := e.decode() // which says what is wrong
	if err == nil {
		e.parsed, err = parseVersion(v.Version)
	}
	return err
}

// number is the version as the index has it.
func (e *indexEntry) number() string {
	if e.version != nil {
		return e.version.Version
	}
	return e.block.direct(e.block.version)
}

// decode returns the version, or why it is none of a valid chart.
func (e *indexEntry) decode() (*ChartVersion, error) {
	if e.version != nil {
		return e.version, nil
	}
	v, err := e.block.decode()
	if err == nil {
		e.version = v
	}
	return v, err
}

// parseVersion is [semver.NewVersion], which takes a regular expression to most versions.
func parseVersion(s string) (*semver.Version, error) {
	if strings.Trim(s, "0123456789.") == "" {
		if v, err := semver.StrictNewVersion(s); err == nil {
			return v, nil
		}
	}
	return semver.NewVersion(s)
}
