package values

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/hchart/hchart/chart"
)

// schemaURL is the name a chart's schema has for references within it, and in
// the library's messages.
const schemaURL = "file:///values.schema.json"

// SchemaError lists the charts whose values do not fit their schema.
type SchemaError struct{ Failures []SchemaFailure }

// SchemaFailure is one chart whose values do not fit, or whose schema is none.
type SchemaFailure struct {
	Chart string
	// Err says what is wrong. It holds no values of keys that look secret.
	Err error
}

func (e *SchemaError) Error() string {
	var b strings.Builder
	b.WriteString("values don't meet the specifications of the schema(s) in the following chart(s):\n")
	for _, f := range e.Failures {
		fmt.Fprintf(&b, "%s:\n%v", f.Chart, f.Err)
	}
	return b.String()
}

func (e *SchemaError) Unwrap() []error {
	errs := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		errs[i] = f.Err
	}
	return errs
}

// ReferenceError is a schema that refers to another file or to the network.
// Helm follows such references; here nothing outside the chart is read.
type ReferenceError struct{ URL string }

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("the schema refers to %s; only references within values.schema.json are followed: put the definition there", e.URL)
}

// validate checks the values of ch and of its subcharts, each against its own
// schema.
func (c *composer) validate(ctx context.Context, ch *chart.Chart, vals map[string]any, opts ComposeOptions) error {
	var failures []SchemaFailure
	if err := c.validateTree(ctx, ch, vals, opts, &failures); err != nil {
		return err
	}
	if len(failures) > 0 {
		return &SchemaError{failures}
	}
	return nil
}

func (c *composer) validateTree(ctx context.Context, ch *chart.Chart, vals map[string]any, opts ComposeOptions, failures *[]SchemaFailure) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ch.Schema != nil {
		if err := c.validateOne(ch.Schema, vals, cmp.Or(opts.SchemaBytes, 1<<20)); err != nil {
			*failures = append(*failures, SchemaFailure{ch.Name(), err})
		}
	}
	for _, sub := range ch.Dependencies() {
		raw, ok := vals[sub.Name()]
		if !ok || raw == nil {
			continue
		}
		table, ok := raw.(map[string]any)
		if !ok {
			err := fmt.Errorf("invalid type for values: expected object (map), got %T\n", raw)
			*failures = append(*failures, SchemaFailure{sub.Name(), err})
			continue
		}
		if err := c.validateTree(ctx, sub, table, opts, failures); err != nil {
			return err
		}
	}
	return nil
}

// validateOne checks values against one schema. The library panics on some
// malformed schemas.
func (c *composer) validateOne(schema []byte, vals map[string]any, maxBytes int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unable to validate schema: %v\n", p)
		}
	}()
	if len(schema) > maxBytes {
		return fmt.Errorf("values.schema.json is larger than %d bytes\n", maxBytes)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return fmt.Errorf("values.schema.json is not valid JSON: %w\n", err)
	}
	comp := jsonschema.NewCompiler()
	comp.UseLoader(inside{c})
	if err := comp.AddResource(schemaURL, doc); err != nil {
		return err
	}
	compiled, err := comp.Compile(schemaURL)
	if err != nil {
		return fmt.Errorf("%w\n", err)
	}
	if vals == nil {
		vals = map[string]any{}
	}
	err = compiled.Validate(vals)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		mask(invalid)
		return &InvalidError{invalid}
	}
	return err
}

// InvalidError are values that do not fit a schema.
type InvalidError struct{ err *jsonschema.ValidationError }

// Error lists the faults as Helm does, one "- at '/path': …" a line.
func (e *InvalidError) Error() string {
	return strings.TrimPrefix(e.err.Error(), "jsonschema validation failed with '"+schemaURL+"#'\n") + "\n"
}

// inside is a loader that loads nothing.
type inside struct{ c *composer }

// Load is asked for every reference that leads out of the schema. A urn: is a
// name and not a place; Helm lets everything pass there, with a warning.
func (l inside) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		l.c.warn("unresolved URN reference ignored; using permissive schema: " + url)
		return true, nil
	}
	return nil, &ReferenceError{url}
}

// mask takes the values out of messages about keys that look secret.
func mask(e *jsonschema.ValidationError) {
	if secret(e.InstanceLocation) {
		switch k := e.ErrorKind.(type) {
		case *kind.Pattern:
			k.Got = "*****"
		case *kind.Format:
			k.Got = "*****"
			k.Err = errors.New("the value is not shown")
		}
	}
	for _, cause := range e.Causes {
		mask(cause)
	}
}

func secret(path []string) bool {
	for _, key := range path {
		key = strings.ToLower(key)
		for _, word := range []string{"pass", "secret", "token", "key", "cred", "auth", "cert", "pwd"} {
			if strings.Contains(key, word) {
				return true
			}
		}
	}
	return false
}
