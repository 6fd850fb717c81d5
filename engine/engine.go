package engine

import (
	"context"
	"errors"

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

// Limits bound what rendering may use. A zero field means its default.
type Limits struct {
	// Steps bounds evaluated nodes, loop turns included; default 10 million.
	Steps int64
	// IncludeDepth bounds nested includes of one name; default 1000.
	IncludeDepth int
	// TplDepth bounds nested calls of tpl; default 100.
	TplDepth int
	// OutputBytes bounds the output of all files; default 64 MiB.
	OutputBytes int64
	// FileBytes bounds the output of one file; default 10 MiB.
	FileBytes int64
	// Items bounds the lists that functions such as until make; default 1 million.
	Items int
	// StringBytes bounds the strings that functions such as repeat make; default 16 MiB.
	StringBytes int
	// PatternBytes bounds regular expressions; default 1 KiB.
	PatternBytes int
	// CryptoSeconds bounds the CPU time of key generation and password
	// hashing; default 10.
	CryptoSeconds int
}

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

// Position is a place in a template of the chart; Line and Column count from 1.
type Position struct {
	File   string // "chart/templates/x.yaml"
	Line   int
	Column int
}

// Origin says that the output from Offset on, up to the next Origin, was
// written by the template action at Position.
type Origin struct {
	Offset   int
	Position Position
}

// Program is a compiled chart. It is immutable and may render on many
// goroutines at once.
type Program struct{}

// Compile parses the templates of the chart and of its subcharts.
func Compile(ch *chart.Chart, opts CompileOptions) (*Program, error) {
	return nil, errors.New("not written yet")
}

// Render evaluates every template of the composed chart.
func (p *Program) Render(ctx context.Context, in Input) (*Result, error) {
	return nil, errors.New("not written yet")
}
