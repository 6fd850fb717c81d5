package funcs

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

const (
	// maxDepth is far above any document: encoding/json reads 10,000 levels.
	maxDepth = 10_000
	// maxNodes bounds values that share subtrees over and over, which grow
	// exponentially when they are written out.
	maxNodes = 20_000_000
	// maxBytes bounds the strings in a value, each counted as often as it occurs.
	maxBytes = 64 << 20
)

// CycleError is a value that holds itself, or is as good as endless.
type CycleError struct{ Reason string }

func (e *CycleError) Error() string {
	return "cycle: the value " + e.Reason + "; was a map stored in itself with set?"
}

// CheckFinite reports an error for a value that must not be walked to its end: a
// *CycleError for one that holds itself or, by holding others many times over,
// has too many elements; a *LimitError for one with too much text. Every function that Shallow does not name gets
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
	w := walker{maxBytes: maxBytes}
	w.check(v)
	return w.nodes, w.err
}

// indented refuses a value that would be too long a text when each element is
// written on a line of its own, indented by its depth.
func (b bounds) indented(v any) error {
	w := walker{maxBytes: b.cfg.StringBytes, indent: 1}
	return w.check(v)
}

type walker struct {
	nodes    int
	bytes    int
	maxBytes int
	indent   int // bytes that an element takes for each level it is nested
	err      error
}

func (w *walker) check(v any) error {
	if !w.walk(v, 0) && holdsItself(v) {
		w.err = &CycleError{"holds itself"}
	}
	return w.err
}

func (w *walker) walk(v any, depth int) bool {
	switch v := v.(type) {
	case nil, bool, int, int64, float64:
		return true
	case string:
		return w.text(len(v))
	case map[string]any:
		if !w.enter(depth, len(v)) {
			return false
		}
		for _, e := range v {
			if !w.walk(e, depth+1) {
				return false
			}
		}
		return true
	case []any:
		if !w.enter(depth, len(v)) {
			return false
		}
		for _, e := range v {
			if !w.walk(e, depth+1) {
				return false
			}
		}
		return true
	}
	return w.reflect(reflect.ValueOf(v), depth)
}

// text counts bytes of text.
func (w *walker) text(n int) bool {
	if w.bytes += n; w.bytes > w.maxBytes {
		w.err = &LimitError{"string bytes", int64(w.maxBytes), "a value would be too long when written out"}
	}
	return w.err == nil
}

// enter counts a container of n elements.
func (w *walker) enter(depth, n int) bool {
	w.nodes += n + 1
	switch {
	case depth > maxDepth:
		w.err = &CycleError{fmt.Sprintf("is nested more than %d levels deep", maxDepth)}
	case w.nodes > maxNodes:
		w.err = &CycleError{fmt.Sprintf("holds more than %d elements", maxNodes)}
	}
	return w.err == nil && w.text(w.indent*depth*n)
}

func (w *walker) reflect(rv reflect.Value, depth int) bool {
	switch rv.Kind() {
	case reflect.String:
		return w.text(rv.Len())
	case reflect.Map:
		if !w.enter(depth, rv.Len()) || scalar(rv.Type().Elem()) {
			return w.err == nil
		}
		for it := rv.MapRange(); it.Next(); {
			if !w.inside(it.Value(), depth+1) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		if !w.enter(depth, rv.Len()) || scalar(rv.Type().Elem()) {
			return w.err == nil
		}
		for i := range rv.Len() {
			if !w.inside(rv.Index(i), depth+1) {
				return false
			}
		}
	case reflect.Pointer:
		return rv.IsNil() || w.enter(depth, 0) && w.inside(rv.Elem(), depth+1)
	case reflect.Struct:
		for i := range rv.NumField() {
			if !w.inside(rv.Field(i), depth+1) {
				return false
			}
		}
	}
	return true
}

// inside walks what a container holds, without reflection as soon as it can.
func (w *walker) inside(rv reflect.Value, depth int) bool {
	if rv.Kind() == reflect.Interface {
		if rv.IsNil() {
			return true
		}
		if rv.CanInterface() {
			return w.walk(rv.Interface(), depth)
		}
		rv = rv.Elem()
	}
	return w.reflect(rv, depth)
}

func scalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer, reflect.Interface, reflect.Struct, reflect.String:
		return false
	}
	return true
}

// holdsItself tells a cycle from a value that is merely large, for the message.
func holdsItself(v any) bool {
	return cycleFinder{}.leadsBack(reflect.ValueOf(v), 0)
}

// cycleFinder knows of the containers it has met whether it is still inside.
type cycleFinder map[container]bool

type container struct {
	at  unsafe.Pointer
	typ reflect.Type
	len int
}

func (f cycleFinder) leadsBack(rv reflect.Value, depth int) bool {
	if rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer:
	default:
		return false // a struct of the engine's does not hold what templates make
	}
	if rv.IsNil() || depth > maxDepth {
		return false
	}
	c := container{at: rv.UnsafePointer(), typ: rv.Type()}
	if rv.Kind() == reflect.Slice {
		c.len = rv.Len()
	}
	if inside, met := f[c]; met {
		return inside
	}
	f[c] = true
	defer func() { f[c] = false }()
	switch rv.Kind() {
	case reflect.Map:
		for it := rv.MapRange(); it.Next(); {
			if f.leadsBack(it.Value(), depth+1) {
				return true
			}
		}
	case reflect.Slice:
		if scalar(rv.Type().Elem()) {
			return false
		}
		for i := range rv.Len() {
			if f.leadsBack(rv.Index(i), depth+1) {
				return true
			}
		}
	case reflect.Pointer:
		return f.leadsBack(rv.Elem(), depth+1)
	}
	return false
}

// Shallow names the functions that do not walk their arguments to the end, or
// look themselves before they do, so that a value which holds itself is no
// danger to them. Charts pass the whole scope to some of them at every turn;
// checking it there would cost too much. A function that is not named here is
// checked, which is always safe.
func Shallow() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`
		include tpl required fail lookup and or not len index slice mustSlice call eq ne lt le gt ge
		dict get set unset hasKey pluck keys values pick omit dig list tuple append push mustAppend mustPush
		prepend mustPrepend first mustFirst last mustLast rest mustRest initial mustInitial reverse mustReverse
		uniq mustUniq without mustWithout has mustHas compact mustCompact concat chunk mustChunk
		merge mergeOverwrite mustMerge mustMergeOverwrite default empty coalesce all any ternary typeOf typeIs typeIsLike kindOf kindIs deepEqual
		toYaml mustToYaml toYamlPretty toToml mustToToml toPrettyJson mustToPrettyJson`) {
		names[name] = true
	}
	return names
}

// Borrows names the functions with any number of arguments that only look at them
// while they run: they need no list of their own.
func Borrows() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`dict default coalesce quote squote cat print printf println all any`) {
		names[name] = true
	}
	return names
}
