package funcs

import (
	"fmt"
	"hash/maphash"
	"reflect"
	"slices"
	"unsafe"
)

// comparisons are Sprig's functions that compare values with reflect.DeepEqual.
// That one is safe with cycles, but overflows the stack on long chains, and uniq
// compares every element with all before it.
func comparisons(sp sprigFuncs) map[string]any {
	has := from[func(any, any) (bool, error)](sp, "mustHas")
	uniq := from[func(any) ([]any, error)](sp, "mustUniq")
	without := from[func(any, ...any) ([]any, error)](sp, "mustWithout")
	fns := map[string]any{"deepEqual": deepEqual}
	for _, prefix := range []string{"", "must"} {
		fns[mustName(prefix, "has")] = func(needle, haystack any) (bool, error) {
			if l, ok := haystack.([]string); ok {
				s, ok := needle.(string)
				return ok && slices.Contains(l, s), nil
			}
			l, plain, err := elements(haystack)
			if !plain || err != nil {
				return hand(err, func() (bool, error) { return has(needle, haystack) })
			}
			return new(comparison).among(needle, l)
		}
		fns[mustName(prefix, "uniq")] = func(list any) ([]any, error) {
			l, plain, err := elements(list)
			if !plain || err != nil {
				return hand(err, func() ([]any, error) { return uniq(list) })
			}
			return distinct(l)
		}
		fns[mustName(prefix, "without")] = func(list any, omit ...any) ([]any, error) {
			l, plain, err := elements(list)
			if !plain || err != nil {
				return hand(err, func() ([]any, error) { return without(list, omit...) })
			}
			return remaining(l, omit)
		}
	}
	return fns
}

// mustName is the name of the form of a function that fails instead of panicking.
func mustName(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + string(name[0]-'a'+'A') + name[1:]
}

// elements returns what a list holds. A value that is no list is not plain.
func elements(list any) (l []any, plain bool, err error) {
	switch list := list.(type) {
	case []any:
		return list, true, nil
	case []string:
		l = make([]any, len(list))
		for i, s := range list {
			l[i] = s
		}
		return l, true, nil
	case nil:
		return nil, false, nil
	}
	rv := reflect.ValueOf(list)
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		return nil, false, nil
	}
	l = make([]any, rv.Len())
	for i := range l {
		l[i] = rv.Index(i).Interface()
	}
	return l, true, nil
}

// hand calls f unless there is an error already.
func hand[T any](err error, f func() (T, error)) (T, error) {
	if err != nil {
		var zero T
		return zero, err
	}
	return f()
}

func deepEqual(a, b any) (bool, error) { return new(comparison).equal(a, b) }

// maxComparisons bounds the work of one call; it takes about a second.
const maxComparisons = 20_000_000

// comparison is reflect.DeepEqual on trees of maps and lists, in bounded time
// and depth. It may compare several values on one budget.
type comparison struct {
	steps int // of all values
	first int // steps when the current values began
	// seen holds the pairs met in the current values, once there are many: a
	// pair that is met again is not looked at again, so that shared and cyclic
	// values end.
	seen map[pair]struct{}
	err  error
}

type pair struct {
	a, b unsafe.Pointer
	len  int
}

// fewElements is the length of lists whose elements are compared one with another.
const fewElements = 16

// manySteps is when comparisons begin to remember pairs.
const manySteps = 1000

func (c *comparison) equal(a, b any) (bool, error) {
	c.first, c.seen = c.steps, nil
	same := c.same(a, b, 0)
	return same && c.err == nil, c.err
}

func (c *comparison) same(a, b any, depth int) bool {
	c.steps++
	switch {
	case c.steps > maxComparisons:
		c.err = &LimitError{"comparisons", maxComparisons, "a template function would compare too many values"}
		return false
	case depth > 10*maxDepth:
		c.err = &CycleError{fmt.Sprintf("is nested more than %d levels deep", 10*maxDepth)}
		return false
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		b, ok := b.(string)
		if !ok || len(a) != len(b) {
			return false
		}
		c.steps += len(a) / 64 // a list may hold one long text a million times
		return a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case int:
		b, ok := b.(int)
		return ok && a == b
	case int64:
		b, ok := b.(int64)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && a == b
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && c.sameMaps(a, b, depth)
	case []any:
		b, ok := b.([]any)
		return ok && c.sameLists(a, b, depth)
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b) && c.other(a, b)
}

// other leaves values of other types to reflect.
func (c *comparison) other(a, b any) bool {
	for _, v := range []any{a, b} {
		if n, err := CheckFinite(v); err != nil {
			c.err = err
			return false
		} else {
			c.steps += n
		}
	}
	return reflect.DeepEqual(a, b)
}

func (c *comparison) sameMaps(a, b map[string]any, depth int) bool {
	if (a == nil) != (b == nil) || len(a) != len(b) {
		return false
	}
	pa, pb := reflect.ValueOf(a).UnsafePointer(), reflect.ValueOf(b).UnsafePointer()
	if pa == pb || c.met(pair{pa, pb, -1}) {
		return true
	}
	for k, x := range a {
		if y, ok := b[k]; !ok || !c.same(x, y, depth+1) {
			return false
		}
	}
	return true
}

func (c *comparison) sameLists(a, b []any, depth int) bool {
	if (a == nil) != (b == nil) || len(a) != len(b) {
		return false
	}
	pa, pb := unsafe.Pointer(unsafe.SliceData(a)), unsafe.Pointer(unsafe.SliceData(b))
	if pa == pb || c.met(pair{pa, pb, len(a)}) {
		return true
	}
	for i := range a {
		if !c.same(a[i], b[i], depth+1) {
			return false
		}
	}
	return true
}

// met reports whether the pair was met before, and remembers it.
func (c *comparison) met(p pair) bool {
	if c.steps-c.first < manySteps {
		return false
	}
	if _, ok := c.seen[p]; ok {
		return true
	}
	if c.seen == nil {
		c.seen = map[pair]struct{}{}
	}
	c.seen[p] = struct{}{}
	return false
}

// among reports whether v equals an element of l.
func (c *comparison) among(v any, l []any) (bool, error) {
	for _, e := range l {
		if same, err := c.equal(v, e); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// distinct returns the elements of l without repetitions.
func distinct(l []any) ([]any, error) {
	out := []any{}
	c, f := new(comparison), fingerprints{maphash.MakeSeed()}
	byPrint := map[uint64][]any{}
	for _, e := range l {
		var p uint64
		if len(l) > fewElements {
			p = f.of(e, 0)
		}
		known, err := c.among(e, byPrint[p])
		if err != nil {
			return nil, err
		}
		if !known {
			byPrint[p] = append(byPrint[p], e)
			out = append(out, e)
		}
	}
	return out, nil
}

// remaining returns the elements of l that equal none of omit.
func remaining(l, omit []any) ([]any, error) {
	out := []any{}
	c := new(comparison)
	for _, e := range l {
		drop, err := c.among(e, omit)
		if err != nil {
			return nil, err
		}
		if !drop {
			out = append(out, e)
		}
	}
	return out, nil
}

// fingerprints tell most values apart that are not equal; values that are equal
// always have the same. They look three levels deep.
type fingerprints struct{ seed maphash.Seed }

func (f fingerprints) of(v any, depth int) uint64 {
	switch v := v.(type) {
	case nil, bool, int, int64:
		return maphash.Comparable(f.seed, v)
	case string:
		return maphash.String(f.seed, v[:min(len(v), 64)]) + uint64(len(v))
	case float64:
		return maphash.Comparable(f.seed, v)
	case map[string]any:
		sum := uint64(len(v))
		if depth < 3 && len(v) <= 64 {
			for k, e := range v {
				sum += maphash.String(f.seed, k) ^ 31*f.of(e, depth+1)
			}
		}
		return sum
	case []any:
		sum := uint64(len(v)) << 32
		if depth < 3 {
			for _, e := range v[:min(len(v), 64)] {
				sum = 31*sum + f.of(e, depth+1)
			}
		}
		return sum
	}
	return maphash.Comparable(f.seed, reflect.TypeOf(v))
}
