package eval

import "reflect"

// argument evaluates an argument for a parameter. A literal takes the
// parameter's type as far as its syntax allows.
func (r *Run) argument(dot any, e expr, p param) any {
	switch e := e.(type) {
	case *constExpr:
		r.at = e.place
		return r.literal(e, p)
	case *nilExpr:
		r.at = e.place
		if !canBeNil(p) {
			r.failf("cannot assign nil to %s", p.typ)
		}
		return nil
	}
	at := r.at
	v := r.operand(dot, e)
	if _, ok := v.(string); ok && p.kind == stringParam {
		return v
	}
	r.at = at
	return r.convert(v, p)
}

func (r *Run) literal(c *constExpr, p param) any {
	switch p.kind {
	case anyParam, valueParam:
		return r.constant(c)
	case stringParam:
		if _, ok := c.value.(string); ok {
			return c.value
		}
		r.failf("expected string; found %s", r.source(c.place))
	case intParam:
		if _, ok := c.value.(int); ok {
			return c.value
		}
	case boolParam:
		if _, ok := c.value.(bool); ok {
			return c.value
		}
	}
	if p.typ.Kind() == reflect.Interface && p.typ.NumMethod() == 0 {
		return r.constant(c)
	}
	rv := reflect.New(p.typ).Elem()
	if !setLiteral(rv, c) {
		r.failf("expected %s; found %s", p.typ, r.source(c.place))
	}
	return rv.Interface()
}

// setLiteral stores a literal in a variable of a basic type. Numbers are not
// checked for overflow, nor does text/template.
func setLiteral(rv reflect.Value, c *constExpr) bool {
	num := c.num
	if num == nil {
		num = &number{} // fits nothing
	}
	switch rv.Kind() {
	case reflect.Bool:
		b, ok := c.value.(bool)
		rv.SetBool(b)
		return ok
	case reflect.String:
		s, ok := c.value.(string)
		rv.SetString(s)
		return ok
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if !num.isInt {
			return false
		}
		rv.SetInt(num.i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if !num.isUint {
			return false
		}
		rv.SetUint(num.u)
	case reflect.Float32, reflect.Float64:
		if !num.isFloat {
			return false
		}
		rv.SetFloat(num.f)
	case reflect.Complex64, reflect.Complex128:
		if !num.isComplex {
			return false
		}
		rv.SetComplex(num.c)
	default:
		return false
	}
	return true
}

// convert makes v acceptable to a parameter, by the rules of text/template: an
// assignable value, or one dereference or address away from one. No value
// becomes the zero of a type that has nil.
func (r *Run) convert(v any, p param) any {
	switch p.kind {
	case anyParam:
		return plain(v)
	case valueParam:
		return v
	case stringParam:
		if _, ok := v.(string); ok {
			return v
		}
	case intParam:
		if _, ok := v.(int); ok {
			return v
		}
	case boolParam:
		if _, ok := v.(bool); ok {
			return v
		}
	case mapParam:
		if _, ok := v.(map[string]any); ok {
			return v
		}
		if r.opts.AsMap != nil {
			if m, ok := r.opts.AsMap(v); ok {
				return m
			}
		}
	}
	return r.convertSlow(v, p)
}

func (r *Run) convertSlow(v any, p param) any {
	if v == nil {
		if !canBeNil(p) {
			r.failf("invalid value; expected %s", p.typ)
		}
		return nil
	}
	rv := toReflect(v)
	switch {
	case rv.Type().AssignableTo(p.typ):
	case rv.Kind() == reflect.Pointer && rv.Type().Elem().AssignableTo(p.typ):
		if rv = rv.Elem(); !rv.IsValid() {
			r.failf("dereference of nil pointer of type %s", p.typ)
		}
	case rv.CanAddr() && reflect.PointerTo(rv.Type()).AssignableTo(p.typ):
		rv = rv.Addr()
	default:
		r.failf("wrong type for value; expected %s; got %s", p.typ, typeName(v))
	}
	if p.kind != otherParam && rv.Type() != p.typ {
		rv = rv.Convert(p.typ) // the quick callers ask for the exact type
	}
	return fromReflect(rv)
}

func canBeNil(p param) bool {
	switch p.kind {
	case anyParam, valueParam, mapParam:
		return true
	case stringParam, intParam, boolParam:
		return false
	}
	switch p.typ.Kind() {
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		return true
	}
	return false
}
