package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/manifest"
)

const templateLong = `Render a chart and print the manifests.

No cluster is asked, unless with --dry-run=server, which also makes sure that the
manifests could be installed there. What templates would learn from one is made up:
.Capabilities.KubeVersion is --kube-version or a recent version of Kubernetes,
.Capabilities.APIVersions are those Kubernetes has itself and the ones given
with --api-versions, and lookup finds nothing.

  hchart template ./mychart
  hchart template myrelease ./mychart -f production.yaml --set image.tag=1.2.3
  hchart template myrelease ./mychart -a monitoring.coreos.com/v1,cert-manager.io/v1
  hchart template myrelease ./mychart -s templates/deployment.yaml

NAME is the name of the release; without it the name is "release-name". CHART is
the path of a directory or of an archive.

When the output is not valid YAML, the error shows the lines around the mistake
and the line of the template that wrote them. With --debug the output is printed
all the same.

A chart may take any time to render: --max-steps bounds it, and so does --timeout
where it is given.`

type templateOptions struct {
	install installFlags
	render  renderFlags

	showOnly       []string
	outputDir      string
	useReleaseName bool
	validate       bool
	includeCRDs    bool
	skipTests      bool
	dryRun         string
	postRenderer   postRendererFlags
}

func newTemplateCmd(f *factory) *cobra.Command {
	o := &templateOptions{}
	cmd := &cobra.Command{
		Use:   "template [NAME] [CHART]",
		Short: "render a chart and print the manifests",
		Long:  templateLong,
		Args:  minimumArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return f.chartArg(o.install.chartAt(), args, prefix)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.render.bounded = cmd.Flags().Changed("timeout")
			return o.run(cmd.Context(), f, args)
		},
	}
	o.install.add(cmd, f.settings.env)
	f.completeVersions(cmd, o.install.chartAt)
	o.render.add(cmd)
	fs := cmd.Flags()
	fs.StringArrayVarP(&o.showOnly, "show-only", "s", nil, "print only what these templates made, such as templates/service.yaml; '*' and '?' stand for other characters (repeatable)")
	fs.StringVar(&o.outputDir, "output-dir", "", "write the manifests into files below this directory and print their names")
	fs.BoolVar(&o.validate, "validate", false, "the same as --dry-run=server")
	fs.BoolVar(&o.includeCRDs, "include-crds", false, "print the files of crds/ as well")
	fs.BoolVar(&o.skipTests, "skip-tests", false, "leave tests out")
	fs.BoolVar(&o.useReleaseName, "release-name", false, "with --output-dir, write below a directory with the name of the release")
	fs.StringVar(&o.dryRun, "dry-run", "client", "what to check the manifests against: client (nothing) or server")
	fs.Lookup("dry-run").NoOptDefVal = dryRunUnset
	o.postRenderer.add(fs)
	deprecate(fs, "validate", "use '--dry-run=server' instead")
	cmd.MarkFlagsMutuallyExclusive("validate", "dry-run")
	complete(cmd, "dry-run", "client", "server")
	completeBy(cmd, "show-only", o.completeShowOnly(f))
	_ = cmd.MarkFlagDirname("output-dir")
	return cmd
}

// run renders and prints. args are the command's: a name and a chart, or one of
// them.
func (o *templateOptions) run(ctx context.Context, f *factory, args []string) error {
	server, err := o.asksServer(f)
	if err != nil {
		return err
	}
	f.warn(o.install.warnings())
	name, ref, err := o.install.nameAndChart(f, args, "release-name")
	if err != nil {
		return err
	}
	job, err := prepare(ctx, f, &o.install, &o.render, name, ref)
	if err != nil {
		return err
	}
	post, err := o.postRenderer.find(f)
	if err != nil {
		return err
	}
	ctx, cancel := o.render.bound(ctx, o.install.timeout)
	defer cancel()
	env, err := o.onServer(ctx, f, job, server)
	if err != nil {
		return err
	}
	out, err := job.render(ctx, post)
	if err == nil && server {
		err = deploy.Validate(ctx, env, name, out.set.Manifest(manifest.ManifestOptions{}), o.render.isUpgrade)
	}
	err = o.explain(err)
	switch {
	case err == nil:
		return o.write(f, job, out)
	case f.settings.debug && job.started:
		return o.writeBroken(f, out, err)
	}
	var broken *manifest.ParseError
	if errors.As(err, &broken) {
		return fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
	}
	return err
}

// onServer makes a chart be rendered for the cluster, if that is wanted: with its
// capabilities, and lookup asking it.
func (o *templateOptions) onServer(ctx context.Context, f *factory, job *renderJob, server bool) (deploy.Env, error) {
	if !server {
		return deploy.Env{}, nil
	}
	client, err := f.client()
	if err != nil {
		return deploy.Env{}, err
	}
	if job.caps, err = deploy.Capabilities(ctx, client); err != nil {
		return deploy.Env{}, err
	}
	job.lookup = client.Lookup
	return deploy.Env{Client: client, Namespace: f.namespace(), Now: f.sys.Now}, nil
}

// explain names the flag behind a bound that rendering ran into.
func (o *templateOptions) explain(err error) error {
	var limit *engine.LimitError
	switch {
	case errors.As(err, &limit) && limit.Limit == "steps":
		return fmt.Errorf("%w\nmore of them can be allowed with --max-steps", err)
	case errors.Is(err, context.DeadlineExceeded) && o.render.bounded:
		return fmt.Errorf("rendering was not done within --timeout %s: %w", o.install.timeout, err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("rendering was interrupted: %w", err)
	}
	return err
}

// write prints the manifests, or writes them into files.
func (o *templateOptions) write(f *factory, job *renderJob, out *rendered) error {
	opts := o.textOptions(job.crds(o.includeCRDs))
	text := "\n" // what Helm prints when everything went to files
	if o.outputDir == "" {
		text = out.set.Text(opts)
	} else if err := o.writeFiles(f, job.release.Name, out.set, opts); err != nil {
		return err
	}
	text, err := o.selected(text)
	if err != nil {
		return err
	}
	return f.print(text)
}

// writeBroken prints what can be printed after a failure, which it returns.
func (o *templateOptions) writeBroken(f *factory, out *rendered, failure error) error {
	text := "\n"
	if out != nil {
		text = out.set.BrokenText(out.files, o.textOptions(nil))
	}
	text, err := o.selected(text)
	if err != nil {
		// The document that was asked for may be the broken one.
		return failure
	}
	if err := f.print(text); err != nil {
		return err
	}
	return failure
}

// selected applies --show-only.
func (o *templateOptions) selected(text string) (string, error) {
	if len(o.showOnly) == 0 {
		return text, nil
	}
	return manifest.Select(text, slashed(o.showOnly))
}

func (o *templateOptions) textOptions(crds []manifest.Source) manifest.TextOptions {
	return manifest.TextOptions{
		ManifestOptions: manifest.ManifestOptions{CRDs: crds},
		NoHooks:         o.install.noHooks,
		SkipTests:       o.skipTests,
	}
}

// renderFlags are the flags for rendering that `install` does not have.
type renderFlags struct {
	isUpgrade    bool
	kubeVersion  string
	apiVersions  []string
	maxSteps     int64
	outsideLinks bool
	// bounded says that --timeout was given.
	bounded bool
}

// defaultMaxSteps is some seconds to a quarter of a minute of work. Of 500 public
// charts none takes a hundredth of it.
const defaultMaxSteps = 100_000_000

func (r *renderFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&r.isUpgrade, "is-upgrade", false, "set .Release.IsUpgrade and not .Release.IsInstall")
	fs.StringVar(&r.kubeVersion, "kube-version", "", "version of Kubernetes to render for")
	fs.StringSliceVarP(&r.apiVersions, "api-versions", "a", nil, "API versions to render for, beside those of Kubernetes itself (repeatable)")
	fs.Int64Var(&r.maxSteps, "max-steps", defaultMaxSteps, "steps that the evaluation of all templates may take")
	addOutsideLinks(fs, &r.outsideLinks)
	complete(cmd, "kube-version", knownKubeVersions()...)
}

// bound applies --timeout.
func (r *renderFlags) bound(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if !r.bounded {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}

// limits are those for charts of the user's own: high, but there.
func (r *renderFlags) limits() engine.Limits { return ownLimits(r.maxSteps) }

func ownLimits(steps int64) engine.Limits {
	return engine.Limits{
		Steps:         steps,
		OutputBytes:   1 << 30,
		FileBytes:     256 << 20,
		Items:         10_000_000,
		StringBytes:   64 << 20,
		MemoryBytes:   2 << 30,
		PatternBytes:  1 << 20,
		CryptoSeconds: 120,
	}
}
