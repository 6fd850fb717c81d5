package jsonpath

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// filterStep takes the elements of lists for which a comparison holds, or with
// no operator those that have what left says.
type filterStep struct {
	left, right []step
	op          string
}

func (f filterStep) apply(in []any) ([]any, error) {
	var out []any
	for _, v := range in {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%v is not array or slice and cannot be filtered", v)
		}
		for _, element := range list {
			pass, err := f.passes(element)
			if err != nil {
				return nil, err
			}
			if pass {
				out = append(out, element)
			}
		}
	}
	return out, nil
}

func (f filterStep) passes(element any) (bool, error) {
	lefts, err := sequence(f.left).apply([]any{element})
	if f.op == "" {
		return len(lefts) > 0, nil
	}
	if err != nil {
		return false, err
	}
	rights, err := sequence(f.right).apply([]any{element})
	switch {
	case err != nil:
		return false, err
	case len(lefts) == 0 || len(rights) == 0:
		return false, nil
	case len(lefts) > 1 || len(rights) > 1:
		return false, errors.New("can only compare one element at a time")
	}
	return compare(lefts[0], f.op, rights[0])
}

func compare(left any, op string, right any) (bool, error) {
	order := 0
	switch l := left.(type) {
	case bool:
		r, ok := right.(bool)
		switch {
		case !ok:
			return false, errTypes
		case op != "==" && op != "!=":
			return false, errors.New("invalid type for comparison")
		case l != r:
			order = 1
		}
	case string:
		r, ok := right.(string)
		if !ok {
			return false, errTypes
		}
		order = strings.Compare(l, r)
	case float64:
		r, ok := right.(float64)
		if !ok {
			return false, errTypes
		}
		order = cmp.Compare(l, r)
	case int:
		r, ok := right.(int)
		if !ok {
			return false, errTypes
		}
		order = cmp.Compare(l, r)
	default:
		return false, errors.New("invalid type for comparison")
	}
	switch op {
	case "==":
		return order == 0, nil
	case "!=":
		return order != 0, nil
	case "<":
		return order < 0, nil
	case "<=":
		return order <= 0, nil
	case ">":
		return order > 0, nil
	case ">=":
		return order >= 0, nil
	}
	return false, fmt.Errorf("unrecognized filter operator %s", op)
}

var errTypes = errors.New("incompatible types for comparison")
