package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoUpdateLong = `Fetch the indexes of chart repositories anew: of all, or of those that are named. What a
server says has not changed is not fetched.

  hchart repo update
  hchart repo update bitnami

An index that cannot be had leaves the cached one as it is, and is an error.`

type repoUpdateOptions struct{ timeout time.Duration }

func newRepoUpdateCmd(f *factory) *cobra.Command {
	o := &repoUpdateOptions{}
	cmd := &cobra.Command{
		Use:               "update [REPO...]",
		Aliases:           []string{"up"},
		Short:             "fetch the indexes of chart repositories anew",
		Long:              repoUpdateLong,
		ValidArgsFunction: f.completeRepositories,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	cmd.Flags().DurationVar(&o.timeout, "timeout", defaultIndexTimeout, "how long fetching an index may take, 0 for as long as it takes")
	return cmd
}

func (o *repoUpdateOptions) run(ctx context.Context, f *factory, names []string) error {
	config, err := repo.ReadConfig(f.repoHome().Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errNoRepositories
	case err != nil:
		return err
	case len(config.Repositories) == 0:
		return errNoRepositories
	}
	entries, err := chosen(config, names)
	if err != nil {
		return err
	}
	return o.update(ctx, f, entries)
}

// chosen returns the repositories with the names, all if there are none.
func chosen(config *repo.Config, names []string) ([]repo.Entry, error) {
	if len(names) == 0 {
		return config.Repositories, nil
	}
	wanted := map[string]bool{}
	for _, name := range names {
		if _, ok := config.Get(name); !ok {
			return nil, fmt.Errorf("there is no repository %q, nothing is updated", name)
		}
		wanted[name] = true
	}
	var entries []repo.Entry
	for _, e := range config.Repositories {
		if wanted[e.Name] {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// update fetches indexes at the same time, and tells of them in the order of the list.
func (o *repoUpdateOptions) update(ctx context.Context, f *factory, entries []repo.Entry) error {
	f.beforeWork()
	if err := f.print("Hang tight while we grab the latest from your chart repositories...\n"); err != nil {
		return err
	}
	client := f.repoClient(false)
	results := make([]chan error, len(entries))
	for i, e := range entries {
		results[i] = make(chan error, 1)
		go func() { results[i] <- f.fetchIndex(ctx, client, e, o.timeout) }()
	}
	var failed []string
	for i, e := range entries {
		err := <-results[i]
		line := fmt.Sprintf("...Successfully got an update from the %q chart repository\n", e.Name)
		if err != nil {
			url := repo.Redact(e.URL)
			failed = append(failed, url)
			line = fmt.Sprintf("...Unable to get an update from the %q chart repository (%s):\n\t%s\n", e.Name, url, err)
		}
		if err := f.print(line); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("these repositories could not be updated: %s", strings.Join(failed, ", "))
	}
	return f.print("Update Complete. ⎈Happy Helming!⎈\n")
}
