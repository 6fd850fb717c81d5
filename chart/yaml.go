package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// maxExpandedYAML bounds what a document with aliases may grow to when it is
// written out as JSON on its way into a struct.
const maxExpandedYAML = 16 << 20

// decodeStruct reads YAML into the struct that into points to, by the JSON
// names of its fields and with the YAML library's coercions, on top of what
// the struct holds already.
func decodeStruct(file string, data []byte, into any) error {
	if decodeTexts(data, into) {
		return nil
	}
	if bytes.IndexByte(data, '*') >= 0 {
		if err := own.CheckAliases(data, maxExpandedYAML); err != nil {
			return newParseError(file, data, 0, err)
		}
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		return newParseError(file, data, 0, err)
	}
	return nil
}

// decodeTexts is the short way for a document whose scalars are all text, so that
// there is nothing to coerce. It reports false for every other, and for one that
// does not fit the struct: the library then reads it again and words the error.
func decodeTexts(data []byte, into any) bool {
	tree, ok := own.Decode(string(data))
	if table, isTable := tree.(map[string]any); !ok || !isTable || !holdsTexts(table) {
		return false
	}
	text, err := json.Marshal(tree)
	return err == nil && json.Unmarshal(text, into) == nil
}

// holdsTexts reports whether there are neither numbers nor truth values in a tree.
func holdsTexts(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if !holdsTexts(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !holdsTexts(e) {
				return false
			}
		}
	case float64, bool:
		return false
	}
	return true
}

// newParseError places err, which the YAML library returned for a document
// that starts skipped lines into the file.
func newParseError(file string, data []byte, skipped int, err error) *ParseError {
	line := yamlErrorLine(err.Error())
	if line > 0 {
		line += skipped
	} else {
		line = typeErrorLine(data, err)
	}
	return &ParseError{File: file, Line: line, Err: err}
}

// yamlErrorLine finds the number in "yaml: line 7: …"; 0 when there is none.
func yamlErrorLine(msg string) int {
	_, rest, ok := strings.Cut(msg, "yaml: line ")
	if !ok {
		return 0
	}
	digits, _, ok := strings.Cut(rest, ":")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// typeErrorLine finds the line of the top-level key whose value has the wrong
// type: the JSON decoder knows the field but not where it stands in the YAML.
func typeErrorLine(data []byte, err error) int {
	var typeErr *json.UnmarshalTypeError
	if !errors.As(err, &typeErr) || typeErr.Field == "" {
		return 0
	}
	key, _, _ := strings.Cut(typeErr.Field, ".")
	line := 0
	for text := range bytes.Lines(data) {
		line++
		rest, ok := bytes.CutPrefix(text, []byte(key))
		if ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":")) {
			return line
		}
	}
	return 0
}

// documents splits data at lines that start with "---" and gives each document
// with the number of lines before it. The rules are those of the reader that
// Helm uses, which knows lines and not YAML: nothing but spaces and a comment
// may follow the dashes, a separator before the first line of a document stays
// a part of it, and line ends become \n.
func documents(data []byte, yield func(doc []byte, skipped int) error) error {
	if bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	start, startLine, line := 0, 0, 0
	for pos := 0; pos < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		if after, ok := bytes.CutPrefix(data[pos:end], []byte("---")); ok {
			after = bytes.TrimSpace(after)
			if len(after) > 0 && after[0] != '#' {
				return &ParseError{Line: line + 1, Err: fmt.Errorf("invalid Yaml document separator: %s", after)}
			}
			if pos > start {
				if err := yield(data[start:pos], startLine); err != nil {
					return err
				}
				start, startLine = end, line+1
			}
		}
		pos = end
	}
	if start < len(data) {
		return yield(data[start:], startLine)
	}
	return nil
}
