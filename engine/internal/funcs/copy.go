package funcs

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
