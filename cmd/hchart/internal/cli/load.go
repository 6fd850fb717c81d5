package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/chart"
)

// load reads the chart at path. A directory is the user's own: it may be large,
// and parts of it may be links to other charts. Archives are held to the
// library's limits. What the loader warns of is printed.
func (f *factory) load(ctx context.Context, path string, outsideLinks bool) (*chart.Chart, error) {
	ch, err := f.peek(ctx, path, outsideLinks)
	if err != nil {
		return nil, err
	}
	f.warn(ch.Warnings)
	return ch, nil
}

// peek is load without warnings.
func (f *factory) peek(ctx context.Context, path string, outsideLinks bool) (*chart.Chart, error) {
	f.beforeWork()
	opts := chart.LoadOptions{}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		opts = ownCharts()
		opts.OutsideLinks = outsideLinks
	}
	return chart.Load(ctx, path, opts)
}

// ownCharts are the options for directories of the user's own.
func ownCharts() chart.LoadOptions {
	return chart.LoadOptions{LinkedCharts: true, Limits: chart.Limits{FileBytes: 100 << 20, Files: 100_000}}
}

// addOutsideLinks adds the flag for charts that are held together by symbolic
// links.
func addOutsideLinks(fs *pflag.FlagSet, allow *bool) {
	fs.BoolVar(allow, "outside-links", false, "follow symbolic links that lead to something else than a chart; such a chart can read any file")
}

// MissingDependenciesError are dependencies that Chart.yaml declares and charts/
// does not have.
type MissingDependenciesError struct{ Names []string }

func (e *MissingDependenciesError) Error() string {
	return fmt.Sprintf("found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(e.Names, ", "))
}

// checkDependencies compares what Chart.yaml declares with what charts/ has, by
// name alone.
func checkDependencies(ch *chart.Chart) error {
	have := map[string]bool{}
	for _, d := range ch.Dependencies() {
		have[d.Name()] = true
	}
	var missing []string
	for _, d := range ch.Metadata.Dependencies {
		if !have[d.Name] {
			missing = append(missing, d.Name)
		}
	}
	if len(missing) > 0 {
		return &MissingDependenciesError{Names: missing}
	}
	return nil
}
