package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const envLong = `Print the settings that the environment and the global flags make, in a form that
a shell can read. With NAME, print the value of that one.`

func newEnvCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "env [NAME]",
		Short: "print the settings",
		Long:  envLong,
		Args:  maximumArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return noMoreArgs(nil, nil, "")
			}
			return slices.Sorted(maps.Keys(f.variables())), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return runEnv(f, args) },
	}
}

func (f *factory) variables() map[string]string {
	return f.settings.variables(f.sys.Program, f.namespace())
}

// runEnv prints all variables, or the value of the one that args names: an empty
// line if there is none of that name.
func runEnv(f *factory, args []string) error {
	vars := f.variables()
	if len(args) > 0 {
		return f.print(vars[args[0]] + "\n")
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		fmt.Fprintf(&b, "%s=\"%s\"\n", name, vars[name])
	}
	return f.print(b.String())
}
