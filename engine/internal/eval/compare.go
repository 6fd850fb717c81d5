package eval

import (
	"errors"
	"fmt"
	"reflect"
)

var (
	errBadComparison = errors.New("invalid type for comparison")
	errNoComparison  = errors.New("missing argument for comparison")
)

// basic is the class of a value that decides what it can be compared with.
type basic int

const (
	noBasic basic = iota
	boolBasic
	complexBasic
	intBasic
	floatBasic
	stringBasic
	uintBasic
)

func basicOf(v reflect.Value) basic {
	switch {
	case v.Kind() == reflect.Bool:
		return boolBasic
	case v.CanInt():
		return intBasic
	case v.CanUint():
		return uintBasic
	case v.CanFloat():
		return floatBasic
	case v.CanComplex():
		return complexBasic
	case v.Kind() == reflect.String:
		return stringBasic
	}
	return noBasic
}

// eq reports whether the first value equals any of the others. Integers compare
// across signedness, nothing else does across classes; nil equals nil of any kind.
func eq(first reflect.Value, others ...reflect.Value) (bool, error) {
	first = throughInterface(first)
	if len(others) == 0 {
		return false, errNoComparison
	}
	for _, other := range others {
		same, err := equal(first, throughInterface(other))
		if same || err != nil {
			return same, err
		}
	}
	return false, nil
}

func equal(a, b reflect.Value) (bool, error) {
	ka, kb := basicOf(a), basicOf(b)
	if ka != kb {
		switch {
		case ka == intBasic && kb == uintBasic:
			return a.Int() >= 0 && uint64(a.Int()) == b.Uint(), nil
		case ka == uintBasic && kb == intBasic:
			return b.Int() >= 0 && a.Uint() == uint64(b.Int()), nil
		case a.IsValid() && b.IsValid():
			return false, incompatible(a, b)
		}
		return false, nil
	}
	switch ka {
	case boolBasic:
		return a.Bool() == b.Bool(), nil
	case complexBasic:
		return a.Complex() == b.Complex(), nil
	case floatBasic:
		return a.Float() == b.Float(), nil
	case intBasic:
		return a.Int() == b.Int(), nil
	case stringBasic:
		return a.String() == b.String(), nil
	case uintBasic:
		return a.Uint() == b.Uint(), nil
	}
	return equalOther(a, b)
}

// equalOther compares values of no basic class.
func equalOther(a, b reflect.Value) (bool, error) {
	if a.Kind() != b.Kind() && a.IsValid() && b.IsValid() {
		return false, fmt.Errorf("non-comparable types %s and %s", a.Type(), b.Type())
	}
	if isNil(a) || isNil(b) {
		return isNil(a) == isNil(b), nil
	}
	if !b.Type().Comparable() {
		return false, fmt.Errorf("non-comparable type %s", b.Type())
	}
	return a.Interface() == b.Interface(), nil
}

func incompatible(a, b reflect.Value) error {
	return fmt.Errorf("incompatible types for comparison: %s and %s", a.Type(), b.Type())
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		return v.IsNil()
	}
	return false
}

// lt reports a < b for numbers and strings.
func lt(a, b reflect.Value) (bool, error) {
	a, b = throughInterface(a), throughInterface(b)
	ka, kb := basicOf(a), basicOf(b)
	if ka == noBasic || kb == noBasic {
		return false, errBadComparison
	}
	if ka != kb {
		switch {
		case ka == intBasic && kb == uintBasic:
			return a.Int() < 0 || uint64(a.Int()) < b.Uint(), nil
		case ka == uintBasic && kb == intBasic:
			return b.Int() >= 0 && a.Uint() < uint64(b.Int()), nil
		}
		return false, incompatible(a, b)
	}
	switch ka {
	case floatBasic:
		return a.Float() < b.Float(), nil
	case intBasic:
		return a.Int() < b.Int(), nil
	case stringBasic:
		return a.String() < b.String(), nil
	case uintBasic:
		return a.Uint() < b.Uint(), nil
	}
	return false, errBadComparison
}

// le reports a < b or a == b.
func le(a, b reflect.Value) (bool, error) {
	less, err := lt(a, b)
	if less || err != nil {
		return less, err
	}
	return eq(a, b)
}
