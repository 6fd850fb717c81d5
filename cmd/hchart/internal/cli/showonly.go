package cli

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
)

// completeShowOnly offers the templates of the chart that the arguments name.
func (o *templateOptions) completeShowOnly(f *factory) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ch, err := f.peek(ctx, f.path(args[len(args)-1]), false)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		names := templateNames(ch, "")
		names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix) })
		slices.Sort(names)
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// templateNames lists the templates that make manifests, as --show-only names
// them.
func templateNames(ch *chart.Chart, below string) []string {
	var names []string
	for _, file := range ch.Templates {
		base := path.Base(file.Name)
		if !strings.HasPrefix(base, "_") && !strings.HasSuffix(base, "NOTES.txt") && !ch.IsLibrary() {
			names = append(names, path.Join(below, file.Name))
		}
	}
	for _, sub := range ch.Dependencies() {
		names = append(names, templateNames(sub, path.Join(below, "charts", sub.Name()))...)
	}
	return names
}
