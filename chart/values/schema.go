package values

import (
	"cmp"
	"context"
	"strings"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values/internal/jsonschema"
	"github.com/hchart/hchart/chart/values/internal/quick"
)

// SchemaError lists the charts whose values do not meet their schema. Its text
// is laid out as Helm's.
type SchemaError struct {
	// Failures are in the order of the tree: a chart before its subcharts.
	Failures []SchemaFailure
}

// SchemaFailure is one chart whose values do not meet its schema, or whose
// schema cannot be used.
type SchemaFailure struct {
	// Chart is the name of the chart, for an aliased one the alias.
	Chart string
	// Err is an [*InvalidError] when the values are at fault, and a
	// [*BadSchemaError] when the schema is.
	Err error
}

func (e *SchemaError) Error() string {
	var b strings.Builder
	b.WriteString("values don't meet the specifications of the schema(s) in the following chart(s):\n")
	for _, f := range e.Failures {
		b.WriteString(f.Chart)
		b.WriteString(":\n")
		b.WriteString(f.Err.Error())
		b.WriteString("\n")
	}
	return b.String()
}

// Unwrap returns the errors of the failures.
func (e *SchemaError) Unwrap() []error {
	errs := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		errs[i] = f.Err
	}
	return errs
}

// defaultSchemaBytes is the default of ComposeOptions.SchemaBytes.
const defaultSchemaBytes = 1 << 20

// validate checks the values of root and of its subcharts, each against the
// schema of its own.
func (c *composer) validate(ctx context.Context, root *chart.Chart, vals map[string]any, opts ComposeOptions) error {
	v := validator{
		composer: c,
		maxBytes: cmp.Or(opts.SchemaBytes, defaultSchemaBytes),
		known:    map[string]*readSchema{},
	}
	if err := v.tree(ctx, root, vals); err != nil {
		return err
	}
	if len(v.failures) > 0 {
		return &SchemaError{Failures: v.failures}
	}
	return nil
}

// validator is the state of validating one composition.
type validator struct {
	*composer
	maxBytes int
	// known are the schemas by their text: an umbrella may hold one chart many
	// times.
	known    map[string]*readSchema
	failures []SchemaFailure
}

// readSchema is a schema that was looked at once. Most values are found valid by
// the quick check; what it is unsure of is what the library is for.
type readSchema struct {
	quick    *quick.Schema   // nil when it does not take the schema
	compiled *compiledSchema // nil before it is needed
}

type compiledSchema struct {
	schema *jsonschema.Schema
	err    error
	steps  *stepCounter
}

// tree validates ch and what is below it. Its error is the context's.
func (v *validator) tree(ctx context.Context, ch *chart.Chart, vals map[string]any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ch.Schema != nil {
		if err := v.one(ctx, ch.Schema, vals); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v.failures = append(v.failures, SchemaFailure{Chart: ch.Name(), Err: err})
		}
	}
	for _, sub := range ch.Dependencies() {
		// Composing has made it a table.
		table, _ := vals[sub.Name()].(map[string]any)
		if err := v.tree(ctx, sub, table); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) one(ctx context.Context, text []byte, vals map[string]any) error {
	known, ok := v.known[string(text)]
	if !ok {
		known = v.read(text)
		v.known[string(text)] = known
	}
	if known.quick != nil && known.quick.Valid(vals) {
		return nil
	}
	if known.compiled == nil {
		known.compiled = v.compile(text)
	}
	if known.compiled.err != nil {
		return known.compiled.err
	}
	return known.compiled.check(ctx, vals)
}
