package manifest

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	goyaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// head is what Parse wants to know of a document.
type head struct {
	apiVersion  string
	kind        string
	name        string
	annotations map[string]string
}

// decodeHead decodes the head of a document. Its verdict is that of decoding
// the document with sigs.k8s.io/yaml into a struct: whatever makes that fail
// anywhere in the document is an error, with the same text.
//
// That way is slow: it builds a tree from the YAML, writes it as JSON and parses
// the JSON. decodeHead takes it only for the documents it is not sure about.
func decodeHead(content string) (head, error) {
	if h, ok := outlineHead(content); ok {
		return h, nil
	}
	if h, ok := treeHead(content); ok {
		return h, nil
	}
	return referenceHead(content)
}

// referenceHead decodes the head the slow way.
func referenceHead(content string) (head, error) {
	// The name of the type and the form of the struct are visible in the texts
	// of errors, where they have to be Helm's.
	type SimpleHead struct {
		Version  string `json:"apiVersion"`
		Kind     string `json:"kind,omitempty"`
		Metadata *struct {
			Name        string            `json:"name"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata,omitempty"`
	}
	var decoded SimpleHead
	if err := yaml.Unmarshal([]byte(content), &decoded); err != nil {
		return head{}, err
	}
	h := head{apiVersion: decoded.Version, kind: decoded.Kind}
	if decoded.Metadata != nil {
		h.name, h.annotations = decoded.Metadata.Name, decoded.Metadata.Annotations
	}
	return h, nil
}

// treeHead reads the head out of a tree. It reports false when it cannot vouch
// for the outcome of referenceHead.
func treeHead(content string) (head, bool) {
	if tree, ok := own.Decode(content); ok {
		if root, ok := tree.(map[string]any); ok {
			if h, ok := rootHead(root); ok {
				return h, true
			}
		}
	}
	return parsedHead(content)
}

// parsedHead reads the head out of the tree that the YAML parser builds, where
// whole numbers are still told from others.
func parsedHead(content string) (head, bool) {
	var tree any
	if err := goyaml.Unmarshal([]byte(content), &tree); err != nil {
		return head{}, false
	}
	if tree == nil {
		return head{}, true
	}
	root, ok := tree.(map[any]any)
	if !ok || !isJSON(root, 0) {
		return head{}, false
	}
	return rootHead(root)
}

func rootHead[K comparable](root map[K]any) (head, bool) {
	var h head
	ok := eachField(root, func(name string, value any) bool {
		switch name {
		case "apiVersion":
			return setText(&h.apiVersion, value)
		case "kind":
			return setText(&h.kind, value)
		case "metadata":
			return value == nil || h.setMetadata(value)
		}
		return true
	}, "apiVersion", "kind", "metadata")
	return h, ok
}

func (h *head) setMetadata(value any) bool {
	switch metadata := value.(type) {
	case map[string]any:
		return metadataFields(h, metadata)
	case map[any]any:
		return metadataFields(h, metadata)
	}
	return false
}

func metadataFields[K comparable](h *head, metadata map[K]any) bool {
	return eachField(metadata, func(name string, value any) bool {
		switch name {
		case "name":
			return setText(&h.name, value)
		case "annotations":
			return value == nil || h.setAnnotations(value)
		}
		return true
	}, "name", "annotations")
}

func (h *head) setAnnotations(value any) bool {
	switch annotations := value.(type) {
	case map[string]any:
		return annotationTexts(h, annotations)
	case map[any]any:
		return annotationTexts(h, annotations)
	}
	return false
}

func annotationTexts[K comparable](h *head, annotations map[K]any) bool {
	h.annotations = make(map[string]string, len(annotations))
	for key, value := range annotations {
		name, ok := any(key).(string)
		if !ok || !utf8.ValidString(name) {
			return false
		}
		var text string
		if !setText(&text, value) {
			return false
		}
		h.annotations[name] = text
	}
	return true
}

// eachField calls visit for the entries of m with string keys. It reports false
// when visit does, and when a key is one of the names but for its case: JSON
// decoding takes such a key for the field, and which of two wins depends on
// their order.
func eachField[K comparable](m map[K]any, visit func(name string, value any) bool, names ...string) bool {
	for key, value := range m {
		name, ok := any(key).(string)
		if !ok {
			continue
		}
		for _, n := range names {
			if name != n && strings.EqualFold(name, n) {
				return false
			}
		}
		if !visit(name, value) {
			return false
		}
	}
	return true
}

// setText stores a scalar that is wanted as a string. Whole numbers and truth
// values become their text; it reports false for what takes more thought.
func setText(dst *string, value any) bool {
	switch v := value.(type) {
	case nil:
		*dst = ""
	case string:
		*dst = v
	case bool:
		*dst = strconv.FormatBool(v)
	case int:
		*dst = strconv.Itoa(v)
	default:
		return false
	}
	return utf8.ValidString(*dst)
}

// maxTreeDepth is well below the depth at which JSON decoding gives up.
const maxTreeDepth = 1000

// isJSON reports whether the tree can be written as JSON and read back: keys
// that have a text, numbers that JSON knows, bounded depth.
func isJSON(tree any, depth int) bool {
	if depth > maxTreeDepth {
		return false
	}
	switch t := tree.(type) {
	case map[any]any:
		for key, value := range t {
			if !isJSONKey(key) || !isJSON(value, depth+1) {
				return false
			}
		}
		return true
	case []any:
		for _, item := range t {
			if !isJSON(item, depth+1) {
				return false
			}
		}
		return true
	case float64:
		return !math.IsNaN(t) && !math.IsInf(t, 0)
	case nil, string, bool, int, int64, uint64:
		return true
	}
	return false
}

func isJSONKey(key any) bool {
	switch key.(type) {
	case string, bool, int, int64, float64:
		return true
	}
	return false
}
