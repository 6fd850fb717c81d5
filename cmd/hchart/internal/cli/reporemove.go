package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoRemoveLong = `Remove chart repositories from the list, and their indexes from the cache. Charts that
were fetched from them stay.

  hchart repo remove bitnami
  hchart repo remove one two`

func newRepoRemoveCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "remove REPO...",
		Aliases:           []string{"rm"},
		Short:             "remove chart repositories",
		Long:              repoRemoveLong,
		Args:              minimumArgs(1),
		ValidArgsFunction: f.completeRepositories,
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := repo.ReadConfig(f.repoHome().Config)
			if errors.Is(err, fs.ErrNotExist) || err == nil && len(config.Repositories) == 0 {
				return errNoRepositories
			}
			for _, name := range args {
				if err := removeRepository(cmd.Context(), f, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func removeRepository(ctx context.Context, f *factory, name string) error {
	home := f.repoHome()
	err := repo.EditConfig(ctx, home.Config, func(c *repo.Config) error {
		if !c.Remove(name) {
			return fmt.Errorf("there is no repository %q", name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if filepath.IsLocal(name + "-index.yaml") { // else it never had files
		for _, file := range []string{home.ChartsFile(name), home.ValidatorFile(name), home.IndexFile(name)} {
			if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%q was removed from the list, but its index stays in the cache: %w", name, err)
			}
		}
	}
	return f.print(fmt.Sprintf("%q has been removed from your repositories\n", name))
}
