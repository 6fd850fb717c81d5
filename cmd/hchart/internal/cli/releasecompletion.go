package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release"
)

// completeReleases completes up to n names of releases.
func (f *factory) completeReleases(n int) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if n > 0 && len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		entries, ok := f.entries(cmd, release.Query{})
		if !ok {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var words []string
		for i, e := range entries {
			if i == len(entries)-1 || entries[i+1].Name != e.Name {
				words = append(words, fmt.Sprintf("%s\trevision %d, %s", e.Name, e.Revision, e.Status))
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeRevisions completes the revisions of the release of the first argument.
func (f *factory) completeRevisions(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	entries, ok := f.entries(cmd, release.Query{Name: args[0]})
	if !ok {
		return nil, cobra.ShellCompDirectiveError
	}
	var words []string
	for _, e := range entries {
		words = append(words, strconv.Itoa(e.Revision)+"\t"+string(e.Status))
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

func (f *factory) entries(cmd *cobra.Command, q release.Query) ([]release.Entry, bool) {
	client, err := f.client()
	if err != nil {
		return nil, false
	}
	store, err := f.store(cmd.Context(), client, f.namespace())
	if err != nil {
		return nil, false
	}
	entries, err := store.Entries(cmd.Context(), q)
	return entries, err == nil
}
