package chart

import (
	"errors"
	"io"
	"path"
	"strings"
	"testing"
)

// ignoreCases say which names, folders with a slash at their end, are left out.
var ignoreCases = []struct {
	rules   string
	ignored string
	kept    string
}{
	{"helm.txt", "helm.txt a/helm.txt helm.txt/", "tiller.txt helm.txt.bak helm"},
	{"*.txt", "a.txt x/y/a.txt", "a.md txt"},
	{"/a.txt", "a.txt", "x/a.txt"},
	{"/*.txt", "a.txt", "x/a.txt"},
	{"cargo/", "cargo/ x/cargo/", "cargo x/cargo"},
	{"cargo/a.txt", "cargo/a.txt", "x/cargo/a.txt a.txt"},
	{"cargo/*.txt", "cargo/a.txt", "cargo/x/a.txt"},
	{"cargo/*/", "cargo/x/", "cargo/x cargo/x/y/"},
	{"a[b-d].txt", "ab.txt x/ad.txt", "aa.txt ae.txt"},
	{"?.txt", "a.txt", "ab.txt .txt"},
	{"!helm.txt", "tiller.txt x/ x/tiller.txt", "helm.txt x/helm.txt"},
	{"*.md\n!README.md", "a.md README.md a.txt", ""},
	{"!*.md\n*.txt", "a.txt x", "a.md"},
	{"!charts/", "charts x a/", "charts/"},
	{"# comment\n\n  a.txt  \n#b.txt", "a.txt", "b.txt #b.txt"},
	{"\xEF\xBB\xBFa.txt\r\nb.txt", "a.txt b.txt", "c.txt"},
	{"", "templates/.x templates/.git/", "templates/x .x x/.y templates/x/.y templates/"},
	{`\*.txt`, "*.txt", "a.txt"},
	{"[!/]", "", "a x/a"},
	{"/", "", "a x/ x/a"},
}

func TestIgnore(t *testing.T) {
	for _, tt := range ignoreCases {
		rules, err := parseIgnore([]byte(tt.rules))
		if err != nil {
			t.Errorf("%q: %v", tt.rules, err)
			continue
		}
		for names, want := range map[string]bool{tt.ignored: true, tt.kept: false} {
			for name := range strings.FieldsSeq(names) {
				if got := rules.ignore(strings.TrimSuffix(name, "/"), strings.HasSuffix(name, "/")); got != want {
					t.Errorf("%q ignores %q: %v, want %v", tt.rules, name, got, want)
				}
			}
		}
	}
}

func TestIgnoreErrors(t *testing.T) {
	for _, tt := range []struct {
		rules string
		line  int
		want  string
	}{
		{"a\n**/b", 2, "double-star"},
		{"[a", 1, path.ErrBadPattern.Error()},
		{"#\n\n!a[", 3, path.ErrBadPattern.Error()},
		{"a\n" + strings.Repeat("x", 70_000), 2, "token too long"},
	} {
		_, err := parseIgnore([]byte(tt.rules))
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Line != tt.line || parse.File != ".helmignore" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20q: error %v, want line %d, %s", tt.rules, err, tt.line, tt.want)
		}
	}
}

func FuzzHelmignore(f *testing.F) {
	for _, tt := range ignoreCases {
		f.Add(tt.rules, tt.ignored, true)
		f.Add(tt.rules, tt.kept, false)
	}
	f.Fuzz(func(t *testing.T, text, name string, isDir bool) {
		rules, err := parseIgnore([]byte(text))
		if err != nil {
			var parse *ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("error of type %T: %v", err, err)
			}
			return
		}
		got := rules.ignore(name, isDir)
		// A literal rule must decide what its pattern would.
		for i := range rules {
			rules[i].literal = false
		}
		if again := rules.ignore(name, isDir); again != got {
			t.Fatalf("literal %v, pattern %v", got, again)
		}
	})
}

// TestStreamReaderStops reads no byte past the limit.
func TestStreamReaderStops(t *testing.T) {
	l := newLoader(t.Context(), LoadOptions{Limits: Limits{ArchiveBytes: 10}})
	data, err := io.ReadAll(&streamReader{loader: l, r: strings.NewReader(strings.Repeat("x", 11))})
	var limit *LimitError
	if len(data) != 10 || !errors.As(err, &limit) {
		t.Errorf("read %d bytes, error %v", len(data), err)
	}
}
