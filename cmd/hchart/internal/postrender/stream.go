package postrender

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse reads the documents of a stream. Empty ones are left out, and a single
// List is replaced by its items.
func parse(stream string) ([]*yaml.Node, error) {
	docs, err := splitStream(strings.ReplaceAll(stream, "\r\n", "\n"))
	if err != nil {
		return nil, err
	}
	var nodes []*yaml.Node
	for _, doc := range docs {
		n := &yaml.Node{}
		err := yaml.NewDecoder(strings.NewReader(doc)).Decode(n)
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("MalformedYAMLError: %w", err)
		}
		if isNull(root(n)) {
			continue
		}
		if items, ok := listItems(n); ok && len(docs) == 1 {
			nodes = append(nodes, items...)
			continue
		}
		if err := pairLegacyAnnotations(n); err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// splitStream splits at lines that begin with three dashes, behind which only a
// comment may follow.
func splitStream(stream string) ([]string, error) {
	if stream == "" {
		return nil, nil
	}
	var docs []string
	rest := stream
	from := 0
	for {
		i := strings.Index(rest[from:], "\n---")
		if i < 0 {
			return append(docs, rest), nil
		}
		i += from
		end := strings.IndexByte(rest[i+1:], '\n')
		if end < 0 {
			return append(docs, rest), nil
		}
		end += i + 1
		if tail := strings.TrimSpace(rest[i+len("\n---") : end]); tail != "" && tail[0] != '#' {
			return nil, fmt.Errorf("invalid document separator: %s", strings.TrimSpace(rest[i:end]))
		}
		docs = append(docs, rest[:i]+"\n")
		// The newline of a separator does not begin the next one.
		rest, from = rest[end+1:], 0
	}
}

// listItems returns the items of a List or ResourceList.
func listItems(n *yaml.Node) ([]*yaml.Node, bool) {
	switch kind := field(root(n), "kind"); {
	case kind == nil || kind.Value != "List" && kind.Value != "ResourceList":
		return nil, false
	case field(root(n), "items") == nil && field(root(n), "functionConfig") == nil:
		return nil, false
	}
	items := field(root(n), "items")
	if items == nil {
		return nil, true
	}
	return items.Content, true
}

// write encodes documents as one stream.
func write(nodes []*yaml.Node) (string, error) {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	e.CompactSeqIndent()
	for _, n := range nodes {
		for _, a := range []string{indexAnnotation, legacyIndexAnnotation, seqIndentAnnotation} {
			if err := clearAnnotation(n, a); err != nil {
				return "", err
			}
		}
		if err := clearEmptyAnnotations(n); err != nil {
			return "", err
		}
		if err := e.Encode(n); err != nil {
			return "", err
		}
	}
	if err := e.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}
