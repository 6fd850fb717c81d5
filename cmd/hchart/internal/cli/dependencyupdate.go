package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hchart/hchart/repo/dependency"
)

const dependencyUpdateLong = `Bring charts/ up to date with Chart.yaml: choose the newest versions that fit, fetch
them, delete archives that are no dependencies, and write Chart.lock.

  hchart dependency update ./mychart
  hchart dependency update ./mychart --skip-refresh

All repositories of repositories.yaml are asked for news first. If anything fails,
charts/ and Chart.lock stay as they were. A local dependency (file://) that declares
dependencies itself gets those that it lacks, in its archive.

With --verify-lock the digests of the archives are kept in Chart.lock.sums. Where that
file is, an archive whose bytes have changed behind its version is refused.`

const dependencyBuildLong = `Bring the versions that Chart.lock names into charts/. If there is no Chart.lock, this
is 'hchart dependency update'.

  hchart dependency build ./mychart
  hchart dependency build ./mychart --verify-lock

A Chart.lock that was made for other dependencies than those in Chart.yaml is an error.
With --verify-lock every archive has to have the digest that Chart.lock.sums names.`

// dependencyFlags are those of update and build.
type dependencyFlags struct {
	transport    transportFlags
	verify       bool
	keyring      string
	skipRefresh  bool
	verifyLock   bool
	outsideLinks bool
}

func (o *dependencyFlags) add(fs *pflag.FlagSet, env environment) {
	fs.BoolVar(&o.verify, "verify", false, "check the signatures of the archives; one without is an error")
	fs.StringVar(&o.keyring, "keyring", env.keyring(), "public keys that signatures are checked against")
	fs.BoolVar(&o.skipRefresh, "skip-refresh", false, "use the cached indexes of repositories")
	fs.BoolVar(&o.verifyLock, "verify-lock", false, "keep, or check, the digests of the archives in Chart.lock.sums")
	o.transport.add(fs)
	addOutsideLinks(fs, &o.outsideLinks)
}

// dependencyVerb is dependency.Update or dependency.Build.
type dependencyVerb func(ctx context.Context, dir string, opts dependency.Options) (*dependency.Result, error)

func newDependencyUpdateCmd(f *factory) *cobra.Command {
	return newDependencyVerbCmd(f, dependency.Update, &cobra.Command{
		Use:     "update CHART",
		Aliases: []string{"up"},
		Short:   "bring charts/ up to date with Chart.yaml",
		Long:    dependencyUpdateLong,
	})
}

func newDependencyBuildCmd(f *factory) *cobra.Command {
	return newDependencyVerbCmd(f, dependency.Build, &cobra.Command{
		Use:   "build CHART",
		Short: "bring what Chart.lock names into charts/",
		Long:  dependencyBuildLong,
	})
}

func newDependencyVerbCmd(f *factory, verb dependencyVerb, cmd *cobra.Command) *cobra.Command {
	o := &dependencyFlags{}
	o.add(cmd.Flags(), f.settings.env)
	cmd.Args = maximumArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := "."
		if len(args) > 0 {
			path = filepath.Clean(args[0])
		}
		opts, err := f.dependencyOptions(&o.transport, o.outsideLinks)
		if err != nil {
			return err
		}
		opts.SkipRefresh, opts.VerifyLock = o.skipRefresh, o.verifyLock
		if o.verify {
			opts.Verify = f.verifier(cmd.Context(), o.keyring, nil)
		}
		return f.bringDependencies(cmd.Context(), verb, path, opts)
	}
	return cmd
}

// bringDependencies runs a verb and prints what Helm prints.
func (f *factory) bringDependencies(ctx context.Context, verb dependencyVerb, path string, opts dependency.Options) error {
	f.beforeWork()
	lines := &dependencyLines{f: f}
	opts.Notify = lines.notify
	_, err := verb(ctx, f.path(path), opts)
	if err == nil {
		err = lines.err
	}
	return err
}

// updateDependencies is --dependency-update of the commands that take a chart.
func (f *factory) updateDependencies(ctx context.Context, path string, t *transportFlags, outsideLinks, quiet bool) error {
	opts, err := f.dependencyOptions(t, outsideLinks)
	if err != nil {
		return err
	}
	if quiet {
		_, err := dependency.Update(ctx, f.path(path), opts)
		return err
	}
	return f.bringDependencies(ctx, dependency.Update, path, opts)
}
