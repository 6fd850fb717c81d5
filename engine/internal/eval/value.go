package eval

import "reflect"

// ifaceNil is a nil held in a value of interface type. See the package doc.
type ifaceNil struct{}

// boxed is a value that needs its reflect.Value: an addressable one whose
// pointer has methods.
type boxed struct{ rv reflect.Value }

var (
	anyType   = reflect.TypeFor[any]()
	errorType = reflect.TypeFor[error]()
	valueType = reflect.TypeFor[reflect.Value]()
)

// toReflect returns the reflect.Value that text/template would have here.
func toReflect(v any) reflect.Value {
	switch v := v.(type) {
	case nil:
		return reflect.Value{}
	case ifaceNil:
		return reflect.Zero(anyType)
	case *boxed:
		return v.rv
	}
	return reflect.ValueOf(v)
}

// fromReflect is the inverse of toReflect.
func fromReflect(rv reflect.Value) any {
	if !rv.IsValid() {
		return nil
	}
	if rv.Kind() == reflect.Interface {
		if rv.IsNil() {
			return ifaceNil{}
		}
		return fromReflect(rv.Elem())
	}
	if rv.Type() == valueType && rv.CanInterface() {
		return fromReflect(rv.Interface().(reflect.Value))
	}
	if !rv.CanInterface() || rv.CanAddr() && reflect.PointerTo(rv.Type()).NumMethod() > 0 {
		return &boxed{rv}
	}
	return rv.Interface()
}

// fromElem turns an element of a []any or map[string]any into a value.
func fromElem(v any) any {
	if v == nil {
		return ifaceNil{}
	}
	if rv, ok := v.(reflect.Value); ok {
		return fromReflect(rv)
	}
	return v
}

// settle forgets that a nil was found inside an interface, as every pipeline does.
func settle(v any) any {
	if _, ok := v.(ifaceNil); ok {
		return nil
	}
	return v
}

// plain returns what a parameter of type any receives for v.
func plain(v any) any {
	switch v := v.(type) {
	case ifaceNil:
		return nil
	case *boxed:
		if v.rv.CanInterface() {
			return v.rv.Interface()
		}
		return nil
	}
	return v
}

// indirect follows pointers and interfaces; isNil is true when it ended at a nil one.
func indirect(rv reflect.Value) (_ reflect.Value, isNil bool) {
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		if rv.IsNil() {
			return rv, true
		}
		rv = rv.Elem()
	}
	return rv, false
}

// isTrue decides conditions: the zero value of each type is false.
func isTrue(v any) bool {
	switch v := v.(type) {
	case nil, ifaceNil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	case int:
		return v != 0
	case int64:
		return v != 0
	case float64:
		return v != 0
	}
	rv := toReflect(v)
	switch rv.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return rv.Len() > 0
	case reflect.Chan, reflect.Func, reflect.Pointer, reflect.UnsafePointer:
		return !rv.IsNil()
	case reflect.Struct:
		return true
	}
	return !rv.IsZero()
}

// typeName names v's type for messages.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case ifaceNil:
		return "interface {}"
	}
	return toReflect(v).Type().String()
}
