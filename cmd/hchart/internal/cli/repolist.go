package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoListLong = `List the names and URLs of the chart repositories.

  hchart repo list
  hchart repo list -o json`

type repoListOptions struct {
	noHeaders bool
	output    outputFlag
}

func newRepoListCmd(f *factory) *cobra.Command {
	o := &repoListOptions{}
	cmd := &cobra.Command{
		Use:               "list",
		Aliases:           []string{"ls"},
		Short:             "list chart repositories",
		Long:              repoListLong,
		Args:              noArgs,
		ValidArgsFunction: noMoreArgs,
		RunE:              func(*cobra.Command, []string) error { return o.run(f) },
	}
	cmd.Flags().BoolVar(&o.noHeaders, "no-headers", false, "leave the header out of the table")
	o.output.add(cmd)
	return cmd
}

// repoElement is a repository as JSON and YAML show it.
type repoElement struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (o *repoListOptions) run(f *factory) error {
	config, err := repo.ReadConfig(f.repoHome().Config)
	if err != nil {
		config = &repo.Config{}
		if !errors.Is(err, fs.ErrNotExist) {
			f.warn([]string{err.Error()})
		}
	}
	elements := make([]repoElement, 0, len(config.Repositories))
	for _, e := range config.Repositories {
		elements = append(elements, repoElement{e.Name, e.URL})
	}
	if len(elements) == 0 && o.output.String() == "table" {
		fmt.Fprintln(f.sys.Stderr, "no repositories to show")
		return nil
	}
	return o.output.write(f, elements, func() (string, error) {
		t := &table{}
		if !o.noHeaders {
			t.row("NAME", "URL")
		}
		for _, e := range elements {
			t.row(e.Name, e.URL)
		}
		return t.String() + "\n", nil
	})
}
