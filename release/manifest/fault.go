package manifest

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// faultLine returns the line of the document, counted from 1, at which its
// decoding failed; 0 when that cannot be told.
//
// The YAML parser has no typed errors, so its text is all there is to go by.
func faultLine(content string, fault error) int {
	if jsonFault, ok := errors.AsType[*json.UnmarshalTypeError](fault); ok {
		return misshapenLine(content, jsonFault.Field)
	}
	_, problem, ok := strings.Cut(fault.Error(), "yaml: ")
	if !ok {
		return keyLine(content)
	}
	if number, ok := strings.CutPrefix(problem, "line "); ok {
		number, problem, _ = strings.Cut(number, ": ")
		line, err := strconv.Atoi(number)
		if err != nil {
			return 0
		}
		if isParserProblem(problem) {
			line++ // these count from 0
		}
		return min(line, lastLine(content))
	}
	switch {
	case strings.HasPrefix(problem, "unknown anchor '"):
		name, _, _ := strings.Cut(strings.TrimPrefix(problem, "unknown anchor '"), "'")
		return lineOf(content, "*"+name)
	case strings.HasPrefix(problem, "invalid map key"):
		return keyLine(content)
	case strings.HasPrefix(problem, "control characters"), strings.Contains(problem, "UTF-8"):
		return characterLine(content)
	case strings.HasPrefix(problem, "document contains"), strings.HasPrefix(problem, "anchor '"),
		strings.HasPrefix(problem, "cannot decode"), strings.HasPrefix(problem, "!!binary"), strings.HasPrefix(problem, "map merge"):
		return 0
	}
	return 1 // on its first line the parser does not say which
}

// isParserProblem tells the complaints of the YAML parser, whose lines count
// from 0, from those of the scanner below it, whose lines count from 1.
func isParserProblem(problem string) bool {
	switch problem {
	case "did not find expected <stream-start>", "did not find expected <document start>",
		"did not find expected node content", "did not find expected '-' indicator",
		"did not find expected key", "did not find expected ',' or ']'",
		"did not find expected ',' or '}'", "found undefined tag handle",
		"found duplicate %YAML directive", "found incompatible YAML document",
		"found duplicate %TAG directive":
		return true
	}
	return false
}

func lastLine(content string) int {
	return 1 + strings.Count(strings.TrimRight(content, " \t\r\n"), "\n")
}

// lineOf returns the line on which text stands first, 0 when it does not.
func lineOf(content, text string) int {
	at := strings.Index(content, text)
	if at < 0 {
		return 0
	}
	return 1 + strings.Count(content[:at], "\n")
}

// characterLine returns the line of the first character that YAML forbids.
func characterLine(content string) int {
	for i, r := range content {
		invalid := r == utf8.RuneError && !strings.HasPrefix(content[i:], "\uFFFD")
		control := r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0x7F <= r && r < 0xA0 && r != 0x85
		if invalid || control || r > 0xFFFD && r < 0x10000 {
			return 1 + strings.Count(content[:i], "\n")
		}
	}
	return 0
}

// misshapenLine returns the line of the value that does not fit field, a path
// such as "metadata.annotations".
func misshapenLine(content, field string) int {
	node := rootNode(content)
	if node == nil || field == "" {
		return lineOfNode(node)
	}
	for name := range strings.SplitSeq(field, ".") {
		if value := child(node, name); value != nil {
			node = value
		}
	}
	if field == "metadata.annotations" && node.Kind == yaml.MappingNode {
		// The field is the whole map; the misfit is one of its values.
		for i := 1; i < len(node.Content); i += 2 {
			if node.Content[i].Kind != yaml.ScalarNode {
				return node.Content[i-1].Line
			}
		}
	}
	return lineOfNode(node)
}

// keyLine returns the line of the first key that is not a plain value.
func keyLine(content string) int {
	return lineOfNode(oddKey(rootNode(content)))
}

// oddKey returns the first key below node that is a mapping, a sequence or null.
func oddKey(node *yaml.Node) *yaml.Node {
	if node == nil {
		return nil
	}
	for i, n := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 && (n.Kind != yaml.ScalarNode || n.Tag == "!!null") {
			return n
		}
		if odd := oddKey(n); odd != nil {
			return odd
		}
	}
	return nil
}

// rootNode parses the document with a parser that keeps places; nil when it
// does not parse.
func rootNode(content string) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(content), &document); err != nil || len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}

// child returns the last value that a mapping has for the name in any case, as
// JSON decoding sees it.
func child(node *yaml.Node, name string) *yaml.Node {
	var found *yaml.Node
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if strings.EqualFold(node.Content[i].Value, name) {
			found = node.Content[i+1]
		}
	}
	return found
}

func lineOfNode(node *yaml.Node) int {
	if node == nil {
		return 0
	}
	return node.Line
}
