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

	"github.com/hchart/hchart/release/manifest"
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
func (d *objectDecoder) decode(into **k8sYamlStruct) error {
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

func (d *objectDecoder) decodeYAML(into **k8sYamlStruct) error {
	doc, err := d.document()
	if err != nil {
		return err
	}
	if o, ok := glance(doc); ok {
		*into = o
		return nil
	}
	return yaml.Unmarshal([]byte(doc), into)
}

// glance decodes a document without a decoder, if it is plain enough. It
// returns nil for a document without content.
func glance(doc string) (*k8sYamlStruct, bool) {
	if line, rest, _ := strings.Cut(doc, "\n"); line == "---" {
		doc = rest
	}
	g, ok := manifest.GlanceAt(doc)
	if !ok || g.Empty {
		return nil, ok
	}
	return &k8sYamlStruct{
		APIVersion: g.APIVersion, Kind: g.Kind, Metadata: k8sYamlMetadata{Namespace: g.Namespace, Name: g.Name},
	}, true
}

// document cuts the next document off the text, its lines ended by \n. A line
// that begins with three dashes ends one, if it has any line, and may have a
// comment behind them.
func (d *objectDecoder) document() (string, error) {
	text := d.text
	for end := 0; end < len(text); {
		line, rest, _ := strings.Cut(text[end:], "\n")
		if after, ok := strings.CutPrefix(line, "---"); ok {
			after = strings.TrimSpace(after)
			if after != "" && after[0] != '#' {
				d.text = rest
				return "", fmt.Errorf("invalid Yaml document separator: %s", after)
			}
			if end > 0 {
				d.text = rest
				return plainLines(text[:end]), nil
			}
		}
		end = len(text) - len(rest)
	}
	d.text = ""
	if text == "" {
		return "", io.EOF
	}
	return plainLines(text), nil
}

// plainLines returns text with \n at the end of each line, also the last.
func plainLines(text string) string {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}
