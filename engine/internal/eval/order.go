package eval

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// pair is an entry of a map being ranged over. Key and value are taken before
// the first turn: what the body does to the map is not seen.
type pair struct{ key, elem any }

// overMap ranges over the common map type in the order of its keys.
func (l *looper) overMap(m map[string]any) (ran bool) {
	type entry struct {
		key  string
		elem any
	}
	entries := make([]entry, 0, len(m))
	for k, e := range m {
		entries = append(entries, entry{k, e})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for _, e := range entries {
		var key any
		if len(l.st.pipe.decl) > 1 { // else nobody sees it
			key = e.key
		}
		if !l.turn(key, fromElem(e.elem)) {
			break
		}
	}
	return len(entries) > 0
}

func (l *looper) overPairs(pairs []pair) (ran bool) {
	for _, p := range pairs {
		if !l.turn(p.key, p.elem) {
			break
		}
	}
	return len(pairs) > 0
}

// sortedPairs returns the entries of any map in the order in which fmt prints
// them (internal/fmtsort).
func sortedPairs(rv reflect.Value) []pair {
	type entry struct{ key, elem reflect.Value }
	entries := make([]entry, 0, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		entries = append(entries, entry{it.Key(), it.Value()})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return compareKeys(a.key, b.key) })
	pairs := make([]pair, len(entries))
	for i, e := range entries {
		pairs[i] = pair{fromReflect(e.key), fromReflect(e.elem)}
	}
	return pairs
}

// compareKeys orders map keys: nil first, then numbers, strings and booleans by
// value, composite keys element by element. Keys of an interface type are
// ordered by their dynamic types first; that order is not fixed by the language
// either.
func compareKeys(a, b reflect.Value) int {
	if a.Type() != b.Type() {
		return -1
	}
	switch a.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Bool:
		return cmp.Compare(b2i(a.Bool()), b2i(b.Bool()))
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case reflect.Interface:
		switch {
		case a.IsNil() && b.IsNil():
			return 0
		case a.IsNil():
			return -1
		case b.IsNil():
			return 1
		}
		if c := cmp.Compare(typeRank(a.Elem()), typeRank(b.Elem())); c != 0 {
			return c
		}
		return compareKeys(a.Elem(), b.Elem())
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// typeRank groups keys of different types in a fixed order.
func typeRank(v reflect.Value) string { return v.Type().String() }
