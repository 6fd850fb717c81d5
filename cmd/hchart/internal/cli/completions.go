package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release/kube"
)

// complete makes the shell offer fixed words for the value of a flag. A word may
// have a description behind a tab.
func complete(cmd *cobra.Command, flag string, words ...string) {
	completeBy(cmd, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	})
}

// completeBy makes the shell offer what fn returns.
func completeBy(cmd *cobra.Command, flag string, fn func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)) {
	// The only error is that of a flag which does not exist or is completed
	// already: a mistake in this package, which TestCompletions shows.
	_ = cmd.RegisterFlagCompletionFunc(flag, fn)
}

// noMoreArgs completes an argument that is one too many.
func noMoreArgs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return cobra.AppendActiveHelp(nil, "There are no more arguments; flags may follow."), cobra.ShellCompDirectiveNoFileComp
}

// chartAt completes the argument number n with paths, and no other.
func chartAt(n int, args []string) ([]string, cobra.ShellCompDirective) {
	switch {
	case len(args) == n:
		return nil, cobra.ShellCompDirectiveDefault
	case len(args) > n:
		return noMoreArgs(nil, nil, "")
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeKubeContexts offers the contexts of the kubeconfig.
func (f *factory) completeKubeContexts(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	contexts, err := kube.Contexts(f.configOptions())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, c := range contexts {
		if strings.HasPrefix(c.Name, prefix) {
			names = append(names, c.Name+"\t"+c.Cluster)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
