package kube

import (
	"encoding/base64"
	"math/big"
	"reflect"
	"slices"
	"strings"
)

// equalTrees reports whether two manifests say the same.
func equalTrees(a, b any) bool { return reflect.DeepEqual(a, b) }

// covers reports whether a live object is as its manifest says: all that the manifest
// has is there, and lists have as many items. It says no when it is not sure.
func covers(live, target map[string]any, o *Object) bool {
	if o.Kind == "Secret" && o.APIVersion == "v1" {
		if texts, ok := target["stringData"].(map[string]any); ok {
			for k, v := range texts {
				text, ok := v.(string)
				if !ok || lookup(live, "data", k) != base64.StdEncoding.EncodeToString([]byte(text)) {
					return false
				}
			}
		}
	}
	for k, v := range target {
		switch k {
		case "apiVersion", "kind":
			continue // the object was asked for in this version
		case "status":
			continue // what controllers write
		case "stringData":
			if o.Kind == "Secret" && o.APIVersion == "v1" {
				continue
			}
		}
		if !covered(live[k], v, k) {
			return false
		}
	}
	return true
}

// covered compares one value, which is found under key.
func covered(live, target any, key string) bool {
	switch t := target.(type) {
	case nil:
		return live == nil
	case map[string]any:
		l, ok := live.(map[string]any)
		if !ok {
			return live == nil && len(t) == 0
		}
		for k, v := range t {
			switch {
			case isQuantities(key):
				if !sameQuantity(l[k], v) {
					return false
				}
			case !covered(l[k], v, k):
				return false
			}
		}
		return true
	case []any:
		l, ok := live.([]any)
		if !ok || len(l) != len(t) {
			return live == nil && len(t) == 0
		}
		for i, v := range t {
			if !covered(l[i], v, key) {
				return false
			}
		}
		return true
	}
	if key == "storage" || key == "sizeLimit" || key == "averageValue" {
		return sameQuantity(live, target)
	}
	return reflect.DeepEqual(live, target)
}

// onlyDefaults reports whether all that a live value has beyond the target, which it
// covers, is known to come from the server.
func onlyDefaults(live, target any, key string) bool {
	switch l := live.(type) {
	case map[string]any:
		t, _ := target.(map[string]any)
		for k, v := range l {
			switch wanted, ok := t[k]; {
			case ok && !onlyDefaults(v, wanted, k), !ok && !isDefault(key, k, v):
				return false
			}
		}
	case []any:
		t, _ := target.([]any)
		for i, v := range l {
			if i >= len(t) || !onlyDefaults(v, t[i], key) {
				return false
			}
		}
	}
	return true
}

// isDefault reports whether the server gives a field under parent this value when the
// manifest has none.
func isDefault(parent, key string, value any) bool {
	switch key {
	case "protocol":
		return value == "TCP"
	case "defaultMode":
		return value == int64(420)
	case "scope":
		return value == "*"
	case "apiGroup":
		return value == "" || value == "rbac.authorization.k8s.io"
	case "volumeMode":
		return value == "Filesystem"
	case "apiVersion":
		return value == "v1"
	case "kind":
		return value == "PersistentVolumeClaim"
	case "status":
		return parent == "volumeClaimTemplates"
	case "expirationSeconds":
		return value == int64(3600)
	case "creationTimestamp":
		return value == nil
	}
	return false
}

// isQuantities reports whether the values of a mapping under this name are amounts.
func isQuantities(key string) bool {
	return slices.Contains([]string{"limits", "requests", "hard", "capacity"}, key)
}

// sameQuantity compares two amounts, such as 1000m and 1.
func sameQuantity(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, ok := quantity(a)
	y, ok2 := quantity(b)
	return ok && ok2 && x.Cmp(y) == 0
}

// quantity reads an amount in the notation of Kubernetes
// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
func quantity(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v), true
	case string:
		i := strings.IndexFunc(v, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' })
		number, suffix := v, ""
		if i >= 0 {
			number, suffix = v[:i], v[i:]
		}
		if number == "" || len(v) > 64 {
			return nil, false
		}
		r, ok := new(big.Rat).SetString(number)
		if !ok {
			return nil, false
		}
		factor, ok := suffixFactor(suffix)
		if !ok {
			return nil, false
		}
		return r.Mul(r, factor), true
	}
	return nil, false
}

func suffixFactor(suffix string) (*big.Rat, bool) {
	pow := func(base, exp int64) *big.Rat {
		return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(base), big.NewInt(exp), nil))
	}
	for i, s := range []string{"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"} {
		if s == suffix {
			return pow(1024, int64(i+1)), true
		}
	}
	for i, s := range []string{"", "k", "M", "G", "T", "P", "E"} {
		if s == suffix {
			return pow(1000, int64(i)), true
		}
	}
	for i, s := range []string{"m", "u", "n"} {
		if s == suffix {
			return new(big.Rat).Inv(pow(1000, int64(i+1))), true
		}
	}
	return nil, false
}
