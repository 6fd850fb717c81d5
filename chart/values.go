package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	goyaml "go.yaml.in/yaml/v2"

	"github.com/hchart/hchart/chart/yaml"
)

// ReadValues reads a values file: YAML documents, separated by lines of three
// dashes, each a table or empty. They are merged, tables key by key and
// anything else by the later document winning; nulls are kept. The result is
// never nil and consists of map[string]any, []any, string, float64, bool and
// nil, the types that JSON has: all numbers are float64.
//
// The error is a *ParseError without a File.
func ReadValues(data []byte) (map[string]any, error) {
	values := map[string]any{}
	first := true
	err := documents(data, func(doc []byte, skipped int) error {
		table, err := decodeTable(doc)
		if err != nil {
			return newParseError("", doc, skipped, err)
		}
		if first && table != nil {
			values = table
		} else {
			values = mergeTables(values, table)
		}
		first = false
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// mergeTables returns a with b's keys over it; tables on both sides merge.
func mergeTables(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	for k, v := range b {
		bt, isTable := v.(map[string]any)
		at, wasTable := out[k].(map[string]any)
		if isTable && wasTable {
			out[k] = mergeTables(at, bt)
			continue
		}
		out[k] = v
	}
	return out
}

// decodeTable decodes one document as sigs.k8s.io/yaml does, with its results
// and its messages.
func decodeTable(doc []byte) (map[string]any, error) {
	if tree, ok := yaml.Decode(string(doc)); ok {
		if table, ok := tree.(map[string]any); ok || tree == nil {
			return table, nil
		}
	}
	return convertTable(doc)
}

// convertTable decodes a document that takes the YAML parser, without writing JSON
// and reading it again as the library does: that takes a fifth of the time, and
// aliases that repeat a long string would be written out each time.
func convertTable(doc []byte) (map[string]any, error) {
	var tree any
	if err := goyaml.Unmarshal(doc, &tree); err != nil {
		return nil, convertError{err}
	}
	var c converter
	v, err := c.value(tree, 0)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	default:
		return nil, fmt.Errorf("error unmarshaling JSON: while decoding JSON: %w",
			&json.UnmarshalTypeError{Value: jsonKind(v), Type: reflect.TypeFor[map[string]any]()})
	}
}

func jsonKind(v any) string {
	switch v.(type) {
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "bool"
	}
	return "number"
}

// convertError has the words of sigs.k8s.io/yaml for a failure before JSON.
type convertError struct{ err error }

func (e convertError) Error() string { return "error converting YAML to JSON: " + e.err.Error() }
func (e convertError) Unwrap() error { return e.err }

// converter turns what the YAML parser returns into what the JSON decoder
// would have made of it.
type converter struct {
	repaired int // bytes of strings that were not UTF-8
}

// maxDepth is encoding/json's bound on nesting.
const maxDepth = 10000

func (c *converter) value(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("error unmarshaling JSON: while decoding JSON: exceeded max depth")
	}
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		return c.text(v)
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case float64:
		return number(v)
	case []any:
		for i, e := range v {
			e, err := c.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			v[i] = e
		}
		return v, nil
	case map[any]any:
		return c.table(v, depth+1)
	}
	return nil, convertError{fmt.Errorf("unsupported value of type %T", v)}
}

// table converts a mapping. Keys that become the same string (1, 1.0 and "1")
// would leave it to the order of a Go map which value is kept: here the string
// wins over the integer and the integer over the float.
func (c *converter) table(v map[any]any, depth int) (any, error) {
	out := make(map[string]any, len(v))
	for _, kind := range keyKinds(v) {
		for k, e := range v {
			if kindOfKey(k) != kind {
				continue
			}
			key, err := c.key(k)
			if err != nil {
				return nil, err
			}
			if out[key], err = c.value(e, depth); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// keyKind orders the types of keys by who wins, the winner last.
type keyKind int

const (
	otherKey keyKind = iota
	intKey
	stringKey
)

func kindOfKey(k any) keyKind {
	switch k.(type) {
	case string:
		return stringKey
	case int, int64:
		return intKey
	}
	return otherKey
}

func keyKinds(v map[any]any) []keyKind {
	for k := range v {
		if kindOfKey(k) != stringKey {
			return []keyKind{otherKey, intKey, stringKey}
		}
	}
	return []keyKind{stringKey}
}

func (c *converter) key(k any) (string, error) {
	switch k := k.(type) {
	case string:
		return c.text(k)
	case int:
		return strconv.Itoa(k), nil
	case int64:
		return strconv.FormatInt(k, 10), nil
	case bool:
		return strconv.FormatBool(k), nil
	case float64:
		// Single precision is the library's choice, and so users' key.
		switch s := strconv.FormatFloat(k, 'g', -1, 32); s {
		case "+Inf":
			return ".inf", nil
		case "-Inf":
			return "-.inf", nil
		case "NaN":
			return ".nan", nil
		default:
			return s, nil
		}
	}
	return "", convertError{fmt.Errorf("unsupported map key of type: %T, key: %#v: write the key in quotes", k, k)}
}

// text replaces what is not UTF-8, which only a !!binary scalar can bring in,
// as encoding/json does.
func (c *converter) text(s string) (string, error) {
	if utf8.ValidString(s) {
		return s, nil
	}
	if c.repaired += len(s); c.repaired > maxExpandedYAML {
		return "", convertError{&yaml.AliasError{Max: maxExpandedYAML}}
	}
	return string([]rune(s)), nil
}

func number(f float64) (any, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, convertError{&json.UnsupportedValueError{
			Value: reflect.ValueOf(f), Str: strconv.FormatFloat(f, 'g', -1, 64),
		}}
	}
	return f, nil
}
