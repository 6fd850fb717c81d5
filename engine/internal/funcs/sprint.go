package funcs

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// sprint is fmt.Sprint for one value. A chart that names its scope where a text is
// wanted, as a key of dict for instance, gets all its files in it, byte by byte as
// numbers; that took fmt longer than all else in the chart.
func sprint(v any) string {
	switch kind := reflect.ValueOf(v).Kind(); kind {
	case reflect.Map, reflect.Slice:
		return string(appendText(nil, v))
	}
	return fmt.Sprint(v)
}

// appendText appends what fmt prints for v inside another value.
func appendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "<nil>"...)
	case string:
		return append(b, v...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case []byte:
		return appendBytes(b, v)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendText(b, e)
		}
		return append(b, ']')
	case map[string]any:
		return appendTable(b, v)
	case fmt.Formatter, fmt.Stringer, error:
		return appendOther(b, v)
	}
	// .Values and .Files are maps of these types under other names.
	switch rv := reflect.ValueOf(v); {
	case rv.Kind() != reflect.Map:
	case rv.CanConvert(reflect.TypeFor[map[string]any]()):
		return appendTable(b, rv.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any))
	case rv.CanConvert(reflect.TypeFor[map[string][]byte]()):
		return appendTable(b, rv.Convert(reflect.TypeFor[map[string][]byte]()).Interface().(map[string][]byte))
	}
	return appendOther(b, v)
}

// appendOther leaves v to fmt, which prints pointers differently inside another
// value.
func appendOther(b []byte, v any) []byte {
	text := fmt.Sprint([]any{v})
	return append(b, text[1:len(text)-1]...)
}

func appendTable[V any](b []byte, m map[string]V) []byte {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b = append(b, "map["...)
	for i, key := range keys {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(append(b, key...), ':')
		b = appendText(b, m[key])
	}
	return append(b, ']')
}

// appendBytes appends bytes as numbers.
func appendBytes(b []byte, bytes []byte) []byte {
	b = slices.Grow(b, 4*len(bytes)+2)
	b = append(b, '[')
	for i, c := range bytes {
		if i > 0 {
			b = append(b, ' ')
		}
		switch {
		case c >= 100:
			b = append(b, '0'+c/100, '0'+c/10%10, '0'+c%10)
		case c >= 10:
			b = append(b, '0'+c/10, '0'+c%10)
		default:
			b = append(b, '0'+c)
		}
	}
	return append(b, ']')
}
