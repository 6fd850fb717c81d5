package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release/deploy"
)

const statusLong = `Show how a release is: its last revision, what became of it, the objects that are
there, and its notes.

  hchart status web
  hchart status web --revision 3 -o json`

type statusOptions struct {
	revision int
	output   outputFlag
}

func newStatusCmd(f *factory) *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use:               "status RELEASE",
		Short:             "show how a release is",
		Long:              statusLong,
		Args:              exactArgs(1),
		ValidArgsFunction: f.completeReleases(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	cmd.Flags().IntVar(&o.revision, "revision", 0, "revision to show, the last one if it is 0")
	completeBy(cmd, "revision", f.completeRevisions)
	o.output.add(cmd)
	return cmd
}

func (o *statusOptions) run(ctx context.Context, f *factory, name string) error {
	rel, err := f.last(ctx, name, o.revision)
	if err != nil {
		return err
	}
	rel.Chart = nil // as Helm does
	env, err := f.env(ctx, f.progress(true))
	if err != nil {
		return err
	}
	text := &releaseText{release: rel}
	if o.output.format == "json" || o.output.format == "yaml" {
		rel.Info.Resources, err = deploy.LiveResources(ctx, env, rel.Manifest)
	} else {
		text.resources, err = deploy.Resources(ctx, env, rel.Manifest)
	}
	if err != nil {
		return err
	}
	return o.output.write(f, rel, func() (string, error) { return text.text(ctx, f) })
}
