package funcs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// fast are the functions that charts call most, without reflection for the
// types that come out of YAML. Everything else goes to Sprig.
func fast(cfg Config, sp sprigFuncs) map[string]any {
	b := bounds{cfg}
	return map[string]any{
		"empty": empty,
		"default": func(def any, given ...any) any {
			if len(given) == 0 || empty(given[0]) {
				return def
			}
			return given[0]
		},
		"coalesce": func(vals ...any) any {
			for _, v := range vals {
				if !empty(v) {
					return v
				}
			}
			return nil
		},
		"toString":      text,
		"quote":         b.joined(func(v any) string { return strconv.Quote(text(v)) }),
		"squote":        b.joined(func(v any) string { return "'" + format(v) + "'" }),
		"cat":           b.joined(format),
		"dict":          dict,
		"typeOf":        typeOf,
		"typeIs":        func(target string, v any) bool { return target == typeOf(v) },
		"typeIsLike":    func(target string, v any) bool { t := typeOf(v); return target == t || "*"+target == t },
		"kindOf":        kindOf,
		"kindIs":        func(target string, v any) bool { return target == kindOf(v) },
		"deepCopy":      copying(from[func(any) any](sp, "deepCopy")),
		"mustDeepCopy":  copying(from[func(any) any](sp, "deepCopy")),
		"semverCompare": (&versionCache{}).compare,
	}
}

// empty reports whether v is the zero value of its type.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int:
		return v == 0
	case int64:
		return v == 0
	case float64:
		return v == 0
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Array, reflect.Slice, reflect.Map, reflect.String:
		return rv.Len() == 0
	case reflect.Struct:
		return false
	case reflect.Float32, reflect.Float64:
		return rv.Float() == 0 // IsZero is false for -0
	case reflect.Complex64, reflect.Complex128:
		return rv.Complex() == 0
	}
	return rv.IsZero()
}

// text is Sprig's strval.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	return format(v)
}

// format is fmt's %v.
func format(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return sprint(v)
}

// joined makes a function that turns each argument but nil into a text and joins
// them with spaces.
func (b bounds) joined(one func(any) string) func(...any) (string, error) {
	return func(vals ...any) (string, error) {
		parts, n := make([]string, 0, len(vals)), 0
		for _, v := range vals {
			if v == nil {
				continue
			}
			part := one(v)
			if n += len(part); n > b.cfg.StringBytes {
				return "", b.string(1, n)
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, " "), nil
	}
}

// dict makes a map of alternating keys and values; a last key alone gets "".
// Keys become texts, so they must not be endless; values are not looked at.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, (len(pairs)+1)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			if _, err := CheckFinite(pairs[i]); err != nil {
				return nil, err
			}
			key = text(pairs[i])
		}
		if i+1 < len(pairs) {
			m[key] = pairs[i+1]
		} else {
			m[key] = ""
		}
	}
	return m, nil
}

// typeOf is fmt's %T.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "<nil>"
	case string:
		return "string"
	case bool:
		return "bool"
	case int:
		return "int"
	case int64:
		return "int64"
	case float64:
		return "float64"
	}
	return reflect.TypeOf(v).String()
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "invalid"
	case string:
		return "string"
	case map[string]any:
		return "map"
	case []any:
		return "slice"
	case bool:
		return "bool"
	case float64:
		return "float64"
	}
	return reflect.ValueOf(v).Kind().String()
}
