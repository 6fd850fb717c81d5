package oci

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci/internal/oras/errdef"
)

// Tags returns the versions of a chart, newest first. Tags that are no versions are left
// out.
func (c *Client) Tags(ctx context.Context, ref string, access repo.Access) ([]string, error) {
	name, err := parseName(ref)
	if err != nil {
		return nil, err
	}
	s, err := c.session(name.Registry, access)
	if err != nil {
		return nil, err
	}
	var versions []*semver.Version
	seen := 0
	err = s.repository(name, c.opts.Limits).Tags(ctx, "", func(tags []string) error {
		if seen += len(tags); seen > c.opts.Limits.Tags {
			return &LimitError{Ref: full(name), Part: "tags", Limit: int64(c.opts.Limits.Tags)}
		}
		for _, tag := range tags {
			if v, err := semver.StrictNewVersion(versionOf(tag)); err == nil {
				versions = append(versions, v)
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, errdef.ErrTooManyPages):
		return nil, &LimitError{Ref: full(name), Part: "tags", Limit: int64(c.opts.Limits.Tags)}
	case err != nil:
		return nil, s.errorOf(ctx, full(name), err)
	}
	slices.SortFunc(versions, func(a, b *semver.Version) int {
		return cmp.Or(b.Compare(a), cmp.Compare(b.Original(), a.Original()))
	})
	tags := make([]string, len(versions))
	for i, v := range versions {
		tags[i] = v.String()
	}
	return tags, nil
}
