package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/lint"
)

const lintLong = `Look for mistakes in charts: directories or archives.

What will make an installation fail is an [ERROR], what breaks with a convention a
[WARNING], a recommendation an [INFO]. The exit code is 1 when there is an error
in one of the charts, with --strict also when there is a warning.`

type lintOptions struct {
	values               valueFlags
	strict               bool
	withSubcharts        bool
	quiet                bool
	skipSchemaValidation bool
	kubeVersion          string
}

func newLintCmd(f *factory) *cobra.Command {
	o := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint PATH...",
		Short: "look for mistakes in charts",
		Long:  lintLong,
		Args:  minimumArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.strict, "strict", false, "fail on warnings too")
	fs.BoolVar(&o.withSubcharts, "with-subcharts", false, "look at the charts below charts/ as well")
	fs.BoolVar(&o.quiet, "quiet", false, "print warnings and errors only")
	fs.BoolVar(&o.skipSchemaValidation, "skip-schema-validation", false, "do not check values against values.schema.json")
	fs.StringVar(&o.kubeVersion, "kube-version", "", "version of Kubernetes to check for")
	o.values.add(fs)
	complete(cmd, "kube-version", knownKubeVersions()...)
	return cmd
}

func (o *lintOptions) run(ctx context.Context, f *factory, paths []string) error {
	opts := lint.Options{
		Namespace:            f.namespace(),
		Strict:               o.strict,
		WithSubcharts:        o.withSubcharts,
		Quiet:                o.quiet,
		SkipSchemaValidation: o.skipSchemaValidation,
		Load:                 ownCharts(),
		Limits:               ownLimits(defaultMaxSteps),
	}
	if o.kubeVersion != "" {
		kv, err := parseKubeVersion(o.kubeVersion)
		if err != nil {
			return err
		}
		opts.KubeVersion = kv
	}
	user, err := o.values.read(ctx, f)
	if err != nil {
		return err
	}
	resolved := make([]string, len(paths))
	for i, p := range paths {
		resolved[i] = f.path(p)
	}
	f.beforeWork()
	summary, err := lint.RunAll(ctx, resolved, user, opts)
	if err != nil {
		return err
	}
	o.logNotices(f, summary)
	text := summary.Text()
	failed := summary.Failed() > 0
	if !failed && summary.Speaks() {
		text += summary.Verdict() + "\n"
	}
	if err := f.print(text); err != nil {
		return err
	}
	if failed {
		return errors.New(summary.Verdict())
	}
	return nil
}

// logNotices tells what required and fail had to say: they do not stop linting.
func (o *lintOptions) logNotices(f *factory, summary *lint.Summary) {
	for _, report := range summary.Reports {
		f.warn(report.Warnings)
		for _, n := range report.Notices {
			f.logger().Warn(n.Message, "function", n.Function, "position", n.Position)
		}
	}
}
