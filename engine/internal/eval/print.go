package eval

import (
	"fmt"
	"reflect"
	"strconv"
)

// noValue is what text/template prints for no value. Helm deletes it from the
// output of each file and of each tpl, even where a user wrote it.
const noValue = "<no value>"

// write appends to the output.
func (r *Run) write(s string) {
	r.out = append(r.out, s...)
	r.checkOutput()
}

func (r *Run) checkOutput() {
	if int64(len(r.out)) > r.opts.Limits.FileBytes {
		r.limit("bytes of one file", r.opts.Limits.FileBytes, "the output of one template is too long")
	}
	if r.written+int64(len(r.out)) > r.opts.Limits.OutputBytes {
		r.limit("output bytes", r.opts.Limits.OutputBytes, "the output of the chart is too long")
	}
}

// trace notes that the current node is about to write.
func (r *Run) trace() {
	if r.opts.Trace && r.nested == 0 {
		r.origins = append(r.origins, Origin{len(r.out), r.position()})
	}
}

// print appends a value as fmt.Fprint does.
func (r *Run) print(v any) {
	switch v := v.(type) {
	case string:
		r.out = append(r.out, v...)
	case nil:
		r.out = append(r.out, noValue...)
	case bool:
		r.out = strconv.AppendBool(r.out, v)
	case int:
		r.out = strconv.AppendInt(r.out, int64(v), 10)
	case int64:
		r.out = strconv.AppendInt(r.out, v, 10)
	case float64:
		r.out = fmt.Append(r.out, v)
	default:
		r.printSlow(v)
	}
	r.checkOutput()
}

func (r *Run) printSlow(v any) {
	p, ok := printable(toReflect(v))
	if !ok {
		r.failf("can't print a value of type %s", typeName(v))
	}
	if r.opts.CheckArgument != nil {
		if err := r.checkArgument(p); err != nil {
			r.fail(err)
		}
	}
	r.out = fmt.Append(r.out, p)
}

// printable finds the form of a value that fmt prints best: pointers are
// followed, a Stringer with a pointer receiver is used where it can be reached.
func printable(rv reflect.Value) (any, bool) {
	if rv.Kind() == reflect.Pointer {
		rv, _ = indirect(rv)
	}
	if !rv.IsValid() {
		return noValue, true
	}
	if !prints(rv.Type()) {
		if rv.CanAddr() && prints(reflect.PointerTo(rv.Type())) {
			rv = rv.Addr()
		} else if k := rv.Kind(); k == reflect.Chan || k == reflect.Func {
			return nil, false
		}
	}
	if !rv.CanInterface() {
		return nil, false
	}
	return rv.Interface(), true
}

// prints reports whether fmt prints a type by one of its methods.
func prints(t reflect.Type) bool {
	return t.Implements(errorType) || t.Implements(reflect.TypeFor[fmt.Stringer]())
}

// checkArguments guards functions that walk their arguments.
func (r *Run) checkArguments(fn *function, args []any) error {
	if fn.special == builtinPrintf && r.opts.CheckFormat != nil {
		if err := r.opts.CheckFormat(str(args[0]), args[1:]); err != nil {
			return err
		}
	}
	if fn.special == builtinPrint && r.opts.CheckPrint != nil {
		if err := r.opts.CheckPrint(args); err != nil {
			return err
		}
	}
	if fn.shallow || r.opts.CheckArgument == nil {
		return nil
	}
	for _, a := range args {
		switch a.(type) {
		case nil, ifaceNil, string, int, bool, int64, float64, *boxed:
			continue
		}
		if err := r.checkArgument(a); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) checkArgument(v any) error {
	n, err := r.opts.CheckArgument(v)
	r.charge(int64(n) * wordBytes)
	return err
}

// wordBytes is the size of an any, what an element of a list costs at least.
const wordBytes = 16

// account charges what a function made to the run. A list or string too long is
// noticed after it was made: it is not larger than its arguments, which passed,
// or the function has a bound of its own.
func (r *Run) account(v any) {
	switch v := v.(type) {
	case string:
		if len(v) > r.opts.Limits.StringBytes {
			r.limit("string bytes", int64(r.opts.Limits.StringBytes), "a template function made too long a string")
		}
		r.charge(int64(len(v)))
	case []any:
		r.accountList(len(v))
	case []string:
		r.accountList(len(v))
	case []int:
		r.accountList(len(v))
	case nil, bool, int, int64, float64, map[string]any:
	default:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
			r.accountList(rv.Len())
		}
	}
}

func (r *Run) accountList(n int) {
	if n > r.opts.Limits.Items {
		r.limit("items", int64(r.opts.Limits.Items), "a template function made too long a list")
	}
	r.charge(int64(n) * wordBytes)
}

func (r *Run) charge(bytes int64) {
	if r.made += bytes; r.made > r.opts.Limits.MemoryBytes {
		r.limit("memory bytes", r.opts.Limits.MemoryBytes, "the template functions make too much in one render")
	}
}
