package funcs

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/BurntSushi/toml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"

	"github.com/hchart/hchart/chart/yaml"
)

// encoders are Helm's functions to YAML, JSON and TOML. The to* functions swallow
// an encoder's error, each in its own way; the mustTo* functions fail (Helm's
// pkg/engine/funcs.go).
func (b bounds) encoders(sp sprigFuncs) map[string]any {
	fns := map[string]any{
		"toYaml":       b.lines(lenient(encodeYAML)),
		"mustToYaml":   b.lines(encodeYAML),
		"toYamlPretty": b.lines(lenient(encodePrettyYAML)),
		"toJson":       lenient(encodeJSON),
		"mustToJson":   encodeJSON,
		"toToml":       b.lines(encodeTOMLOrError),
		"mustToToml":   b.lines(encodeTOML),
	}
	pretty := from[func(any) (string, error)](sp, "mustToPrettyJson")
	fns["mustToPrettyJson"] = b.lines(pretty)
	fns["toPrettyJson"] = b.lines(lenient(pretty))
	return fns
}

// lines bounds an encoder that indents.
func (b bounds) lines(encode func(any) (string, error)) func(any) (string, error) {
	return func(v any) (string, error) {
		if err := b.indented(v); err != nil {
			return "", err
		}
		return encode(v)
	}
}

// lenient gives "" for what cannot be encoded.
func lenient(encode func(any) (string, error)) func(any) (string, error) {
	return func(v any) (string, error) {
		s, err := encode(v)
		if err != nil {
			return "", nil
		}
		return s, nil
	}
}

func encodeYAML(v any) (string, error) {
	s, err := yaml.Encode(v)
	return strings.TrimSuffix(s, "\n"), err
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

// encodeTOMLOrError gives the text of the error for what cannot be encoded.
func encodeTOMLOrError(v any) (string, error) {
	s, err := encodeTOML(v)
	if err != nil {
		return err.Error(), nil
	}
	return s, nil
}
