// Package manifest turns the rendered files of a chart into Kubernetes
// manifests: it splits each file into YAML documents, tells hooks from ordinary
// resources, puts both in the order in which a cluster wants them, and writes
// the text that is printed and kept in a release record.
//
// The steps from rendered files to printed text are three calls:
//
//	notes := manifest.Notes(files, "mychart", false)  // takes NOTES.txt out
//	set, err := manifest.Parse(files)                 // documents and hooks
//	text := set.Text(manifest.TextOptions{})          // what is printed
//
// # Splitting
//
// A line that begins with three dashes ends a document, whatever follows the
// dashes on that line, and even inside a block scalar: the splitter looks at
// lines, not at YAML. What follows the dashes and the blanks after them begins
// the next document, so that "---apiVersion: v1" is a separator and a first
// line. White space before a document is not part of it; white space behind it
// is. Documents of nothing but white space are dropped, but one of nothing but
// comments stays: it is a manifest without a kind.
//
// # Decoding
//
// Of each document only its head is looked at: apiVersion, kind, and the name
// and annotations below metadata. The whole document must be YAML all the same,
// because a file with a broken tail must not reach a cluster. The first fault
// ends Parse with a [ParseError], which shows the lines around it.
//
// # Order
//
// Files are taken in the order of their paths and documents in the order of
// their file; then a stable sort by kind puts, say, namespaces before service
// accounts and those before deployments ([InstallOrder]). Kinds that the order
// does not name come last, by their names.
//
// # Hooks
//
// A document with the annotation helm.sh/hook is a [Hook] and no part of the
// release's manifest. One that names an event nobody knows is dropped: it is
// found in [Set.Skipped] and nowhere else.
//
// The rules are those of Helm 4, whose output this package reproduces byte for
// byte.
package manifest
