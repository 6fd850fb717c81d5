package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release/deploy"
)

const rollbackLong = `Make a new revision that is like an earlier one: the given one, or the one before the
last.

  hchart rollback web
  hchart rollback web 3 --wait

"hchart history web" shows the revisions there are.`

type rollbackOptions struct {
	dryRun     dryRunFlag
	wait       waitFlag
	quiet      bool
	apply      deploy.Apply
	historyMax int
}

func newRollbackCmd(f *factory) *cobra.Command {
	o := &rollbackOptions{}
	cmd := &cobra.Command{
		Use:   "rollback RELEASE [REVISION]",
		Short: "go back to an earlier revision of a release",
		Long:  rollbackLong,
		Args:  minimumArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return f.completeRevisions(cmd, args, word)
			}
			return f.completeReleases(1)(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.apply.Description, "description", "", fmt.Sprintf("description of the revision, up to %d characters", deploy.MaxDescription))
	addForce(cmd, &o.apply.ForceReplace, &o.apply.ForceConflicts)
	fs.StringVar(&o.apply.ServerSide, "server-side", "auto", "let the API server merge updates: true, false, or auto (as the earlier revision was made)")
	fs.BoolVar(&o.apply.NoHooks, "no-hooks", false, "leave hooks out")
	fs.DurationVar(&o.apply.Timeout, "timeout", 5*time.Minute, "time to wait for one operation on the cluster")
	fs.BoolVar(&o.apply.WaitForJobs, "wait-for-jobs", false, "with --wait, also wait until all Jobs have completed")
	fs.BoolVar(&o.apply.CleanupOnFail, "cleanup-on-fail", false, "delete what a failed rollback made")
	fs.IntVar(&o.historyMax, "history-max", f.settings.maxHistory, "how many revisions are kept, all if it is 0")
	o.dryRun.add(fs)
	addWait(cmd, &o.wait)
	addQuiet(fs, &o.quiet)
	complete(cmd, "dry-run", "none", "client", "server")
	complete(cmd, "server-side", "true", "false", "auto")
	return cmd
}

func (o *rollbackOptions) run(ctx context.Context, f *factory, args []string) error {
	opts := deploy.RollbackOptions{Apply: o.apply, MaxHistory: o.historyMax}
	if len(args) > 1 {
		revision, err := strconv.Atoi(args[1])
		if err != nil {
			return fmt.Errorf("could not convert revision to a number: %w", err)
		}
		opts.Revision = revision
	}
	var err error
	if opts.DryRun, err = o.dryRun.mode(f); err != nil {
		return err
	}
	f.warn((&installFlags{wait: o.wait}).warnings())
	opts.Wait = o.wait.strategy
	if err := checkReleaseName(args[0]); err != nil {
		return fmt.Errorf("prepareRollback: Release name is invalid: %s", args[0])
	}
	p := f.progress(o.quiet)
	env, err := f.env(ctx, p)
	if err != nil {
		return err
	}
	_, err = deploy.Rollback(ctx, env, args[0], opts)
	p.end()
	if err != nil {
		return err
	}
	return f.print("Rollback was a success! Happy Helming!\n")
}
