package status

// cond is a condition of an object.
type cond struct{ kind, status, reason, message string }

func conditions(obj map[string]any) []cond {
	var all []cond
	for _, c := range list(obj, "status", "conditions") {
		all = append(all, cond{text(c, "type"), text(c, "status"), text(c, "reason"), text(c, "message")})
	}
	return all
}

func condition(obj map[string]any, kind string) (cond, bool) {
	for _, c := range conditions(obj) {
		if c.kind == kind {
			return c, true
		}
	}
	return cond{}, false
}

func isTrue(obj map[string]any, kind string) bool {
	c, ok := condition(obj, kind)
	return ok && c.status == "True"
}

// field walks down mappings, nil if the way ends.
func field(obj map[string]any, path ...string) any {
	var v any = obj
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func text(obj map[string]any, path ...string) string {
	s, _ := field(obj, path...).(string)
	return s
}

func number(obj map[string]any, path ...string) (int64, bool) {
	n, ok := field(obj, path...).(int64)
	return n, ok
}

// count is a number, or def if it is not there.
func count(obj map[string]any, def int64, path ...string) int64 {
	if n, ok := number(obj, path...); ok {
		return n
	}
	return def
}

func list(obj map[string]any, path ...string) []map[string]any {
	items, _ := field(obj, path...).([]any)
	var all []map[string]any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}
