package funcs

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// encodings are Helm's functions from and to YAML, JSON and TOML. The to*
// functions swallow an encoder's error, each in its own way; the from*
// functions put a decoder's error where the template can find it; the mustTo*
// functions fail (Helm's pkg/engine/funcs.go).
func encodings() map[string]any {
	return map[string]any{
		"toYaml":        lenient(encodeYAML),
		"mustToYaml":    encodeYAML,
		"toYamlPretty":  lenient(encodePrettyYAML),
		"fromYaml":      decodeTable(yamlInto),
		"fromYamlArray": decodeArray(yamlInto),
		"toJson":        lenient(encodeJSON),
		"mustToJson":    encodeJSON,
		"fromJson":      decodeTable(json.Unmarshal),
		"fromJsonArray": decodeArray(json.Unmarshal),
		"toToml":        toTOML,
		"mustToToml":    encodeTOML,
		"fromToml":      fromTOML,
	}
}

// lenient gives "" for what cannot be encoded.
func lenient(encode func(any) (string, error)) func(any) string {
	return func(v any) string {
		s, err := encode(v)
		if err != nil {
			return ""
		}
		return s
	}
}

func encodeYAML(v any) (string, error) {
	b, err := yaml.Marshal(v)
	return strings.TrimSuffix(string(b), "\n"), err
}

func encodePrettyYAML(v any) (string, error) {
	var b bytes.Buffer
	enc := goyaml.NewEncoder(&b)
	enc.SetIndent(2)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func encodeJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func encodeTOML(v any) (string, error) {
	var b bytes.Buffer
	err := toml.NewEncoder(&b).Encode(v)
	return b.String(), err
}

// toTOML gives the text of the error for what cannot be encoded.
func toTOML(v any) string {
	s, err := encodeTOML(v)
	if err != nil {
		return err.Error()
	}
	return s
}

func yamlInto(b []byte, v any) error { return yaml.Unmarshal(b, v) }

// decodeTable puts a decoder's error under the key Error.
func decodeTable(decode func([]byte, any) error) func(string) map[string]any {
	return func(s string) map[string]any {
		m := map[string]any{}
		if err := decode([]byte(s), &m); err != nil {
			if m == nil { // the text began with null before it went wrong
				m = map[string]any{}
			}
			m["Error"] = err.Error()
		}
		return m
	}
}

// decodeArray returns a decoder's error as the only element.
func decodeArray(decode func([]byte, any) error) func(string) []any {
	return func(s string) []any {
		a := []any{}
		if err := decode([]byte(s), &a); err != nil {
			return []any{err.Error()}
		}
		return a
	}
}

func fromTOML(s string) map[string]any {
	m := map[string]any{}
	if err := toml.Unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}
