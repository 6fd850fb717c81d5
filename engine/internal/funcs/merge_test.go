package funcs

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// grower makes values out of bytes. The same bytes make the same values, shared
// subtrees included.
type grower struct {
	bytes  []byte
	shared []any // containers that later places may hold too
	share  bool
	ptr    *string // what pointers point to
}

func (g *grower) next() int {
	if len(g.bytes) == 0 {
		return 0
	}
	b := g.bytes[0]
	g.bytes = g.bytes[1:]
	return int(b)
}

type named map[string]any

func (g *grower) value(depth int) any {
	leaves := []any{nil, "", "x", 0, 1, false, true, 0.0, 2.5, int64(0), int64(3), []any(nil), map[string]any(nil), []string{"p"}, []string{}, []int{1},
		map[string]string{"k": "v"}, map[string]string{}, named{}, uint8(0), time.Unix(0, 0), complex(0, 0), [1]int{0}, (*int)(nil), g.ptr, []byte("b"), struct{ A any }{"f"}}
	n := g.next()
	switch {
	case depth > 4 || n < 90:
		return leaves[n%len(leaves)]
	case n < 110 && g.share && len(g.shared) > 0:
		return g.shared[g.next()%len(g.shared)]
	case n < 140:
		l := []any{}
		for range g.next() % 4 {
			l = append(l, g.value(depth+1))
		}
		g.shared = append(g.shared, l)
		return l
	case n < 150:
		return named(g.table(depth))
	}
	return g.table(depth)
}

func (g *grower) table(depth int) map[string]any {
	m := map[string]any{}
	for range g.next() % 5 {
		key := string(rune('a' + g.next()%4))
		m[key] = g.value(depth + 1)
	}
	g.shared = append(g.shared, m)
	return m
}

// alike compares two graphs of values, and that what is shared in one is shared
// in the other.
type alike struct{ there, back map[any]any }

func newAlike() alike { return alike{map[any]any{}, map[any]any{}} }

type place struct {
	ptr uintptr
	typ reflect.Type
	len int
}

func (k alike) values(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Type() != vb.Type() {
		return false
	}
	switch va.Kind() {
	case reflect.Map, reflect.Slice:
		if va.IsNil() || vb.IsNil() || va.Len() != vb.Len() {
			return va.IsNil() && vb.IsNil()
		}
		if va.Len() == 0 && va.Kind() == reflect.Slice {
			return true
		}
		pa, pb := place{va.Pointer(), va.Type(), va.Len()}, place{vb.Pointer(), vb.Type(), vb.Len()}
		if known, ok := k.there[pa]; ok {
			return known == pb
		}
		if _, ok := k.back[pb]; ok {
			return false
		}
		k.there[pa], k.back[pb] = pb, pa
		if va.Kind() == reflect.Slice {
			for i := range va.Len() {
				if !k.values(va.Index(i).Interface(), vb.Index(i).Interface()) {
					return false
				}
			}
			return true
		}
		for _, key := range va.MapKeys() {
			if e := vb.MapIndex(key); !e.IsValid() || !k.values(va.MapIndex(key).Interface(), e.Interface()) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// outcome is all that a merge leaves behind.
func outcome(f mergeFunc, data []byte) (state []any, err error) {
	g := grower{bytes: data, ptr: new(string)}
	mode := g.next()
	g.share = mode&1 != 0
	var dst map[string]any
	if mode&6 != 0 {
		dst = g.table(0)
	}
	// Sharing on both sides would let maps come to hold themselves, and mergo
	// would never return.
	g.share, g.shared = mode&1 == 0, nil
	srcs := []map[string]any{g.table(0)}
	g.shared = nil
	if mode&8 != 0 {
		srcs = append(srcs, nil, g.table(0))
	}
	defer func() {
		state = append(state, dst)
		for _, s := range srcs {
			state = append(state, s)
		}
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil || state[0] == "" {
			state = nil // half merged, which half depends on the order of keys
		}
	}()
	res, err := f(dst, srcs...)
	return []any{res}, err
}

func mergeDiffers(name string, data []byte) string {
	theirs := sprigMerge(sprig.TxtFuncMap()[name])
	ours := New(testConfig())[name].(mergeFunc)
	want, wantErr := outcome(theirs, data)
	for range 8 { // mergo's result can depend on the order of map keys
		again, err := outcome(theirs, data)
		if (err == nil) != (wantErr == nil) || !newAlike().values(want, again) {
			return ""
		}
	}
	got, gotErr := outcome(ours, data)
	switch {
	case (wantErr == nil) != (gotErr == nil):
		return fmt.Sprintf("error %v, sprig's is %v", gotErr, wantErr)
	case wantErr == nil && !newAlike().values(want, got):
		return fmt.Sprintf("%#v\n sprig %#v", got, want)
	}
	return ""
}

func sprigMerge(f any) mergeFunc {
	if f, ok := f.(mergeFunc); ok {
		return f
	}
	lenient := f.(func(map[string]any, ...map[string]any) any)
	return func(dst map[string]any, srcs ...map[string]any) (any, error) { return lenient(dst, srcs...), nil }
}

// TestMergeRandom runs random merges through Sprig and through ours.
func TestMergeRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 800 {
		data := make([]byte, 20+r.IntN(200))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		for _, name := range mergeNames {
			if d := mergeDiffers(name, data); d != "" {
				t.Fatalf("%s: %q: %s", name, data, d)
			}
		}
	}
}

var mergeNames = []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"}

func FuzzMerge(f *testing.F) {
	f.Add([]byte("\x0f\x04\x00\xc8\x02\x01\xff"))
	f.Add([]byte("\x02\x04\x00\xc8\x02\x01\xff\x02\x00\xc8\x01\x01\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range mergeNames {
			if d := mergeDiffers(name, data); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	})
}

// TestMergeHostile merges maps that come to hold themselves meanwhile: Sprig
// overflows the stack, which ends the process.
func TestMergeHostile(t *testing.T) {
	for _, name := range mergeNames {
		merge := New(testConfig())[name].(mergeFunc)
		refused := 0
		for range 100 { // depends on the order of keys
			m := map[string]any{}
			dst := map[string]any{"a": m, "z": m}
			_, err := merge(dst, map[string]any{"a": map[string]any{"b": m}, "z": m})
			var ce *CycleError
			if errors.As(err, &ce) {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if refused == 0 {
			t.Errorf("%s: no cycle noticed in 100 turns", name)
		}
		if name != "mustMerge" {
			continue
		}
		a, b := any(map[string]any{"x": 1}), any(map[string]any{"x": 2})
		for range 64 {
			a, b = map[string]any{"l": a, "r": a}, map[string]any{"l": b, "r": b}
		}
		if _, err := merge(a.(map[string]any), b.(map[string]any)); err == nil {
			t.Errorf("%s: two values of 2^64 elements were merged", name)
		}
	}
}

// TestMergeCyclic merges values with a cycle where nobody looks at it: charts
// do so when they store the root scope in itself.
func TestMergeCyclic(t *testing.T) {
	root := map[string]any{"Values": map[string]any{"a": 1}}
	root["root"] = root
	for _, name := range mergeNames {
		got, err := New(testConfig())[name].(mergeFunc)(map[string]any{"b": 2}, root)
		if err != nil || len(got.(map[string]any)) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
