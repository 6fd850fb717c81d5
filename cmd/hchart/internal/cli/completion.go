package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

const completionLong = `Print a script that makes a shell complete the commands of hchart, their flags
and arguments.`

const completionBashLong = `Print the completion script for bash.

For the running shell:

  source <(hchart completion bash)

For every new shell:

  hchart completion bash > /etc/bash_completion.d/hchart                          # Linux
  hchart completion bash > "$(brew --prefix)/etc/bash_completion.d/hchart"        # macOS`

const completionZshLong = `Print the completion script for zsh.

For the running shell:

  source <(hchart completion zsh)

For every new shell:

  hchart completion zsh > "${fpath[1]}/_hchart"`

const completionFishLong = `Print the completion script for fish.

For the running shell:

  hchart completion fish | source

For every new shell:

  hchart completion fish > ~/.config/fish/completions/hchart.fish`

const completionPowershellLong = `Print the completion script for PowerShell.

For the running shell:

  hchart completion powershell | Out-String | Invoke-Expression

For every new shell, add the output to your profile.`

type completionOptions struct{ noDescriptions bool }

func newCompletionCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion",
		Short: "print a completion script for a shell",
		Long:  completionLong,
		Args:  noArgs,
	}
	add := func(shell, long string, run func(o *completionOptions, f *factory, root *cobra.Command) error) {
		o := &completionOptions{}
		sub := &cobra.Command{
			Use:               shell,
			Short:             "print the completion script for " + shell,
			Long:              long,
			Args:              noArgs,
			ValidArgsFunction: noMoreArgs,
			RunE:              func(cmd *cobra.Command, _ []string) error { return run(o, f, cmd.Root()) },
		}
		sub.Flags().BoolVar(&o.noDescriptions, "no-descriptions", false, "complete without descriptions")
		cmd.AddCommand(sub)
	}
	add("bash", completionBashLong, (*completionOptions).bash)
	add("zsh", completionZshLong, (*completionOptions).zsh)
	add("fish", completionFishLong, (*completionOptions).fish)
	add("powershell", completionPowershellLong, (*completionOptions).powershell)
	return cmd
}

func (o *completionOptions) bash(f *factory, root *cobra.Command) error {
	var b strings.Builder
	if err := root.GenBashCompletionV2(&b, !o.noDescriptions); err != nil {
		return err
	}
	if called := calledAs(f, root); called != "" {
		fmt.Fprintf(&b, `
# The program was called under another name.
if [[ $(type -t compopt) = "builtin" ]]; then
    complete -o default -F __start_%[2]s %[1]s
else
    complete -o default -o nospace -F __start_%[2]s %[1]s
fi
`, called, root.Name())
	}
	return f.print(b.String())
}

func (o *completionOptions) zsh(f *factory, root *cobra.Command) error {
	var b strings.Builder
	generate := root.GenZshCompletion
	if o.noDescriptions {
		generate = root.GenZshCompletionNoDesc
	}
	if err := generate(&b); err != nil {
		return err
	}
	if called := calledAs(f, root); called != "" {
		fmt.Fprintf(&b, "\n# The program was called under another name.\ncompdef _%s %s\n", root.Name(), called)
	}
	// So that the script can be sourced, not only put into fpath.
	fmt.Fprintf(&b, "compdef _%[1]s %[1]s", root.Name())
	return f.print(b.String())
}

func (o *completionOptions) fish(f *factory, root *cobra.Command) error {
	var b strings.Builder
	if err := root.GenFishCompletion(&b, !o.noDescriptions); err != nil {
		return err
	}
	return f.print(b.String())
}

func (o *completionOptions) powershell(f *factory, root *cobra.Command) error {
	var b strings.Builder
	generate := root.GenPowerShellCompletionWithDesc
	if o.noDescriptions {
		generate = root.GenPowerShellCompletion
	}
	if err := generate(&b); err != nil {
		return err
	}
	return f.print(b.String())
}

// calledAs returns the name the program was called under if it is not its own.
// A name that a shell would not take for one word is left out.
func calledAs(f *factory, root *cobra.Command) string {
	name := filepath.Base(f.sys.Program)
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-+", r)
	}
	if name == root.Name() || strings.TrimFunc(name, isPlain) != "" || strings.HasPrefix(name, "-") {
		return ""
	}
	return name
}
