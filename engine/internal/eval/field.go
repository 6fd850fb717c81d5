package eval

import (
	"reflect"
	"strings"
)

// chain walks receiver along fields; the last one may be a method and then gets
// the arguments.
func (r *Run) chain(dot, receiver any, fields []string, args []expr, final any) any {
	last := len(fields) - 1
	for i, name := range fields {
		// What nearly every step is: a key of a plain map.
		if m, ok := receiver.(map[string]any); ok {
			v, found := m[name]
			_, none := final.(missing)
			if found && (i < last || len(args) == 0 && none) {
				receiver = fromElem(v)
				continue
			}
		}
		if i < last {
			receiver = r.field(dot, receiver, fields, i, nil, missing{})
		} else {
			receiver = r.field(dot, receiver, fields, i, args, final)
		}
	}
	return receiver
}

// field is fields[i] of receiver: a method, a key of a map or a field of a struct.
func (r *Run) field(dot, receiver any, fields []string, i int, args []expr, final any) any {
	name := fields[i]
	switch m := receiver.(type) {
	case nil:
		if r.opts.Strict {
			r.failf("nil data; no entry for key %q", name)
		}
		return nil
	case ifaceNil:
		r.failf("nil pointer evaluating interface {}.%s: %s is nil or absent", name, r.prefix(fields, i))
	case map[string]any:
		return r.key(m, name, fields, i, args, final)
	}
	if r.opts.AsMap != nil {
		if m, ok := r.opts.AsMap(receiver); ok && !(exported(name) && r.hasMethod(receiver, name)) {
			return r.key(m, name, fields, i, args, final)
		}
	}
	return r.reflectField(dot, receiver, fields, i, args, final)
}

// exported reports whether name could be a method: those of Go begin with an
// upper case letter. Letters outside ASCII are let through to reflection.
func exported(name string) bool {
	c := name[0]
	return c >= 'A' && c <= 'Z' || c >= 0x80
}

func (r *Run) hasMethod(v any, name string) bool {
	typ := reflect.TypeOf(v)
	if typ != r.typ {
		r.typ, r.info = typ, r.opts.Functions.typeInfo(typ)
	}
	return r.info.methods[name] != nil
}

func (r *Run) key(m map[string]any, name string, fields []string, i int, args []expr, final any) any {
	r.refuseArguments(name, "is not a method but has arguments", args, final)
	v, ok := m[name]
	if !ok && r.opts.Strict {
		r.failf("map has no entry for key %q: %s has none", name, r.prefix(fields, i))
	}
	return fromElem(v)
}

func (r *Run) refuseArguments(name, why string, args []expr, final any) {
	if _, none := final.(missing); len(args) > 0 || !none {
		r.failf("%s %s", name, why)
	}
}

func (r *Run) reflectField(dot, value any, fields []string, i int, args []expr, final any) any {
	name := fields[i]
	rv, isNil := indirect(toReflect(value))
	ptr := rv
	if ptr.Kind() != reflect.Pointer && ptr.CanAddr() {
		ptr = ptr.Addr()
	}
	if ptr.IsValid() {
		if m := r.opts.Functions.typeInfo(ptr.Type()).methods[name]; m != nil {
			return r.callMethod(dot, m, ptr.Method(m.index), args, final)
		}
	}
	switch rv.Kind() {
	case reflect.Struct:
		if sf, ok := r.opts.Functions.typeInfo(rv.Type()).field(rv.Type(), name); ok {
			f, err := rv.FieldByIndexErr(sf.Index)
			if !sf.IsExported() {
				r.failf("%s is an unexported field of struct type %s", name, typeName(value))
			}
			if err != nil {
				r.failf("%v", err)
			}
			r.refuseArguments(name, "has arguments but cannot be invoked as function", args, final)
			return fromReflect(f)
		}
	case reflect.Map:
		if key := reflect.ValueOf(name); key.Type().AssignableTo(rv.Type().Key()) {
			r.refuseArguments(name, "is not a method but has arguments", args, final)
			elem := rv.MapIndex(key)
			if !elem.IsValid() {
				if r.opts.Strict {
					r.failf("map has no entry for key %q: %s has none", name, r.prefix(fields, i))
				}
				elem = reflect.Zero(rv.Type().Elem())
			}
			return fromReflect(elem)
		}
	case reflect.Pointer:
		elem := rv.Type().Elem()
		hasField := elem.Kind() != reflect.Struct
		if !hasField {
			_, hasField = elem.FieldByName(name)
		}
		if isNil && hasField {
			r.failf("nil pointer evaluating %s.%s: %s is nil", typeName(value), name, r.prefix(fields, i))
		}
	}
	r.failf("can't evaluate field %s in type %s: %s is no map", name, typeName(value), r.prefix(fields, i))
	return nil
}

// prefix is the expression being walked, as it is written, up to before
// fields[i]: it names the value that lacks the field.
func (r *Run) prefix(fields []string, i int) string {
	text := r.source(r.at)
	text, ok := strings.CutSuffix(text, "."+strings.Join(fields[i:], "."))
	if !ok || text == "" {
		return "."
	}
	return text
}

// callMethod calls a method value with the arguments of a command.
func (r *Run) callMethod(dot any, m *method, value reflect.Value, args []expr, final any) any {
	at := r.at
	if m.err != nil {
		r.failf("%v", m.err)
	}
	bound := m.fn
	bound.rv = value
	fn, name := &bound, m.fn.name
	_, none := final.(missing)
	if err := fn.checkCount(len(args), !none); err != nil {
		r.failf("%s", err)
	}
	var in []any
	for i, a := range args {
		in = append(in, r.argument(dot, a, fn.param(i)))
	}
	r.at = at
	if !none {
		in = append(in, r.convert(final, fn.param(len(args))))
	}
	v, err := r.callGo(fn, in)
	if err != nil {
		r.callFailed(name, at, err)
	}
	return v
}
