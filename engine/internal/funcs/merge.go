package funcs

import (
	"fmt"
	"reflect"
)

// merging are merge and mergeOverwrite. Sprig hands them to mergo, which never
// returns, until the stack is full, from a map that came to hold itself while it
// was merged: merge $a (dict "x" (dict "y" $m)) does that when $a.x is $m. This
// is mergo's rule for maps, with a bound on depth and work; what is neither a
// map with text keys nor a plain value still goes to mergo, one key at a time.
func merging(sp sprigFuncs) map[string]any {
	fns := map[string]any{}
	for name, overwrite := range map[string]bool{"erge": false, "ergeOverwrite": true} {
		pair := from[func(map[string]any, ...map[string]any) (any, error)](sp, "mustM"+name)
		fns["mustM"+name] = mergeInto(overwrite, pair, false)
		fns["m"+name] = mergeInto(overwrite, pair, true)
	}
	return fns
}

// mergeInto makes a function that merges maps into its first argument and returns
// that. A lenient one returns "" where mergo fails.
func mergeInto(overwrite bool, pair mergeFunc, lenient bool) func(map[string]any, ...map[string]any) (any, error) {
	return func(dst map[string]any, srcs ...map[string]any) (any, error) {
		for _, src := range srcs {
			if dst == nil && src != nil {
				dst = map[string]any{}
			}
			m := merger{overwrite: overwrite, pair: pair}
			m.maps(dst, src, 0)
			switch {
			case m.refused != nil:
				return nil, m.refused
			case m.failed != nil && lenient:
				return "", nil
			case m.failed != nil:
				return nil, m.failed
			}
		}
		return dst, nil
	}
}

type mergeFunc = func(map[string]any, ...map[string]any) (any, error)

type merger struct {
	overwrite bool
	pair      mergeFunc // mergo's, for values of other types
	steps     int
	refused   error // what would not end
	failed    error // what mergo returned
}

// maps merges src into dst. A key of src is set when dst lacks it, has an empty
// value there, or is to be overwritten; maps on both sides are merged instead.
// The value set is src's own: both share it from then on. It reports whether to
// go on.
func (m *merger) maps(dst, src map[string]any, depth int) bool {
	if depth > maxDepth {
		m.refused = &CycleError{fmt.Sprintf("is nested more than %d levels deep", maxDepth)}
		return false
	}
	// dst and src may be one map, or hold each other.
	keys := make([]string, 0, len(src))
	for k := range src {
		keys = append(keys, k)
	}
	if m.steps += len(keys) + 1; m.steps > maxNodes {
		m.refused = &CycleError{fmt.Sprintf("holds more than %d elements", maxNodes)}
		return false
	}
	for _, key := range keys {
		if s, ok := src[key]; ok && !m.key(dst, key, s, depth) {
			return false
		}
	}
	return true
}

func (m *merger) key(dst map[string]any, key string, s any, depth int) bool {
	d, has := dst[key]
	if s == nil {
		if m.overwrite {
			dst[key] = nil
		}
		return true
	}
	switch kind := mergeKind(s); {
	case !has || d == nil || kind == reflect.Invalid:
	case kind == reflect.Slice:
		if !m.overwrite && !blank(d) {
			return true
		}
	default:
		into, intoMap := asMap(d)
		if what, isMap := asMap(s); intoMap && isMap {
			if into != nil && !m.maps(into, what, depth+1) {
				return false
			}
			if len(into) > 0 {
				return true
			}
		} else if mergeable(d) {
			return m.other(dst, key, d, s)
		}
	}
	if m.overwrite || !has || blank(d) {
		dst[key] = s
	}
	return true
}

// mergeKind is the kind of a value that mergo does not simply assign: Struct,
// Pointer, Map or Slice; Invalid for all others.
func mergeKind(v any) reflect.Kind {
	switch v.(type) {
	case string, bool, int, int64, float64:
		return reflect.Invalid
	case map[string]any:
		return reflect.Map
	case []any:
		return reflect.Slice
	}
	switch k := reflect.TypeOf(v).Kind(); k {
	case reflect.Struct, reflect.Pointer, reflect.Map, reflect.Slice:
		return k
	}
	return reflect.Invalid
}

// mergeable reports whether mergo looks into d when it merges something into it.
func mergeable(d any) bool {
	switch mergeKind(d) {
	case reflect.Struct, reflect.Pointer, reflect.Map:
		return true
	}
	return false
}

// other leaves one key to mergo.
func (m *merger) other(dst map[string]any, key string, d, s any) bool {
	for _, v := range []any{d, s} {
		if _, m.refused = CheckFinite(v); m.refused != nil {
			return false
		}
	}
	one := map[string]any{key: d}
	if _, m.failed = m.pair(one, map[string]any{key: s}); m.failed != nil {
		return false
	}
	dst[key] = one[key]
	return true
}

// asMap returns the map behind a type such as that of .Values.
func asMap(v any) (map[string]any, bool) {
	if m, ok := v.(map[string]any); ok {
		return m, true
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Map || !rv.CanConvert(reflect.TypeFor[map[string]any]()) {
		return nil, false
	}
	return rv.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any), true
}

// blank reports whether mergo takes v for unset. It differs from empty in types
// that no YAML holds, and looks through pointers.
func blank(v any) bool {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		if rv.IsNil() {
			return true
		}
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return rv.Len() == 0
	case reflect.Func:
		return rv.IsNil()
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return rv.IsZero()
	case reflect.Float32, reflect.Float64:
		return rv.Float() == 0
	}
	return false
}
