package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
)

// PluginExitError is a command of a plugin that failed. Its exit code becomes that of
// hchart.
type PluginExitError struct {
	Code int
	Err  error
}

func (e *PluginExitError) Error() string { return e.Err.Error() }
func (e *PluginExitError) Unwrap() error { return e.Err }

// addPluginCommands adds the commands of plugins. It is not called where the first
// argument names a command of ours: that is not to wait for plugins.
func addPluginCommands(f *factory, root *cobra.Command) {
	if f.settings.env.get("HELM_NO_PLUGINS") == "1" {
		return
	}
	found, err := f.plugins(plugin.Command)
	if err != nil {
		f.logger().Error("failed to load plugins", "error", err.Error())
		return
	}
	completing := len(f.sys.Args) > 0 && strings.HasPrefix(f.sys.Args[0], cobra.ShellCompRequestCmd)
	for _, p := range found {
		cmd := newPluginCommand(f, p)
		if taken := slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == cmd.Name() }); taken {
			f.logger().Error("failed to load a plugin: there is a command of that name", "name", cmd.Name(), "plugin", p.Dir)
			continue
		}
		root.AddCommand(cmd)
		if completing {
			addPluginCompletion(f, p, cmd)
		}
	}
}

// newPluginCommand makes a command of a plugin. All flags are the plugin's, those that
// are global ones of ours aside.
func newPluginCommand(f *factory, p *plugin.Plugin) *cobra.Command {
	config := p.CommandConfig()
	cmd := &cobra.Command{
		Use:                config.Usage,
		Short:              config.ShortHelp,
		Long:               config.LongHelp,
		DisableFlagParsing: true,
	}
	if cmd.Use == "" {
		cmd.Use = p.Name()
	}
	if cmd.Short == "" {
		cmd.Short = fmt.Sprintf("the %q plugin", p.Name())
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		args, err := parseGlobalFlags(cmd.Parent(), args)
		if err != nil {
			return err
		}
		if config.IgnoreFlags {
			args = nil
		}
		err = p.Exec(cmd.Context(), args, f.pluginEnviron(), plugin.Streams{Stdin: f.sys.Stdin, Stdout: f.sys.Stdout, Stderr: f.sys.Stderr})
		if failed, ok := errors.AsType[*plugin.RunError](err); ok && failed.ExitCode > 0 {
			return &PluginExitError{Code: failed.ExitCode, Err: err}
		}
		return err
	}
	return cmd
}

// parseGlobalFlags takes the global flags out of the arguments of a plugin's command, sets
// them, and returns the other arguments.
func parseGlobalFlags(parent *cobra.Command, args []string) ([]string, error) {
	ours, theirs := splitGlobalFlags(args)
	return theirs, parent.ParseFlags(ours)
}

// withValue are the global flags that plugins do not see, with their value. Those that are
// not among them are passed on.
func withValue() []string {
	return []string{
		"--kube-context", "--namespace", "-n", "--kubeconfig", "--kube-apiserver", "--kube-token", "--kube-as-user",
		"--kube-as-group", "--kube-ca-file", "--registry-config", "--repository-cache", "--repository-config",
		"--kube-insecure-skip-tls-verify", "--kube-tls-server-name",
	}
}

func splitGlobalFlags(args []string) (ours, theirs []string) {
	known := withValue()
	for i := 0; i < len(args); i++ {
		name, _, hasValue := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--debug", hasValue && slices.Contains(known, name):
			ours = append(ours, args[i])
		case slices.Contains(known, args[i]):
			ours = append(ours, args[i])
			if i++; i < len(args) {
				ours = append(ours, args[i])
			}
		default:
			theirs = append(theirs, args[i])
		}
	}
	return ours, theirs
}
