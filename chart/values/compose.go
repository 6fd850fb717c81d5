package values

import (
	"context"
	"errors"
	"fmt"

	"github.com/hchart/hchart/chart"
)

// Compose applies tags, conditions, aliases and import-values, coalesces the
// user's values with the defaults of the chart and its subcharts, and validates
// the result against the schemas. Neither ch nor user is changed. The error is a
// *TypeError, a *SchemaError, or the context's.
//
// The work is linear in the size of the tree of values, times its depth where
// charts declare dependencies.
func Compose(ctx context.Context, ch *chart.Chart, user map[string]any, opts ComposeOptions) (*Composition, error) {
	if ch == nil || ch.Metadata == nil {
		return nil, errors.New("values: no chart to compose")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &composer{seen: map[string]bool{}}
	root := cloneTree(ch)
	if err := c.enable(root, user, ""); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	if err := c.importValues(root); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	vals := copyTable(user)
	if err := (coalescer{warn: c.warnf}).chart(root, vals, ""); err != nil {
		return nil, err
	}
	if !opts.SkipSchemaValidation {
		if err := c.validate(ctx, root, vals, opts); err != nil {
			return nil, err
		}
	}
	return &Composition{Chart: root, Values: vals, Warnings: c.warnings}, nil
}

// composer is the state of one call of Compose.
type composer struct {
	warnings []string
	seen     map[string]bool
}

// warnf keeps a warning; the same one is kept once.
func (c *composer) warnf(format string, args ...any) {
	w := fmt.Sprintf(format, args...)
	if !c.seen[w] {
		c.seen[w] = true
		c.warnings = append(c.warnings, w)
	}
}

// cloneTree copies the nodes of a tree with what composing changes about them:
// the metadata of dependencies, and the values, which import-values replaces as
// a whole. Files are shared.
func cloneTree(ch *chart.Chart) *chart.Chart {
	out := *ch
	out.Metadata = cloneMetadata(ch.Metadata)
	deps := make([]*chart.Chart, len(ch.Dependencies()))
	for i, d := range ch.Dependencies() {
		deps[i] = cloneTree(d)
	}
	out.SetDependencies(deps...)
	return &out
}

func cloneMetadata(m *chart.Metadata) *chart.Metadata {
	if m == nil {
		return &chart.Metadata{}
	}
	out := *m
	if m.Dependencies != nil {
		out.Dependencies = make([]*chart.Dependency, 0, len(m.Dependencies))
		for _, d := range m.Dependencies {
			if d != nil {
				c := *d
				out.Dependencies = append(out.Dependencies, &c)
			}
		}
	}
	return &out
}
