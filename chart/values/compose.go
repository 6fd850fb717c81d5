package values

import (
	"context"
	"errors"
	"slices"

	"github.com/hchart/hchart/chart"
)

// ComposeOptions change how values are composed. The zero value works.
type ComposeOptions struct {
	// SkipSchemaValidation leaves every values.schema.json unread.
	SkipSchemaValidation bool
	// SchemaBytes bounds the size of one values.schema.json. 0 means 1 MiB.
	SchemaBytes int
}

// Composition is a chart tree ready to be rendered, and its values.
type Composition struct {
	// Chart is a copy of the chart's tree without the disabled dependencies
	// and with aliases applied; it shares files with the loaded chart.
	//
	// Subcharts that no Chart.yaml declares come before the declared ones. The
	// metadata lists the enabled dependencies by their aliases, with Enabled
	// set and ImportValues in their long form, as templates see them. Values
	// of a chart with declared dependencies hold what it imports, and the
	// defaults of its subcharts below their names: that is what Helm keeps in
	// a release record.
	Chart *chart.Chart
	// Values are the coalesced values of the root, those of subcharts below
	// their names. They share structure with the chart and with the user's
	// values and must not be changed.
	Values map[string]any
	// Warnings are complaints that did not stop composing, one line each,
	// sorted, without repetitions. They name keys and never values.
	Warnings []string
}

// Compose applies tags, conditions, aliases and import-values, coalesces the
// user's values with the defaults of the chart and its subcharts, and validates
// the result against the schemas. Neither ch nor user is changed.
//
// Errors are a [*TypeError] where a table is needed and something else is, a
// [*SchemaError] where values do not meet a schema, and the context's error.
func Compose(ctx context.Context, ch *chart.Chart, user map[string]any, opts ComposeOptions) (*Composition, error) {
	if ch == nil {
		return nil, errors.New("no chart to compose values for")
	}
	c := &composer{ctx: ctx}
	root := copyTree(ch)
	if err := c.enable(root, user, ""); err != nil {
		return nil, err
	}
	if err := c.importValues(root); err != nil {
		return nil, err
	}
	vals, err := c.coalesce(root, user, dropNulls)
	if err != nil {
		return nil, err
	}
	composed := plain(vals)
	if !opts.SkipSchemaValidation {
		if err := c.validate(ctx, root, composed, opts); err != nil {
			return nil, err
		}
	}
	slices.Sort(c.warnings)
	return &Composition{Chart: root, Values: composed, Warnings: slices.Compact(c.warnings)}, nil
}

// composer is the state of one call of Compose.
type composer struct {
	ctx      context.Context
	warnings []string
}

func (c *composer) warn(text string) { c.warnings = append(c.warnings, text) }

// copyTree copies the nodes of a chart tree and, as far as composing changes
// it, their metadata. Files and values are shared.
func copyTree(ch *chart.Chart) *chart.Chart {
	out := *ch
	out.Metadata = copyMetadata(ch.Metadata)
	deps := make([]*chart.Chart, len(ch.Dependencies()))
	for i, d := range ch.Dependencies() {
		deps[i] = copyTree(d)
	}
	out.SetDependencies(deps...)
	return &out
}

// copyMetadata copies m as deep as composing changes it. Absent metadata is
// empty metadata.
func copyMetadata(m *chart.Metadata) *chart.Metadata {
	if m == nil {
		return &chart.Metadata{}
	}
	out := *m
	if m.Dependencies == nil {
		return &out
	}
	// An empty list is not the same as none: see enable.
	out.Dependencies = make([]*chart.Dependency, 0, len(m.Dependencies))
	for _, d := range m.Dependencies {
		if d != nil {
			dep := *d
			out.Dependencies = append(out.Dependencies, &dep)
		}
	}
	return &out
}
