package quick

import (
	"math"
	"math/big"
	"strconv"
)

// bound is a number of a schema.
type bound struct {
	text  string
	float float64 // the nearest to text
}

func newBound(v *value) (*bound, bool) {
	if v.kind != number {
		return nil, false
	}
	f, err := strconv.ParseFloat(v.text, 64)
	return &bound{text: v.text, float: f}, err == nil
}

// compare returns how v, a number, compares with b. The library compares what
// they look like when they are printed, to the last digit.
//
// Rounding keeps the order: where the nearest floats differ the numbers do, in
// the same direction.
func (b *bound) compare(v any) int {
	f := floatOf(v)
	switch {
	case f < b.float:
		return -1
	case f > b.float:
		return 1
	}
	return exact(v).Cmp(b.exact())
}

func (b *bound) exact() *big.Rat {
	r, _ := new(big.Rat).SetString(b.text)
	return r
}

// divides reports whether v is a multiple of b, which is not zero.
func (b *bound) divides(v any) bool {
	return new(big.Rat).Quo(exact(v), b.exact()).IsInt()
}

func floatOf(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	case int:
		return float64(v)
	}
	return math.NaN() // not reached: see kindOf
}

// exact returns the number that v is printed as.
func exact(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case int:
		return new(big.Rat).SetInt64(int64(v))
	case float64:
		if r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64)); ok {
			return r
		}
	}
	return new(big.Rat)
}

// isWhole reports whether a number is an integer. A float64 that is one is
// printed as one.
func isWhole(v any) bool {
	f, ok := v.(float64)
	return !ok || f == math.Trunc(f)
}

// count reads the number of a keyword that counts something.
func count(v *value) (int, bool) {
	if v.kind != number || len(v.text) > 9 {
		return 0, false
	}
	n, err := strconv.Atoi(v.text)
	return n, err == nil && n >= 0
}
