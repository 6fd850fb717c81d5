package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release/deploy"
)

const uninstallLong = `Delete the objects of releases and their records.

  hchart uninstall web
  hchart uninstall web --wait --cascade foreground
  hchart uninstall web --keep-history

Objects that the chart marks to be kept (helm.sh/resource-policy: keep) stay, and so do
those that belong to somebody else by now.`

type uninstallOptions struct {
	opts  deploy.UninstallOptions
	wait  waitFlag
	quiet bool
}

func newUninstallCmd(f *factory) *cobra.Command {
	o := &uninstallOptions{}
	cmd := &cobra.Command{
		Use:               "uninstall RELEASE...",
		Aliases:           []string{"del", "delete", "un"},
		Short:             "uninstall releases",
		Long:              uninstallLong,
		Args:              minimumArgs(1),
		ValidArgsFunction: f.completeReleases(0),
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.opts.DryRun, "dry-run", false, "change nothing")
	fs.BoolVar(&o.opts.NoHooks, "no-hooks", false, "leave hooks out")
	fs.BoolVar(&o.opts.IgnoreNotFound, "ignore-not-found", false, "succeed when there is no such release")
	fs.BoolVar(&o.opts.KeepHistory, "keep-history", false, "keep the records, so that the release can be rolled back")
	fs.StringVar(&o.opts.Propagation, "cascade", "background", "what becomes of what the objects own: background, foreground or orphan")
	fs.DurationVar(&o.opts.Timeout, "timeout", 5*time.Minute, "time to wait for one operation on the cluster")
	fs.StringVar(&o.opts.Description, "description", "", "description of the last revision")
	addWait(cmd, &o.wait)
	addQuiet(fs, &o.quiet)
	complete(cmd, "cascade", cascades()...)
	return cmd
}

func cascades() []string { return []string{"background", "orphan", "foreground"} }

func (o *uninstallOptions) run(ctx context.Context, f *factory, names []string) error {
	if !slices.Contains(cascades(), o.opts.Propagation) {
		return fmt.Errorf("invalid cascade value (%s). Must be %q, %q, or %q", o.opts.Propagation, "background", "foreground", "orphan")
	}
	f.warn((&installFlags{wait: o.wait}).warnings())
	o.opts.Wait = o.wait.strategy
	for _, name := range names {
		if err := checkReleaseName(name); err != nil {
			return fmt.Errorf("uninstall: Release name is invalid: %s", name)
		}
		p := f.progress(o.quiet)
		env, err := f.env(ctx, p)
		if err != nil {
			return err
		}
		res, err := deploy.Uninstall(ctx, env, name, o.opts)
		p.end()
		if err != nil {
			return err
		}
		var b strings.Builder
		if info := res.Info(); info != "" {
			b.WriteString(info + "\n")
		}
		fmt.Fprintf(&b, "release \"%s\" uninstalled\n", name)
		if err := f.print(b.String()); err != nil {
			return err
		}
	}
	return nil
}
