package manifest

// Document is one YAML document of a rendered file.
type Document struct {
	// Path is the rendered file it came from ("chart/templates/x.yaml").
	Path string
	// Offset is where Content begins in that file, in bytes.
	Offset int
	// Content is the document's text: without the separator and the white
	// space before it, with the white space behind it.
	Content string
	// APIVersion, Kind and Name are empty when the document does not have them.
	APIVersion string
	Kind       string
	Name       string
	// Annotations are those of metadata, nil when there are none.
	Annotations map[string]string
}

// Set is what the rendered files of a chart contain.
type Set struct {
	// Documents are the ordinary manifests in install order.
	Documents []Document
	// Hooks are sorted by kind, in install order.
	Hooks []Hook
	// Skipped are documents dropped because they name an unknown hook event,
	// in the order in which they were found.
	Skipped []Document
}
