package yaml

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"

	"sigs.k8s.io/yaml"
)

// Encode returns v as the YAML text that sigs.k8s.io/yaml makes of it, and its
// error for what has none. Trees of maps, lists and scalars are written directly,
// which takes a fraction of the time; everything else is left to the library. v
// must not hold itself.
func Encode(v any) (string, error) {
	e := encoder{buf: make([]byte, 0, 256)}
	if e.value(v, place{at: root, indent: -2}) {
		return string(e.buf), nil
	}
	b, err := yaml.Marshal(v)
	return string(b), err
}

// encoder writes a tree. Its methods report false for what they leave to the
// library; then what is written so far is of no use.
type encoder struct {
	buf   []byte
	line  int      // where in buf the last line begins
	keys  []string // of the mappings that are being written, outermost first
	depth int
}

// place is where a value goes: what stands before it in its line, and how far the
// collection that it belongs to is indented.
type place struct {
	at     position
	indent int
}

type position byte

const (
	root position = iota
	afterKey
	afterDash
)

// maxEncodeDepth is below the depths at which encoding/json begins to look for
// cycles and the YAML parser gives up.
const maxEncodeDepth = 900

func (e *encoder) value(v any, p place) bool {
	switch v := v.(type) {
	case nil:
		return e.word("null", p)
	case string:
		return e.text(v, p)
	case bool:
		return e.word(strconv.FormatBool(v), p)
	case float64:
		return e.float(v, p)
	case int:
		return e.int(int64(v), p)
	case int64:
		return e.int(v, p)
	case map[string]any:
		return mapping(e, v, p)
	case []any:
		return sequence(e, v, p)
	case map[string]string:
		return mapping(e, v, p)
	case []string:
		return sequence(e, v, p)
	}
	return e.other(v, p)
}

// other writes the types that are rare.
func (e *encoder) other(v any, p place) bool {
	switch v := v.(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return false
	case int8:
		return e.int(int64(v), p)
	case int16:
		return e.int(int64(v), p)
	case int32:
		return e.int(int64(v), p)
	case uint8:
		return e.int(int64(v), p)
	case uint16:
		return e.int(int64(v), p)
	case uint32:
		return e.int(int64(v), p)
	case uint:
		return e.word(strconv.FormatUint(uint64(v), 10), p)
	case uint64:
		return e.word(strconv.FormatUint(v, 10), p)
	}
	// .Values and its like: maps and lists under another name.
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Map:
		if t := reflect.TypeFor[map[string]any](); rv.CanConvert(t) {
			return mapping(e, rv.Convert(t).Interface().(map[string]any), p)
		}
	case reflect.Slice:
		if t := reflect.TypeFor[[]any](); rv.CanConvert(t) {
			return sequence(e, rv.Convert(t).Interface().([]any), p)
		}
	}
	return false
}

// space separates a value from what stands before it in its line.
func (e *encoder) space(p place) {
	if p.at != root {
		e.buf = append(e.buf, ' ')
	}
}

func (e *encoder) newLine() {
	e.buf = append(e.buf, '\n')
	e.line = len(e.buf)
}

func (e *encoder) pad(n int) {
	const spaces = "                                                                "
	for ; n > len(spaces); n -= len(spaces) {
		e.buf = append(e.buf, spaces...)
	}
	e.buf = append(e.buf, spaces[:n]...)
}

// word writes a scalar that needs no quotes.
func (e *encoder) word(s string, p place) bool {
	e.space(p)
	e.buf = append(e.buf, s...)
	e.newLine()
	return true
}

func (e *encoder) int(n int64, p place) bool {
	e.space(p)
	e.buf = strconv.AppendInt(e.buf, n, 10)
	e.newLine()
	return true
}

// float writes a number. On its way through JSON, a number without a fraction
// becomes an integer if it has at most 64 bits; its text is the shortest that
// stands for it, filled up with zeros.
func (e *encoder) float(f float64, p place) bool {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return false
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return e.int(int64(f), p)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e20 {
		whole := strconv.FormatFloat(f, 'f', -1, 64)
		_, noInt := strconv.ParseInt(whole, 10, 64)
		_, noUint := strconv.ParseUint(whole, 10, 64)
		if noInt == nil || noUint == nil {
			return e.word(whole, p)
		}
	}
	e.space(p)
	e.buf = strconv.AppendFloat(e.buf, f, 'g', -1, 64)
	e.newLine()
	return true
}

// open begins a collection. It returns where its entries go and how far they are
// indented; a sequence stands at the column of the key that it belongs to.
func (e *encoder) open(p place, sequence bool) (column int) {
	column = p.indent + 2
	switch p.at {
	case afterKey:
		e.newLine()
		if sequence {
			column = p.indent
		}
	case afterDash:
		e.buf = append(e.buf, ' ')
	}
	return column
}

// begin writes what precedes an entry: nothing before the first one behind a
// dash, which shares its line.
func (e *encoder) begin(first bool, p place, column int) {
	if !first || p.at != afterDash {
		e.pad(column)
	}
}

// sequence writes a list.
func sequence[T any](e *encoder, list []T, p place) bool {
	switch {
	case list == nil:
		return e.word("null", p)
	case len(list) == 0:
		return e.word("[]", p)
	}
	if e.depth++; e.depth > maxEncodeDepth {
		return false
	}
	column := e.open(p, true)
	for i, v := range list {
		e.begin(i == 0, p, column)
		e.buf = append(e.buf, '-')
		if !e.value(v, place{afterDash, column}) {
			return false
		}
	}
	e.depth--
	return true
}

// mapping writes a map by its keys in order.
func mapping[T any](e *encoder, m map[string]T, p place) bool {
	switch {
	case m == nil:
		return e.word("null", p)
	case len(m) == 0:
		return e.word("{}", p)
	}
	if e.depth++; e.depth > maxEncodeDepth {
		return false
	}
	start := len(e.keys)
	e.keys = slices.Grow(e.keys, len(m))
	for key := range m {
		e.keys = append(e.keys, key)
	}
	keys := e.keys[start:]
	if !sortKeys(keys) {
		return false
	}
	column := e.open(p, false)
	for i, key := range keys {
		e.begin(i == 0, p, column)
		e.key(key)
		if !e.value(m[key], place{afterKey, column}) {
			return false
		}
	}
	e.keys = e.keys[:start]
	e.depth--
	return true
}
