package postrender

import (
	"errors"

	"go.yaml.in/yaml/v3"
)

// Annotations that kustomize's library keeps for itself and does not write.
const (
	indexAnnotation       = "internal.config.kubernetes.io/index"
	legacyIndexAnnotation = "config.kubernetes.io/index"
	seqIndentAnnotation   = "internal.config.kubernetes.io/seqindent"
)

var errNotMapping = errors.New("wrong Node Kind: expected MappingNode")

// root returns the value of a document node.
func root(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		return n.Content[0]
	}
	return n
}

func isNull(n *yaml.Node) bool { return n == nil || n.Tag == "!!null" }

// field returns the value of a mapping's key, nil if there is none.
func field(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var value *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			value = n.Content[i+1]
		}
	}
	return value
}

// annotation returns an annotation of a document.
func annotation(n *yaml.Node, key string) string {
	if v := field(field(field(root(n), "metadata"), "annotations"), key); v != nil {
		return v.Value
	}
	return ""
}

// setAnnotation sets an annotation, behind those that are there.
func setAnnotation(n *yaml.Node, key, value string) error {
	if err := clearEmptyAnnotations(n); err != nil {
		return err
	}
	metadata, err := fieldOrNew(root(n), "metadata")
	if err != nil {
		return err
	}
	annotations, err := fieldOrNew(metadata, "annotations")
	if err != nil {
		return err
	}
	if annotations.Kind != yaml.MappingNode {
		return errNotMapping
	}
	if old := field(annotations, key); old != nil {
		*old = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: old.Style}
		return nil
	}
	annotations.Content = append(annotations.Content,
		&yaml.Node{Kind: yaml.ScalarNode, Value: key},
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.SingleQuotedStyle})
	return nil
}

// fieldOrNew returns the value of a key, which is added if need be.
func fieldOrNew(n *yaml.Node, key string) (*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errNotMapping
	}
	if v := field(n, key); v != nil {
		return v, nil
	}
	v := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, v)
	return v, nil
}

// clearAnnotation removes an annotation.
func clearAnnotation(n *yaml.Node, key string) error {
	metadata := field(root(n), "metadata")
	if isNull(metadata) {
		return nil
	}
	annotations := field(metadata, "annotations")
	if isNull(annotations) {
		return nil
	}
	return remove(annotations, key, false)
}

// clearEmptyAnnotations removes annotations without content, and then metadata
// without content.
func clearEmptyAnnotations(n *yaml.Node) error {
	if metadata := field(root(n), "metadata"); !isNull(metadata) {
		if err := remove(metadata, "annotations", true); err != nil {
			return err
		}
	}
	return remove(root(n), "metadata", true)
}

// remove removes the first field of a name, or the first that has no content.
func remove(n *yaml.Node, key string, ifEmpty bool) error {
	if n.Kind != yaml.MappingNode {
		return errNotMapping
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && (!ifEmpty || len(n.Content[i+1].Content) == 0) {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return nil
		}
	}
	return nil
}

// pairLegacyAnnotations gives an annotation of the library that stands under its
// old name its new name as well, and the other way round.
func pairLegacyAnnotations(n *yaml.Node) error {
	for _, names := range [][2]string{
		{"config.kubernetes.io/path", "internal.config.kubernetes.io/path"},
		{"config.k8s.io/id", "internal.config.kubernetes.io/id"},
	} {
		from, to := names[0], names[1]
		old, current := annotation(n, from), annotation(n, to)
		if current != "" {
			to, old, current = from, current, old
		}
		if old == "" || current != "" {
			continue
		}
		if err := setAnnotation(n, to, old); err != nil {
			return err
		}
	}
	return nil
}
