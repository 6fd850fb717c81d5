package yaml

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// documents are texts that the library reads in ways worth checking.
func documents() []string {
	return []string{
		"", "\n", "# comment", "  # comment\n\n", "---", "---\n", "--- # c\n", "---\na: 1\n", "# c\n---\n\na: 1\n---\nb: 2\n", "a: 1\n...\n", "a: 1\n...", "a: 1\n...\nb", "a: 1\n... # c\n", "a: 1\n... \n \n", "a: |\n  b\n...\n", "a: b\n...\n", "a: 'b\n...\n'\n", "a:\n- b\n...\n", "a: 1\n....\n", "---\n...\n", "...\n", "----\n", "--- a\n", "%YAML 1.1\n---\na: 1\n",
		"a", "1", "null", "~\n", "'a'", "|\n a\n", "a\nb\n", "a: 1", "a: 1\n", " a: 1\n b: 2\n", " a: 1\nb: 2\n", "a: 1\n b: 2\n", "a:1\n", "a :1\n", "a : 1\n", "a:\n", "a: \n", "a: # c\n", "a: #c\n", "a:#c\n", "a: b#c\n", "a: b #c\n", "a: b # c\nb: 1\n",
		"a: b: c\n", "a: b:\n", "a: b :c\n", "a: :c\n", "a: ?\n", "? a\n: b\n", "a: ?b\n", "a: - b\n", "a: -b\n", "a: -\n", "a: --b\n", "-a: b\n", "- a: b\n", "-- a\n", "a: [b\n", "a: ]\n", "a: 'b' c\n", "a: 'b'c\n", "a: 'b' #c\n", "a: 'b'#c\n", "a: &x b\n", "a: &x b\nc: *x\n", "a: !!str 1\n", "a: !x b\n", "a: *x\n", "<<: {a: 1}\n", "a: <<\n", "'<<': 1\n",
		"a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", "a:\n    b: 1\n  c: 2\n", "a:\n  b: 1\n    c: 2\n", "a:\n- b\n- c\nd: 1\n", "a:\n  - b\n  - c\nd: 1\n", "a:\n - b\n  - c\n", "a:\n  - b\n - c\n", "a:\n- b\n c: 1\n", "- a\n- b\n", "- a\nb: 1\n", "-\n- a\n-\n", "-\n  a: 1\n-\n  - b\n", "-\na: 1\n", "- - a\n  - b\n- c\n", "- - - a\n", "- a: 1\n  b: 2\n-   c: 3\n    d: 4\n", "- a: 1\n b: 2\n", "- a: 1\n   b: 2\n", "- a:\n  - b\n  c: 1\n", "- a:\n    b: 1\n  c: 2\n", "- a\n  b\n", "- a\n  - b\n", "- a\n\n\n  b\n- c\n", "- # c\n  a\n", "- # c\n- b\n",
		"a: b\n  c\n  d\ne: f\n", "a: b\n\n  c\n", "a: b\n # c\n  d\n", "a: b # c\n  d\n", "a: b\n  c: d\n", "a: b\n  c #d\n", "a: b\n  c #d\n  e\n", "a: b\n  c#d\n", "a: b\n  - c\n", "a: b\nc\n", "a:\n  b\n  c\n", "a:\n  b\nc: 1\n", "a:\nb\n", "a: 1\n  2\n", "a: true\n\n  \n", "a: b   \n   c   \n\n   \n   d  \n",
		"a: |\n  b\n  c\nd: e\n", "a: |-\n  b\n\n", "a: |+\n  b\n\n\nc: 1\n", "a: >\n  b\n  c\n\n  d\n    e\n  f\n", "a: >-\n  b\n", "a: >+\n\n  b\n\n", "a: |2\n    b\n   c\n", "a: |1-\n  b\n", "a: |-1\n  b\n", "a: |0\n  b\n", "a: |10\n  b\n", "a: |x\n", "a: | # c\n  b\n", "a: |# c\n  b\n", "a: |\n\n\n  b\n", "a: |\n    \n  b\n", "a: |\n  \n  b\n", "a: |\nb: 1\n", "a: |+\n\n\nb: 1\n", "a: |\n", "a: |", "a: |\n  b", "a: |-\n  b", "a: |+\n  b", "a: |\n  b\n c\n", "a: |\n  b\n # c\nd: 1\n", "a: |\n  b\n # c\n  d\n", "a: |\n  # b\n", "a: |\n\tb\n", "a: |\n  \tb\n", "a: |\n  b\n\tc\n", "a: >\n  \tb\n  c\n", "a: >\n  b\n\n\n  c\n  \n  d\n   \n  e\n", "- |\n  a\n- >\n  b\n", "- |\n a\n-|\n", "- - |\n   a\n", "a:\n- |\n  b\n- c\n", "a:\n  b: |\n    c\n   d\n", "a: |\n  b\n---\n", "a: |\n  ---\n  b\n", "a:\n  |\n  b\n", "a: |\n     ", "a: |\n b\n    ", "a: |+\n b\n    ",
		"a: 'b'\n", "a: 'it''s'\n", "a: ''\n", "a: ''''\n", "a: 'b\n  c'\n", "a: 'b\n\n  c\n\n\n  d'\n", "a: 'b  \n  c  d'\n", "a: 'b\nc'\n", "a: 'b\n--- c'\n", "a: 'b\n---c'\n", "a: 'b", "a: \"b\"\n", "a: \"b\\n\\t\\\"\\\\\\/\"\n", "a: \"b\\n\\t\\\"\\\\\"\n", "a: \"\\x41\\u00fc\\U0001F600\\e\\a\\0\\N\\_\\L\\P\\v\"\n", "a: \"\\ud800\"\n", "a: \"\\U00110000\"\n", "a: \"\\xg0\"\n", "a: \"\\q\"\n", "a: \"b \\\n   c\"\n", "a: \"b\\\n\n\n  c\"\n", "a: \"b\\ \n  c\"\n", "a: \"b\n  \\  c\"\n", "a: \"\n\"\n", "a: \" \n \"\n", "a: \"b\tc\t\n\td\"\n", "'a': 1\n\"b\": 2\n", "'a' : 1\n", "'a':1\n", "'a\n b': 1\n", "'a'", "'': 1\n", "\"\\u003c\": 1\n",
		"a: []\n", "a: {}\n", "a: [ ]\nb: { }\n", "a: [b, c]\n", "a: [b, c,]\n", "a: [b,, c]\n", "a: [,]\n", "a: [b c, 'd', \"e\", 1, true, null, ~]\n", "a: {b: c, d: e}\n", "a: {b: c,}\n", "a: {b, c}\n", "a: {b: , c: d}\n", "a: {b: }\n", "a: {b:c}\n", "a: {\"b\":1,'c':2}\n", "a: {b: [c, {d: e}], f: {}}\n", "a: [b\n  , c\n]\n", "a: [\n  b, # c\n  d\n]\n", "a: [\nb\n]\n", "a: [b\n  c]\n", "a: [b # c\n  ]\n", "a: [b #c\n  , d]\n", "a: [b,#c\nd]\n", "a: {\n  b: 1,\n  c: 2\n}\nd: 1\n", "a: {b\n: c}\n", "a: {b: \n c}\n", "a: [b: c]\n", "a: [\"b\": c]\n", "a: [b]: c\n", "[a]: b\n", "{a: b}\n", "[a, b]\n", "{a: b}: c\n", "a: [b] c\n", "a: [b] # c\n", "a: [b]#c\n", "a: {? b : c}\n", "a: [b?]\n", "a: [b:c, d:]\n", "a: [-]\n", "a: [- b]\n", "a: [-1, -b, --c]\n", "a: [a\tb]\n", "a: [*x]\n", "a: {<<: b}\n", "a: {1: b}\n", "a: [\n--- b]\n", "{\"a\": {\"b\": [1, 2, {\"c\": null}]}, \"d\": \"\\u003c\"}\n", "a: [{b: c}, {d: e}]\n", "a: [a, b, c, d, e]\nb: [1, 2, 3]\n", "a: ['b\n c', d]\n", "a: {'b\n c': d}\n", "a: [[[]]]\n", "a: [b]]\n", "a: {b: c}}\n", "a: [b}\n", "a: [b, 'c'd]\n", "a: {b: 'c' d: e}\n", "a: {b: c d: e}\n",
		"a: 1\na: 2\n", "a: {b: 1}\na: {c: 2}\n", "a: {b: 1, b: 2}\n", "1: a\n", "1.5: a\n", "true: a\n", "y: a\n", "null: a\n", "~: a\n", "2001-01-01: a\n", "0x1: a\n", "1a: b\n", "a b: c\n", "a, b: c\n", "a'b: c\n", "a\"b: c\"\n", "=: a\n", ".: a\n", "/: a\n",
		"a: y\nb: Yes\nc: ON\nd: n\ne: off\nf: tRue\ng: NULL\nh: nil\n", "a: 1\nb: -1\nc: +1\nd: 0o17\ne: 017\nf: 08\ng: 0x1F\nh: 1_000\ni: 0b11\nj: 0b-1\nk: -0b1\nl: -0\nm: 00\n", "a: 1.5\nb: 1e3\nc: 1.\nd: .5\ne: -.5\nf: 1e400\ng: 1.5.2\nh: -0.0\ni: 1E+2\nj: .\nk: 5e-400\n", "a: .nan\n", "a: .inf\n", "a: -.INF\n", "a: 9223372036854775807\nb: 9223372036854775808\nc: 18446744073709551615\nd: 18446744073709551616\ne: 9007199254740993\n", "a: 2001-01-01\nb: 2001-12-14t21:59:43.10-05:00\nc: 12:30:45\nd: 2001-1-1\n", "a: 0.1\nb: 1_0.5\nc: _1\nd: 1__0\ne: 0x_1\nf: 1e1_0\ng: -_1\nh: 0b\ni: 0x\nj: +\nk: 1-1\nl: -.inf.\n",
		"a:\tb\n", "a: b\t\n", "a: b\tc\n", "\ta: b\n", "a:\n\tb: 1\n", "a: b\n\t\n", "a: b\n  \t\nc: d\n", "- \ta\n", "-\ta\n", "a: 'b'\t\n", "a: [b]\t# c\n", "a\t: b\n", "# \tc\na: b #\tc\n", "a: b\r\n", "a: b\rc: d\n", "\ufeffa: b\n", "a: \u0085\n", "a: b\u0085c: d\n", "a: b\u2028c: d\n", "a: ü\nü: 日本\n😀: 😀\n", "a: \x7f\n", "a: \x01\n", "a: \xff\n", "a: \x00\n", "a: \u00a0\n", "a: \ufffe\n", "a: @b\n", "a: `b`\n", "a: %b\n", "%a: b\n", "a: b%\n", "a: ,b\n", "a: \\b\n", "a: b\\\n", "a: {{ .Values.x }}\n", "{{ if .x }}\na: b\n{{ end }}\n",
		"a: b\n ", "a: b\n  # c", "a:\n\n\n  b: c\n\n\n\nd: e\n\n\n", "a:\n# c\n  b: c\n# d\ne: f\n", "a:\n    # c\n  b: c\n", strings.Repeat("a", 600) + ": b\n", strings.Repeat("a", 1100) + ": b\n", strings.Repeat("- ", 150) + "a\n", strings.Repeat("- ", 300) + "a\n", strings.Repeat("[", 300) + strings.Repeat("]", 300) + "\n",
	}
}

// checkDecode compares what Decode vouches for with what the library reads. It
// reports whether Decode did.
func checkDecode(t testing.TB, text string) bool {
	t.Helper()
	got, ok := Decode(text)
	if !ok {
		return false
	}
	want, err := reference(text)
	if err != nil || !same(got, want) {
		t.Errorf("Decode(%q):\n%#v\nwant, error %v:\n%#v", text, got, err, want)
	}
	return true
}

func reference(text string) (any, error) {
	table := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &table); err == nil {
		var tree any
		if err := yaml.Unmarshal([]byte(text), &tree); tree == nil {
			return nil, err
		}
		return table, nil
	}
	list := []any{}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	return list, nil
}

// same compares trees: types, values, signs of zero, and the capacities of lists.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) || cap(a) != cap(b) || (a == nil) != (b == nil) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b)
	}
	return a == b
}

func TestDecode(t *testing.T) {
	for _, doc := range documents() {
		checkDecode(t, doc)
		checkDecode(t, "k:\n  "+strings.ReplaceAll(doc, "\n", "\n  "))
		checkDecode(t, "k:\n- l\n- "+strings.ReplaceAll(doc, "\n", "\n  "))
		checkDecode(t, doc+doc)
	}
	for _, n := range []int{0, 1, 2, 3, 5, 511, 512, 513, 848, 849, 2000} {
		if !checkDecode(t, "a:\n"+strings.Repeat("- b\n", n)) {
			t.Errorf("a list of %d is not read", n)
		}
	}
}

// TestDecodeHere checks that what charts hold does not go to the library.
func TestDecodeHere(t *testing.T) {
	for _, doc := range []string{
		"", "# c\n", "---\na: 1\n", "a: 1\nb:\n  c: [1, 'x', {x: z}]\n", "- a: 1\n  b: |\n    text\n\n    more\n- c\n", "a: b\n  c\n", "a: \"b\\n\n  c\"\n",
		"a: >-\n  b\n  c\n", "a:\n- b\n# c\n- d # e\n", "a b: c\n'd': e\n", "{\"a\": {\"b\": [1,2,{\"c\":null}]}}", "a: 'it''s'\n", "a: {\n  b: 1,\n}\n", "ü: ü\n",
	} {
		if !checkDecode(t, doc) {
			t.Errorf("%q is left to the library", doc)
		}
	}
}

// TestDecodeFiles reads the values files in testdata.
func TestDecodeFiles(t *testing.T) {
	here, all := 0, 0
	for _, doc := range files(t) {
		all++
		if checkDecode(t, doc) {
			here++
		}
	}
	if all == 0 || here < all/2 {
		t.Errorf("%d of %d files are read", here, all)
	}
}

// files are the values files in testdata.
func files(t testing.TB) []string {
	t.Helper()
	var texts []string
	for _, pattern := range []string{"*/values.yaml", "*/*/values.yaml", "*/*/*/values.yaml"} {
		names, err := filepath.Glob(filepath.Join("../../testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(data))
		}
	}
	return texts
}

// TestDecodeRandom compares documents that are written from trees at random, as
// they are and with small changes, and others that are put together from pieces.
func TestDecodeRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	g := generator{r, textCases()}
	docs := documents()
	here, all := 0, 0
	for deadline := time.Now().Add(time.Second); all < 50000 && time.Now().Before(deadline) && !t.Failed(); all++ {
		doc := ""
		switch all % 3 {
		case 0:
			doc, _ = Encode(map[string]any{"a": g.tree(4), "b": g.tree(3)})
		case 1:
			doc = docs[r.IntN(len(docs))] + docs[r.IntN(len(docs))]
		default:
			doc = g.pieces()
		}
		for range r.IntN(3) {
			doc = g.change(doc)
		}
		if checkDecode(t, doc) {
			here++
		}
	}
	if here < all/10 {
		t.Errorf("only %d of %d documents were read", here, all)
	}
}

// pieces joins pieces of YAML.
func (g generator) pieces() string {
	pieces := []string{" ", "  ", "\n", "\n  ", "\n    ", "\n\n", "a", "b: ", "c:", "- ", "-", "d", "1", "true", "'", `"`, "[", "]", "{", "}", ", ", ",", "|", ">", "+", "#", " # c", "\\", "\t", "~", "e: f\n", "- g\n", "\n- ", "\nh: ", "|\n  i\n", "''", `\n`, ": ", "2", "?", "--- ", "ü"}
	var b strings.Builder
	for range g.IntN(16) {
		b.WriteString(pieces[g.IntN(len(pieces))])
	}
	return b.String()
}

// change changes a character of a document.
func (g generator) change(doc string) string {
	if doc == "" {
		return doc
	}
	const with = " \n\t-:#'\"[]{},|>\\a1&*!?%@~."
	i := g.IntN(len(doc))
	c := string(with[g.IntN(len(with))])
	switch g.IntN(3) {
	case 0:
		return doc[:i] + c + doc[i:]
	case 1:
		return doc[:i] + c + doc[i+1:]
	}
	return doc[:i] + doc[i+1:]
}

// FuzzDecode compares whatever Decode vouches for.
func FuzzDecode(f *testing.F) {
	for _, doc := range documents() {
		f.Add(doc)
	}
	for _, doc := range files(f) {
		if len(doc) < 2000 {
			f.Add(doc)
		}
	}
	f.Fuzz(func(t *testing.T, doc string) {
		checkDecode(t, doc)
		checkDecode(t, "k:\n  "+strings.ReplaceAll(doc, "\n", "\n  "))
	})
}
