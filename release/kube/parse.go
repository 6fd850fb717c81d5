package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	sigs "sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart/yaml"
)

// ManifestError is a document of a manifest that describes no object.
type ManifestError struct {
	// Path is the template, Number the place among the documents, from 1.
	Path   string
	Number int
	Reason string
	Err    error
}

func (e *ManifestError) Error() string {
	place := fmt.Sprintf("document %d of the manifest", e.Number)
	if e.Path != "" {
		place = e.Path
	}
	if e.Err != nil {
		return place + ": " + e.Err.Error()
	}
	return place + ": " + e.Reason
}

func (e *ManifestError) Unwrap() error { return e.Err }

// ParseObjects reads the objects of a manifest, in its order. Lists are replaced by
// their items, documents of nothing but comments left out.
func ParseObjects(manifest string) ([]*Object, error) {
	var objs []*Object
	number := 0
	for doc := range documents(manifest) {
		number++
		source := sourceOf(doc)
		fields, err := decodeYAML(doc)
		if err != nil {
			return nil, &ManifestError{Path: source, Number: number, Reason: "it is not a valid YAML object"}
		}
		if len(fields) == 0 {
			continue
		}
		found, err := objectsOf(fields, source, number)
		if err != nil {
			return nil, err
		}
		objs = append(objs, found...)
	}
	return objs, nil
}

// decodeYAML decodes a document into a tree whose whole numbers are int64, as those of
// the server's answers are.
func decodeYAML(doc string) (map[string]any, error) {
	if tree, ok := yaml.Decode(doc); ok {
		exact := true
		tree = whole(tree, &exact)
		if exact {
			fields, ok := tree.(map[string]any)
			if !ok && tree != nil {
				return nil, fmt.Errorf("it is no mapping")
			}
			return fields, nil
		}
	}
	text, err := sigs.YAMLToJSON([]byte(doc))
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	return fields, decodeJSON(text, &fields)
}

// whole replaces whole floats by integers. exact becomes false for one so large that
// digits may have been lost.
func whole(v any, exact *bool) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = whole(e, exact)
		}
	case []any:
		for i, e := range v {
			v[i] = whole(e, exact)
		}
	case float64:
		if n := int64(v); float64(n) == v && n > -1<<53 && n < 1<<53 {
			return n
		}
		if v >= 1<<53 || v <= -1<<53 {
			*exact = false
		}
	}
	return v
}

func objectsOf(fields map[string]any, source string, number int) ([]*Object, error) {
	kind, _ := fields["kind"].(string)
	if items, ok := fields["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		var objs []*Object
		for _, item := range items {
			m, ok := item.(map[string]any)
			if !ok {
				return nil, &ManifestError{Path: source, Number: number, Reason: "an item of the list is no object"}
			}
			inherit(m, fields, kind)
			found, err := objectsOf(m, source, number)
			if err != nil {
				return nil, err
			}
			objs = append(objs, found...)
		}
		return objs, nil
	}
	o := &Object{Kind: kind, Fields: fields, Path: source}
	o.APIVersion, _ = fields["apiVersion"].(string)
	o.Name, _ = lookup(fields, "metadata", "name").(string)
	o.Namespace, _ = lookup(fields, "metadata", "namespace").(string)
	switch {
	case o.Kind == "":
		return nil, &ManifestError{Path: source, Number: number, Reason: "it has no kind"}
	case o.APIVersion == "":
		return nil, &ManifestError{Path: source, Number: number, Reason: fmt.Sprintf("%s %q has no apiVersion", o.Kind, o.Name)}
	case o.Name == "":
		return nil, &ManifestError{Path: source, Number: number, Reason: o.Kind + ": it has no metadata.name: resource name may not be empty"}
	case strings.ContainsAny(o.Name, "/%?#") || strings.ContainsAny(o.Namespace, "/%?#") || o.Name == "." || o.Name == "..":
		return nil, &ManifestError{Path: source, Number: number, Reason: o.Kind + ": its name or namespace has characters that no name has"}
	}
	for _, part := range []string{"labels", "annotations"} {
		if key := notText(lookup(fields, "metadata", part)); key != "" {
			return nil, &ManifestError{Path: source, Number: number, Reason: fmt.Sprintf("%s %q: metadata.%s: %s has to be a string: put it in quotes", kind, o.Name, part, key)}
		}
	}
	return []*Object{o}, nil
}

// notText returns the first key, by name, whose value is no string; "" if there is none.
func notText(m any) string {
	labels, ok := m.(map[string]any)
	if !ok && m != nil {
		return "it"
	}
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if _, ok := labels[k].(string); !ok && labels[k] != nil {
			return k
		}
	}
	return ""
}

// inherit gives an item of a list of one kind ("ConfigMapList") the kind and version that
// it leaves out.
func inherit(item, list map[string]any, kind string) {
	if item["kind"] == nil && item["apiVersion"] == nil && kind != "List" {
		item["kind"], item["apiVersion"] = strings.TrimSuffix(kind, "List"), list["apiVersion"]
	}
}

// documents yields the documents of a manifest that are not blank. Lines that begin
// with three dashes separate them (see package release/manifest).
func documents(manifest string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		emit := func(end int) bool {
			doc := manifest[start:end]
			return strings.TrimSpace(doc) == "" || yield(doc)
		}
		for i := 0; i < len(manifest); {
			next := strings.IndexByte(manifest[i:], '\n')
			end := len(manifest)
			if next >= 0 {
				end = i + next + 1
			}
			if strings.HasPrefix(manifest[i:end], "---") {
				if !emit(i) {
					return
				}
				start = i + 3
			}
			i = end
		}
		emit(len(manifest))
	}
}

// sourceOf reads the comment that says which template wrote a document.
func sourceOf(doc string) string {
	for line := range strings.Lines(doc) {
		line = strings.TrimSpace(line)
		if path, ok := strings.CutPrefix(line, "# Source: "); ok {
			return path
		}
		if line != "" && line[0] != '#' {
			break
		}
	}
	return ""
}
