package eval

// addShortcut puts a caller in front of a function of text/template that works on
// reflect.Value, for the types that values files have. A shortcut that is not
// sure calls the function.
func (f *function) addShortcut() {
	var quick func([]any) (v any, ok bool)
	switch f.name {
	case "eq":
		quick = func(args []any) (any, bool) { return sameBasic(args) }
	case "ne":
		quick = func(args []any) (any, bool) { same, ok := sameBasic(args); return !same, ok }
	case "len":
		quick = quickLength
	case "index":
		quick = quickIndex
	default:
		return
	}
	slow := f.quick
	f.quick = func(args []any) (any, error) {
		if v, ok := quick(args); ok {
			return v, nil
		}
		return slow(args)
	}
}

// sameBasic compares two arguments of one basic type.
func sameBasic(args []any) (same, ok bool) {
	if len(args) != 2 {
		return false, false
	}
	switch a := args[0].(type) {
	case string:
		b, ok := args[1].(string)
		return a == b, ok
	case bool:
		b, ok := args[1].(bool)
		return a == b, ok
	case int:
		b, ok := args[1].(int)
		return a == b, ok
	case float64:
		b, ok := args[1].(float64)
		return a == b, ok
	}
	return false, false
}

func quickLength(args []any) (any, bool) {
	switch v := args[0].(type) {
	case string:
		return len(v), true
	case map[string]any:
		return len(v), true
	case []any:
		return len(v), true
	}
	return nil, false
}

// quickIndex walks maps and lists of anything.
func quickIndex(args []any) (any, bool) {
	item := args[0]
	for _, idx := range args[1:] {
		switch v := item.(type) {
		case map[string]any:
			key, ok := idx.(string)
			if !ok {
				return nil, false
			}
			item = fromElem(v[key])
		case []any:
			i, ok := idx.(int)
			if !ok || i < 0 || i >= len(v) {
				return nil, false
			}
			item = fromElem(v[i])
		default:
			return nil, false
		}
	}
	return item, len(args) > 1
}
