package manifest

import (
	"maps"
	"slices"
	"strings"
)

// hiddenSecret is printed in the place of a Secret's content.
const hiddenSecret = "# HIDDEN: The Secret output has been suppressed"

// Source is a piece of text and the file it came from: a file of crds/ that is
// to be shown with the rendered manifests.
type Source struct {
	// Path is shown in the comment above the text
	// ("parent/charts/child/crds/x.yaml").
	Path string
	Text string
}

// String returns the piece as it is printed: a separator, a comment that names
// the file, the text and a newline.
func (s Source) String() string {
	var b strings.Builder
	b.Grow(s.size())
	s.appendTo(&b)
	return b.String()
}

// size is about how many bytes appendTo adds.
func (s Source) size() int { return len(s.Path) + len(s.Text) + 16 }

func (s Source) appendTo(b *strings.Builder) {
	b.WriteString("---\n# Source: ")
	b.WriteString(s.Path)
	b.WriteByte('\n')
	b.WriteString(s.Text)
	b.WriteByte('\n')
}

// Source returns the document as a piece of printed text.
func (d *Document) Source() Source { return Source{Path: d.Path, Text: d.Content} }

// ManifestOptions choose what Manifest writes. The zero value is what a release
// record keeps.
type ManifestOptions struct {
	// CRDs come first, in their order.
	CRDs []Source
	// HideSecrets replaces the content of every v1 Secret by a comment.
	HideSecrets bool
}

// Manifest returns the documents, without the hooks, as one stream of YAML: the
// manifest of a release record.
func (s *Set) Manifest(opts ManifestOptions) string {
	size := 0
	for _, crd := range opts.CRDs {
		size += crd.size()
	}
	for i := range s.Documents {
		size += s.Documents[i].Source().size()
	}
	var b strings.Builder
	b.Grow(size)
	for _, crd := range opts.CRDs {
		crd.appendTo(&b)
	}
	for i := range s.Documents {
		doc := &s.Documents[i]
		source := doc.Source()
		if opts.HideSecrets && doc.Kind == "Secret" && doc.APIVersion == "v1" {
			source.Text = hiddenSecret
		}
		source.appendTo(&b)
	}
	return b.String()
}

// TextOptions choose what Text writes. The zero value prints everything but
// CRDs.
type TextOptions struct {
	ManifestOptions
	// NoHooks leaves hooks out.
	NoHooks bool
	// SkipTests leaves out the hooks that run at the event test.
	SkipTests bool
}

// Text returns what "template" prints: the manifest, trimmed, and the hooks
// behind it. It ends in a newline and is a lone newline for an empty set.
func (s *Set) Text(opts TextOptions) string {
	return joinHooks(s.Manifest(opts.ManifestOptions), s.Hooks, opts)
}

// BrokenText returns what "template --debug" prints when Parse has failed: the
// files as they were rendered, sorted by path (Helm's order is random), and the
// hooks found before the fault.
func (s *Set) BrokenText(files map[string]string, opts TextOptions) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.TrimSpace(files[name]) != "" {
			Source{Path: name, Text: files[name]}.appendTo(&b)
		}
	}
	return joinHooks(b.String(), s.Hooks, opts)
}

func joinHooks(manifest string, hooks []Hook, opts TextOptions) string {
	size := len(manifest) + 1
	var shown []Source
	for i := range hooks {
		if opts.NoHooks || opts.SkipTests && hooks[i].IsTest() {
			continue
		}
		shown = append(shown, hooks[i].Source())
		size += shown[len(shown)-1].size()
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(strings.TrimSpace(manifest))
	b.WriteByte('\n')
	for _, source := range shown {
		source.appendTo(&b)
	}
	return b.String()
}
