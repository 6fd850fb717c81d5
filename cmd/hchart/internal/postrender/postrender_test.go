package postrender

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// same is a post-renderer that changes nothing.
func same(stream string) (string, error) { return stream, nil }

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		stream string // what the post-renderer is given
		pass   func(string) (string, error)
		want   map[string]string
	}{
		{
			name: "order and annotation",
			files: map[string]string{
				"c/templates/b.yaml":       "kind: B\n",
				"c/templates/a.yaml":       "# why\nkind: A\nmetadata:\n  name: a # because\n",
				"c/templates/_partial.tpl": "kind: Partial",
				"c/templates/empty.yaml":   " \n",
			},
			stream: "# why\nkind: A\nmetadata:\n  name: a # because\n  annotations:\n" +
				"    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n" +
				"---\nkind: B\nmetadata:\n  annotations:\n" +
				"    postrenderer.helm.sh/postrender-filename: 'c/templates/b.yaml'\n",
			want: map[string]string{
				"c/templates/a.yaml": "# why\nkind: A\nmetadata:\n  name: a # because\n",
				"c/templates/b.yaml": "kind: B\n",
			},
		},
		{
			name:  "documents of one file stay together",
			files: map[string]string{"a": "n: 1\n---\nn: 2\n", "b": "n: 3\n"},
			want:  map[string]string{"a": "n: 1\n---\nn: 2\n", "b": "n: 3\n"},
		},
		{
			name:  "annotations of the user stay, empty ones go",
			files: map[string]string{"a": "metadata:\n  annotations:\n    x: y\n", "b": "metadata:\n  name: b\n  annotations: {}\n"},
			want:  map[string]string{"a": "metadata:\n  annotations:\n    x: y\n", "b": "metadata:\n  name: b\n"},
		},
		{
			name:  "a list becomes its items",
			files: map[string]string{"a": "kind: List\nitems:\n- kind: One\n- kind: Two\n"},
			want:  map[string]string{"a": "kind: One\n---\nkind: Two\n"},
		},
		{
			name:  "documents without a file",
			files: map[string]string{"a": "kind: A\n"},
			pass:  func(s string) (string, error) { return "kind: New\n---\n" + s + "---\nkind: Newer\n", nil },
			want: map[string]string{
				"generated-by-postrender-0.yaml": "kind: New\n",
				"a":                              "kind: A\n",
				"generated-by-postrender-2.yaml": "kind: Newer\n",
			},
		},
		{
			name:  "nothing is left",
			files: map[string]string{"a": "kind: A\n"},
			pass:  func(string) (string, error) { return "# nothing\n", nil },
			want:  map[string]string{},
		},
		{
			name:  "windows lines",
			files: map[string]string{"a": "kind: A\n"},
			pass:  func(string) (string, error) { return "a: 1\r\n---\r\nb: 2\r\n", nil },
			want:  map[string]string{"generated-by-postrender-0.yaml": "a: 1\n", "generated-by-postrender-1.yaml": "b: 2\n"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.pass == nil {
				c.pass = same
			}
			got, err := Run(c.files, func(stream string) (string, error) {
				if c.stream != "" && stream != c.stream {
					t.Errorf("the stream is\n%s\nwant\n%s", stream, c.stream)
				}
				return c.pass(stream)
			})
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRunErrors(t *testing.T) {
	broken := errors.New("it broke")
	for _, c := range []struct {
		in   string
		pass func(string) (string, error)
		want string
	}{
		{"a: b: c", same, "error merging manifests: parsing f: MalformedYAMLError: "},
		{"just text", same, "annotating f: wrong Node Kind"},
		{"[a, b]", same, "annotating f: wrong Node Kind"},
		{"metadata: [a]", same, "annotating f: wrong Node Kind"},
		{"a: b", func(string) (string, error) { return "", broken }, "error while running post render on files: it broke"},
		{"a: b", func(string) (string, error) { return "a: b: c", nil }, "error while parsing post rendered output: "},
		{"a: b", func(string) (string, error) { return "a: b\n--- c: d\n", nil }, "invalid document separator: --- c: d"},
	} {
		_, err := Run(map[string]string{"f": c.in}, c.pass)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.in, err, c.want)
		}
		if strings.Contains(c.want, "it broke") && !errors.Is(err, broken) {
			t.Errorf("%v does not unwrap to the cause", err)
		}
	}
}

// FuzzRun looks for documents that crash it, and for ones that end up in another
// file or keep the annotation.
func FuzzRun(f *testing.F) {
	f.Add("kind: A\nmetadata:\n  annotations: {}\n---\n- b\n")
	f.Add("kind: List\nitems: [{a: b}]\n")
	f.Add("metadata: {annotations: {internal.config.kubernetes.io/index: '0'}}")
	f.Add("a: &x {b: c}\nd: *x\n# end\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "helm") || strings.Contains(text, "\\") {
			t.Skip("may spell the annotation")
		}
		files, err := Run(map[string]string{"f": text}, same)
		for name, content := range files {
			if name != "f" || strings.Contains(content, fileAnnotation) {
				t.Errorf("%q became %q in %s (%v)", text, content, name, err)
			}
		}
	})
}

func Example() {
	files, err := Run(map[string]string{"chart/templates/a.yaml": "kind: A\n"}, func(stream string) (string, error) {
		return strings.Replace(stream, "kind: A", "kind: B", 1), nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Print(name, ": ", files[name])
	}
	// Output: chart/templates/a.yaml: kind: B
}
