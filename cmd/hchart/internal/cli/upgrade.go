package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/deploy"
)

const upgradeLong = `Make a new revision of a release, with another chart or other values.

  hchart upgrade web ./mychart
  hchart upgrade --install web ./mychart -f production.yaml --wait
  hchart upgrade web ./mychart --reuse-values --set image.tag=1.2.4
  hchart upgrade web ./mychart --rollback-on-failure

Objects that already are as the new manifest says are not written. Objects that it does
not have any more are deleted, also those of revisions that failed.`

type upgradeOptions struct {
	flags      installFlags
	dryRun     dryRunFlag
	output     outputFlag
	post       postRendererFlags
	own        ownFlags
	hideSecret bool

	install                                           bool
	serverSide                                        string
	resetValues, reuseValues, resetThenReuse, cleanUp bool
	historyMax                                        int
}

func newUpgradeCmd(f *factory) *cobra.Command {
	o := &upgradeOptions{}
	cmd := &cobra.Command{
		Use:   "upgrade [RELEASE] [CHART]",
		Short: "upgrade a release",
		Long:  upgradeLong,
		Args:  exactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return f.completeReleases(1)(cmd, args, word)
			}
			return f.chartArg(1, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0], args[1]) },
	}
	fs := cmd.Flags()
	in := &o.flags
	fs.BoolVar(&in.createNamespace, "create-namespace", false, "with --install, create the namespace of the release if it is not there")
	fs.BoolVarP(&o.install, "install", "i", false, "install the chart if there is no such release")
	fs.BoolVar(&o.hideSecret, "hide-secret", false, "leave Secrets out of what a dry run prints")
	addForce(cmd, &in.forceReplace, &in.forceConflicts)
	fs.StringVar(&o.serverSide, "server-side", "auto", "let the API server merge updates: true, false, or auto (as the release was made)")
	fs.BoolVar(&in.noHooks, "no-hooks", false, "leave hooks out")
	fs.BoolVar(&in.skipOpenAPI, "disable-openapi-validation", false, "accepted for compatibility: the API server checks objects")
	fs.BoolVar(&in.skipCRDs, "skip-crds", false, "do not install the files of crds/ where no revision was deployed yet")
	fs.DurationVar(&in.timeout, "timeout", 5*time.Minute, "time to wait for one operation on the cluster")
	fs.BoolVar(&o.resetValues, "reset-values", false, "take no values of the last revision")
	fs.BoolVar(&o.reuseValues, "reuse-values", false, "take all values of the last revision, its chart's defaults too, and put the new ones over them")
	fs.BoolVar(&o.resetThenReuse, "reset-then-reuse-values", false, "take the new chart's defaults, the user's values of the last revision over them, and the new ones over those")
	fs.BoolVar(&in.waitForJobs, "wait-for-jobs", false, "with --wait, also wait until all Jobs have completed")
	fs.BoolVar(&in.rollbackOnFailure, "rollback-on-failure", false, "roll back to the last good revision when something fails; implies --wait")
	fs.BoolVar(&in.rollbackOnFailure, "atomic", false, "the same as --rollback-on-failure")
	fs.IntVar(&o.historyMax, "history-max", f.settings.maxHistory, "how many revisions are kept, all if it is 0")
	fs.BoolVar(&o.cleanUp, "cleanup-on-fail", false, "delete what a failed upgrade made")
	fs.BoolVar(&in.subNotes, "render-subchart-notes", false, "show the notes of subcharts too")
	fs.BoolVar(&in.hideNotes, "hide-notes", false, "do not show the notes")
	fs.BoolVar(&in.skipSchemaValidation, "skip-schema-validation", false, "do not check values against values.schema.json")
	fs.StringToStringVarP(&in.labels, "labels", "l", nil, "labels of the release's record, added to those it has; the value null takes one away")
	fs.StringVar(&in.description, "description", "", "description of the revision")
	fs.BoolVar(&in.dependencyUpdate, "dependency-update", false, "get dependencies that are missing in charts/ first")
	fs.BoolVar(&in.enableDNS, "enable-dns", false, "let templates ask the DNS (getHostByName)")
	fs.BoolVar(&in.takeOwnership, "take-ownership", false, "take over objects that exist and belong to no release")
	deprecate(fs, "atomic", "use --rollback-on-failure instead")
	o.dryRun.add(fs)
	in.values.add(fs)
	in.chart.add(fs, f.settings.env)
	f.completeVersions(cmd, second)
	o.output.add(cmd)
	o.post.add(fs)
	addWait(cmd, &in.wait)
	o.own.add(cmd)
	complete(cmd, "dry-run", "none", "client", "server")
	complete(cmd, "server-side", "true", "false", "auto")
	return cmd
}

// addForce adds the flags about objects that resist.
func addForce(cmd *cobra.Command, replace, conflicts *bool) {
	fs := cmd.Flags()
	fs.BoolVar(replace, "force-replace", false, "update objects by replacing them")
	fs.BoolVar(replace, "force", false, "the same as --force-replace")
	fs.BoolVar(conflicts, "force-conflicts", false, "take over fields that others manage (with server-side apply)")
	deprecate(fs, "force", "use --force-replace instead")
	cmd.MarkFlagsMutuallyExclusive("force-replace", "force-conflicts")
	cmd.MarkFlagsMutuallyExclusive("force", "force-conflicts")
}

// addWait adds --wait.
func addWait(cmd *cobra.Command, wait *waitFlag) {
	fs := cmd.Flags()
	fs.Var(wait, "wait", "wait until objects are ready: watcher (if nothing is given), hookOnly or legacy")
	fs.Lookup("wait").NoOptDefVal = waitWatcher
	complete(cmd, "wait", waitWatcher, waitHookOnly, waitLegacy)
}

func (o *upgradeOptions) run(ctx context.Context, f *factory, name, ref string) error {
	mode, err := o.dryRun.mode(f)
	if err != nil {
		return err
	}
	f.warn(o.flags.warnings())
	p := f.progress(o.own.quiet)
	env, err := f.env(ctx, p)
	if err != nil {
		return err
	}
	if o.install {
		absent, uninstalled, err := isAbsent(ctx, env, name)
		if err != nil {
			return err
		}
		if absent {
			return o.installInstead(ctx, f, name, ref, mode, uninstalled)
		}
	}
	o.flags.chart.pulledToStdout = o.output.String() == "table"
	ch, vals, err := loadForRelease(ctx, f, ref, &o.flags.chart, &o.flags.values, &o.own, o.flags.dependencyUpdate)
	if err != nil {
		return err
	}
	opts := o.options(mode)
	if opts.PostRender, err = o.post.function(f); err != nil {
		return err
	}
	if err := checkReleaseName(name); err != nil {
		return fmt.Errorf("UPGRADE FAILED: release name is invalid: %s", name)
	}
	rel, err := deploy.Upgrade(ctx, env, name, ch, vals, opts)
	p.end()
	if err != nil {
		return fmt.Errorf("UPGRADE FAILED: %w", explainCancel(ctx, f, name, err))
	}
	text := &releaseText{release: rel, debug: f.settings.debug, hideNotes: o.flags.hideNotes}
	return o.output.write(f, rel, func() (string, error) {
		shown, err := text.text(ctx, f)
		return fmt.Sprintf("Release %q has been upgraded. Happy Helming!\n", name) + shown, err
	})
}

func (o *upgradeOptions) options(mode string) deploy.UpgradeOptions {
	opts := deploy.UpgradeOptions{
		Apply: o.flags.apply(mode), Rendering: o.flags.rendering(&o.own, o.hideSecret),
		RollbackOnFailure: o.flags.rollbackOnFailure, ResetValues: o.resetValues, ReuseValues: o.reuseValues,
		ResetThenReuseValues: o.resetThenReuse, MaxHistory: o.historyMax, SkipCRDs: o.flags.skipCRDs, Labels: o.flags.labels,
	}
	opts.ServerSide, opts.CleanupOnFail = o.serverSide, o.cleanUp
	return opts
}

// isAbsent reports whether a release is not there, or is uninstalled.
func isAbsent(ctx context.Context, env deploy.Env, name string) (absent, uninstalled bool, err error) {
	entries, err := env.Store.Entries(ctx, release.Query{Name: name})
	if err != nil || len(entries) == 0 {
		return err == nil, false, err
	}
	uninstalled = entries[len(entries)-1].Status == release.Uninstalled
	return uninstalled, uninstalled, nil
}

// installInstead is what --install does.
func (o *upgradeOptions) installInstead(ctx context.Context, f *factory, name, ref, mode string, uninstalled bool) error {
	if o.output.String() == "table" {
		if err := f.print(fmt.Sprintf("Release %q does not exist. Installing it now.\n", name)); err != nil {
			return err
		}
	}
	in := &installOptions{install: o.flags, output: o.output, post: o.post, own: o.own, hideSecret: o.hideSecret}
	in.install.serverSide = true
	if on, err := strconv.ParseBool(o.serverSide); err == nil {
		in.install.serverSide = on
	}
	in.install.replace = uninstalled
	return in.deploy(ctx, f, name, ref, mode)
}
