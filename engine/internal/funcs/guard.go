package funcs

import (
	"fmt"
	"reflect"
	"strings"
)

const (
	// maxDepth is far above any document: encoding/json reads 10,000 levels.
	maxDepth = 10_000
	// maxNodes bounds values that share subtrees over and over, which grow
	// exponentially when they are written out.
	maxNodes = 20_000_000
	// maxBytes bounds the strings in a value, each counted as often as it occurs.
	maxBytes = 256 << 20
)

// CycleError is a value that holds itself, or is as good as endless.
type CycleError struct{ Reason string }

func (e *CycleError) Error() string {
	return "cycle: the value " + e.Reason + "; was a map stored in itself with set?"
}

// CheckFinite reports a *CycleError for a value that must not be walked to its
// end: one nested too deeply, which is what a cycle amounts to, or one that would
// be too large when written out. Every function that Shallow does not name gets
// arguments that passed it. It also returns the number of elements it has seen.
func CheckFinite(v any) (elements int, err error) {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64, []int, []byte:
		return 0, nil
	case map[string]any:
		if len(v) == 0 {
			return 0, nil
		}
	}
	w := walker{}
	w.walk(v, 0)
	return w.nodes, w.err
}

type walker struct {
	nodes int
	bytes int
	err   error
}

func (w *walker) walk(v any, depth int) bool {
	switch v := v.(type) {
	case nil, bool, int, int64, float64:
		return true
	case string:
		return w.text(v)
	case map[string]any:
		if !w.enter(depth) {
			return false
		}
		for _, e := range v {
			if !w.walk(e, depth+1) {
				return false
			}
		}
		w.nodes += len(v)
		return true
	case []any:
		if !w.enter(depth) {
			return false
		}
		for _, e := range v {
			if !w.walk(e, depth+1) {
				return false
			}
		}
		w.nodes += len(v)
		return true
	}
	return w.reflect(reflect.ValueOf(v), depth)
}

func (w *walker) text(s string) bool {
	if w.bytes += len(s); w.bytes > maxBytes {
		w.err = &CycleError{fmt.Sprintf("holds more than %d bytes", maxBytes)}
	}
	return w.err == nil
}

// enter counts a container.
func (w *walker) enter(depth int) bool {
	w.nodes++
	switch {
	case depth > maxDepth:
		w.err = &CycleError{fmt.Sprintf("is nested more than %d levels deep", maxDepth)}
	case w.nodes > maxNodes:
		w.err = &CycleError{fmt.Sprintf("holds more than %d elements", maxNodes)}
	}
	return w.err == nil
}

func (w *walker) reflect(rv reflect.Value, depth int) bool {
	switch rv.Kind() {
	case reflect.String:
		return w.text(rv.String())
	case reflect.Map:
		if !w.enter(depth) {
			return false
		}
		if scalar(rv.Type().Elem()) {
			return true
		}
		for it := rv.MapRange(); it.Next(); {
			if !w.reflect(it.Value(), depth+1) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		if !w.enter(depth) {
			return false
		}
		if scalar(rv.Type().Elem()) {
			return true
		}
		for i := range rv.Len() {
			if !w.reflect(rv.Index(i), depth+1) {
				return false
			}
		}
	case reflect.Pointer, reflect.Interface:
		if rv.IsNil() {
			return true
		}
		return w.enter(depth) && w.reflect(rv.Elem(), depth+1)
	case reflect.Struct:
		for i := range rv.NumField() {
			if !w.reflect(rv.Field(i), depth+1) {
				return false
			}
		}
	}
	return true
}

func scalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer, reflect.Interface, reflect.Struct, reflect.String:
		return false
	}
	return true
}

// Shallow names the functions that do not walk their arguments to the end, so
// that a value which holds itself is no danger to them. Charts pass the whole
// scope to some of them at every turn; checking it there would cost too much. A
// function that is not named here is checked, which is always safe.
func Shallow() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`
		include tpl required fail lookup and or not len index slice mustSlice call eq ne lt le gt ge
		dict get set unset hasKey pluck keys values pick omit dig list tuple append push mustAppend mustPush
		prepend mustPrepend first mustFirst last mustLast rest mustRest initial mustInitial reverse mustReverse
		uniq mustUniq without mustWithout has mustHas compact mustCompact concat chunk mustChunk
		merge mergeOverwrite mustMerge mustMergeOverwrite default empty coalesce all any ternary typeOf typeIs typeIsLike kindOf kindIs deepEqual`) {
		names[name] = true
	}
	return names
}
