// Package version holds the build information that templates see as
// .Capabilities.HelmVersion.
//
// Package and type carry the names they have in Helm because templates can
// print them ({{ typeOf .Capabilities.HelmVersion }}).
package version

import "runtime"

// Helm and KubeClient are what the reference program, Helm v4.3.1 installed
// from source, says of itself.
const (
	Helm       = "v4.3"
	KubeClient = "v1.37"
)

// BuildInfo has the fields, in Helm's order, that a template can reach or print.
type BuildInfo struct {
	Version           string `json:"version,omitempty"`
	GitCommit         string `json:"git_commit,omitempty"`
	GitTreeState      string `json:"git_tree_state,omitempty"`
	GoVersion         string `json:"go_version,omitempty"`
	KubeClientVersion string `json:"kube_client_version"`
}

// Get returns the information of the running program.
func Get() BuildInfo {
	return BuildInfo{Version: Helm, GoVersion: runtime.Version(), KubeClientVersion: KubeClient}
}
