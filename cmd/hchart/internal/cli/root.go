package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootLong = `hchart renders, checks, packages and installs Helm charts.

What it renders and records is byte for byte what Helm v4 renders and records. It takes
Helm's flags, environment variables and files, so that 'alias helm=hchart' works.

  hchart template   render a chart
  hchart lint       look for mistakes in a chart
  hchart show       show what a chart says of itself
  hchart create     start a new chart
  hchart package    put a chart into an archive
  hchart repo       work on chart repositories
  hchart search     look for charts
  hchart verify     check the signature of an archive
  hchart pull       download charts
  hchart push       push a chart to a registry
  hchart registry   log in to registries and out of them
  hchart install    install a chart as a release
  hchart upgrade    upgrade a release
  hchart rollback   go back to an earlier revision
  hchart uninstall  uninstall releases
  hchart list       list releases
  hchart status     show how a release is
  hchart history    show the revisions of a release
  hchart get        show what the record of a release holds
  hchart test       run the tests of a release
  hchart plugin     install, list and uninstall plugins

Environment variables:

  HELM_CACHE_HOME          directory for cached files
  HELM_CONFIG_HOME         directory for configuration
  HELM_DATA_HOME           directory for plugins and starter charts
  HELM_CONTENT_CACHE       directory for cached charts
  HELM_REPOSITORY_CACHE    directory for cached repository indexes
  HELM_REPOSITORY_CONFIG   file with the names and URLs of repositories
  HELM_REGISTRY_CONFIG     file with the logins of registries
  HELM_PLUGINS             directory of plugins
  HELM_NO_PLUGINS          1 leaves the commands of plugins out
  HELM_DEBUG               the same as --debug
  HELM_COLOR               the same as --color; NO_COLOR means never
  HELM_NAMESPACE           the same as --namespace
  HELM_DRIVER              where records are kept: secret, configmap, memory or sql
  HELM_DRIVER_SQL_CONNECTION_STRING
                           the PostgreSQL database of HELM_DRIVER=sql
  HELM_MAX_HISTORY         revisions of a release that are kept
  HELM_BURST_LIMIT         the same as --burst-limit
  HELM_QPS                 the same as --qps
  KUBECONFIG               kubeconfig files
  HELM_KUBECONTEXT, HELM_KUBETOKEN, HELM_KUBEASUSER, HELM_KUBEASGROUPS,
  HELM_KUBEAPISERVER, HELM_KUBECAFILE, HELM_KUBETLS_SERVER_NAME,
  HELM_KUBEINSECURE_SKIP_TLS_VERIFY
                           the same as the --kube flags
  SOURCE_DATE_EPOCH        Unix time of the files in archives

Each of the three directories is that of its HELM_ variable, else "helm" below
that of XDG_CACHE_HOME, XDG_CONFIG_HOME or XDG_DATA_HOME, else

  Linux     ~/.cache/helm           ~/.config/helm              ~/.local/share/helm
  macOS     ~/Library/Caches/helm   ~/Library/Preferences/helm  ~/Library/helm
  Windows   %TEMP%\helm             %APPDATA%\helm              %APPDATA%\helm`

// newRootCmd builds the tree of commands: the one that the first argument names,
// or all where it names none.
func newRootCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:           "hchart",
		Short:         "render, check, package and install Helm charts",
		Long:          rootLong,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			warnDeprecated(f, cmd.Flags())
			if !isColorMode(f.settings.color) {
				return fmt.Errorf("invalid color mode %q: must be one of: never, auto, always", f.settings.color)
			}
			return nil
		},
	}
	cmd.SetArgs(f.sys.Args)
	cmd.SetIn(f.sys.Stdin)
	cmd.SetOut(f.sys.Stdout)
	cmd.SetErr(f.sys.Stderr)

	fs := cmd.PersistentFlags()
	f.settings.addFlags(fs)
	addLogFlags(fs)
	complete(cmd, "color", "never", "auto", "always")
	complete(cmd, "colour", "never", "auto", "always")
	complete(cmd, "namespace")
	completeBy(cmd, "kube-context", f.completeKubeContexts)

	cmd.SetHelpCommand(newHelpCmd(f))
	// Cobra would add a command of its own where it sees none for completion.
	cmd.CompletionOptions.DisableDefaultCmd = true
	wanted := wantedCommands(f)
	cmd.AddCommand(wanted...)
	if len(wanted) > 1 {
		addPluginCommands(f, cmd)
	}
	return cmd
}

// command is a command below the root.
type command struct {
	name  string
	build func(*factory) *cobra.Command
}

func commands() []command {
	return []command{
		{"completion", newCompletionCmd},
		{"create", newCreateCmd},
		{"dependency", newDependencyCmd},
		{"env", newEnvCmd},
		{"get", newGetCmd},
		{"history", newHistoryCmd},
		{"install", newInstallCmd},
		{"lint", newLintCmd},
		{"list", newListCmd},
		{"package", newPackageCmd},
		{"plugin", newPluginCmd},
		{"pull", newPullCmd},
		{"push", newPushCmd},
		{"registry", newRegistryCmd},
		{"repo", newRepoCmd},
		{"rollback", newRollbackCmd},
		{"search", newSearchCmd},
		{"show", newShowCmd},
		{"status", newStatusCmd},
		{"template", newTemplateCmd},
		{"test", newTestCmd},
		{"uninstall", newUninstallCmd},
		{"upgrade", newUpgradeCmd},
		{"verify", newVerifyCmd},
		{"version", newVersionCmd},
	}
}

// wantedCommands builds the command that the first argument names, for that of all
// is not for free: hundreds of flags. All it is where that argument is an alias, a
// flag, or something that knows the other commands.
func wantedCommands(f *factory) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range commands() {
		if len(f.sys.Args) > 0 && f.sys.Args[0] == c.name {
			return []*cobra.Command{c.build(f)}
		}
	}
	for _, c := range commands() {
		all = append(all, c.build(f))
	}
	return all
}

// addLogFlags accepts the flags of the logging library that Helm's Kubernetes
// client brings along, hidden there as well. They have no effect.
func addLogFlags(fs *pflag.FlagSet) {
	for _, name := range []string{
		"add-dir-header", "alsologtostderr", "legacy-stderr-threshold-behavior", "logtostderr", "one-output",
		"skip-headers", "skip-log-headers",
	} {
		fs.Bool(name, false, "")
		fs.Lookup(name).Hidden = true
	}
	for _, name := range []string{"log-backtrace-at", "log-dir", "log-file", "log-file-max-size", "stderrthreshold", "vmodule"} {
		fs.String(name, "", "")
		fs.Lookup(name).Hidden = true
	}
	fs.StringP("v", "v", "", "")
	fs.Lookup("v").Hidden = true
}
