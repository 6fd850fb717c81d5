package funcs

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"
)

func chain(n int, end any) any {
	for range n {
		end = map[string]any{"a": end}
	}
	return end
}

func doubled(n int, end any) any {
	for range n {
		end = []any{end, end}
	}
	return end
}

// TestDeepEqual compares with reflect.DeepEqual, values of each pair of random
// trees and their cousins.
func TestDeepEqual(t *testing.T) {
	check := func(a, b any) {
		t.Helper()
		got, err := deepEqual(a, b)
		if want := reflect.DeepEqual(a, b); err != nil || got != want {
			t.Fatalf("%#v and %#v: %t, %v, want %t", a, b, got, err, want)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		data := make([]byte, 100)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		g, h := grower{bytes: data, share: true, ptr: new(string)}, grower{bytes: data, share: true, ptr: new(string)}
		a, b := g.value(0), h.value(0)
		check(a, a)
		check(a, b)
		for _, x := range g.shared {
			for _, y := range h.shared {
				check(x, y)
			}
		}
	}
	nan := math.NaN()
	withNaN := map[string]any{"x": nan}
	for _, p := range [][2]any{{nan, nan}, {withNaN, withNaN}, {withNaN, map[string]any{"x": nan}}, {[]any{nan}, []any{nan}}, {0.0, math.Copysign(0, -1)}, {1, int64(1)}, {nil, (*int)(nil)}, {[]any{}, []any(nil)}, {[]any{}, []string{}}} {
		check(p[0], p[1])
	}
}

func TestDeepEqualHostile(t *testing.T) {
	loop := func() any {
		m := map[string]any{"x": 1}
		m["self"] = []any{m}
		return m
	}
	for _, p := range [][2]any{{loop(), loop()}, {doubled(64, 1), doubled(64, 1)}, {chain(50_000, 1), chain(50_000, 1)}} {
		if same, err := deepEqual(p[0], p[1]); !same || err != nil {
			t.Errorf("%t, %v, want true", same, err)
		}
	}
	if same, err := deepEqual(doubled(64, 1), doubled(64, 2)); same || err != nil {
		t.Errorf("%t, %v, want false", same, err)
	}
	var ce *CycleError
	if _, err := deepEqual(chain(300_000, 1), chain(300_000, 1)); !errors.As(err, &ce) {
		t.Errorf("long chains: %v", err)
	}
	if _, err := deepEqual([][]any{{loop()}}, [][]any{{loop()}}); !errors.As(err, &ce) {
		t.Errorf("a cycle in another type: %v", err)
	}
	var le *LimitError
	many := make([]any, 20_000)
	for i := range many {
		many[i] = chain(4, []any{i}) // below what fingerprints see
	}
	if _, err := distinct(many); !errors.As(err, &le) {
		t.Errorf("a list of look-alikes: %v", err)
	}
}

func TestUniqLarge(t *testing.T) {
	l := make([]any, 40_000)
	for i := range l {
		l[i] = []any{i % 20_000}
	}
	start := time.Now()
	out, err := distinct(l)
	if len(out) != 20_000 || err != nil {
		t.Errorf("%d elements, %v", len(out), err)
	}
	t.Logf("took %v", time.Since(start))
}

// TestMembership runs has, uniq and without on random lists.
func TestMembership(t *testing.T) {
	fns, theirs := New(testConfig()), sprig.TxtFuncMap()
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		g := grower{bytes: data, share: true, ptr: new(string)}
		l := []any{}
		for range 20 {
			l = append(l, g.value(3))
		}
		for _, v := range l {
			got, err := fns["has"].(func(any, any) (bool, error))(v, l[10:])
			if want := theirs["has"].(func(any, any) bool)(v, l[10:]); got != want || err != nil {
				t.Fatalf("has %#v: %t, %v", v, got, err)
			}
		}
		got, err := fns["uniq"].(func(any) ([]any, error))(l)
		if want := theirs["uniq"].(func(any) []any)(l); !reflect.DeepEqual(got, want) || err != nil {
			t.Fatalf("uniq %#v: %#v, %v, want %#v", l, got, err, want)
		}
		got, err = fns["without"].(func(any, ...any) ([]any, error))(l, l[15:]...)
		if want := theirs["without"].(func(any, ...any) []any)(l, l[15:]...); !reflect.DeepEqual(got, want) || err != nil {
			t.Fatalf("without %#v: %#v, %v, want %#v", l, got, err, want)
		}
	}
}
