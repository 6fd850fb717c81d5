package repo

import (
	"encoding/json"
	"fmt"
	"path"

	sigsyaml "sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/yaml"
)

// block is where a version stands in an index, and some of its fields in it. The spans
// count from its beginning.
type block struct {
	text       string
	start, end uint32

	name, version, appVersion, description span
	keywords                               span // the lines of the list

	isJSON  bool
	odd     bool // something in it is not what it should be, or the library makes it that
	unsure  bool // whether the chart is valid takes a look at all of it
	certain bool // it is one of a valid chart, if its version is one
}

// complete says what is certain when all is read.
func (b *block) complete() {
	b.certain = !b.odd && !b.unsure && isChartName(b.direct(b.name)) && !b.version.isNone()
}

// isChartName reports whether a name is certainly a valid one.
func isChartName(name string) bool {
	if name == "" || name == "." || name == ".." || name != path.Base(name) {
		return false
	}
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' {
			return false
		}
	}
	return true
}

// direct is the text of a span that has no escapes.
func (b *block) direct(p span) string { return unquoted(b.text[p.start:p.end]) }

// decode returns the version, or why it is none of a valid chart.
func (b *block) decode() (*ChartVersion, error) {
	wire, err := b.wire()
	if err != nil {
		return nil, err
	}
	return wire.version()
}

func (b *block) wire() (*wireVersion, error) {
	if b.isJSON {
		var wire *wireVersion
		err := json.Unmarshal([]byte(b.text), &wire)
		return wire, err
	}
	if !b.odd {
		if wire := decodeTexts(b.text); wire != nil {
			return wire, nil
		}
	}
	return decodeStrictly(b.text)
}

// decodeTexts decodes a version that has only what should be there. It returns nil if it
// has not.
func decodeTexts(text string) *wireVersion {
	tree, ok := yaml.Decode(text)
	if list, isList := tree.([]any); ok && isList && len(list) == 1 {
		data, err := json.Marshal(list[0])
		wire := &wireVersion{}
		if err == nil && json.Unmarshal(data, wire) == nil {
			return wire
		}
	}
	return nil
}

// decodeStrictly decodes a version as Helm does.
func decodeStrictly(text string) (*wireVersion, error) {
	var list []*wireVersion
	if err := sigsyaml.UnmarshalStrict([]byte(text), &list); err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%d versions where one should be", len(list))
	}
	return list[0], nil
}

// scalar returns the text of a field. It reports false if that takes more than to look
// at the field.
func (b *block) scalar(p span) (string, bool) {
	raw := b.text[p.start:p.end]
	switch {
	case p.isNone():
		return "", true
	case isOneLine(raw):
		return printable(unquoted(raw)), true
	case raw[0] == '|' || raw[0] == '>':
		return "", false
	}
	tree, ok := yaml.Decode("- " + raw)
	if list, isList := tree.([]any); ok && isList && len(list) == 1 {
		if text, isText := list[0].(string); isText {
			return printable(text), true
		}
	}
	return "", false
}

// isOneLine reports whether a scalar stands there as it is meant.
func isOneLine(raw string) bool {
	quote := byte(0)
	if raw[0] == '"' || raw[0] == '\'' {
		quote = raw[0]
		raw = raw[1 : len(raw)-1]
	} else if raw[0] == '|' || raw[0] == '>' {
		return false
	}
	for i := range len(raw) {
		if c := raw[i]; c == '\n' || quote != 0 && (c == quote || c == '\\') {
			return false
		}
	}
	return true
}

// printable is the text as charts are loaded with it.
func printable(text string) string {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			m := chart.Metadata{Description: text}
			m.Sanitize()
			return m.Description
		}
	}
	return text
}

// list returns the texts of a field. It reports false if that takes more than to look at
// the field.
func (b *block) list(p span) ([]string, bool) {
	if p.isNone() {
		return nil, true
	}
	tree, ok := yaml.Decode(b.text[p.start:p.end])
	list, isList := tree.([]any)
	if !ok || !isList {
		return nil, false
	}
	texts := make([]string, len(list))
	for i, v := range list {
		switch v := v.(type) {
		case string:
			texts[i] = printable(v)
		case nil:
		default:
			return nil, false
		}
	}
	return texts, true
}
