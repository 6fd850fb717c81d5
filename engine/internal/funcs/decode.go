package funcs

import (
	"encoding/json"
	"strings"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// decoders are Helm's functions from YAML, JSON and TOML. They put a decoder's
// error where the template can find it; mustFromJson is Sprig's and fails.
func (b bounds) decoders(sp sprigFuncs) map[string]any {
	fns := map[string]any{
		"fromYaml":      decodeTable(b.yaml),
		"fromYamlArray": decodeArray(b.yaml),
		"fromJson":      decodeTable(b.json),
		"fromJsonArray": decodeArray(b.json),
		"fromToml":      b.fromTOML,
	}
	mustFromJSON := from[func(string) (any, error)](sp, "mustFromJson")
	fns["mustFromJson"] = func(s string) (any, error) {
		if err := b.punctuation(s, ",[{:"); err != nil {
			return nil, err
		}
		return mustFromJSON(s)
	}
	return fns
}

func (b bounds) yaml(s string, v any) (refused, err error) {
	if refused = b.punctuation(s, ",[{:\n"); refused != nil {
		return refused, nil
	}
	tree, ok := own.Decode(s)
	if (ok || s == "null") && assign(v, tree) { // null is what toYaml makes of nothing
		return nil, nil
	}
	return nil, yaml.Unmarshal([]byte(s), v)
}

// assign stores a tree in the map or the list that v points to, which a document
// without content leaves as it is. It reports false for a tree of another kind.
func assign(v, tree any) bool {
	if tree == nil {
		return true
	}
	switch v := v.(type) {
	case *map[string]any:
		if table, ok := tree.(map[string]any); ok {
			*v = table
			return true
		}
	case *[]any:
		if list, ok := tree.([]any); ok {
			*v = list
			return true
		}
	}
	return false
}

func (b bounds) json(s string, v any) (refused, err error) {
	if refused = b.punctuation(s, ",[{:"); refused != nil {
		return refused, nil
	}
	return nil, json.Unmarshal([]byte(s), v)
}

// punctuation refuses a text that may hold more elements than a list may have:
// each takes at least one of marks. In memory an element is a hundred times what
// it is in the text.
func (b bounds) punctuation(s, marks string) error {
	if len(s) <= b.cfg.Items {
		return nil
	}
	n := 0
	for i := range len(marks) {
		n += strings.Count(s, marks[i:i+1])
	}
	return b.items(n)
}

// decodeTable puts a decoder's error under the key Error.
func decodeTable(decode func(string, any) (refused, err error)) func(string) (map[string]any, error) {
	return func(s string) (map[string]any, error) {
		m := map[string]any{}
		refused, err := decode(s, &m)
		if refused != nil {
			return nil, refused
		}
		if err != nil {
			if m == nil { // the text began with null before it went wrong
				m = map[string]any{}
			}
			m["Error"] = err.Error()
		}
		return m, nil
	}
}

// decodeArray returns a decoder's error as the only element.
func decodeArray(decode func(string, any) (refused, err error)) func(string) ([]any, error) {
	return func(s string) ([]any, error) {
		a := []any{}
		refused, err := decode(s, &a)
		if refused != nil {
			return nil, refused
		}
		if err != nil {
			return []any{err.Error()}, nil
		}
		return a, nil
	}
}

func (b bounds) fromTOML(s string) (map[string]any, error) {
	if err := b.punctuation(s, ",[{=.\n"); err != nil {
		return nil, err
	}
	if err := checkTOML(s); err != nil {
		return nil, err
	}
	m := map[string]any{}
	if err := toml.Unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m, nil
}
