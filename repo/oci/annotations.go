package oci

import (
	"strings"
	"time"

	"github.com/hchart/hchart/chart"
	ocispec "github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go/v1"
)

// annotations are those of the manifest of a chart: some of its metadata, then its own
// annotations, which may change all but title and version.
func annotations(meta *chart.Metadata, created time.Time) map[string]string {
	all := map[string]string{}
	set := func(key, value string) {
		if strings.TrimSpace(value) != "" {
			all[key] = value
		}
	}
	set(ocispec.AnnotationDescription, meta.Description)
	set(ocispec.AnnotationTitle, meta.Name)
	set(ocispec.AnnotationVersion, meta.Version)
	set(ocispec.AnnotationURL, meta.Home)
	set(ocispec.AnnotationCreated, created.Format(time.RFC3339))
	if len(meta.Sources) > 0 {
		set(ocispec.AnnotationSource, meta.Sources[0])
	}
	set(ocispec.AnnotationAuthors, authors(meta.Maintainers))
	for key, value := range meta.Annotations {
		if key != ocispec.AnnotationVersion && key != ocispec.AnnotationTitle {
			all[key] = value
		}
	}
	return all
}

// authors are the maintainers in one text: "A (a@x), B".
func authors(maintainers []*chart.Maintainer) string {
	texts := make([]string, 0, len(maintainers))
	for _, m := range maintainers {
		if m == nil {
			m = &chart.Maintainer{}
		}
		text := m.Name
		if m.Email != "" {
			text += " (" + m.Email + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
