package values

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"runtime"

	"github.com/hchart/hchart/chart/values/internal/jsonschema"
)

// Bounds of checking values against one schema.
const (
	// maxSteps is how many times a schema, or a part of one, may be applied to
	// a value. References let a short schema ask for any number of them; that
	// of a public chart takes 1,400.
	maxSteps = 300_000
	// maxFrames is how deep that may be nested, in stack frames: Go cannot
	// recover from a stack that is too deep. It is looked at every
	// stepsPerLook steps, in which some four times as many frames may come.
	maxFrames    = 200_000
	stepsPerLook = 1 << 13

	maxPatternBytes = 1 << 10 // of one regular expression
	maxPatternSize  = 500_000 // instructions and ranges of all of them
)

// abort is the panic that ends a validation; the library has no other way out.
type abort struct{ err error }

var (
	errSteps  = errors.New("checking the values takes more than 300,000 steps")
	errFrames = errors.New("its references lead too deep")
)

// check validates vals; the library changes nothing in them.
func (s *compiledSchema) check(ctx context.Context, vals map[string]any) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case abort:
			err = &BadSchemaError{Reason: "cannot be applied", Err: p.err}
		default:
			err = &BadSchemaError{Reason: "cannot be applied", Err: fmt.Errorf("%v", p)}
		}
	}()
	s.steps.stop, s.steps.taken = ctx.Err, 0
	if vals == nil {
		vals = map[string]any{}
	}
	if err := s.schema.Validate(vals); err != nil {
		return newInvalidError(err)
	}
	return nil
}

// stepCounter counts how often parts of a schema are applied.
//
// It stands in for their formats, which the library checks early in each
// application: the only place where it calls back everywhere.
type stepCounter struct {
	stop    func() error
	taken   int
	watched map[*jsonschema.Schema]bool
}

func newStepCounter() *stepCounter {
	return &stepCounter{watched: map[*jsonschema.Schema]bool{}}
}

func (c *stepCounter) step() {
	c.taken++
	if c.taken%stepsPerLook != 0 {
		return
	}
	if err := c.stop(); err != nil {
		panic(abort{err})
	}
	if c.taken > maxSteps {
		panic(abort{errSteps})
	}
	var pc [1]uintptr
	if runtime.Callers(maxFrames, pc[:]) > 0 {
		panic(abort{errFrames})
	}
}

// watch makes s and all schemas that can be reached from it count.
func (c *stepCounter) watch(s *jsonschema.Schema) {
	todo := []*jsonschema.Schema{s}
	for len(todo) > 0 {
		s, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if s == nil || c.watched[s] {
			continue
		}
		c.watched[s] = true
		format := jsonschema.Format{Validate: func(any) error { return nil }}
		if s.Format != nil {
			format = *s.Format
		}
		validate := format.Validate
		format.Validate = func(v any) error {
			c.step()
			return validate(v)
		}
		s.Format = &format
		todo = append(todo, partsOf(s)...)
	}
}

// partsOf returns the schemas that s refers to. Some are nil.
func partsOf(s *jsonschema.Schema) []*jsonschema.Schema {
	parts := []*jsonschema.Schema{
		s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else, s.PropertyNames, s.UnevaluatedProperties,
		s.Contains, s.Items2020, s.UnevaluatedItems, s.ContentSchema,
	}
	if s.DynamicRef != nil {
		parts = append(parts, s.DynamicRef.Ref)
	}
	for _, list := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		parts = append(parts, list...)
	}
	for _, byName := range []map[string]*jsonschema.Schema{s.Properties, s.DependentSchemas} {
		for _, p := range byName {
			parts = append(parts, p)
		}
	}
	for _, p := range s.PatternProperties {
		parts = append(parts, p)
	}
	loose := []any{s.AdditionalProperties, s.AdditionalItems, s.Items}
	for _, p := range s.Dependencies {
		loose = append(loose, p)
	}
	for _, p := range loose {
		switch p := p.(type) {
		case *jsonschema.Schema:
			parts = append(parts, p)
		case []*jsonschema.Schema:
			parts = append(parts, p...)
		}
	}
	return parts
}

// patterns compiles the regular expressions of one schema. A repetition is
// written out when it is compiled: ten bytes can ask for megabytes.
type patterns struct{ left int }

func (p *patterns) compile(text string) (jsonschema.Regexp, error) {
	if len(text) > maxPatternBytes {
		return nil, fmt.Errorf("pattern of %d bytes: at most %d are allowed", len(text), maxPatternBytes)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	for _, inst := range prog.Inst {
		p.left -= 1 + len(inst.Rune)
	}
	if p.left < 0 {
		return nil, errors.New("the patterns of the schema are too large together")
	}
	return regexp.Compile(text)
}
