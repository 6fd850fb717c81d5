package values

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/hchart/hchart/chart"
)

// ComposeOptions change how values are composed. The zero value works.
type ComposeOptions struct {
	// SkipSchemaValidation leaves every values.schema.json unread.
	SkipSchemaValidation bool
	// SchemaBytes bounds the size of one values.schema.json. 0 means 1 MiB.
	SchemaBytes int
	// Twice puts the defaults below the values a second time, as Helm does when
	// it lints. The result is another one where a chart sets a null for a key
	// that its subchart has no default for: that null is removed once, and then
	// comes back.
	Twice bool
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
// Errors are a [*TypeError] where a table is needed and something else is, an
// [*ImportError] for import-values that cannot be followed, a [*LimitError] for
// a chart that asks for too much, a [*SchemaError] where values do not meet a
// schema, and the context's error.
func Compose(ctx context.Context, ch *chart.Chart, user map[string]any, opts ComposeOptions) (*Composition, error) {
	if ch == nil {
		return nil, errors.New("no chart to compose values for")
	}
	c := &composer{facts: facts{}, clean: map[uintptr]cleanTable{}, settled: map[uintptr]settledTable{}, ranges: map[[2]string]bool{}}
	root, err := c.copyTree(ctx, ch, 0)
	if err != nil {
		return nil, err
	}
	if err := c.enable(ctx, root, user, ""); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	if err := c.importValues(ctx, root); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	vals, err := c.coalesce(ctx, root, user, dropNulls)
	if err != nil {
		return nil, err
	}
	composed := plain(vals)
	if opts.Twice {
		if vals, err = c.coalesce(ctx, root, composed, dropNulls); err != nil {
			return nil, err
		}
		composed = plain(vals)
	}
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
	warnings []string
	charts   int // see count
	work     int // see spend
	facts
	// clean remembers what withoutNulls makes of tables with nulls, by their
	// addresses: each pass asks for those of all defaults.
	clean   map[uintptr]cleanTable
	settled map[uintptr]settledTable // see settle
	ranges  map[[2]string]bool       // see fits
}

// cleanTable is a table and what withoutNulls made of it. Keeping the table
// keeps its address from being used again.
type cleanTable struct{ table, clean map[string]any }

func (c *composer) cleaned(t map[string]any) map[string]any {
	if !c.of(t).nulls {
		return t
	}
	id := reflect.ValueOf(t).Pointer()
	known, ok := c.clean[id]
	if !ok {
		known = cleanTable{t, withoutNulls(t)}
		c.clean[id] = known
	}
	return known.clean
}

func (c *composer) warn(text string) { c.warnings = append(c.warnings, text) }

// Bounds of what a chart may ask for. A few lines of aliases can ask for any
// number of charts, each with all its values.
const (
	maxChartDepth = 64         // subcharts of subcharts
	maxCharts     = 20_000     // charts in the tree, aliases included
	maxWork       = 20_000_000 // values of all charts, in each pass
)

// spend counts n values that were looked at. Its error is a *LimitError or the
// context's.
func (c *composer) spend(ctx context.Context, n int) error {
	if c.work += n; c.work > maxWork {
		return &LimitError{What: "values in charts and their subcharts", Max: maxWork}
	}
	return ctx.Err()
}

// count counts n charts more in the tree. Its error is a *LimitError or the
// context's.
func (c *composer) count(ctx context.Context, n int) error {
	if c.charts += n; c.charts > maxCharts {
		return &LimitError{What: "charts, with those that aliases make", Max: maxCharts}
	}
	return ctx.Err()
}

// copyTree copies the nodes of a chart tree and, as far as composing changes
// it, their metadata. Files and values are shared.
func (c *composer) copyTree(ctx context.Context, ch *chart.Chart, depth int) (*chart.Chart, error) {
	if depth > maxChartDepth {
		return nil, &LimitError{What: "levels of subcharts", Max: maxChartDepth}
	}
	if err := c.count(ctx, 1); err != nil {
		return nil, err
	}
	out := *ch
	out.Metadata = copyMetadata(ch.Metadata)
	deps := make([]*chart.Chart, len(ch.Dependencies()))
	for i, d := range ch.Dependencies() {
		var err error
		if deps[i], err = c.copyTree(ctx, d, depth+1); err != nil {
			return nil, err
		}
	}
	out.SetDependencies(deps...)
	return &out, nil
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
