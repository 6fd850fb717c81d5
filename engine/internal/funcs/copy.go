package funcs

import "reflect"

// copying copies maps, lists and scalars itself. Structs, such as the
// capabilities that lie in a chart's scope, go to Sprig one by one; a tree with
// anything else in it, and a nil, which Sprig refuses, go to Sprig as a whole.
func copying(sprig func(any) any) func(any) any {
	c := treeCopier{sprig}
	return func(v any) any {
		if v != nil {
			if out, ok := c.copy(v); ok {
				return out
			}
		}
		return sprig(v)
	}
}

type treeCopier struct{ leaf func(any) any }

func (c treeCopier) copy(v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64:
		return v, true
	case map[string]any:
		if v == nil {
			return nil, false
		}
		out := make(map[string]any, len(v))
		for k, e := range v {
			copied, ok := c.copy(e)
			if !ok {
				return nil, false
			}
			out[k] = copied
		}
		return out, true
	case []any:
		if v == nil {
			return nil, false
		}
		out := make([]any, len(v))
		for i, e := range v {
			copied, ok := c.copy(e)
			if !ok {
				return nil, false
			}
			out[i] = copied
		}
		return out, true
	case []byte:
		return append(make([]byte, 0, len(v)), v...), v != nil
	}
	return c.other(v)
}

// other copies structs, and maps of named types with string keys: the values of
// a chart, and its files, whose bytes Sprig would go over one by one.
func (c treeCopier) other(v any) (any, bool) {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Struct:
		return c.leaf(v), true
	case reflect.Pointer:
		if rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
			return nil, false
		}
		return c.leaf(v), true
	case reflect.Map:
		if rv.IsNil() || rv.Type().Key().Kind() != reflect.String {
			return nil, false
		}
		out := reflect.MakeMapWithSize(rv.Type(), rv.Len())
		for it := rv.MapRange(); it.Next(); {
			elem := it.Value()
			copied, ok := c.copy(elem.Interface())
			if !ok {
				return nil, false
			}
			if copied != nil {
				elem = reflect.ValueOf(copied)
			}
			out.SetMapIndex(it.Key(), elem)
		}
		return out.Interface(), true
	}
	return nil, false
}
