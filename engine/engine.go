package engine

import (
	"context"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine/internal/common"
)

// Capabilities describe the cluster a chart is rendered for, as templates see
// them in .Capabilities.
type Capabilities = common.Capabilities

// KubeVersion is a version of Kubernetes.
type KubeVersion = common.KubeVersion

// VersionSet is a list of API versions ("apps/v1").
type VersionSet = common.VersionSet

// DefaultCapabilities returns what is assumed when no cluster is asked: the
// Kubernetes version and the API versions that the reference program assumes.
// Each call returns a fresh value.
func DefaultCapabilities() *Capabilities { return common.Default() }

// ParseKubeVersion reads a Kubernetes version such as "v1.31.2-gke.1".
func ParseKubeVersion(version string) (*KubeVersion, error) { return common.ParseKubeVersion(version) }

// CompileOptions change how a chart is compiled. The zero value works.
type CompileOptions struct {
	Limits Limits
	// Funcs are additional template functions; they replace ones of the same name.
	Funcs map[string]any
}

// Release is what templates see in .Release.
type Release struct {
	Name      string
	Namespace string
	Revision  int
	IsInstall bool
	IsUpgrade bool
}

// LookupFunc answers the template function lookup: one object, or a list when
// name is empty, as unstructured content; an empty map when there is none.
type LookupFunc func(ctx context.Context, apiVersion, kind, namespace, name string) (map[string]any, error)

// Input is what one render needs beside the program.
type Input struct {
	// Chart is the composed tree (values.Composition.Chart); nil renders the
	// tree that was compiled, with everything enabled.
	Chart *chart.Chart
	// Values are the composed values. They are not changed: a render works on
	// a copy of its own.
	Values  map[string]any
	Release Release
	// Capabilities default to DefaultCapabilities.
	Capabilities *Capabilities
	// Lookup is nil when there is no cluster; lookup then returns an empty map.
	Lookup LookupFunc
	// EnableDNS lets getHostByName ask the resolver.
	EnableDNS bool
	// Strict makes an absent key an error.
	Strict bool
	// Lint makes required and fail report a Notice instead of failing.
	Lint bool
	// Trace records where each part of the output came from (Result.Origins).
	Trace bool
}

// Result is what a render produced.
type Result struct {
	// Files maps "chart/templates/x.yaml" to its rendered text. Partials are
	// not among them; NOTES.txt and files without content are.
	Files map[string]string
	// Notices are what required and fail had to say in lint mode.
	Notices []Notice
	// Origins, with Input.Trace, says for each file which template wrote what.
	Origins map[string][]Origin
}

// Notice is a complaint of a template in lint mode.
type Notice struct {
	Position Position
	Function string // "required" or "fail"
	Message  string
}

// Origin says that the output from Offset on, up to the next Origin, was
// written by the template action at Position, or is text that follows it.
type Origin struct {
	Offset   int // bytes into the rendered file
	Position Position
}
