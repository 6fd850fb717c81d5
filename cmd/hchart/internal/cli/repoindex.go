package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoIndexLong = `Write index.yaml for the archives in a directory and in the directories right below it,
so that a web server makes a chart repository of it.

  hchart repo index ./charts --url https://charts.example.com
  hchart repo index ./new --merge ./old/index.yaml

With --merge, versions of another index that the directory does not have are taken from
there.`

type repoIndexOptions struct {
	url, merge string
	json       bool
}

func newRepoIndexCmd(f *factory) *cobra.Command {
	o := &repoIndexOptions{}
	cmd := &cobra.Command{
		Use:   "index DIR",
		Short: "write the index of a directory with chart archives",
		Long:  repoIndexLong,
		Args:  exactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return chartAt(0, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.url, "url", "", "URL that the directory will have; without it, URLs in the index are relative")
	fs.StringVar(&o.merge, "merge", "", "index to take further versions from, which is made if it is not there")
	fs.BoolVar(&o.json, "json", false, "write JSON instead of YAML")
	return cmd
}

func (o *repoIndexOptions) run(ctx context.Context, f *factory, dir string) error {
	dir, err := f.absolute(dir)
	if err != nil {
		return err
	}
	f.beforeWork()
	index, err := repo.IndexDirectory(ctx, dir, repo.IndexDirectoryOptions{URL: o.url})
	if err != nil {
		return err
	}
	if o.merge != "" {
		if err := o.mergeInto(f, index); err != nil {
			return fmt.Errorf("cannot merge: %w", err)
		}
	}
	return index.WriteFile(filepath.Join(dir, "index.yaml"), repo.EncodeOptions{JSON: o.json})
}

func (o *repoIndexOptions) mergeInto(f *factory, index *repo.Index) error {
	path := f.path(o.merge)
	other, err := repo.ReadIndex(path, repo.IndexOptions{})
	if errors.Is(err, fs.ErrNotExist) {
		// As Helm does, so that the next run finds one.
		return repo.NewIndex().WriteFile(path, repo.EncodeOptions{JSON: o.json})
	}
	if err != nil {
		return err
	}
	var warnings []string
	for _, skipped := range other.Skipped() {
		warnings = append(warnings, fmt.Sprintf("%s has an entry that is left out: %v", o.merge, skipped))
	}
	f.warn(warnings)
	return index.Merge(other)
}
