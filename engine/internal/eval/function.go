package eval

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
)

// Functions is a table of the functions that templates may call: those of
// text/template, include and tpl, and those given to NewFunctions. It is safe for
// concurrent use.
type Functions struct {
	given    map[string]any
	builtins map[string]any
	parseMap map[string]any // all of them, for text/template/parse
	opts     FunctionOptions

	// What is known of the functions that templates have named so far: a chart
	// uses a tenth of them, and looking at all costs more than a small chart.
	mu   sync.Mutex
	made map[string]*function

	parsers sync.Pool // of *parser, for Compile
	runs    sync.Pool // of *Run, for NewRun
	types   sync.Map  // reflect.Type to *typeInfo
}

// Call is what a function learns about the call it is in when its first
// parameter is a *Call. Templates do not see that parameter.
type Call struct {
	run  *Run
	tmpl *Template
	at   place
}

// Position is where the function is called.
func (c *Call) Position() Position { return positionIn(c.tmpl, c.at) }

// Data is the Options.Data of the run.
func (c *Call) Data() any { return c.run.opts.Data }

// builtin tells the functions apart that the evaluator treats specially.
type builtin int

const (
	ordinary builtin = iota
	builtinAnd
	builtinOr
	builtinCall
	builtinInclude
	builtinTpl
	builtinPrintf
	builtinPrint // the other functions that format their arguments
)

type function struct {
	name     string
	special  builtin
	shallow  bool // does not walk its arguments: they need no check
	rv       reflect.Value
	typ      reflect.Type
	params   []param // as templates see them
	variadic bool
	inject   reflect.Type // type of a hidden first parameter, or nil
	// quick calls the function without reflection; nil when its signature is
	// not among the common ones.
	quick func(args []any) (any, error)
	// quickHidden is quick for functions with a hidden *Call.
	quickHidden func(c *Call, args []any) (any, error)
}

// param is the type of one parameter; for the last one of a variadic function
// that of its elements.
type param struct {
	kind paramKind
	typ  reflect.Type
}

type paramKind int

const (
	otherParam paramKind = iota
	anyParam
	stringParam
	intParam
	boolParam
	mapParam
	valueParam // reflect.Value: takes anything as it is
)

// FunctionOptions describe the functions given to NewFunctions.
type FunctionOptions struct {
	// Inject lists the types of hidden first parameters, beside *Call, that a
	// run fills in from Options.Inject.
	Inject []reflect.Type
	// Shallow names the functions whose arguments need not pass
	// Options.CheckArgument.
	Shallow map[string]bool
	// Borrows names the functions with any number of arguments that keep neither
	// their list nor a part of it when they return.
	Borrows map[string]bool
}

// NewFunctions makes a table of text/template's functions, include and tpl, and
// fns on top of them. A function returns one result, or a result and an error.
// The table keeps fns, which must not change any more.
func NewFunctions(fns map[string]any, opts FunctionOptions) (*Functions, error) {
	for name, fn := range fns {
		typ := reflect.TypeOf(fn)
		if fn == nil || typ.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil() {
			return nil, fmt.Errorf("template function %q is a %T, not a function", name, fn)
		}
		if err := goodResults(name, typ); err != nil {
			return nil, err
		}
	}
	t := &Functions{given: fns, builtins: builtins(), opts: opts, made: map[string]*function{}}
	t.parseMap = maps.Clone(t.builtins)
	maps.Copy(t.parseMap, fns)
	return t, nil
}

// lookup returns the function of that name, nil when there is none.
func (t *Functions) lookup(name string) *function {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f, ok := t.made[name]; ok {
		return f
	}
	name = strings.Clone(name) // which is part of a text that should not be kept for it
	var f *function
	if fn, ok := t.given[name]; ok {
		f = t.describe(name, fn)
	} else if fn, ok := t.builtins[name]; ok {
		f = t.describe(name, fn)
		f.special = specialOf(name)
		f.addShortcut()
	} else {
		return nil // not to be remembered: there is no end of such names
	}
	t.made[name] = f
	return f
}

// specialOf tells which of text/template's functions are the evaluator's own.
func specialOf(name string) builtin {
	switch name {
	case "and":
		return builtinAnd
	case "or":
		return builtinOr
	case "call":
		return builtinCall
	case "include":
		return builtinInclude
	case "tpl":
		return builtinTpl
	case "printf":
		return builtinPrintf
	case "print", "println", "html", "js", "urlquery":
		return builtinPrint
	}
	return ordinary
}

// describe prepares a function for being called.
func (t *Functions) describe(name string, fn any) *function {
	rv := reflect.ValueOf(fn)
	typ := rv.Type()
	f := &function{name: name, shallow: t.opts.Shallow[name], rv: rv, typ: typ, variadic: typ.IsVariadic()}
	first := 0
	if typ.NumIn() > 0 && hidden(typ.In(0), t.opts.Inject) {
		f.inject, first = typ.In(0), 1
	}
	for i := first; i < typ.NumIn(); i++ {
		in := typ.In(i)
		if f.variadic && i == typ.NumIn()-1 {
			in = in.Elem()
		}
		f.params = append(f.params, param{kindOf(in), in})
	}
	if f.inject == nil {
		f.quick = quickCall(fn, t.opts.Borrows[name])
	} else {
		f.quickHidden = quickHidden(fn)
	}
	return f
}

func hidden(typ reflect.Type, inject []reflect.Type) bool {
	if typ == reflect.TypeFor[*Call]() {
		return true
	}
	for _, in := range inject {
		if typ == in {
			return true
		}
	}
	return false
}

// goodResults checks the results of a function by the rules of text/template.
func goodResults(name string, typ reflect.Type) error {
	switch {
	case typ.NumOut() == 1:
		return nil
	case typ.NumOut() == 2 && typ.Out(1) == errorType:
		return nil
	case typ.NumOut() == 2:
		return fmt.Errorf("invalid function signature for %s: second return value should be error; is %s", name, typ.Out(1))
	}
	return fmt.Errorf("function %s has %d return values; should be 1 or 2", name, typ.NumOut())
}

func kindOf(typ reflect.Type) paramKind {
	switch typ {
	case anyType:
		return anyParam
	case valueType:
		return valueParam
	case reflect.TypeFor[string]():
		return stringParam
	case reflect.TypeFor[int]():
		return intParam
	case reflect.TypeFor[bool]():
		return boolParam
	case reflect.TypeFor[map[string]any]():
		return mapParam
	}
	return otherParam
}

// param returns the parameter that argument i goes to.
func (f *function) param(i int) param {
	if i >= len(f.params) {
		i = len(f.params) - 1
	}
	return f.params[i]
}

// checkCount verifies the number of arguments, written and piped.
func (f *function) checkCount(written int, piped bool) error {
	n := written
	if piped {
		n++
	}
	if f.variadic {
		if n < len(f.params)-1 {
			return fmt.Errorf("wrong number of args for %s: want at least %d got %d", f.name, len(f.params)-1, written)
		}
		return nil
	}
	if n != len(f.params) {
		return fmt.Errorf("wrong number of args for %s: want %d got %d", f.name, len(f.params), n)
	}
	return nil
}

// reflectCall calls f with arguments already converted to its parameters.
func (f *function) reflectCall(injected any, args []any) (any, error) {
	in := make([]reflect.Value, 0, len(args)+1)
	if f.inject != nil {
		in = append(in, reflect.ValueOf(injected))
	}
	for i, a := range args {
		in = append(in, asParam(a, f.param(i)))
	}
	return results(f.rv.Call(in))
}

// asParam makes a reflect.Value of a converted argument.
func asParam(a any, p param) reflect.Value {
	if p.kind == valueParam {
		return reflect.ValueOf(toReflect(a))
	}
	if b, ok := a.(*boxed); ok {
		return b.rv
	}
	if a == nil {
		return reflect.Zero(p.typ)
	}
	return reflect.ValueOf(a)
}

func results(out []reflect.Value) (any, error) {
	if len(out) == 2 && !out[1].IsNil() {
		return nil, out[1].Interface().(error)
	}
	return fromReflect(out[0]), nil
}
