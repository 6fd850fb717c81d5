package values

import (
	"context"
	"errors"
	"io"

	"github.com/hchart/hchart/chart"
)

// Sources are the places a user's values come from, in the order of their
// precedence, lowest first. Each field corresponds to a flag of Helm.
type Sources struct {
	Files   []string // -f, --values: paths, or "-" for Stdin
	JSON    []string // --set-json
	Set     []string // --set
	String  []string // --set-string
	File    []string // --set-file
	Literal []string // --set-literal

	// Stdin is read for the file "-".
	Stdin io.Reader
	// ReadFile reads what Files and File name; nil reads from the disk.
	ReadFile func(ctx context.Context, name string) ([]byte, error)
}

// Read merges the sources into one tree of values. Nulls are kept: composing
// gives them their meaning.
func Read(ctx context.Context, src Sources) (map[string]any, error) {
	return nil, errors.New("not written yet")
}

// ComposeOptions change how values are composed. The zero value works.
type ComposeOptions struct {
	SkipSchemaValidation bool
}

// Composition is a chart tree ready to be rendered, and its values.
type Composition struct {
	// Chart is a copy of the chart's tree without the disabled dependencies
	// and with aliases applied; it shares files with the loaded chart.
	Chart *chart.Chart
	// Values are the coalesced values of the root, those of subcharts below
	// their names. They may share structure with the chart and with the
	// user's values and must not be changed.
	Values map[string]any
	// Warnings are complaints that did not stop composing, one line each.
	Warnings []string
}

// Compose applies tags, conditions, aliases and import-values, coalesces the
// user's values with the defaults of the chart and its subcharts, and validates
// the result against the schemas. Neither ch nor user is changed.
func Compose(ctx context.Context, ch *chart.Chart, user map[string]any, opts ComposeOptions) (*Composition, error) {
	return nil, errors.New("not written yet")
}
