package chart

import (
	"path"
	"strings"
	"time"
)

// API versions of Chart.yaml that this package reads.
const (
	APIVersionV1 = "v1"
	APIVersionV2 = "v2"
)

// File is one file of a chart. Name is slash separated and relative to the
// chart's root ("templates/service.yaml"). Files with the same content may have
// the same Data.
type File struct {
	Name    string    `json:"name"`
	Data    []byte    `json:"data"`
	ModTime time.Time `json:"modtime,omitzero"`
}

// Chart is a loaded chart with its subcharts. A chart returned by one of the
// Load functions is not changed by any package of hchart: what composing
// values does to the tree of dependencies happens on a copy of the nodes,
// which shares the files. It may therefore be used by many goroutines.
//
// The JSON form is the one Helm keeps in a release record.
type Chart struct {
	// Raw holds every file as it was read but for a byte order mark, in the
	// order it was read, those of subcharts included. Templates and Files
	// share its files.
	Raw []*File `json:"-"`
	// Metadata is Chart.yaml (and requirements.yaml).
	Metadata *Metadata `json:"metadata"`
	// Lock is Chart.lock or requirements.lock, nil when there is none.
	Lock *Lock `json:"lock"`
	// Templates are the files below templates/.
	Templates []*File `json:"templates"`
	// Values are the defaults of values.yaml, as ReadValues gives them; nil
	// when there is none. Subcharts with the same values.yaml share them.
	Values map[string]any `json:"values"`
	// Schema is values.schema.json, nil when there is none.
	Schema        []byte    `json:"schema"`
	SchemaModTime time.Time `json:"schemamodtime"`
	// Files are all other files, crds/ among them.
	Files   []*File   `json:"files"`
	ModTime time.Time `json:"modtime,omitzero"`

	// Warnings are complaints of the loader that did not stop it, one line
	// each, without a trailing newline. Those about subcharts are in the root's.
	Warnings []string `json:"-"`

	parent       *Chart
	dependencies []*Chart
}

// Name returns the name of the chart; for an aliased subchart of a composed
// tree this is the alias.
func (c *Chart) Name() string {
	if c.Metadata == nil {
		return ""
	}
	return c.Metadata.Name
}

// Parent returns the chart that c is a subchart of, nil for a root.
func (c *Chart) Parent() *Chart { return c.parent }

// IsRoot reports whether c has no parent.
func (c *Chart) IsRoot() bool { return c.parent == nil }

// Dependencies returns the loaded subcharts. The slice must not be changed.
func (c *Chart) Dependencies() []*Chart { return c.dependencies }

// SetDependencies replaces the subcharts and makes c their parent.
func (c *Chart) SetDependencies(deps ...*Chart) {
	c.dependencies = nil
	c.AddDependency(deps...)
}

// AddDependency appends subcharts and makes c their parent.
func (c *Chart) AddDependency(deps ...*Chart) {
	for _, d := range deps {
		d.parent = c
		c.dependencies = append(c.dependencies, d)
	}
}

// IsLibrary reports whether Chart.yaml says "type: library", in any case.
func (c *Chart) IsLibrary() bool {
	return c.Metadata != nil && strings.EqualFold(c.Metadata.Type, "library")
}

// FullPath is the path of the chart in rendered output: "parent/charts/child".
func (c *Chart) FullPath() string {
	if c.parent == nil {
		return c.Name()
	}
	return c.parent.FullPath() + "/charts/" + c.Name()
}

// CRD is a file below crds/ of a chart or of one of its subcharts.
type CRD struct {
	// Path is the file's path in the output: "parent/charts/child/crds/x.yaml".
	Path string
	File *File
}

// CRDs returns the manifests below crds/, the chart's own before those of its
// subcharts.
func (c *Chart) CRDs() []CRD {
	var crds []CRD
	for _, f := range c.Files {
		if strings.HasPrefix(f.Name, "crds/") && isManifest(f.Name) {
			crds = append(crds, CRD{Path: path.Join(c.FullPath(), f.Name), File: f})
		}
	}
	for _, d := range c.dependencies {
		crds = append(crds, d.CRDs()...)
	}
	return crds
}

func isManifest(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}
