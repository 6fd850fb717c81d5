package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoLong = `Work on the list of chart repositories: add and remove them, show them, fetch their
indexes anew. 'hchart repo index' makes the index of a repository of your own.

The list is the file of --repository-config, which hchart and Helm share.`

func newRepoCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repo",
		Short: "work on chart repositories",
		Long:  repoLong,
		Args:  noArgs,
	}
	cmd.AddCommand(newRepoAddCmd(f), newRepoIndexCmd(f), newRepoListCmd(f), newRepoRemoveCmd(f), newRepoUpdateCmd(f))
	return cmd
}

// errNoRepositories says that there is nothing to work on.
var errNoRepositories = errors.New("no repositories configured: 'repo add' adds one")

// completeRepositories offers the repositories that are not among the arguments yet.
func (f *factory) completeRepositories(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	config, err := repo.ReadConfig(f.repoHome().Config)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	given := map[string]bool{}
	for _, arg := range args {
		given[arg] = true
	}
	var names []string
	for _, e := range config.Repositories {
		if !given[e.Name] {
			names = append(names, e.Name+"\t"+repo.Redact(e.URL))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
