package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release/deploy"
)

const installLong = `Install a chart as a release: render it, record what is about to be made, make it,
run its hooks, and record how that went.

  hchart install web ./mychart
  hchart install web ./mychart -f production.yaml --set image.tag=1.2.3 --wait
  hchart install --generate-name ./mychart
  hchart install web ./mychart --dry-run=server

With --wait the command ends when the objects are ready, and at once when one cannot
become ready any more; it then says why. One command at a time works on a release. One
that was killed can be given again.`

type installOptions struct {
	install    installFlags
	dryRun     dryRunFlag
	output     outputFlag
	post       postRendererFlags
	own        ownFlags
	hideSecret bool
}

// ownFlags are those of hchart that Helm does not have.
type ownFlags struct {
	maxSteps     int64
	outsideLinks bool
	quiet        bool
}

func (o *ownFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Int64Var(&o.maxSteps, "max-steps", defaultMaxSteps, "steps that the evaluation of all templates may take")
	addOutsideLinks(fs, &o.outsideLinks)
	addQuiet(fs, &o.quiet)
}

func newInstallCmd(f *factory) *cobra.Command {
	o := &installOptions{}
	cmd := &cobra.Command{
		Use:   "install [NAME] [CHART]",
		Short: "install a chart",
		Long:  installLong,
		Args:  minimumArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return f.chartArg(o.install.chartAt(), args, prefix)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := o.dryRun.mode(f)
			if err != nil {
				return err
			}
			if err := o.run(cmd.Context(), f, args, mode); err != nil {
				return fmt.Errorf("INSTALLATION FAILED: %w", err)
			}
			return nil
		},
	}
	o.install.add(cmd, f.settings.env)
	f.completeVersions(cmd, o.install.chartAt)
	o.dryRun.add(cmd.Flags())
	cmd.Flags().BoolVar(&o.hideSecret, "hide-secret", false, "leave Secrets out of what a dry run prints")
	o.output.add(cmd)
	o.post.add(cmd.Flags())
	o.own.add(cmd)
	complete(cmd, "dry-run", "none", "client", "server")
	return cmd
}

func (o *installOptions) run(ctx context.Context, f *factory, args []string, mode string) error {
	f.warn(o.install.warnings())
	name, ref, err := o.install.nameAndChart(f, args, "")
	if err != nil {
		return err
	}
	return o.deploy(ctx, f, name, ref, mode)
}

// deploy installs and prints the result.
func (o *installOptions) deploy(ctx context.Context, f *factory, name, ref, mode string) error {
	o.install.chart.pulledToStdout = o.output.String() == "table"
	ch, vals, err := loadForRelease(ctx, f, ref, &o.install.chart, &o.install.values, &o.own, o.install.dependencyUpdate)
	if err != nil {
		return err
	}
	if err := checkReleaseName(name); err != nil {
		return err
	}
	opts := deploy.InstallOptions{
		Apply: o.install.apply(mode), CreateNamespace: o.install.createNamespace, Replace: o.install.replace,
		RollbackOnFailure: o.install.rollbackOnFailure, SkipCRDs: o.install.skipCRDs, Labels: o.install.labels,
		Rendering: o.install.rendering(&o.own, o.hideSecret),
	}
	opts.ServerSide = strconv.FormatBool(o.install.serverSide)
	if opts.PostRender, err = o.post.function(f); err != nil {
		return err
	}
	p := f.progress(o.own.quiet)
	env, err := f.releaseEnv(ctx, p, mode)
	if err != nil {
		return err
	}
	rel, err := deploy.Install(ctx, env, name, ch, vals, opts)
	p.end()
	if err != nil {
		return explainCancel(ctx, f, name, err)
	}
	text := &releaseText{release: rel, debug: f.settings.debug, hideNotes: o.install.hideNotes}
	return o.output.write(f, rel, func() (string, error) { return text.text(ctx, f) })
}

// releaseEnv is env, or for a client-side dry run what needs no cluster.
func (f *factory) releaseEnv(ctx context.Context, p *progress, mode string) (deploy.Env, error) {
	if mode == deploy.DryRunClient {
		return deploy.Env{Namespace: f.namespace(), Now: f.sys.Now, Notify: p.notify}, nil
	}
	return f.env(ctx, p)
}

// explainCancel says that the user ended the command, as Helm does.
func explainCancel(ctx context.Context, f *factory, name string, err error) error {
	if ctx.Err() != nil {
		_ = f.print(fmt.Sprintf("Release %s has been cancelled.\n", name)) // the error follows
	}
	return err
}

// apply are the flags about applying objects.
func (o *installFlags) apply(mode string) deploy.Apply {
	return deploy.Apply{
		Timeout: o.timeout, Wait: o.wait.strategy, WaitForJobs: o.waitForJobs, NoHooks: o.noHooks,
		ForceConflicts: o.forceConflicts, ForceReplace: o.forceReplace, TakeOwnership: o.takeOwnership,
		Description: o.description, DryRun: mode,
	}
}

// rendering are the flags about rendering.
func (o *installFlags) rendering(own *ownFlags, hideSecrets bool) deploy.Rendering {
	return deploy.Rendering{
		Limits: ownLimits(own.maxSteps), EnableDNS: o.enableDNS, SkipSchemaValidation: o.skipSchemaValidation,
		SubchartNotes: o.subNotes, HideSecrets: hideSecrets,
	}
}

// function is the post-renderer as package deploy wants it, nil if there is none.
func (p *postRendererFlags) function(f *factory) (func(context.Context, map[string]string) (map[string]string, error), error) {
	post, err := p.find(f)
	if err != nil || post == nil {
		return nil, err
	}
	return post.run, nil
}

// loadForRelease finds and reads a chart that can be installed, and the values.
func loadForRelease(ctx context.Context, f *factory, ref string, cf *chartFlags, vf *valueFlags, own *ownFlags, dependencyUpdate bool) (*chart.Chart, map[string]any, error) {
	path, err := f.locate(ctx, ref, cf, own.quiet)
	if err != nil {
		return nil, nil, err
	}
	f.debug("chart found", "path", path)
	vals, err := vf.read(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	in := &installFlags{chart: *cf, dependencyUpdate: dependencyUpdate}
	ch, err := loadInstallable(ctx, f, path, in, &renderFlags{outsideLinks: own.outsideLinks})
	return ch, vals, err
}
