package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
)

const dependencyLong = `Work on the dependencies of a chart: the charts that Chart.yaml declares below
"dependencies" and that lie in charts/, as directories or archives.

  dependencies:
    - name: postgresql
      version: ~15.2.0
      repository: https://charts.example.com
      condition: postgresql.enabled`

const dependencyListLong = `List the declared dependencies of a chart and whether charts/ has them:

  ok              there is an archive with a version that fits
  unpacked        there is a directory with a version that fits
  missing         there is nothing
  wrong version   the version that is there does not fit the declared one
  invalid version one of the two versions is none
  too many matches, misnamed, corrupt, bad pattern
                  what is in charts/ cannot be used

Charts in charts/ that are not declared are shown below the table.`

func newDependencyCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dependency",
		Aliases: []string{"dep", "dependencies"},
		Short:   "work on the dependencies of a chart",
		Long:    dependencyLong,
		Args:    noArgs,
	}
	cmd.AddCommand(newDependencyListCmd(f), newDependencyUpdateCmd(f), newDependencyBuildCmd(f))
	return cmd
}

type dependencyListOptions struct {
	maxColumnWidth uint
	outsideLinks   bool
}

func newDependencyListCmd(f *factory) *cobra.Command {
	o := &dependencyListOptions{}
	cmd := &cobra.Command{
		Use:     "list CHART",
		Aliases: []string{"ls"},
		Short:   "list the dependencies of a chart",
		Long:    dependencyListLong,
		Args:    maximumArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "."
			if len(args) > 0 {
				path = filepath.Clean(args[0])
			}
			return o.run(cmd.Context(), f, path)
		},
	}
	cmd.Flags().UintVar(&o.maxColumnWidth, "max-col-width", 80, "widest column of the table")
	addOutsideLinks(cmd.Flags(), &o.outsideLinks)
	return cmd
}

func (o *dependencyListOptions) run(ctx context.Context, f *factory, path string) error {
	ch, err := f.load(ctx, f.path(path), o.outsideLinks)
	if err != nil {
		return err
	}
	if ch.Metadata.Dependencies == nil {
		return f.print(fmt.Sprintf("WARNING: no dependencies at %s\n", filepath.Join(path, "charts")))
	}
	t := newTable(int(o.maxColumnWidth), "NAME", "VERSION", "REPOSITORY", "STATUS")
	for _, dep := range ch.Metadata.Dependencies {
		t.row(dep.Name, dep.Version, dep.Repository, dependencyStatus(ctx, f, path, ch, dep))
	}
	undeclared, err := o.undeclared(ctx, f, path, ch)
	if err != nil {
		return err
	}
	return f.print(t.String() + "\n\n" + undeclared)
}

// undeclared returns a line for each entry of charts/ that is no declared
// dependency.
func (o *dependencyListOptions) undeclared(ctx context.Context, f *factory, path string, ch *chart.Chart) (string, error) {
	entries, err := filepath.Glob(filepath.Join(f.path(path), "charts", "*"))
	if err != nil {
		return err.Error() + "\n", nil
	}
	declared := map[string]bool{}
	for _, dep := range ch.Metadata.Dependencies {
		declared[dep.Name] = true
	}
	var b strings.Builder
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		info, err := os.Stat(entry)
		if err != nil {
			fmt.Fprintf(&b, "Warning: %s\n", err)
			continue
		}
		if !info.IsDir() && filepath.Ext(entry) != ".tgz" {
			continue
		}
		sub, err := f.peek(ctx, entry, o.outsideLinks)
		switch {
		case err != nil:
			fmt.Fprintf(&b, "WARNING: %q is not a chart.\n", entry)
		case !declared[sub.Name()]:
			fmt.Fprintf(&b, "WARNING: %q is not in Chart.yaml.\n", entry)
		}
	}
	return b.String(), nil
}
