package values

import (
	"maps"
	"reflect"
)

// own is a table that the pass at work has made itself, and may write to. A
// map[string]any may belong to a chart, to the user or to an earlier pass and
// is only read; a pass that has to change one puts an own copy in its place.
//
// The difference is in the type, so that it travels with the table wherever it
// is put, and one table put in two places is still one: see globals.
type own map[string]any

// ownList is a list that the pass has copied, with all that is in it. Lists
// are not written to; but what is in those of globals may be changed while a
// chart renders.
type ownList []any

// asTable returns v as a map, and whether it is a table at all.
func asTable(v any) (map[string]any, bool) {
	switch t := v.(type) {
	case map[string]any:
		return t, true
	case own:
		return t, true
	}
	return nil, false
}

// ownCopy returns a copy of t that may be written to.
func ownCopy(t map[string]any) own {
	if t == nil {
		return own{}
	}
	return own(maps.Clone(t))
}

// ownAt makes the table below key writable in place and returns it; nil when
// there is no table.
func (t own) ownAt(key string) own {
	switch sub := t[key].(type) {
	case own:
		return sub
	case map[string]any:
		o := ownCopy(sub)
		t[key] = o
		return o
	}
	return nil
}

// ownAll makes every table below t writable in place, and lists own copies. It
// returns how many values are in these tables.
func (t own) ownAll() int {
	size := len(t)
	for key, v := range t {
		if list, ok := v.([]any); ok {
			t[key] = ownList(copyValue(list).([]any))
		} else if sub := t.ownAt(key); sub != nil {
			size += sub.ownAll()
		}
	}
	return size
}

// plain ends a pass: it gives the tables below t, in place, the type that
// everyone else expects.
func plain(t own) map[string]any {
	for key, v := range t {
		switch v := v.(type) {
		case own:
			t[key] = plain(v)
		case ownList:
			t[key] = []any(v)
		}
	}
	return t
}

// sameTable reports whether a and b are one map.
func sameTable(a, b map[string]any) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// withoutNulls returns t without the nulls in it and in the tables below it,
// lists aside. It returns t itself when there are none.
func withoutNulls(t map[string]any) map[string]any {
	out := t
	for key, v := range t {
		if v == nil {
			out = forked(out, t)
			delete(out, key)
			continue
		}
		sub, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if clean := withoutNulls(sub); !sameTable(clean, sub) {
			out = forked(out, t)
			out[key] = clean
		}
	}
	return out
}

// forked returns t, or a copy of it when it is still the original.
func forked(t, original map[string]any) map[string]any {
	if sameTable(t, original) {
		return maps.Clone(t)
	}
	return t
}
