// Package common holds the objects that templates see as .Values,
// .Capabilities and what hangs below them.
//
// The names of the package and of its types are part of what a chart can
// print: {{ typeOf .Values }} is "common.Values" in Helm v4. That is why they
// live here, under this name, and are re-exported by package engine.
package common

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hchart/hchart/chart/yaml"
)

// Values is the type of .Values and .Template. Its methods can be called by
// templates.
type Values map[string]any

// YAML renders the values as YAML text.
func (v Values) YAML() (string, error) {
	return yaml.Encode(v)
}

// AsMap returns the values as a plain map, never nil.
func (v Values) AsMap() map[string]any {
	if len(v) == 0 {
		return map[string]any{}
	}
	return v
}

// Encode writes the values as YAML text to w.
func (v Values) Encode(w io.Writer) error {
	text, err := yaml.Encode(v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// Table returns the table at a dotted path.
func (v Values) Table(name string) (Values, error) {
	cur := v
	for _, key := range strings.Split(name, ".") {
		next, ok := asTable(cur[key])
		if !ok {
			return cur, fmt.Errorf("%q is not a table", key)
		}
		cur = next
	}
	return cur, nil
}

// PathValue returns the value, not a table, at a dotted path.
func (v Values) PathValue(path string) (any, error) {
	if path == "" {
		return nil, errors.New("YAML path cannot be empty")
	}
	table, key := v, path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		var err error
		key = path[i+1:]
		if table, err = v.Table(path[:i]); err != nil {
			return nil, fmt.Errorf("%q is not a value", key)
		}
	}
	val, ok := table[key]
	if _, isMap := val.(map[string]any); !ok || isMap {
		return nil, fmt.Errorf("%q is not a value", key)
	}
	return val, nil
}

func asTable(v any) (Values, bool) {
	switch t := v.(type) {
	case map[string]any:
		return t, true
	case Values:
		return t, true
	}
	return nil, false
}
