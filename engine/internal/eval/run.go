package eval

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
)

// Limits bound one run; every field must be positive.
type Limits struct {
	Steps        int64 // evaluated nodes and loop turns
	IncludeDepth int   // nested includes of one name
	TplDepth     int   // nested calls of tpl
	CallDepth    int   // nested calls of include, template and tpl together
	OutputBytes  int64 // output of all executions
	FileBytes    int64 // output of one execution
	StringBytes  int   // one string that a function makes
	Items        int   // elements of one list that a function makes
	MemoryBytes  int64 // all that functions make, roughly
}

// Options are what a run needs beside a scope. Zero hooks are left out.
type Options struct {
	Limits Limits
	// Strict makes an absent key an error (missingkey=error); otherwise it is
	// the zero value (missingkey=zero).
	Strict bool
	// Data is handed to functions through Call.Data.
	Data any
	// Inject are the values for the hidden parameters named to NewFunctions.
	Inject []any
	// Functions, which must be set, and Units compile the texts given to tpl.
	Functions *Functions
	Units     *Units
	// AsMap gives the map behind a named map type whose methods templates may
	// call; nil knows none.
	AsMap func(v any) (m map[string]any, ok bool)
	// CheckArgument refuses values that must not be walked to their end: cyclic
	// or huge ones. It is asked before a value is printed or handed to a
	// function that is not shallow, and says how many elements the value has.
	CheckArgument func(v any) (elements int, err error)
	// CheckPrint refuses arguments that would be too much when printed together.
	CheckPrint func(args []any) error
	// CheckFormat refuses formats whose output would be huge.
	CheckFormat func(format string, args []any) error
	// Trace records the origin of the output.
	Trace bool
}

// Origin says which statement wrote the output from Offset on.
type Origin struct {
	Offset   int
	Position Position
}

// Run is one evaluation. It belongs to one goroutine.
type Run struct {
	ctx   context.Context
	opts  Options
	scope *Scope

	tmpl  *Template // the executing template
	at    place     // the node being evaluated, for errors
	calls []frame   // the calls under way
	vars  []variable
	base  int   // where the variables of the executing template begin
	args  []any // stack of evaluated arguments

	out      []byte
	spare    [][]byte // buffers of finished includes, for the next ones
	nested   int      // includes and tpl under way: their output is not traced
	origins  []Origin
	steps    int64
	written  int64 // output of earlier executions
	made     int64 // bytes that functions have made
	tplDepth int
	function *function // the function being called, for panics
	typ      reflect.Type
	info     *typeInfo // of typ, the type that hasMethod was asked about last
}

type variable struct {
	name  string
	value any
}

type frame struct {
	tmpl *Template
	at   place
	call builtin // builtinInclude, builtinTpl or ordinary for template
	name string
}

// NewRun prepares an evaluation in scope.
func NewRun(ctx context.Context, scope *Scope, opts Options) *Run {
	r, reused := opts.Functions.runs.Get().(*Run)
	if !reused {
		r = &Run{}
	}
	r.ctx, r.opts, r.scope = ctx, opts, scope
	return r
}

// maxKeptBytes bounds the buffers that a run leaves to the next one.
const maxKeptBytes = 4 << 20

// Release gives the memory of a run that ended without an error to later runs
// with the same Functions. The run must not be used any more.
func (r *Run) Release() {
	kept := cap(r.out)
	for _, b := range r.spare {
		kept += cap(b)
	}
	if kept > maxKeptBytes {
		r.out, r.spare = nil, nil
	}
	functions := r.opts.Functions
	*r = Run{
		out: r.out[:0], spare: r.spare,
		vars: emptied(r.vars), args: emptied(r.args), calls: emptied(r.calls),
	}
	functions.runs.Put(r)
}

// Execute evaluates the template with that name and returns its output. The
// error is an *Error, or the context's. After an error the run is used up.
func (r *Run) Execute(name string, data any) (output string, origins []Origin, err error) {
	t := r.scope.Lookup(name)
	if t == nil {
		return "", nil, fmt.Errorf("no template %q", name)
	}
	defer func() {
		if p := recover(); p != nil {
			output, origins, err = "", nil, r.recovered(p)
		}
	}()
	if err := r.ctx.Err(); err != nil {
		return "", nil, err
	}
	r.out, r.origins = r.out[:0], nil
	r.vars = r.vars[:0]
	r.enter(t, data)
	r.list(data, t.body)
	r.written += int64(len(r.out))
	return string(r.out), r.origins, nil
}

// enter makes t the executing template with data as its only variable.
func (r *Run) enter(t *Template, data any) {
	r.tmpl, r.base = t, len(r.vars)
	r.vars = append(r.vars, variable{"$", data})
}

// recovered turns a panic into an error. A panic that is not ours came out of a
// template function: text/template reports those as errors of the call.
func (r *Run) recovered(p any) error {
	if f, ok := p.(fault); ok {
		if cause := r.ctx.Err(); cause != nil && errors.Is(f.err, cause) {
			return cause
		}
		return f.err
	}
	err, ok := p.(error)
	if !ok {
		err = fmt.Errorf("%v", p)
	}
	e := r.errorAt(r.at, err.Error())
	if r.function != nil {
		e.Function = r.function.name
	} else {
		// Not a function's doing but a fault of the evaluator: say where.
		e.Message = fmt.Sprintf("internal error: %v\n%s", p, debug.Stack())
	}
	e.Err = err
	return e
}

// step accounts for a unit of work and stops an evaluation that was cancelled
// or has used up its budget.
func (r *Run) step() {
	r.steps++
	if r.steps&255 == 0 {
		if err := r.ctx.Err(); err != nil {
			r.fail(err)
		}
	}
	if r.steps > r.opts.Limits.Steps {
		r.limit("steps", r.opts.Limits.Steps, "the templates evaluate too many nodes; is there a range over a huge number?")
	}
}

func (r *Run) limit(name string, bound int64, hint string) {
	r.fail(&LimitError{Limit: name, Max: bound, Hint: hint})
}

// fail ends the evaluation with a cause at the current node.
func (r *Run) fail(cause error) {
	e := r.errorAt(r.at, cause.Error())
	e.Err = cause
	panic(fault{e})
}

// failf ends the evaluation with an error at the current node.
func (r *Run) failf(format string, args ...any) {
	panic(fault{r.errorAt(r.at, fmt.Sprintf(format, args...))})
}

func (r *Run) errorAt(at place, message string) *Error {
	e := &Error{Position: positionIn(r.tmpl, at), Message: message}
	if at != (place{}) {
		e.Context = Excerpt(r.source(at))
	}
	for i := len(r.calls) - 1; i >= 0; i-- {
		e.Frames = append(e.Frames, r.calls[i].describe())
	}
	return e
}

// Excerpt shortens an expression or a line for a message.
func Excerpt(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func (f frame) describe() Frame {
	out := Frame{Position: positionIn(f.tmpl, f.at)}
	switch f.call {
	case builtinInclude:
		out.Call = fmt.Sprintf("include %q", f.name)
	case builtinTpl:
		out.Call = "tpl"
	default:
		out.Call = fmt.Sprintf("template %q", f.name)
	}
	return out
}

// source is a node of the executing template as it is written.
func (r *Run) source(at place) string { return source(r.tmpl.unit.text, at) }

// position is where the evaluation stands.
func (r *Run) position() Position { return positionIn(r.tmpl, r.at) }

// injected finds the value for a hidden parameter.
func (r *Run) injected(f *function) any {
	for _, v := range r.opts.Inject {
		if reflect.TypeOf(v) == f.inject {
			return v
		}
	}
	return &Call{run: r, tmpl: r.tmpl, at: r.at}
}
