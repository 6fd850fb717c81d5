package quick

import "math"

// kindOf returns the kind of a value of a chart; 0 is one that this package does
// not know.
func kindOf(v any) kind {
	switch v := v.(type) {
	case nil:
		return null
	case bool:
		return boolean
	case string:
		return text
	case int64, int:
		return number
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0
		}
		return number
	case []any:
		return list
	case map[string]any:
		return table
	}
	return 0
}

// equals reports whether a value of a chart is the one of a schema.
func (c *check) equals(v any, want *value) bool {
	k := kindOf(v)
	if k == 0 {
		c.unsure = true
	}
	if k != want.kind {
		return false
	}
	switch v := v.(type) {
	case bool:
		return v == want.yes
	case string:
		return v == want.text
	case []any:
		if len(v) != len(want.members) {
			return false
		}
		for i := range v {
			if !c.equals(v[i], &want.members[i].value) {
				return false
			}
		}
	case map[string]any:
		if len(v) != len(want.members) {
			return false
		}
		for i := range want.members {
			m := &want.members[i]
			e, ok := v[m.key]
			if !ok || !c.equals(e, &m.value) {
				return false
			}
		}
	case nil:
	default:
		b, ok := newBound(want)
		return ok && b.compare(v) == 0
	}
	return true
}

// distinct reports whether no two values of a list are equal. Tables and lists in
// it, and long lists, are left to the library.
func (c *check) distinct(l []any) bool {
	if len(l) > 100 {
		c.unsure = true
		return false
	}
	for i, v := range l {
		k := kindOf(v)
		if k&(null|boolean|text) == 0 {
			c.unsure = c.unsure || len(l) > 1
			return false
		}
		for _, earlier := range l[:i] {
			if v == earlier {
				return false
			}
		}
	}
	return true
}
