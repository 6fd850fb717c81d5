package funcs

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
)

// TestSprint compares with fmt.
func TestSprint(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	scalars := []any{
		nil, "", "text", "a b\n\"", true, false, 0, -7, int64(1 << 60), int8(3), uint64(math.MaxUint64), 1.0, 1e6, 123456789.0, 1e21, 0.1, math.Inf(1), math.NaN(), float32(0.5), 'x', 2i,
		[]byte("bytes"), []byte(nil), []byte{}, every, []string{"a", "b c"}, []string(nil), []int{1, 2}, [2]bool{true}, map[int]string{2: "b", 1: "a"}, map[string]string{"b": "1", "a": "2"}, map[string]int(nil),
		map[string]any(nil), map[string]any{}, []any(nil), []any{}, namedTable{"b": nil, "a": namedTable{}}, namedTable(nil), namedFiles{"f": []byte{1, 20, 255}, "e": nil}, namedList{"a"},
		time.Second, time.Unix(5, 0).UTC(), errors.New("an error"), withHidden{"n", "h", namedList{"l"}}, withTag{"x"}, withPointer{}, (*withTag)(nil), error(nil), stringerTable{"a": 1}, []fmt.Stringer{time.Second},
	}
	for _, v := range scalars {
		for _, v := range []any{v, []any{v}, []any{1, v, "x"}, map[string]any{"k": v, "a": []any{v, v}}, namedTable{"": v}, map[string]any{"z": map[string]any{"y": v}}} {
			if got, want := sprint(v), fmt.Sprint(v); got != want {
				t.Errorf("%#v: got %q, want %q", v, got, want)
			}
		}
	}
	pointer := &withTag{"x"} // printed as its address inside, as a struct alone
	for _, v := range []any{pointer, []any{pointer}, map[string]any{"a": pointer}} {
		if got, want := sprint(v), fmt.Sprint(v); got != want {
			t.Errorf("%#v: got %q, want %q", v, got, want)
		}
	}
}

type stringerTable map[string]any

func (stringerTable) String() string { return "a table" }

func BenchmarkSprint(b *testing.B) {
	scope := map[string]any{"Files": namedFiles{"crds.yaml": make([]byte, 1<<20)}, "Values": namedTable{"a": 1}}
	for b.Loop() {
		sprint(scope)
	}
}
