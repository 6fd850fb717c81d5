package funcs

import (
	"fmt"
	"reflect"
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
		map[string]any{"one": shared, "two": shared}, []any{[]any{[]any{}}}, []byte("b"), "s", 1, true, namedFiles{}, map[string]any(nil), []any(nil),
	} {
		want, got := theirs(v), ours(v)
		if !reflect.DeepEqual(got, want) || fmt.Sprintf("%T %#v", got, want) != fmt.Sprintf("%T %#v", want, want) {
			t.Errorf("%d: got %#v, want %#v", i, got, want)
		}
	}
	files := namedFiles{"f": []byte("text")}
	copied := ours(map[string]any{"Files": files}).(map[string]any)["Files"].(namedFiles)
	copied["f"][0] = 'X'
	if string(files["f"]) != "text" {
		t.Error("the copy shares bytes")
	}
}
