package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// guessBytes is how far into a stream an opening brace is looked for.
const guessBytes = 4096

// objectDecoder reads the objects of a stream that is JSON or YAML. Kubernetes'
// own clients tell the two apart in a way of their own, followed here: a stream
// that begins with a brace is read as JSON until that fails; if by then no more
// than one object has been read, the rest is taken for YAML after all.
type objectDecoder struct {
	text string // what has not been read yet, or not as YAML
	json *json.Decoder
	read int64 // bytes of the objects read as JSON
	seen int   // objects read
}

func newObjectDecoder(text string) *objectDecoder {
	d := &objectDecoder{text: text}
	start := strings.TrimLeftFunc(text[:min(len(text), guessBytes)], unicode.IsSpace)
	if strings.HasPrefix(start, "{") {
		d.json = json.NewDecoder(strings.NewReader(text))
	}
	return d
}

// decode reads the next object; io.EOF says that there is none.
func (d *objectDecoder) decode(into any) error {
	if d.json == nil {
		return d.decodeYAML(into)
	}
	jsonErr := d.json.Decode(into)
	if jsonErr == nil {
		d.seen++
		d.read = d.json.InputOffset()
		return nil
	}
	if jsonErr == io.EOF || d.seen > 1 {
		return jsonErr
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](jsonErr); ok {
		jsonErr = fmt.Errorf("json: offset %d: %w", syntax.Offset, syntax)
	}
	rest, ok := skipLineEnd(d.text[d.read:])
	d.json, d.text = nil, rest
	if !ok {
		return jsonErr
	}
	if err := d.decodeYAML(into); err == nil || err == io.EOF {
		return err
	}
	return jsonErr
}

// skipLineEnd skips white space up to and including the end of the line. It
// reports false where the stream ends or is not UTF-8; the reader it stands for
// looks four bytes ahead.
func skipLineEnd(text string) (string, bool) {
	for len(text) >= 4 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError {
			return text, false
		}
		if !unicode.IsSpace(r) {
			return text, true
		}
		text = text[size:]
		if r == '\n' {
			return text, true
		}
	}
	return text, false
}

func (d *objectDecoder) decodeYAML(into any) error {
	doc, err := d.document()
	if err != nil {
		return err
	}
	if into, ok := into.(**k8sYamlStruct); ok && *into == nil {
		if o, ok := plainObject(doc); ok {
			*into = o
			return nil
		}
	}
	return yaml.Unmarshal([]byte(doc), into)
}

// plainObject reads an object whose fields have their usual names and are text.
// It reports false for every other, and for broken YAML.
func plainObject(doc string) (*k8sYamlStruct, bool) {
	tree, _ := own.Decode(doc)
	root, ok := tree.(map[string]any)
	if !ok {
		return nil, false
	}
	var o k8sYamlStruct
	metadata := map[string]any{}
	ok = plainFields(root, func(name string, value any) bool {
		switch name {
		case "apiVersion":
			return setString(&o.APIVersion, value)
		case "kind":
			return setString(&o.Kind, value)
		}
		var isTable bool
		metadata, isTable = value.(map[string]any)
		return isTable || value == nil
	}, "apiVersion", "kind", "metadata") && plainFields(metadata, func(name string, value any) bool {
		if name == "name" {
			return setString(&o.Metadata.Name, value)
		}
		return setString(&o.Metadata.Namespace, value)
	}, "name", "namespace")
	return &o, ok
}

// plainFields calls set for those of the names that a table has. It reports false
// when set does, and for a key that is one of the names but for its case, which
// JSON decoding takes for the field as well.
func plainFields(table map[string]any, set func(name string, value any) bool, names ...string) bool {
	for key, value := range table {
		for _, name := range names {
			if strings.EqualFold(key, name) && (key != name || !set(name, value)) {
				return false
			}
		}
	}
	return true
}

func setString(dst *string, value any) bool {
	s, ok := value.(string)
	*dst = s
	return ok || value == nil
}

// document cuts the next document off the text. A line that begins with three
// dashes ends one, if it has any line, and may have a comment behind them.
func (d *objectDecoder) document() (string, error) {
	var doc strings.Builder
	for d.text != "" {
		line, rest, _ := strings.Cut(d.text, "\n")
		d.text = rest
		line = strings.TrimSuffix(line, "\r")
		if after, ok := strings.CutPrefix(line, "---"); ok {
			after = strings.TrimSpace(after)
			if after != "" && after[0] != '#' {
				return "", fmt.Errorf("invalid Yaml document separator: %s", after)
			}
			if doc.Len() > 0 {
				return doc.String(), nil
			}
		}
		doc.WriteString(line)
		doc.WriteByte('\n')
	}
	if doc.Len() == 0 {
		return "", io.EOF
	}
	return doc.String(), nil
}
