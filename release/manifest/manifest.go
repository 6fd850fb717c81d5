package manifest

import "errors"

// Document is one YAML document of a rendered file.
type Document struct {
	// Path is the rendered file it came from ("chart/templates/x.yaml").
	Path string
	// Content is the document's text as Helm keeps it.
	Content     string
	APIVersion  string
	Kind        string
	Name        string
	Annotations map[string]string
}

// Event is a moment of a release's life at which a hook runs.
type Event string

// The events, by the names used in the annotation helm.sh/hook.
const (
	PreInstall   Event = "pre-install"
	PostInstall  Event = "post-install"
	PreDelete    Event = "pre-delete"
	PostDelete   Event = "post-delete"
	PreUpgrade   Event = "pre-upgrade"
	PostUpgrade  Event = "post-upgrade"
	PreRollback  Event = "pre-rollback"
	PostRollback Event = "post-rollback"
	Test         Event = "test"
)

// Hook is a document with the annotation helm.sh/hook.
type Hook struct {
	Document
	Events            []Event
	Weight            int
	DeletePolicies    []string
	OutputLogPolicies []string
}

// Set is what the rendered files of a chart contain.
type Set struct {
	// Documents are the ordinary manifests in install order.
	Documents []Document
	// Hooks are sorted by kind, in install order.
	Hooks []Hook
	// Skipped are documents dropped because they name an unknown hook event.
	Skipped []Document
}

// Parse splits rendered files (path → text) into documents and orders them.
// NOTES.txt must have been taken out by Notes before.
func Parse(files map[string]string) (*Set, error) {
	return nil, errors.New("not written yet")
}

// Notes takes the NOTES.txt files out of files and returns their text: the
// root chart's alone, or with subcharts those of all charts.
func Notes(files map[string]string, root string, subcharts bool) string {
	return ""
}
