package eval

import "reflect"

// quickCall returns a caller for the function signatures that template
// functions commonly have, nil for any other. The arguments have been converted
// to the parameters' types. A variadic function gets a slice of its own unless it
// borrows, since functions like list return the slice they were given.
func quickCall(fn any, borrows bool) func([]any) (any, error) {
	if c := quickString(fn); c != nil {
		return c
	}
	rest := fresh
	if borrows {
		rest = borrowed
	}
	if c := quickVariadic(fn, rest); c != nil {
		return c
	}
	if c := quickValue(fn); c != nil {
		return c
	}
	return quickAny(fn)
}

// str and table tolerate an untyped nil, which stands for the zero value.
func str(a any) string { s, _ := a.(string); return s }

func table(a any) map[string]any { m, _ := a.(map[string]any); return m }

func num(a any) int { n, _ := a.(int); return n }

func tables(a []any) []map[string]any {
	out := make([]map[string]any, len(a))
	for i, v := range a {
		out[i] = table(v)
	}
	return out
}

func strs(a []any) []string {
	out := make([]string, len(a))
	for i, v := range a {
		out[i] = str(v)
	}
	return out
}

func quickString(fn any) func([]any) (any, error) {
	switch f := fn.(type) {
	case func(string) string:
		return func(a []any) (any, error) { return f(str(a[0])), nil }
	case func(string, string) string:
		return func(a []any) (any, error) { return f(str(a[0]), str(a[1])), nil }
	case func(string, string, string) string:
		return func(a []any) (any, error) { return f(str(a[0]), str(a[1]), str(a[2])), nil }
	case func(string, string) bool:
		return func(a []any) (any, error) { return f(str(a[0]), str(a[1])), nil }
	case func(string, string) (bool, error):
		return func(a []any) (any, error) { return result(f(str(a[0]), str(a[1]))) }
	case func(string, string) (string, error):
		return func(a []any) (any, error) { return result(f(str(a[0]), str(a[1]))) }
	case func(string, string) ([]string, error):
		return func(a []any) (any, error) { return result(f(str(a[0]), str(a[1]))) }
	case func(string, string, string) (string, error):
		return func(a []any) (any, error) { return result(f(str(a[0]), str(a[1]), str(a[2]))) }
	case func(int, string) string:
		return func(a []any) (any, error) { return f(num(a[0]), str(a[1])), nil }
	case func(int, string) (string, error):
		return func(a []any) (any, error) { return result(f(num(a[0]), str(a[1]))) }
	case func(int) ([]int, error):
		return func(a []any) (any, error) { return result(f(num(a[0]))) }
	case func(string) (string, error):
		return func(a []any) (any, error) { return result(f(str(a[0]))) }
	case func(string) (map[string]any, error):
		return func(a []any) (any, error) { return result(f(str(a[0]))) }
	case func(string) ([]any, error):
		return func(a []any) (any, error) { return result(f(str(a[0]))) }
	case func(string) int:
		return func(a []any) (any, error) { return f(str(a[0])), nil }
	case func(string, any) bool:
		return func(a []any) (any, error) { return f(str(a[0]), a[1]), nil }
	case func(string, any) (string, error):
		return func(a []any) (any, error) { return result(f(str(a[0]), a[1])) }
	}
	return nil
}

func quickVariadic(fn any, rest func([]any) []any) func([]any) (any, error) {
	switch f := fn.(type) {
	case func(...any) string:
		return func(a []any) (any, error) { return f(rest(a)...), nil }
	case func(...any) (string, error):
		return func(a []any) (any, error) { return result(f(rest(a)...)) }
	case func(...any) []any:
		return func(a []any) (any, error) { return f(rest(a)...), nil }
	case func(...any) (map[string]any, error):
		return func(a []any) (any, error) { return result(f(rest(a)...)) }
	case func(...any) any:
		return func(a []any) (any, error) { return fromElem(f(rest(a)...)), nil }
	case func(...any) bool:
		return func(a []any) (any, error) { return f(rest(a)...), nil }
	case func(...any) int64:
		return func(a []any) (any, error) { return f(rest(a)...), nil }
	case func(...any) (any, error):
		return func(a []any) (any, error) { return dynamic(f(rest(a)...)) }
	case func(any, ...any) any:
		return func(a []any) (any, error) { return fromElem(f(a[0], rest(a[1:])...)), nil }
	case func(any, ...any) ([]any, error):
		return func(a []any) (any, error) { return result(f(a[0], rest(a[1:])...)) }
	case func(any, ...any) int64:
		return func(a []any) (any, error) { return f(a[0], rest(a[1:])...), nil }
	case func(any, ...any) (any, error):
		return func(a []any) (any, error) { return dynamic(f(a[0], rest(a[1:])...)) }
	case func(string, ...any) string:
		return func(a []any) (any, error) { return f(str(a[0]), rest(a[1:])...), nil }
	case func(map[string]any, ...map[string]any) (any, error):
		return func(a []any) (any, error) { return dynamic(f(table(a[0]), tables(a[1:])...)) }
	case func(...map[string]any) []string:
		return func(a []any) (any, error) { return f(tables(a)...), nil }
	case func(map[string]any, ...string) map[string]any:
		return func(a []any) (any, error) { return f(table(a[0]), strs(a[1:])...), nil }
	}
	return nil
}

func quickAny(fn any) func([]any) (any, error) {
	switch f := fn.(type) {
	case func(any) string:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) bool:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) int:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) int64:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) float64:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) []string:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) []any:
		return func(a []any) (any, error) { return f(a[0]), nil }
	case func(any) ([]any, error):
		return func(a []any) (any, error) { return result(f(a[0])) }
	case func(any) any:
		return func(a []any) (any, error) { return fromElem(f(a[0])), nil }
	case func(any) (string, error):
		return func(a []any) (any, error) { return result(f(a[0])) }
	case func(any) (any, error):
		return func(a []any) (any, error) { return dynamic(f(a[0])) }
	case func(any, any) int64:
		return func(a []any) (any, error) { return f(a[0], a[1]), nil }
	case func(any, any) ([]any, error):
		return func(a []any) (any, error) { return result(f(a[0], a[1])) }
	case func(any, any) (bool, error):
		return func(a []any) (any, error) { return result(f(a[0], a[1])) }
	case func(any, any, bool) any:
		return func(a []any) (any, error) { b, _ := a[2].(bool); return fromElem(f(a[0], a[1], b)), nil }
	case func(map[string]any, string) any:
		return func(a []any) (any, error) { return fromElem(f(table(a[0]), str(a[1]))), nil }
	case func(map[string]any, string) bool:
		return func(a []any) (any, error) { return f(table(a[0]), str(a[1])), nil }
	case func(map[string]any, string) map[string]any:
		return func(a []any) (any, error) { return f(table(a[0]), str(a[1])), nil }
	case func(map[string]any, string, any) map[string]any:
		return func(a []any) (any, error) { return f(table(a[0]), str(a[1]), a[2]), nil }
	}
	return nil
}

// quickValue covers the signatures of text/template's own functions.
func quickValue(fn any) func([]any) (any, error) {
	switch f := fn.(type) {
	case func(reflect.Value) (int, error):
		return func(a []any) (any, error) { return result(f(toReflect(a[0]))) }
	case func(reflect.Value, reflect.Value) (bool, error):
		return func(a []any) (any, error) { return result(f(toReflect(a[0]), toReflect(a[1]))) }
	case func(reflect.Value, ...reflect.Value) (bool, error):
		return func(a []any) (any, error) { return result(f(toReflect(a[0]), toReflects(a[1:])...)) }
	case func(reflect.Value, ...reflect.Value) (reflect.Value, error):
		return func(a []any) (any, error) {
			v, err := f(toReflect(a[0]), toReflects(a[1:])...)
			return fromReflect(v), err
		}
	}
	return nil
}

// quickHidden covers the functions that learn about their call.
func quickHidden(fn any) func(*Call, []any) (any, error) {
	switch f := fn.(type) {
	case func(*Call, string, any) (any, error):
		return func(c *Call, a []any) (any, error) { return dynamic(f(c, str(a[0]), a[1])) }
	case func(*Call, string) (string, error):
		return func(c *Call, a []any) (any, error) { return result(f(c, str(a[0]))) }
	case func(*Call, string, string, string, string) (map[string]any, error):
		return func(c *Call, a []any) (any, error) {
			return result(f(c, str(a[0]), str(a[1]), str(a[2]), str(a[3])))
		}
	}
	return nil
}

func toReflects(a []any) []reflect.Value {
	out := make([]reflect.Value, len(a))
	for i, v := range a {
		out[i] = toReflect(v)
	}
	return out
}

func fresh(a []any) []any { return append(make([]any, 0, len(a)), a...) }

func borrowed(a []any) []any { return a }

// result returns a result of a concrete type.
func result[T any](v T, err error) (any, error) { return v, err }

// dynamic returns a result of type any.
func dynamic(v any, err error) (any, error) { return fromElem(v), err }
