package funcs

// numbers are Sprig's functions on whole numbers, without reflection for the
// types that come out of YAML and --set.
func numbers(sp sprigFuncs) map[string]any {
	n := converter{from[func(any) int64](sp, "int64"), from[func(any) int](sp, "int"), from[func(any) float64](sp, "float64")}
	return map[string]any{
		"int64":   n.int64,
		"int":     n.int,
		"float64": n.float64,
		"add1":    func(a any) int64 { return n.int64(a) + 1 },
		"sub":     func(a, b any) int64 { return n.int64(a) - n.int64(b) },
		"div":     func(a, b any) int64 { return n.int64(a) / n.int64(b) },
		"mod":     func(a, b any) int64 { return n.int64(a) % n.int64(b) },
		"add": func(terms ...any) (sum int64) {
			for _, t := range terms {
				sum += n.int64(t)
			}
			return sum
		},
		"mul": func(a any, factors ...any) int64 {
			product := n.int64(a)
			for _, f := range factors {
				product *= n.int64(f)
			}
			return product
		},
	}
}

// converter turns values into numbers; Sprig's functions know the other types.
type converter struct {
	otherInt64 func(any) int64
	otherInt   func(any) int
	otherFloat func(any) float64
}

func (c converter) int64(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case float64:
		return int64(v)
	}
	return c.otherInt64(v)
}

func (c converter) int(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case int64:
		return int(v)
	case float64:
		return int(v)
	}
	return c.otherInt(v)
}

func (c converter) float64(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	}
	return c.otherFloat(v)
}
