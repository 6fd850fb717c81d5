package funcs

import "reflect"

// copying copies maps, lists, scalars and structs without secrets itself. Structs
// with hidden fields go to Sprig one by one; a tree with anything else in it, and a
// nil, which Sprig refuses, go to Sprig as a whole.
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

// copy keeps nil maps and lists nil, and what room appending has left in a list,
// which the function slice can see.
func (c treeCopier) copy(v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64:
		return v, true
	case map[string]any:
		if v == nil {
			return v, true
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
			return v, true
		}
		out := make([]any, len(v), room(len(v), cap(v)))
		for i, e := range v {
			copied, ok := c.copy(e)
			if !ok {
				return nil, false
			}
			out[i] = copied
		}
		return out, true
	case []byte:
		if v == nil {
			return v, true
		}
		return append(make([]byte, 0, room(len(v), cap(v))), v...), true
	}
	return c.other(reflect.ValueOf(v))
}

// room is the capacity of a copied list. Sprig keeps all of it, but the first
// element of a list of a million would be copied, again and again, with the room of
// a million. Appending leaves less than as much again.
func room(length, capacity int) int { return min(capacity, 2*length) }

// other copies structs, lists of plain values, and maps of named types with string
// keys: the values of a chart, and its files, whose bytes Sprig would go over one
// by one.
func (c treeCopier) other(rv reflect.Value) (any, bool) {
	switch rv.Kind() {
	case reflect.Struct:
		if out := reflect.New(rv.Type()); copyFields(out.Elem(), rv) {
			return out.Elem().Interface(), true
		}
		return c.leaf(rv.Interface()), true
	case reflect.Pointer:
		if rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
			return nil, false
		}
		if out := reflect.New(rv.Type().Elem()); copyFields(out.Elem(), rv.Elem()) {
			return out.Interface(), true
		}
		return c.leaf(rv.Interface()), true
	case reflect.Slice:
		out := reflect.New(rv.Type()).Elem()
		ok := copyPlain(out, rv)
		return out.Interface(), ok
	case reflect.Map:
		return c.table(rv)
	}
	return nil, false
}

func (c treeCopier) table(rv reflect.Value) (any, bool) {
	if rv.IsNil() {
		return rv.Interface(), true
	}
	if rv.Type().Key().Kind() != reflect.String {
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

// copyFields copies a struct all of whose fields can be seen and hold plain values,
// lists of these, or such structs, as those of the capabilities do. It reports
// false for every other.
func copyFields(dst, src reflect.Value) bool {
	for i := range src.NumField() {
		f := src.Type().Field(i)
		if !f.IsExported() || f.Anonymous || f.Tag.Get("copy") != "" {
			return false
		}
		var ok bool
		if from := src.Field(i); from.Kind() == reflect.Struct {
			ok = copyFields(dst.Field(i), from)
		} else {
			ok = copyPlain(dst.Field(i), from)
		}
		if !ok {
			return false
		}
	}
	return true
}

// copyPlain copies a string, a number, a truth value, or a list of these.
func copyPlain(dst, src reflect.Value) bool {
	if src.Kind() != reflect.Slice {
		dst.Set(src)
		return isPlain(src.Kind())
	}
	if !isPlain(src.Type().Elem().Kind()) {
		return false
	}
	if !src.IsNil() {
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), room(src.Len(), src.Cap())))
		reflect.Copy(dst, src)
	}
	return true
}

func isPlain(k reflect.Kind) bool {
	return k == reflect.String || k >= reflect.Bool && k <= reflect.Float64
}
