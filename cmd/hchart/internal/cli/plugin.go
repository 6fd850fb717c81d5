package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
)

const pluginLong = `Work with plugins. A plugin is a directory with a plugin.yaml that adds a command, gets
charts from URLs of other schemes (s3://…), or changes rendered manifests
(--post-renderer). Plugins lie in HELM_PLUGINS; Helm and hchart share them.

  hchart plugin install https://example.com/diff-1.2.3.tgz
  hchart diff upgrade web ./web

HELM_NO_PLUGINS=1 leaves the commands of plugins out.`

const pluginListLong = `List the plugins that are installed. PROVENANCE is

  signed                 there is a signature for the archive that was installed
  unsigned               there is none
  local dev              the plugin is a link to a directory
  invalid provenance, mismatched provenance
                         there is a signature that is none, or that is for another archive`

func newPluginCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "install, list and uninstall plugins",
		Long:  pluginLong,
	}
	cmd.AddCommand(
		newPluginInstallCmd(f),
		newPluginListCmd(f),
		newPluginPackageCmd(f),
		newPluginUninstallCmd(f),
		newPluginUpdateCmd(f),
		newPluginVerifyCmd(f),
	)
	return cmd
}

// pluginDirs are the directories of plugins.
func (f *factory) pluginDirs() []string {
	dirs := filepath.SplitList(f.settings.plugins)
	for i, dir := range dirs {
		dirs[i] = f.path(dir)
	}
	return dirs
}

// plugins reads the plugins of a type, of all types for "". It warns of broken ones.
func (f *factory) plugins(kind string) ([]*plugin.Plugin, error) {
	return plugin.All(f.pluginDirs(), kind, func(warning string) { f.logger().Warn(warning) })
}

// pluginEnviron is the environment of plugins that are commands or get something: that of
// the process, and the settings.
func (f *factory) pluginEnviron() []string {
	environ := f.processEnviron()
	for name, value := range f.variables() {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// processEnviron is the environment of post-renderers and hooks, as in Helm.
func (f *factory) processEnviron() []string {
	if f.sys.Environ == nil {
		return nil
	}
	return slices.Clip(f.sys.Environ())
}

// runHook runs a hook of a plugin.
func (f *factory) runHook(ctx context.Context, p *plugin.Plugin, event plugin.Event) error {
	return p.Hook(ctx, event, f.processEnviron(), plugin.Streams{Stdout: f.sys.Stdout, Stderr: f.sys.Stderr})
}

func newPluginListCmd(f *factory) *cobra.Command {
	var kind string
	cmd := &cobra.Command{
		Use:               "list",
		Aliases:           []string{"ls"},
		Short:             "list plugins",
		Long:              pluginListLong,
		ValidArgsFunction: noMoreArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := f.plugins(kind)
			if err != nil {
				return err
			}
			t := newTable(0, "NAME", "VERSION", "TYPE", "APIVERSION", "PROVENANCE", "SOURCE")
			for _, p := range all {
				source := p.SourceURL()
				if source == "" {
					source = "unknown"
				}
				t.row(p.Name(), p.Version(), p.Type(), p.APIVersion(), p.Signed(), source)
			}
			return f.print(t.String() + "\n")
		},
	}
	cmd.Flags().StringVar(&kind, "type", "", "show plugins of this type only: "+plugin.Command+", "+plugin.Getter+" or "+plugin.PostRenderer)
	return cmd
}

func newPluginUpdateCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:     "update <plugin>...",
		Aliases: []string{"up"},
		Short:   "update plugins",
		Long: `Update plugins that were installed from a repository of git, or that are links to one.
Other plugins are updated by uninstalling them and installing the new version.`,
		ValidArgsFunction: f.completePlugins,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.changePlugins(args, "update", "Updated", func(p *plugin.Plugin) error {
				updated, err := p.Pull(cmd.Context(), f.processEnviron())
				if err != nil {
					return err
				}
				return f.runHook(cmd.Context(), updated, plugin.Updated)
			})
		},
	}
}

func newPluginUninstallCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "uninstall <plugin>...",
		Aliases:           []string{"rm", "remove"},
		Short:             "uninstall plugins",
		Long:              `Uninstall plugins. Of a plugin that is a link to a directory only the link is removed.`,
		ValidArgsFunction: f.completePlugins,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.changePlugins(args, "uninstall", "Uninstalled", func(p *plugin.Plugin) error {
				if err := p.Remove(); err != nil {
					return err
				}
				return f.runHook(cmd.Context(), p, plugin.Uninstalled)
			})
		},
	}
}

// changePlugins does something to each of the plugins named, also where it fails for one.
func (f *factory) changePlugins(names []string, verb, done string, change func(*plugin.Plugin) error) error {
	if len(names) == 0 {
		return fmt.Errorf("please provide plugin name to %s", verb)
	}
	all, err := f.plugins("")
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range names {
		i := slices.IndexFunc(all, func(p *plugin.Plugin) bool { return p.Name() == name })
		if i < 0 {
			failed = append(failed, fmt.Errorf("plugin %q not found, 'hchart plugin list' shows those that are installed", name))
			continue
		}
		if err := change(all[i]); err != nil {
			failed = append(failed, fmt.Errorf("failed to %s plugin %s: %w", verb, name, err))
			continue
		}
		if err := f.print(fmt.Sprintf("%s plugin: %s\n", done, name)); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

// completePlugins offers the plugins that are commands and not named yet.
func (f *factory) completePlugins(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	all, err := f.plugins(plugin.Command)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, p := range all {
		if !slices.Contains(args, p.Name()) {
			names = append(names, p.Name()+"\t"+p.CommandConfig().ShortHelp)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
