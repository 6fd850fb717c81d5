package manifest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// splitCases are also the seeds of FuzzSplit.
var splitCases = []struct {
	name string
	text string
	want []string
}{
	{"empty", "", nil},
	{"white space", " \n\t\r\n\u00a0\u2028", nil},
	{"one", "a: 1\n", []string{"a: 1\n"}},
	{"no final newline", "a: 1", []string{"a: 1"}},
	{"leading separator", "---\na: 1\n", []string{"a: 1\n"}},
	{"leading blanks before the separator", "\n  ---\na: 1\n", []string{"a: 1\n"}},
	{"two", "a: 1\n---\nb: 2\n", []string{"a: 1\n", "b: 2\n"}},
	{"blanks after the dashes", "a: 1\n--- \t \nb: 2\n", []string{"a: 1\n", "b: 2\n"}},
	{"empty documents", "---\n---\n\n---   \n---\na: 1\n---\n", []string{"a: 1\n"}},
	{"only comments", "# a\n---\n# b\n", []string{"# a\n", "# b\n"}},
	{"comment behind the dashes", "a: 1\n--- # c\nb: 2\n", []string{"a: 1\n", "# c\nb: 2\n"}},
	{"text behind the dashes", "a: 1\n---b: 2\nc: 3\n", []string{"a: 1\n", "b: 2\nc: 3\n"}},
	{"name behind the dashes", "a: 1\n---foo\n", []string{"a: 1\n", "foo\n"}},
	{"six dashes", "a: 1\n------\nb: 2\n", []string{"a: 1\n", "---\nb: 2\n"}},
	{"leading six dashes", "------\nb: 2\n", []string{"---\nb: 2\n"}},
	{"dashes behind dashes", "--- ---\na: 1\n", []string{"---\na: 1\n"}},
	{"indented dashes", "a: |\n  ---\n  b\n", []string{"a: |\n  ---\n  b\n"}},
	{"dashes in a block scalar", "a: |\n  x\n---\n  y\n", []string{"a: |\n  x\n", "y\n"}},
	{"leading indentation", "  a: 1\n  b: 2\n", []string{"a: 1\n  b: 2\n"}},
	{"trailing space stays", "a: 1\n \n\n---\nb: 2  \n\n", []string{"a: 1\n \n\n", "b: 2  \n\n"}},
	{"CRLF", "a: 1\r\n---\r\nb: 2\r\n", []string{"a: 1\r\n", "b: 2\r\n"}},
	{"CR alone is no line", "a: 1\r---\rb: 2", []string{"a: 1\r---\rb: 2"}},
	{"BOM", "\ufeff---\na: 1\n", []string{"\ufeff---\na: 1\n"}},
	{"BOM in between", "a: 1\n---\n\ufeffb: 2\n", []string{"a: 1\n", "\ufeffb: 2\n"}},
	{"document end marker", "a: 1\n...\n---\nb: 2\n", []string{"a: 1\n...\n", "b: 2\n"}},
	{"two dashes", "a: 1\n--\nb: 2\n", []string{"a: 1\n--\nb: 2\n"}},
	{"final dashes", "a: 1\n---", []string{"a: 1\n"}},
	{"wide space", "\u3000a: 1\n---\n\u3000b: 2", []string{"a: 1\n", "b: 2"}},
	{"invalid UTF-8", "\xff\n---\n\xfe", []string{"\xff\n", "\xfe"}},
}

func TestSplit(t *testing.T) {
	for _, tt := range splitCases {
		t.Run(tt.name, func(t *testing.T) {
			if got := Split(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("Split(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

// regexpSplit is the definition: the text, trimmed on the left, cut by a
// regular expression, each part trimmed on the left, empty ones dropped.
func regexpSplit(text string) []string {
	separator := regexp.MustCompile(`(?m)^---[ \t]*`)
	var docs []string
	for _, part := range separator.Split(strings.TrimLeftFunc(text, unicode.IsSpace), -1) {
		if strings.TrimSpace(part) != "" {
			docs = append(docs, strings.TrimLeftFunc(part, unicode.IsSpace))
		}
	}
	return docs
}

func FuzzSplit(f *testing.F) {
	for _, tt := range splitCases {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := Split(text), regexpSplit(text); !slices.Equal(got, want) {
			t.Errorf("Split(%q)\n got %q\nwant %q", text, got, want)
		}
		for offset, doc := range split(text) {
			if !strings.HasPrefix(text[offset:], doc) {
				t.Errorf("split(%q): %q is not at %d", text, doc, offset)
			}
		}
	})
}

func TestSplitIsLinear(t *testing.T) {
	text := strings.Repeat("---\n", 1<<18) + strings.Repeat("a\n---\n", 1<<16)
	if got := len(Split(text)); got != 1<<16 {
		t.Errorf("%d documents, want %d", got, 1<<16)
	}
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b\n", 200)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Split(text)
	}
}
