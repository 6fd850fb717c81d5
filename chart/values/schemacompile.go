package values

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hchart/hchart/chart/values/internal/jsonschema"
	"github.com/hchart/hchart/chart/values/internal/quick"
)

// The copy is checked and made anew in the module that requires the original.
//
//go:generate go -C ../../test/helmref run ./schemacopy

// BadSchemaError is a values.schema.json that cannot be used.
type BadSchemaError struct {
	// Reason says why; it is empty when Err says all.
	Reason string
	// Err is what the parser or the compiler said, or a [*ReferenceError].
	Err error
}

func (e *BadSchemaError) Error() string {
	switch {
	case e.Err == nil:
		return "values.schema.json " + e.Reason
	case e.Reason == "":
		return e.Err.Error()
	}
	return "values.schema.json " + e.Reason + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *BadSchemaError) Unwrap() error { return e.Err }

// ReferenceError is a schema that refers to a file or to the network. Helm
// reads those; hchart reads nothing but the chart.
type ReferenceError struct {
	// URL is the reference, made absolute: file:///other.json for a $ref to
	// other.json.
	URL string
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("values.schema.json refers to %q: only references within the schema are followed, "+
		"put the definition into its $defs", e.URL)
}

// schemaURL is the base of a schema's references. It is in the library's
// messages too, where Helm's users see it.
const schemaURL = "file:///values.schema.json"

// read prepares the check of values against a schema.
func (v *validator) read(text []byte) *readSchema {
	patterns := patterns{left: maxPatternSize / quickShare}
	return &readSchema{quick: quick.Read(text, quick.Limits{
		Bytes:    v.maxBytes,
		Tables:   v.maxBytes / bytesPerObject,
		Places:   maxPlaces,
		Patterns: maxPatternSize / quickShare,
		Compile: func(text string) (quick.Matcher, int, error) {
			before := patterns.left
			expr, err := patterns.compile(text)
			return expr, before - patterns.left, err
		},
	})}
}

// compile compiles a schema. Some malformed ones make the library panic.
func (v *validator) compile(text []byte) (out *compiledSchema) {
	defer func() {
		if p := recover(); p != nil {
			out = &compiledSchema{err: &BadSchemaError{Reason: "is malformed", Err: fmt.Errorf("%v", p)}}
		}
	}()
	refuse := func(reason string, err error) *compiledSchema {
		return &compiledSchema{err: &BadSchemaError{Reason: reason, Err: err}}
	}
	if len(text) > v.maxBytes {
		return refuse("is larger than the maximum of "+strconv.Itoa(v.maxBytes)+" bytes", nil)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return refuse("is not valid JSON", err)
	}
	survey := survey{maxObjects: v.maxBytes / bytesPerObject, places: map[string]bool{}}
	if reason := survey.value(doc, "", 0); reason != "" {
		return refuse(reason, nil)
	}
	if survey.objects*len(survey.places) > maxPlaces {
		return refuse("has too many references and identifiers for its number of objects", nil)
	}

	outside := &outsideLoader{warn: v.warn}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(outside)
	compiler.UseRegexpEngine((&patterns{left: maxPatternSize}).compile)
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		return refuse("", err)
	}
	schema, err := compiler.Compile(schemaURL)
	if outside.refused != nil {
		return refuse("", outside.refused)
	}
	if err != nil {
		return refuse("", err)
	}
	steps := newStepCounter()
	steps.watch(schema)
	for _, at := range survey.anchors {
		// Schemas that only a $dynamicRef leads to.
		ref := url.URL{Fragment: at}
		if s, err := compiler.Compile(schemaURL + ref.String()); err == nil {
			steps.watch(s)
		}
	}
	return &compiledSchema{schema: schema, steps: steps}
}

// outsideLoader is asked for what is neither in the schema nor a metaschema.
type outsideLoader struct {
	warn    func(string)
	refused *ReferenceError
}

// Load loads nothing. A urn: is a name and not a place; Helm lets every value
// pass there, with a warning.
func (l *outsideLoader) Load(ref string) (any, error) {
	if strings.HasPrefix(ref, "urn:") {
		l.warn("values.schema.json refers to " + ref + ", which is not resolved: anything is valid there")
		return true, nil
	}
	l.refused = &ReferenceError{URL: ref}
	return nil, l.refused
}

// quickShare is what the quick check takes of the bound on regular expressions. The
// library compiles one twice or three times: for the metaschema, for the schema.
const quickShare = 8

// Bounds of one schema beside its size in bytes. The largest in public charts
// has 1,400 objects, 17 levels deep.
const (
	// bytesPerObject makes the bound on objects follow that on bytes: compiling
	// takes time with the square of the number of objects.
	bytesPerObject = 50
	// maxPlaces bounds objects times references and identifiers: each of
	// those may take the time of going through all objects.
	maxPlaces       = 8_000_000
	maxSchemaLevels = 200
	maxExponent     = 1000
)

// survey looks through a schema for what would cost too much to compile.
type survey struct {
	maxObjects int
	objects    int
	places     map[string]bool // what references and identifiers say
	anchors    []string        // JSON pointers of objects with a $dynamicAnchor
}

// value returns what is wrong with v, which stands at a JSON pointer.
func (s *survey) value(v any, at string, level int) (reason string) {
	if level > maxSchemaLevels {
		return "is nested deeper than " + strconv.Itoa(maxSchemaLevels) + " levels"
	}
	switch v := v.(type) {
	case map[string]any:
		if s.objects++; s.objects > s.maxObjects {
			return "holds too many objects for its maximum size"
		}
		if _, ok := v["$dynamicAnchor"]; ok {
			s.anchors = append(s.anchors, at)
		}
		for _, key := range []string{"$ref", "$dynamicRef", "$id", "id", "$anchor"} {
			if place, ok := v[key].(string); ok {
				s.places[place] = true
			}
		}
		for key, e := range v {
			key = strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
			if reason := s.value(e, at+"/"+key, level+1); reason != "" {
				return reason
			}
		}
	case []any:
		for i, e := range v {
			if reason := s.value(e, at+"/"+strconv.Itoa(i), level+1); reason != "" {
				return reason
			}
		}
	case json.Number:
		if hugeNumber(string(v)) {
			return "holds a number of more than a thousand digits"
		}
	}
	return ""
}

// hugeNumber reports whether the exact value of a number takes too much memory.
func hugeNumber(n string) bool {
	if len(n) > maxExponent {
		return true
	}
	i := strings.IndexAny(n, "eE")
	if i < 0 {
		return false
	}
	exp, err := strconv.Atoi(n[i+1:])
	return err != nil || exp > maxExponent || exp < -maxExponent
}
