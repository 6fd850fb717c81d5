package faults

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Scenario is a command, what precedes it, and what follows.
type Scenario struct {
	Name string
	// Setup brings the release to where the command begins.
	Setup [][]string
	// Command is what is disturbed. CHART in it stands for the chart.
	Command []string
	// Recover is what a person runs when the command has failed by itself. Without it
	// that is the command.
	Recover []string
	// Then follows the command however it ended; the state after it is compared. Without
	// it a killed command is run again.
	Then []string
	// Fails says that the command fails when nothing disturbs it.
	Fails bool
}

// install begins every scenario.
func install(args ...string) []string {
	return append([]string{"install", release, "CHART", "--create-namespace", "--wait"}, args...)
}

func upgrade(args ...string) []string {
	return append([]string{"upgrade", release, "CHART", "--wait"}, args...)
}

// release is the name of the release of each case.
const release = "rel"

// Scenarios are those that there are.
func Scenarios() []Scenario {
	stage2 := upgrade("--set", "stage=2")
	back := []string{"rollback", release, "1", "--wait"}
	return []Scenario{
		{Name: "install", Command: install(), Recover: upgrade("--install", "--create-namespace")},
		{Name: "upgrade", Setup: [][]string{install()}, Command: stage2},
		// The revision that was disturbed is skipped, its objects must not stay.
		{Name: "upgrade (then another)", Setup: [][]string{install()}, Command: stage2, Then: upgrade("--set", "stage=3")},
		{Name: "rollback", Setup: [][]string{install(), stage2}, Command: back},
		{Name: "uninstall", Setup: [][]string{install()}, Command: []string{"uninstall", release, "--wait"}},
		{
			Name: "install (a hook fails)", Command: install("--set", "fail=post-install"), Fails: true,
			Then: upgrade("--install", "--create-namespace", "--reset-values"),
		},
		{
			Name: "upgrade (a hook fails)", Setup: [][]string{install()}, Command: upgrade("--set", "stage=2,fail=pre-upgrade"), Fails: true,
			Then: upgrade("--set", "stage=3"),
		},
		{
			Name: "rollback (a hook fails)", Setup: [][]string{install("--set", "fail=pre-rollback"), stage2}, Command: back, Fails: true,
			Then: upgrade("--set", "stage=3"),
		},
	}
}

// verb is the verb whose hooks a command runs.
func verb(args []string, exists bool) string {
	if args[0] == "upgrade" && !exists && slices.Contains(args, "--install") {
		return "install"
	}
	return args[0]
}

//go:embed all:chart
var chartFiles embed.FS

// writeChart writes the chart of this package for one case. What lies in no namespace is named
// after the namespace of the release, but for the group of its own kind.
func writeChart(dir string, at place) error {
	return fs.WalkDir(chartFiles, "chart", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := chartFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, []byte(strings.ReplaceAll(string(text), "GROUP", at.group)), 0o644)
	})
}

// kubeconfig is the text of a kubeconfig file for the proxy, which adds the credentials.
func kubeconfig(server string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: faults
clusters:
- {name: faults, cluster: {server: %q}}
users:
- {name: faults, user: {}}
contexts:
- {name: faults, context: {cluster: faults, user: faults}}
`, server)
}
