package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const searchHubLong = `Look for charts in Artifact Hub (https://artifacthub.io), or in another hub with the
same interface.

  hchart search hub nginx
  hchart search hub 'kind:0 official:true redis' --list-repo-url

What a hub can be asked beyond words is the hub's to say.`

type searchHubOptions struct {
	endpoint    string
	listRepoURL bool
	searchFlags
}

func newSearchHubCmd(f *factory) *cobra.Command {
	o := &searchHubOptions{}
	cmd := &cobra.Command{
		Use:   "hub [KEYWORD...]",
		Short: "look for charts in Artifact Hub or a hub of your own",
		Long:  searchHubLong,
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.endpoint, "endpoint", "https://hub.helm.sh", "URL of the hub")
	fs.BoolVar(&o.listRepoURL, "list-repo-url", false, "show the URLs of the repositories")
	o.searchFlags.add(cmd)
	return cmd
}

// hubElement is a chart as JSON and YAML show it.
type hubElement struct {
	URL         string `json:"url"`
	Version     string `json:"version"`
	AppVersion  string `json:"app_version"`
	Description string `json:"description"`
	Repository  struct {
		URL  string `json:"url"`
		Name string `json:"name"`
	} `json:"repository"`
}

func (o *searchHubOptions) run(ctx context.Context, f *factory, args []string) error {
	found, err := f.repoClient(true).SearchHub(ctx, o.endpoint, strings.Join(args, " "))
	if err != nil {
		return fmt.Errorf("cannot search %s: %w", repo.Redact(o.endpoint), err)
	}
	elements := make([]hubElement, len(found))
	for i, c := range found {
		e := &elements[i]
		e.URL, e.Version, e.AppVersion, e.Description = c.URL, c.Version, c.AppVersion, c.Description
		e.Repository.URL, e.Repository.Name = c.RepositoryURL, c.RepositoryName
	}
	header := []string{"URL", "CHART VERSION", "APP VERSION", "DESCRIPTION"}
	if o.listRepoURL {
		header = append(header, "REPO URL")
	}
	return o.write(f, len(elements), elements, header, func(i int) []string {
		e := elements[i]
		cells := []string{e.URL, e.Version, e.AppVersion, e.Description}
		if o.listRepoURL {
			cells = append(cells, e.Repository.URL)
		}
		return cells
	})
}
