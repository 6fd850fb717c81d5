package repo

import (
	"errors"
	"strings"
	"time"

	"github.com/hchart/hchart/chart"
)

// ChartVersion is what an index says of one version of a chart.
type ChartVersion struct {
	// Metadata is that of the chart, with texts that may be printed to a terminal.
	chart.Metadata
	// URLs are where the archive is, relative to the repository or absolute.
	URLs []string
	// Created is when the version was put into the index.
	Created time.Time
	// Removed says that the archive is gone.
	Removed bool
	// Digest is the SHA-256 of the archive in hexadecimal digits, empty if unknown.
	Digest string

	retired
}

// retired are fields of Helm 2. Nothing reads them; indexes that are merged keep them.
type retired struct {
	checksum, engine, tillerVersion, url string
}

// wireVersion is a version as it is on the disk. Its shape is what decides how the YAML
// library decodes it: below an embedded pointer no number becomes text, for one.
type wireVersion struct {
	*chart.Metadata
	URLs    []string  `json:"urls"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed,omitempty"`
	Digest  string    `json:"digest,omitempty"`

	Checksum      string `json:"checksum,omitempty"`
	Engine        string `json:"engine,omitempty"`
	TillerVersion string `json:"tillerVersion,omitempty"`
	URL           string `json:"url,omitempty"`
}

func (v *ChartVersion) wire() *wireVersion {
	return &wireVersion{
		Metadata: &v.Metadata, URLs: v.URLs, Created: v.Created, Removed: v.Removed, Digest: v.Digest,
		Checksum: v.checksum, Engine: v.engine, TillerVersion: v.tillerVersion, URL: v.url,
	}
}

// version returns what stands in an index, or why Helm leaves it out of it.
func (w *wireVersion) version() (*ChartVersion, error) {
	if w == nil {
		return nil, errEmptyEntry
	}
	v := &ChartVersion{
		URLs: w.URLs, Created: w.Created, Removed: w.Removed, Digest: w.Digest,
		retired: retired{checksum: w.Checksum, engine: w.Engine, tillerVersion: w.TillerVersion, url: w.URL},
	}
	if w.Metadata != nil {
		v.Metadata = *w.Metadata
	}
	if v.APIVersion == "" {
		v.APIVersion = chart.APIVersionV1
	}
	v.Sanitize()
	if err := v.Validate(); err != nil && !isRepeatedDependency(err) {
		return nil, err
	}
	return v, nil
}

var errEmptyEntry = errors.New("the entry is empty")

// isRepeatedDependency reports whether a chart has dependencies with the same name. Some
// servers lose the aliases that made them differ, so indexes may have such charts.
func isRepeatedDependency(err error) bool {
	var invalid *chart.ValidationError
	return errors.As(err, &invalid) && strings.HasPrefix(invalid.Field, "dependencies[")
}
