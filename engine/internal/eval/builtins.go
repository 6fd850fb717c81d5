package eval

import (
	"errors"
	"fmt"
	"reflect"
	"text/template"
)

// builtins returns the predefined functions of text/template, with include and
// tpl. Those that are special to the evaluator appear by their signature only.
// It is a function so that a program which renders nothing does not build it.
func builtins() map[string]any {
	return map[string]any{
		"and":      func(reflect.Value, ...reflect.Value) reflect.Value { return reflect.Value{} },
		"or":       func(reflect.Value, ...reflect.Value) reflect.Value { return reflect.Value{} },
		"call":     func(reflect.Value, ...reflect.Value) reflect.Value { return reflect.Value{} },
		"include":  func(string, any) string { return "" },
		"tpl":      func(string, any) string { return "" },
		"not":      func(v any) bool { return !isTrue(v) },
		"len":      length,
		"index":    index,
		"slice":    slice,
		"print":    fmt.Sprint,
		"printf":   fmt.Sprintf,
		"println":  fmt.Sprintln,
		"html":     template.HTMLEscaper,
		"js":       template.JSEscaper,
		"urlquery": template.URLQueryEscaper,
		"eq":       eq,
		"ne":       func(a, b reflect.Value) (bool, error) { same, err := eq(a, b); return !same, err },
		"lt":       lt,
		"le":       le,
		"gt":       func(a, b reflect.Value) (bool, error) { less, err := le(a, b); return !less, err },
		"ge":       func(a, b reflect.Value) (bool, error) { less, err := lt(a, b); return !less, err },
	}
}

// length is len.
func length(v reflect.Value) (int, error) {
	v, isNil := indirect(v)
	if isNil {
		return 0, errors.New("len of nil pointer")
	}
	switch v.Kind() {
	case reflect.Array, reflect.Chan, reflect.Map, reflect.Slice, reflect.String:
		return v.Len(), nil
	case reflect.Invalid:
		return 0, errors.New("len of nil")
	}
	return 0, fmt.Errorf("len of type %s", v.Type())
}

// index is item[i][j]…; an absent key of a map gives the zero value.
func index(item reflect.Value, indexes ...reflect.Value) (reflect.Value, error) {
	item = throughInterface(item)
	if !item.IsValid() {
		return reflect.Value{}, errors.New("index of untyped nil")
	}
	for _, idx := range indexes {
		idx = throughInterface(idx)
		var isNil bool
		if item, isNil = indirect(item); isNil {
			return reflect.Value{}, errors.New("index of nil pointer")
		}
		switch item.Kind() {
		case reflect.Array, reflect.Slice, reflect.String:
			i, err := position(idx, item.Len())
			if err != nil {
				return reflect.Value{}, err
			}
			if i == item.Len() {
				return reflect.Value{}, fmt.Errorf("index out of range: %d", i)
			}
			item = item.Index(i)
		case reflect.Map:
			key, err := prepare(idx, item.Type().Key())
			if err != nil {
				return reflect.Value{}, err
			}
			elem := item.MapIndex(key)
			if !elem.IsValid() {
				elem = reflect.Zero(item.Type().Elem())
			}
			item = elem
		default:
			return reflect.Value{}, fmt.Errorf("can't index item of type %s", item.Type())
		}
	}
	return item, nil
}

// slice is item[i:j:k] of a string, slice or array.
func slice(item reflect.Value, indexes ...reflect.Value) (reflect.Value, error) {
	item = throughInterface(item)
	if !item.IsValid() {
		return reflect.Value{}, errors.New("slice of untyped nil")
	}
	item, isNil := indirect(item)
	if isNil {
		return reflect.Value{}, errors.New("slice of nil pointer")
	}
	if len(indexes) > 3 {
		return reflect.Value{}, fmt.Errorf("too many slice indexes: %d", len(indexes))
	}
	var bound int
	switch item.Kind() {
	case reflect.String:
		if len(indexes) == 3 {
			return reflect.Value{}, errors.New("cannot 3-index slice a string")
		}
		bound = item.Len()
	case reflect.Array, reflect.Slice:
		bound = item.Cap()
	default:
		return reflect.Value{}, fmt.Errorf("can't slice item of type %s", item.Type())
	}
	at := [3]int{0, item.Len()}
	for i, idx := range indexes {
		x, err := position(idx, bound)
		if err != nil {
			return reflect.Value{}, err
		}
		at[i] = x
	}
	if at[0] > at[1] {
		return reflect.Value{}, fmt.Errorf("invalid slice index: %d > %d", at[0], at[1])
	}
	if len(indexes) < 3 {
		return item.Slice(at[0], at[1]), nil
	}
	if at[1] > at[2] {
		return reflect.Value{}, fmt.Errorf("invalid slice index: %d > %d", at[1], at[2])
	}
	return item.Slice3(at[0], at[1], at[2]), nil
}

// position makes an int of an index value; bound itself is allowed.
func position(v reflect.Value, bound int) (int, error) {
	var x int64
	switch {
	case v.CanInt():
		x = v.Int()
	case v.CanUint():
		x = int64(v.Uint())
	case !v.IsValid():
		return 0, errors.New("cannot index slice/array with nil")
	default:
		return 0, fmt.Errorf("cannot index slice/array with type %s", v.Type())
	}
	if x < 0 || x > int64(bound) {
		return 0, fmt.Errorf("index out of range: %d", x)
	}
	return int(x), nil
}

// prepare makes v usable as a map key or as an argument of call: nil becomes
// the zero of a type that has one, integers convert into one another.
func prepare(v reflect.Value, typ reflect.Type) (reflect.Value, error) {
	if !v.IsValid() {
		if !canBeNil(param{kindOf(typ), typ}) {
			return reflect.Value{}, fmt.Errorf("value is nil; should be of type %s", typ)
		}
		v = reflect.Zero(typ)
	}
	if v.Type().AssignableTo(typ) {
		return v, nil
	}
	zero := reflect.Zero(typ)
	if (v.CanInt() || v.CanUint()) && (zero.CanInt() || zero.CanUint()) && v.Type().ConvertibleTo(typ) {
		return v.Convert(typ), nil
	}
	return reflect.Value{}, fmt.Errorf("value has type %s; should be %s", v.Type(), typ)
}

// callValue is call: its first argument is a function value.
func (r *Run) callValue(c *command, args []any) (any, error) {
	fv := throughInterface(toReflect(args[0]))
	if !fv.IsValid() {
		return nil, errors.New("call of nil")
	}
	if fv.Kind() != reflect.Func {
		return nil, fmt.Errorf("non-function of type %s", fv.Type())
	}
	fn := &function{name: c.fn.name, rv: fv, typ: fv.Type(), variadic: fv.Type().IsVariadic()}
	if err := goodResults(fn.name, fn.typ); err != nil {
		return nil, err
	}
	var in []any
	for i, a := range args[1:] {
		at := min(i, fn.typ.NumIn()-1)
		if at < 0 {
			break
		}
		typ := fn.typ.In(at)
		if fn.variadic && at == fn.typ.NumIn()-1 {
			typ = typ.Elem()
		}
		v, err := prepare(throughInterface(toReflect(a)), typ)
		if err != nil {
			return nil, fmt.Errorf("arg %d: %w", i, err)
		}
		fn.params = append(fn.params, param{otherParam, typ})
		in = append(in, fromReflect(v))
	}
	if n := fn.typ.NumIn(); len(args)-1 != n && !fn.variadic || fn.variadic && len(args)-1 < n-1 {
		return nil, fmt.Errorf("wrong number of args for %s: got %d want %d", fn.name, len(args)-1, n)
	}
	return r.callGo(fn, in)
}

// throughInterface forgets that a value was found inside an interface.
func throughInterface(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}
