// Package postrender passes rendered files through a post-renderer, which knows
// one stream of YAML documents and no files.
//
// So that what comes back can be told apart, each document is given an annotation
// with the name of its file, and loses it afterwards. A document that comes back
// without one was made by the post-renderer and gets a file of its own,
// "generated-by-postrender-0.yaml".
//
// The stream is written as Helm writes it, through the YAML library that is
// behind kustomize: a post-renderer may be a script that looks at the text. Hence
// also what looks odd here: sequences are not indented, empty annotations and
// empty metadata vanish, a List becomes its items.
package postrender

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hchart/hchart/release/manifest"
)

// fileAnnotation holds the file that a document came from.
const fileAnnotation = "postrenderer.helm.sh/postrender-filename"

// Run merges files (path → text), calls pass with the stream and splits what it
// returns into files again. Partials and empty files are left out.
func Run(files map[string]string, pass func(stream string) (string, error)) (map[string]string, error) {
	stream, err := merge(files)
	if err != nil {
		return nil, fmt.Errorf("error merging manifests: %w", err)
	}
	stream, err = pass(stream)
	if err != nil {
		return nil, fmt.Errorf("error while running post render on files: %w", err)
	}
	files, err = split(stream)
	if err != nil {
		return nil, fmt.Errorf("error while parsing post rendered output: %w", err)
	}
	return files, nil
}

// merge writes all documents as one stream, in the order of their files.
func merge(files map[string]string) (string, error) {
	var all []*yaml.Node
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		for _, doc := range manifest.Split(files[name]) {
			nodes, err := parse(doc)
			if err != nil {
				return "", fmt.Errorf("parsing %s: %w", name, err)
			}
			for _, n := range nodes {
				if err := setAnnotation(n, fileAnnotation, name); err != nil {
					return "", fmt.Errorf("annotating %s: %w", name, err)
				}
			}
			all = append(all, nodes...)
		}
	}
	return write(all)
}

// split puts the documents of a stream into the files they name.
func split(stream string) (map[string]string, error) {
	nodes, err := parse(stream)
	if err != nil {
		return nil, fmt.Errorf("error parsing YAML: %w", err)
	}
	documents := map[string][]*yaml.Node{}
	for i, n := range nodes {
		name := annotation(n, fileAnnotation)
		if name == "" {
			name = fmt.Sprintf("generated-by-postrender-%d.yaml", i)
		}
		if err := clearAnnotation(n, fileAnnotation); err != nil {
			return nil, fmt.Errorf("clearing the annotation of %s: %w", name, err)
		}
		documents[name] = append(documents[name], n)
	}
	files := make(map[string]string, len(documents))
	for name, nodes := range documents {
		if files[name], err = write(nodes); err != nil {
			return nil, fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return files, nil
}
