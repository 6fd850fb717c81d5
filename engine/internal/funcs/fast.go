package funcs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"
)

// fast are the functions that charts call most, without reflection for the
// types that come out of YAML. Everything else goes to Sprig.
func fast(sp sprigFuncs) map[string]any {
	versions := &versionCache{constraints: map[string]*semver.Constraints{}}
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
		"quote":         joined(func(v any) string { return strconv.Quote(text(v)) }),
		"squote":        joined(func(v any) string { return "'" + format(v) + "'" }),
		"cat":           joined(format),
		"dict":          dict,
		"kindOf":        kindOf,
		"kindIs":        func(target string, v any) bool { return target == kindOf(v) },
		"deepCopy":      copying(from[func(any) any](sp, "deepCopy")),
		"mustDeepCopy":  copying(from[func(any) any](sp, "deepCopy")),
		"semverCompare": versions.compare,
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
	return fmt.Sprint(v)
}

// joined makes a function that turns each argument but nil into a text and joins
// them with spaces.
func joined(one func(any) string) func(...any) string {
	return func(vals ...any) string {
		parts := make([]string, 0, len(vals))
		for _, v := range vals {
			if v != nil {
				parts = append(parts, one(v))
			}
		}
		return strings.Join(parts, " ")
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

// copying copies trees of plain maps and lists; what holds anything else, and a
// nil, which it refuses, goes to Sprig.
func copying(sprig func(any) any) func(any) any {
	return func(v any) any {
		if v != nil {
			if c, ok := copyTree(v); ok {
				return c
			}
		}
		return sprig(v)
	}
}

func copyTree(v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64:
		return v, true
	case map[string]any:
		if v == nil {
			return nil, false
		}
		out := make(map[string]any, len(v))
		for k, e := range v {
			c, ok := copyTree(e)
			if !ok {
				return nil, false
			}
			out[k] = c
		}
		return out, true
	case []any:
		if v == nil {
			return nil, false
		}
		out := make([]any, len(v))
		for i, e := range v {
			c, ok := copyTree(e)
			if !ok {
				return nil, false
			}
			out[i] = c
		}
		return out, true
	}
	return nil, false
}

// versionCache keeps parsed constraints: a chart asks the same few over and over.
type versionCache struct {
	mu          sync.Mutex
	constraints map[string]*semver.Constraints
}

func (c *versionCache) compare(constraint, version string) (bool, error) {
	cons, err := c.get(constraint)
	if err != nil {
		return false, err
	}
	v, err := semver.NewVersion(version)
	if err != nil {
		return false, err
	}
	return cons.Check(v), nil
}

func (c *versionCache) get(constraint string) (*semver.Constraints, error) {
	c.mu.Lock()
	cons := c.constraints[constraint]
	c.mu.Unlock()
	if cons != nil {
		return cons, nil
	}
	cons, err := semver.NewConstraint(constraint)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.constraints) >= maxPatterns {
		clear(c.constraints)
	}
	c.constraints[constraint] = cons
	return cons, nil
}
