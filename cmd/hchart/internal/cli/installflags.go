package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// installFlags are the flags of `install`, which `template` has too. Those that
// only matter on a cluster are accepted and have no effect on what is rendered.
type installFlags struct {
	chart  chartFlags
	values valueFlags

	generateName bool
	nameTemplate string
	labels       map[string]string
	timeout      time.Duration

	noHooks              bool
	skipCRDs             bool
	enableDNS            bool
	dependencyUpdate     bool
	skipSchemaValidation bool
	hideNotes, subNotes  bool

	createNamespace, replace, takeOwnership     bool
	forceReplace, forceConflicts, serverSide    bool
	rollbackOnFailure, waitForJobs, skipOpenAPI bool
	description                                 string
	wait                                        waitFlag
}

func (o *installFlags) add(cmd *cobra.Command, env environment) {
	fs := cmd.Flags()
	fs.BoolVar(&o.createNamespace, "create-namespace", false, "create the namespace of the release if it is not there")
	fs.BoolVar(&o.forceReplace, "force-replace", false, "update objects by replacing them")
	fs.BoolVar(&o.forceReplace, "force", false, "the same as --force-replace")
	fs.BoolVar(&o.forceConflicts, "force-conflicts", false, "take over fields that others manage (with server-side apply)")
	fs.BoolVar(&o.serverSide, "server-side", true, "let the API server merge updates (server-side apply)")
	fs.BoolVar(&o.noHooks, "no-hooks", false, "leave hooks out")
	fs.BoolVar(&o.replace, "replace", false, "use the name of a release that was uninstalled with its history kept")
	fs.DurationVar(&o.timeout, "timeout", 5*time.Minute, "time to wait for one operation on the cluster; if given, also the time rendering may take")
	fs.BoolVar(&o.waitForJobs, "wait-for-jobs", false, "with --wait, also wait until all Jobs have completed")
	fs.BoolVarP(&o.generateName, "generate-name", "g", false, "make up a name for the release (leave out NAME)")
	fs.StringVar(&o.nameTemplate, "name-template", "", "template that makes the name of the release")
	fs.StringVar(&o.description, "description", "", "description of the release")
	fs.BoolVar(&o.dependencyUpdate, "dependency-update", false, "get dependencies that are missing in charts/ first")
	fs.BoolVar(&o.skipOpenAPI, "disable-openapi-validation", false, "do not check objects against the schemas of the API server")
	fs.BoolVar(&o.rollbackOnFailure, "rollback-on-failure", false, "undo everything when something fails; implies --wait")
	fs.BoolVar(&o.rollbackOnFailure, "atomic", false, "the same as --rollback-on-failure")
	fs.BoolVar(&o.skipCRDs, "skip-crds", false, "do not install the files of crds/")
	fs.BoolVar(&o.subNotes, "render-subchart-notes", false, "show the notes of subcharts too")
	fs.BoolVar(&o.skipSchemaValidation, "skip-schema-validation", false, "do not check values against values.schema.json")
	fs.StringToStringVarP(&o.labels, "labels", "l", nil, "labels of the release's record: key1=val1,key2=val2")
	fs.BoolVar(&o.enableDNS, "enable-dns", false, "let templates ask the DNS (getHostByName)")
	fs.BoolVar(&o.hideNotes, "hide-notes", false, "do not show the notes")
	fs.BoolVar(&o.takeOwnership, "take-ownership", false, "take over objects that exist and belong to no release")
	o.values.add(fs)
	o.chart.add(fs, env)
	fs.Var(&o.wait, "wait", "wait until objects are ready: watcher (if nothing is given), hookOnly or legacy")
	fs.Lookup("wait").NoOptDefVal = waitWatcher

	// The names these flags had in Helm 3.
	deprecate(fs, "force", "use --force-replace instead")
	deprecate(fs, "atomic", "use --rollback-on-failure instead")
	if cmd.Name() == "template" {
		deprecate(fs, "hide-notes", "it has no effect, template does not show notes")
		deprecate(fs, "render-subchart-notes", "it has no effect, template does not show notes")
	}
	cmd.MarkFlagsMutuallyExclusive("force-replace", "force-conflicts")
	cmd.MarkFlagsMutuallyExclusive("force", "force-conflicts")
	complete(cmd, "wait", waitWatcher, waitHookOnly, waitLegacy)
}

// chartAt is the number of the argument that is the chart.
func (o *installFlags) chartAt() int {
	if o.generateName {
		return 0
	}
	return 1
}

// The ways to wait.
const (
	waitWatcher  = "watcher"
	waitHookOnly = "hookOnly"
	waitLegacy   = "legacy"
)

// waitFlag is the value of --wait: in Helm 3 it was a truth value.
type waitFlag struct {
	strategy string
	// boolean is the truth value that was given in place of a strategy.
	boolean string
}

func (w *waitFlag) String() string {
	if w.strategy == "" {
		return waitHookOnly
	}
	return w.strategy
}

func (w *waitFlag) Type() string { return "WaitStrategy" }

func (w *waitFlag) Set(s string) error {
	w.boolean = ""
	switch s {
	case waitWatcher, waitHookOnly, waitLegacy:
		w.strategy = s
	case "true":
		w.strategy, w.boolean = waitWatcher, s
	case "false":
		w.strategy, w.boolean = waitHookOnly, s
	default:
		return fmt.Errorf("invalid wait input %q. Valid inputs are %s, %s, and %s", s, waitWatcher, waitHookOnly, waitLegacy)
	}
	return nil
}

// warnings are complaints about the form of flags.
func (o *installFlags) warnings() []string {
	if b := o.wait.boolean; b != "" {
		return []string{fmt.Sprintf("--wait=%s is deprecated (boolean value) and can be replaced with --wait=%s", b, o.wait.strategy)}
	}
	return nil
}
