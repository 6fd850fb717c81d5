package funcs

import (
	"reflect"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestDecodeNothing: documents without content leave what the library leaves.
func TestDecodeNothing(t *testing.T) {
	b := bounds{testConfig()}
	for _, text := range []string{"", "\n", "# c\n", "---\n", "null", "null\n", "~", " null", "---\nnull\n", "nul", "[]", "{}"} {
		ours, theirs := map[string]any{}, map[string]any{}
		refused, err := b.yaml(text, &ours)
		if wantErr := yaml.Unmarshal([]byte(text), &theirs); refused != nil || (err == nil) != (wantErr == nil) || !reflect.DeepEqual(ours, theirs) {
			t.Errorf("table of %q: %#v, %v; want %#v, %v", text, ours, err, theirs, wantErr)
		}
		ourList, theirList := []any{}, []any{}
		refused, err = b.yaml(text, &ourList)
		if wantErr := yaml.Unmarshal([]byte(text), &theirList); refused != nil || (err == nil) != (wantErr == nil) || !reflect.DeepEqual(ourList, theirList) {
			t.Errorf("list of %q: %#v, %v; want %#v, %v", text, ourList, err, theirList, wantErr)
		}
	}
}
