package jsonpath

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Execute returns what the template prints of the tree. Errors are
// *NotFoundError for a field that is nowhere, and others for an index out of
// bounds, for list operations on what is no list, and for comparisons of values
// of different types; numbers of the tree are not whole numbers, so that a 1 in a
// template has to be written 1.0.
func (t *Template) Execute(tree any) (string, error) {
	var b strings.Builder
	if err := execute(&b, t.parts, tree); err != nil {
		return "", err
	}
	return b.String(), nil
}

func execute(b *strings.Builder, parts []part, tree any) error {
	for _, p := range parts {
		if p.text != "" {
			b.WriteString(p.text)
			continue
		}
		found, err := sequence(p.action).apply([]any{tree})
		if err != nil {
			return err
		}
		if !p.loop {
			if err := printAll(b, found); err != nil {
				return err
			}
			continue
		}
		for _, v := range found {
			if err := execute(b, p.body, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func printAll(b *strings.Builder, values []any) error {
	for i, v := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch v := v.(type) {
		case nil:
			b.WriteString("null")
		case map[string]any, []any:
			data, err := json.Marshal(v)
			if err != nil {
				return err
			}
			b.Write(data)
		default:
			fmt.Fprint(b, v)
		}
	}
	return nil
}

// step takes the values found so far to others.
type step interface {
	apply(in []any) ([]any, error)
}

// sequence is steps one after the other.
type sequence []step

func (s sequence) apply(in []any) ([]any, error) {
	var err error
	for _, step := range s {
		if in, err = step.apply(in); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// literalStep puts a value in the place of each one found.
type literalStep struct{ value any }

func (l literalStep) apply(in []any) ([]any, error) {
	if _, isText := l.value.(string); isText {
		return []any{l.value}, nil
	}
	out := make([]any, len(in))
	for i := range out {
		out[i] = l.value
	}
	return out, nil
}

// fieldStep takes a field of each map.
type fieldStep string

func (f fieldStep) apply(in []any) ([]any, error) {
	var out []any
	for _, v := range in {
		if m, ok := v.(map[string]any); ok {
			if field, ok := m[string(f)]; ok {
				out = append(out, field)
			}
		}
	}
	if len(out) == 0 && len(in) > 0 {
		return nil, &NotFoundError{Field: string(f)}
	}
	return out, nil
}

// wildcardStep takes all elements of lists and maps.
type wildcardStep struct{}

func (wildcardStep) apply(in []any) ([]any, error) {
	var out []any
	for _, v := range in {
		out = append(out, elements(v)...)
	}
	return out, nil
}

func elements(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		out := make([]any, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, v[key])
		}
		return out
	}
	return nil
}

// descentStep takes all lists and maps of each tree that have elements.
type descentStep struct{}

func (d descentStep) apply(in []any) ([]any, error) {
	var out []any
	for _, v := range in {
		if below := elements(v); len(below) > 0 {
			deeper, err := d.apply(below)
			if err != nil {
				return nil, err
			}
			out = append(append(out, v), deeper...)
		}
	}
	return out, nil
}

// bound is a number of a slice that may have been left out.
type bound struct {
	known bool
	n     int
}

// sliceStep takes elements of lists.
type sliceStep struct {
	from, to, by bound
	// single takes the element at from.
	single bool
}

func (s sliceStep) apply(in []any) ([]any, error) {
	var out []any
	for _, v := range in {
		if v == nil {
			continue
		}
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%T is not array or slice", v)
		}
		taken, err := s.take(list)
		if err != nil {
			return nil, err
		}
		out = append(out, taken...)
	}
	return out, nil
}

func (s sliceStep) take(list []any) ([]any, error) {
	from, to := s.bounds(len(list))
	if from == to {
		return nil, nil
	}
	switch {
	case from < 0 || from >= len(list):
		return nil, fmt.Errorf("array index out of bounds: index %d, length %d", from, len(list))
	case to < 0 || to > len(list):
		return nil, fmt.Errorf("array index out of bounds: index %d, length %d", to-1, len(list))
	case from > to:
		return nil, fmt.Errorf("starting index %d is greater than ending index %d", from, to)
	case s.by.known && s.by.n <= 0:
		return nil, errors.New("step must be > 0")
	}
	var out []any
	for i := from; i < to; i += max(1, s.by.n) {
		out = append(out, list[i])
	}
	return out, nil
}

// bounds returns the first index and the one behind the last, for a list of n
// elements. Negative numbers count from the end.
func (s sliceStep) bounds(n int) (from, to int) {
	from = s.from.n
	if from < 0 {
		from += n
	}
	switch {
	case s.single:
		return from, from + 1
	case !s.to.known:
		return from, n
	case s.to.n < 0:
		return from, s.to.n + n
	}
	return from, s.to.n
}

// unionStep takes what each of its steps finds.
type unionStep []step

func (u unionStep) apply(in []any) ([]any, error) {
	var out []any
	for _, s := range u {
		found, err := s.apply(in)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}
