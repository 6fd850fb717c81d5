package lint

import (
	"fmt"
	"io"
	"math/rand"
	"reflect"
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
	{"line ends", "kind: A\r\nx: |\r\n  b\r\n---\r\nkind: B\r", "A B"},
	{"separators in a row", "---\n---\n---\nkind: A", "nil A"},
	{"separator in a scalar", "kind: A\nx: |\n---\nkind: B\n", "A B"},
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

// plainCases are documents that are decoded at a glance, and some that look as
// if they could be.
var plainCases = []string{
	"kind: A\napiVersion: v1\nmetadata:\n  name: a\n  namespace: b\n  labels: {c: d}\nspec:\n  - e: f\n",
	"---\n# Source: x\nkind: A\nmetadata:\n  namespace: \"b\"\n",
	"--- # c\nkind: A\n",
	"---#c\nkind: A\n",
	"metadata:\n  namespace: 1\n",
	"metadata:\n  namespace: true\n",
	"metadata:\n  namespace:\n",
	"metadata:\n  namespace: ~\n",
	"metadata:\n  namespace: [a]\n",
	"metadata:\n  namespace:\n    a: b\n",
	"metadata:\n  namespace: |\n    a\n",
	"metadata:\n  namespace: a\n  Namespace: b\n",
	"metadata:\n  namespace: a\n  namespace: b\n",
	"metadata: {name: a, namespace: b}\n",
	"spec:\n  metadata:\n    namespace: b\n",
	"metadata:\n- namespace: b\n",
	"metadata:\n  name: a\n  annotations:\n    b: 1\n",
	"---\n---\n", "---\n", "\n \n", "# a\n", "null\n", "[]\n", "{}\n", "a\n",
}

// checkGlance holds what a glance tells against decoding.
func checkGlance(t *testing.T, doc string) (taken bool) {
	t.Helper()
	got, ok := glance(doc)
	if !ok {
		return false
	}
	var want *k8sYamlStruct
	if err := yaml.Unmarshal([]byte(doc), &want); err != nil {
		t.Fatalf("%q is decoded at a glance, and is %v", doc, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: %+v, want %+v", doc, got, want)
	}
	return true
}

func TestGlance(t *testing.T) {
	taken := 0
	for _, doc := range plainCases {
		if checkGlance(t, doc) {
			taken++
		}
	}
	if taken < 7 {
		t.Errorf("only %d documents were decoded at a glance", taken)
	}
}

// Documents with a few characters changed are mostly broken; those that are
// decoded at a glance have to be what they seem.
func TestGlanceOnMutants(t *testing.T) {
	pieces := []string{":", ": ", " ", "  ", "\n", "\n  ", "- ", "'", "\"", "[", "{", "}", "#", " #", "|\n", "~", "name: ", "namespace: ", "metadata:\n", "---\n"}
	random := rand.New(rand.NewSource(1))
	for range 20_000 {
		doc := plainCases[random.Intn(len(plainCases))]
		for range 1 + random.Intn(3) {
			at := random.Intn(len(doc) + 1)
			doc = doc[:at] + pieces[random.Intn(len(pieces))] + doc[at:]
		}
		checkGlance(t, doc)
	}
}

func FuzzGlance(f *testing.F) {
	for _, doc := range plainCases {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) { checkGlance(t, doc) })
}

// The decoder comes to an end on any input.
func FuzzObjectDecoder(f *testing.F) {
	for _, tt := range decodeCases {
		f.Add(tt.text)
	}
	f.Fuzz(func(_ *testing.T, text string) { decodeAll(text) })
}
