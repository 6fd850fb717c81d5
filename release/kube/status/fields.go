package status

// cond is a condition of an object.
type cond struct{ kind, status, reason, message string }

// conditions returns the conditions of an object, false if what stands there are none.
// What is left out or null counts as empty.
func conditions(obj map[string]any) ([]cond, bool) {
	v, _, ok := nested(obj, "status", "conditions")
	if !ok {
		return nil, false
	}
	items, ok := v.([]any)
	if !ok {
		return nil, v == nil
	}
	all := make([]cond, len(items))
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok && item != nil {
			return nil, false
		}
		c := &all[i]
		for name, into := range map[string]*string{"type": &c.kind, "status": &c.status, "reason": &c.reason, "message": &c.message} {
			s, ok := m[name].(string)
			if !ok && m[name] != nil {
				return nil, false
			}
			*into = s
		}
	}
	return all, true
}

// with returns the first condition of a type that has a status.
func with(obj map[string]any, kind, status string) (cond, bool) {
	all, _ := conditions(obj)
	for _, c := range all {
		if c.kind == kind && c.status == status {
			return c, true
		}
	}
	return cond{}, false
}

func isTrue(obj map[string]any, kind string) bool {
	_, ok := with(obj, kind, "True")
	return ok
}

// nested walks down mappings. found is false where the way ends, ok where something
// that is no mapping stands in it.
func nested(obj map[string]any, path ...string) (v any, found, ok bool) {
	v = obj
	for _, p := range path {
		m, is := v.(map[string]any)
		if !is {
			return nil, false, v == nil
		}
		if v, is = m[p]; !is {
			return nil, false, true
		}
	}
	return v, true, true
}

func text(obj map[string]any, path ...string) string {
	v, _, _ := nested(obj, path...)
	s, _ := v.(string)
	return s
}

// number returns a whole number. ok is false if something else stands there.
func number(obj map[string]any, path ...string) (n int64, found, ok bool) {
	v, found, ok := nested(obj, path...)
	if !found || !ok {
		return 0, false, ok
	}
	n, ok = v.(int64)
	return n, ok, ok
}

// count is a number, or def if it is not there.
func count(obj map[string]any, def int64, path ...string) int64 {
	if n, found, _ := number(obj, path...); found {
		return n
	}
	return def
}
