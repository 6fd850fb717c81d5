package funcs

import (
	"reflect"
	"strings"
)

// lists are Sprig's functions on lists that charts call most or that make lists
// longer. []any, what YAML holds, takes no reflection; other lists, and what is no
// list, go to Sprig.
func (b bounds) lists(sp sprigFuncs) map[string]any {
	fns := map[string]any{
		"first":     oneOf(from[func(any) any](sp, "first"), func(l []any) any { return l[0] }),
		"last":      oneOf(from[func(any) any](sp, "last"), func(l []any) any { return l[len(l)-1] }),
		"rest":      someOf(from[func(any) []any](sp, "rest"), func(l []any) []any { return l[1:] }),
		"initial":   someOf(from[func(any) []any](sp, "initial"), func(l []any) []any { return l[:len(l)-1] }),
		"compact":   compact(from[func(any) []any](sp, "compact")),
		"concat":    b.concat(from[func(...any) any](sp, "concat")),
		"join":      b.join(from[func(any) []string](sp, "toStrings")),
		"splitList": b.splitList,
		"split":     b.split,
		"splitn":    b.splitn,
	}
	add := b.adding(from[func(any, any) ([]any, error)](sp, "mustAppend"), func(l []any, v any) []any {
		return append(append(make([]any, 0, len(l)), l...), v)
	})
	for _, name := range []string{"append", "push", "mustAppend", "mustPush"} {
		fns[name] = add
	}
	put := b.adding(from[func(any, any) ([]any, error)](sp, "mustPrepend"), func(l []any, v any) []any {
		return append([]any{v}, l...)
	})
	fns["prepend"], fns["mustPrepend"] = put, put
	return fns
}

// oneOf makes a function that picks an element.
func oneOf(sprig func(any) any, pick func([]any) any) func(any) any {
	return func(list any) any {
		if l, ok := list.([]any); ok && len(l) > 0 {
			return pick(l)
		}
		return sprig(list)
	}
}

// someOf makes a function that returns a part of a list, copied: charts append
// to the result.
func someOf(sprig func(any) []any, part func([]any) []any) func(any) []any {
	return func(list any) []any {
		if l, ok := list.([]any); ok && len(l) > 0 {
			p := part(l)
			return append(make([]any, 0, len(p)), p...)
		}
		return sprig(list)
	}
}

func compact(sprig func(any) []any) func(any) []any {
	return func(list any) []any {
		l, ok := list.([]any)
		if !ok {
			return sprig(list)
		}
		out := []any{}
		for _, v := range l {
			if !empty(v) {
				out = append(out, v)
			}
		}
		return out
	}
}

// adding makes a function that returns a list with one element more.
func (b bounds) adding(sprig func(any, any) ([]any, error), add func([]any, any) []any) func(any, any) ([]any, error) {
	return func(list, v any) ([]any, error) {
		l, ok := list.([]any)
		if !ok {
			return sprig(list, v)
		}
		if err := b.items(len(l) + 1); err != nil {
			return nil, err
		}
		return add(l, v), nil
	}
}

// concat bounds lists that are put together with themselves.
func (b bounds) concat(sprig func(...any) any) func(...any) (any, error) {
	return func(lists ...any) (any, error) {
		n, plain := 0, len(lists) > 0
		for _, list := range lists {
			if l, ok := list.([]any); ok {
				n += len(l)
				continue
			}
			plain = false
			if rv := reflect.ValueOf(list); rv.Kind() == reflect.Slice || rv.Kind() == reflect.Array {
				n += rv.Len()
			}
		}
		if err := b.items(n); err != nil {
			return nil, err
		}
		if !plain || n == 0 {
			return sprig(lists...), nil
		}
		var out []any
		for _, list := range lists {
			//lint:ignore S1011 not at once: the capacity that grows this way shows in slice
			for _, v := range list.([]any) {
				out = append(out, v)
			}
		}
		return out, nil
	}
}

// join bounds the text of a list that holds a long string many times.
func (b bounds) join(toStrings func(any) []string) func(string, any) (string, error) {
	return func(sep string, list any) (string, error) {
		parts := texts(list, toStrings)
		n := 0
		for _, p := range parts {
			if n += len(p); n > b.cfg.StringBytes {
				return "", b.string(1, n)
			}
		}
		if err := b.string(len(parts)-1, len(sep)); err != nil {
			return "", err
		}
		return strings.Join(parts, sep), nil
	}
}

// texts are the elements of a list as texts, nils left out.
func texts(list any, toStrings func(any) []string) []string {
	l, ok := list.([]any)
	if !ok {
		return toStrings(list)
	}
	parts := make([]string, 0, len(l))
	for _, v := range l {
		if v != nil {
			parts = append(parts, text(v))
		}
	}
	return parts
}
