package funcs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"
)

type (
	namedTable map[string]any
	namedFiles map[string][]byte
	namedList  []string
	withHidden struct {
		Name   string
		hidden string
		List   namedList
	}
)

type (
	withTag    struct{ Name string }
	withFields struct {
		Name string
		N    int
		List namedList
		In   withTag
	}
	withShared struct {
		List []string `copy:"shallow"`
	}
	withPointer struct{ P *withTag }
)

// capacities are those of the lists in a map or a list.
func capacities(v any) string {
	var texts []string
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.Slice:
		return fmt.Sprint(rv.Cap())
	case rv.Kind() == reflect.Map && rv.Type().Key().Kind() == reflect.String:
		for _, key := range rv.MapKeys() {
			if list := reflect.ValueOf(rv.MapIndex(key).Interface()); list.Kind() == reflect.Slice {
				texts = append(texts, fmt.Sprint(key, list.Cap()))
			}
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// TestCopyAsSprig: copies are Sprig's in value and type, also of what a chart's
// scope holds beside plain tables.
func TestCopyAsSprig(t *testing.T) {
	theirs := sprig.TxtFuncMap()["deepCopy"].(func(any) any)
	ours := New(testConfig())["deepCopy"].(func(any) any)
	shared := map[string]any{"x": 1}
	for i, v := range []any{
		map[string]any{"a": 1, "b": []any{nil, "s", 2.5, map[string]any{}}, "n": nil},
		map[string]any{"Values": namedTable{"a": namedTable{"b": nil}, "c": []any{1}}, "Files": namedFiles{"f": []byte("text"), "e": {}, "n": nil}},
		map[string]any{"Capabilities": &withHidden{"n", "h", namedList{"a"}}, "struct": withHidden{"n", "h", nil}},
		map[string]any{"time": time.Unix(5, 0), "dur": time.Second, "list": []string{"a"}, "ints": []int{1}, "nl": namedList{"x"}, "arr": [2]int{1, 2}},
		namedTable{"a": map[string]string{"k": "v"}, "i": map[int]string{1: "x"}, "b": map[string]bool{"t": true}},
		map[string]any{"m": map[string]string(nil), "t": namedTable(nil), "l": []any(nil), "s": []string(nil), "b": []byte(nil), "n": namedList(nil), "x": map[string]any(nil)}, []any{map[string]string(nil), nil},
		map[string]any{"open": &withFields{"n", 1, namedList{"a", "b"}, withTag{"x"}}, "in": withFields{List: nil}, "tag": withShared{[]string{"a"}}, "deep": withPointer{&withTag{"y"}}, "p": (*withTag)(nil)},
		make([]any, 3, 5), map[string]any{"l": make([]any, 5, 9), "s": make([]string, 5, 9), "b": make([]byte, 5, 9)}, []string{"a"}, []int(nil), namedList{},
		map[string]any{"one": shared, "two": shared}, []any{[]any{[]any{}}}, []byte("b"), "s", 1, true, namedFiles{}, map[string]any(nil), []any(nil),
	} {
		want, got := theirs(v), ours(v)
		if !reflect.DeepEqual(got, want) || capacities(got) != capacities(want) || fmt.Sprintf("%T %#v", got, want) != fmt.Sprintf("%T %#v", want, want) {
			t.Errorf("%d: got %#v, want %#v", i, got, want)
		}
	}
	if n := cap(ours(make([]any, 1, 1000)).([]any)); n > 2 {
		t.Errorf("the copy of one element has room for %d", n)
	}
	files := namedFiles{"f": []byte("text")}
	copied := ours(map[string]any{"Files": files}).(map[string]any)["Files"].(namedFiles)
	copied["f"][0] = 'X'
	if string(files["f"]) != "text" {
		t.Error("the copy shares bytes")
	}
}
