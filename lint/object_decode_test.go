package lint

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// decodeCases were compared with Kubernetes' own decoder when they were
// written.
var decodeCases = []struct{ name, text, want string }{
	{"empty", "", ""},
	{"YAML", "kind: A\n---\n---\n# c\n---\nkind: B", "A nil B"},
	{"leading separator", "---\r\nkind: A\r\n--- # c\r\nkind: B\r\n", "A B"},
	{"bad separator", "kind: A\n--- b\n", "error: invalid Yaml document separator: b"},
	{"in any case", "Kind: a\n", "a"},
	{"JSON", "{\"kind\": \"A\"}{\"kind\": \"B\"}\n{\"kind\": \"C\"} ", "A B C"},
	{"YAML after JSON", "{\"kind\": \"A\"}\n---\nkind: B\n", "A B"},
	{"separator on the line of the JSON", "{\"kind\": \"A\"} ---\n", "A nil"},
	{"YAML that begins with a brace", "{kind: A}\n---\nkind: B\n", "A B"},
	{"neither", "{kind: A\n", "error: json: offset 2: invalid character 'k' looking for beginning of object key string"},
	{"broken third JSON", "{}{}{]", "error: invalid character ']' looking for beginning of object key string"},
	{"number for a text in JSON", " {\"kind\": 1}", "1"},
	{"short end", "{}\nx", "error: json: offset 4: invalid character 'x' looking for beginning of value"},
}

func decodeAll(text string) string {
	var kinds []string
	decoder := newObjectDecoder(text)
	for {
		var o *k8sYamlStruct
		switch err := decoder.decode(&o); {
		case err == io.EOF:
			return strings.Join(kinds, " ")
		case err != nil:
			return fmt.Sprint("error: ", err)
		case o == nil:
			kinds = append(kinds, "nil")
		default:
			kinds = append(kinds, o.Kind)
		}
	}
}

func TestObjectDecoder(t *testing.T) {
	for _, tt := range decodeCases {
		t.Run(tt.name, func(t *testing.T) {
			if got := decodeAll(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// checkPlainObject holds the short way against the library's. It reports whether
// it was taken.
func checkPlainObject(t *testing.T, doc string) bool {
	t.Helper()
	got, ok := plainObject(doc)
	if !ok {
		return false
	}
	var want *k8sYamlStruct
	if err := yaml.Unmarshal([]byte(doc), &want); err != nil || *got != *want {
		t.Errorf("%q: got %v, want %v, error %v", doc, got, want, err)
	}
	return true
}

func TestPlainObject(t *testing.T) {
	for _, tt := range []struct {
		doc  string
		want bool
	}{
		{"apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  namespace: b\n  labels: {}\nspec:\n  replicas: 1\n", true},
		{"kind: A\n", true},
		{"kind: ~\nmetadata: ~\napiVersion:\n", true},
		{"metadata:\n  name:\n", true},
		{"Kind: A\n", false},
		{"kind: 1\n", false},
		{"kind: A\nmetadata: {name: 1}\n", false},
		{"kind: A\nmetadata: []\n", false},
		{"kind: A\nmetadata: {Name: a}\n", false},
		{"kind: A\nkınd: B\n\u212aind: C\n", false},
		{"- kind: A\n", false},
		{"", false},
		{"kind: A\n\tx\n", false},
	} {
		if ok := checkPlainObject(t, tt.doc); ok != tt.want {
			t.Errorf("%q: taken is %v", tt.doc, ok)
		}
	}
}

// The decoder comes to an end on any input.
func FuzzObjectDecoder(f *testing.F) {
	for _, tt := range decodeCases {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		decodeAll(text)
		checkPlainObject(t, text)
	})
}
