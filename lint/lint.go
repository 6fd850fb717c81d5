package lint

import (
	"context"
	"errors"
	"fmt"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine"
)

// Options change how charts are linted. The zero value works.
type Options struct {
	// Namespace is the one templates see as .Release.Namespace.
	Namespace string
	// KubeVersion is the version of Kubernetes that templates see and that
	// decides which API versions are deprecated; nil is the default one.
	KubeVersion *engine.KubeVersion
	// Strict makes a chart with warnings fail.
	Strict bool
	// WithSubcharts makes RunAll lint the charts below charts/ as well.
	WithSubcharts bool
	// Quiet leaves information out of the text of a Summary.
	Quiet bool
	// SkipSchemaValidation leaves values.schema.json unread.
	SkipSchemaValidation bool

	// Load changes how charts are loaded, Limits what rendering may use.
	Load   chart.LoadOptions
	Limits engine.Limits
}

// RunAll lints the charts at paths, directories or archives, with the user's
// values (as values.Read returns them). The command then does
//
//	fmt.Fprint(stdout, summary.Text())
//	if summary.Failed() > 0 { return errors.New(summary.Verdict()) } // "Error: …" on stderr, exit 1
//	if summary.Speaks() { fmt.Fprintln(stdout, summary.Verdict()) }
//
// The only error is the context's.
func RunAll(ctx context.Context, paths []string, user map[string]any, opts Options) (*Summary, error) {
	if opts.WithSubcharts {
		paths = append(paths[:len(paths):len(paths)], subcharts(paths)...)
	}
	summary := &Summary{strict: opts.Strict, quiet: opts.Quiet}
	user = copyTable(user)
	for _, path := range paths {
		report, err := run(ctx, path, user, opts)
		if err != nil {
			return nil, err
		}
		summary.Reports = append(summary.Reports, report)
	}
	return summary, nil
}

// Run lints one chart. A path where there is no chart makes Report.Err; the
// only error returned is the context's.
func Run(ctx context.Context, path string, user map[string]any, opts Options) (*Report, error) {
	return run(ctx, path, copyTable(user), opts)
}

// run lints one chart and may change the tables inside user; see
// coalesceUser.
func run(ctx context.Context, path string, user map[string]any, opts Options) (*Report, error) {
	l := &linter{ctx: ctx, user: user, opts: opts, report: &Report{Path: path}}
	l.source, l.report.Err = openSource(ctx, path, opts.Load)
	if l.report.Err == nil {
		l.chartfile()
		l.values()
		l.templates()
		l.dependencies()
		l.crds()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l.report, nil
}

// linter is the state of linting one chart.
type linter struct {
	ctx    context.Context // of the call, which the linter does not outlive
	source source
	user   map[string]any
	opts   Options
	report *Report

	loaded  *chart.Chart
	loadErr error

	// What all objects are checked by and for, once the first is there.
	objectChecks []check[*object]
	kubeVersion  engine.KubeVersion
}

// add records the complaint of a rule about path, if there is one, and reports
// whether all is well.
func (l *linter) add(rule Rule, path string, complaint error) bool {
	if complaint == nil {
		return true
	}
	l.report.Findings = append(l.report.Findings, Finding{
		Rule: rule.ID, Severity: rule.Severity, Path: path, Err: complaint,
	})
	return false
}

// load returns the chart, which is loaded when it is first asked for. If it
// cannot be loaded, load records so under the rule, with an introduction.
//
// Nothing is recorded of a chart whose apiVersion nobody knows: the first stage
// has said so.
func (l *linter) load(rule Rule, path, intro string) (*chart.Chart, bool) {
	ch, err := l.chart()
	if err == nil {
		return ch, true
	}
	if _, ok := errors.AsType[*chart.UnsupportedError](err); !ok {
		l.add(rule, path, fmt.Errorf("%s%w", intro, loadError{err}))
	}
	return nil, false
}

// chart is load for those who have nothing to say about the error.
func (l *linter) chart() (*chart.Chart, error) {
	if l.loaded == nil && l.loadErr == nil {
		l.loaded, l.loadErr = l.source.load(l.ctx)
		if l.loadErr == nil {
			l.report.Warnings = append(l.report.Warnings, l.loaded.Warnings...)
		}
	}
	return l.loaded, l.loadErr
}

// copyTable copies tables of values all the way down; other values are shared.
func copyTable(table map[string]any) map[string]any {
	copied := make(map[string]any, len(table))
	for key, value := range table {
		if t, ok := value.(map[string]any); ok {
			value = copyTable(t)
		}
		copied[key] = value
	}
	return copied
}
