package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelpCmd is the command help: for a command that does not exist it shows the
// usage on standard error and, as in Helm, succeeds.
func newHelpCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "show what a command does",
		Long:  "Show what a command does and what flags it has: hchart help show values",
		// Help is for everybody: no checks of global flags.
		PersistentPreRun:  func(*cobra.Command, []string) {},
		ValidArgsFunction: completeCommands,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			topic, rest, err := root.Find(args)
			if err != nil || topic == nil || len(rest) > 0 && !topic.HasParent() {
				fmt.Fprintf(f.sys.Stderr, "Unknown help topic %q\n%s", strings.Join(args, " "), root.UsageString())
				return nil
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// completeCommands offers the commands below the one that args name.
func completeCommands(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	parent, _, err := cmd.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, sub := range parent.Commands() {
		if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), prefix) {
			names = append(names, sub.Name()+"\t"+sub.Short)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
