package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const searchRepoLong = `Look for charts in the repositories that were added, by words in their names,
descriptions and keywords; show all of them if no word is given. Their indexes are the
cached ones: 'hchart repo update' fetches them anew.

  hchart search repo nginx
  hchart search repo nginx --versions --devel
  hchart search repo nginx --version '^15'
  hchart search repo -r '^(web|proxy)'

Of each chart the newest stable version that fits is shown, all of them with --versions.

A chart in a registry is asked for by its whole name, for registries have no index:

  hchart search repo oci://registry.example.com/charts/nginx --versions

What the chart is about is shown for the newest version alone, because each version would
have to be pulled in part.`

type searchRepoOptions struct {
	search    repo.SearchOptions
	transport transportFlags // for registries
	searchFlags
}

func newSearchRepoCmd(f *factory) *cobra.Command {
	o := &searchRepoOptions{}
	cmd := &cobra.Command{
		Use:   "repo [KEYWORD...]",
		Short: "look for charts in the repositories that were added",
		Long:  searchRepoLong,
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.BoolVarP(&o.search.Regexp, "regexp", "r", false, "the words are a regular expression")
	fs.BoolVarP(&o.search.Versions, "versions", "l", false, "show all versions, one in a line")
	fs.BoolVar(&o.search.Devel, "devel", false, "show pre-releases as well, as --version '>0.0.0-0' does")
	fs.StringVar(&o.search.Version, "version", "", "constraint that versions have to meet")
	o.searchFlags.add(cmd)
	o.transport.addRegistry(fs)
	return cmd
}

// chartElement is a chart as JSON and YAML show it.
type chartElement struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	AppVersion  string `json:"app_version"`
	Description string `json:"description"`
}

func (o *searchRepoOptions) run(ctx context.Context, f *factory, args []string) error {
	f.beforeWork()
	if slices.ContainsFunc(args, isRegistryRef) {
		return o.registry(ctx, f, args)
	}
	in, err := f.cachedIndexes(ctx)
	if err != nil {
		return err
	}
	found, err := repo.Search(ctx, in, strings.Join(args, " "), o.search)
	if err != nil {
		return err
	}
	elements := make([]chartElement, len(found))
	for i, r := range found {
		elements[i] = chartElement{r.Name, r.Version, r.AppVersion, r.Description}
	}
	return o.show(f, elements)
}

// show prints charts.
func (o *searchRepoOptions) show(f *factory, elements []chartElement) error {
	header := []string{"NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"}
	return o.write(f, len(elements), elements, header, func(i int) []string {
		e := elements[i]
		return []string{e.Name, e.Version, e.AppVersion, e.Description}
	})
}

// cachedIndexes reads the indexes of all repositories. It warns of those that cannot be
// read.
func (f *factory) cachedIndexes(ctx context.Context) ([]repo.SearchIn, error) {
	config, err := repo.ReadConfig(f.repoHome().Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoRepositories
	case err != nil:
		return nil, err
	case len(config.Repositories) == 0:
		return nil, errNoRepositories
	}
	client := f.repoClient(true)
	indexes, errs := make([]*repo.Index, len(config.Repositories)), make([]error, len(config.Repositories))
	var all sync.WaitGroup
	for i, e := range config.Repositories {
		all.Go(func() { indexes[i], errs[i] = client.Index(ctx, e.Name) })
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var in []repo.SearchIn
	for i, e := range config.Repositories {
		if errs[i] != nil {
			f.warn([]string{fmt.Sprintf("the repository %q is left out: %v", e.Name, errs[i])})
			continue
		}
		in = append(in, repo.SearchIn{Repository: e.Name, Index: indexes[i]})
	}
	return in, nil
}
