package repo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// indexEntries writes an index whose entries are what is given.
func indexText(entries string) string {
	return "apiVersion: v1\nentries:\n" + entries + "generated: \"2024-01-02T03:04:05Z\"\n"
}

func parse(t testing.TB, text string) *Index {
	t.Helper()
	x, err := ParseIndex([]byte(text), IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const manyVersions = `  nginx:
  - {name: nginx, version: 1.2.0, urls: [nginx-1.2.0.tgz], digest: aa}
  - {name: nginx, version: 2.0.0-beta.1, urls: [nginx-2.0.0-beta.1.tgz]}
  - {name: nginx, version: 1.10.0, urls: [nginx-1.10.0.tgz]}
  - {name: nginx, version: 1.10.0+b, urls: [nginx-1.10.0_b.tgz]}
  - {name: nginx, version: v0.9, urls: [nginx-v0.9.tgz]}
  - {name: nginx, version: not-a-version}
  - {name: ../nginx, version: 1.0.0}
  - null
  beta:
  - {name: beta, version: 0.1.0-rc.1}
  empty: []
  nothing: null
`

func TestFind(t *testing.T) {
	x := parse(t, indexText(manyVersions))
	for _, tt := range []struct{ name, constraint, want string }{
		{"nginx", "", "1.10.0"},
		{"nginx", "1.2.0", "1.2.0"},
		{"nginx", "^1.0.0", "1.10.0"},
		{"nginx", "1.10.0+b", "1.10.0+b"},
		{"nginx", "1.10.0+c", "1.10.0"},
		{"nginx", "<1.5", "1.2.0"},
		{"nginx", ">0.0.0-0", "2.0.0-beta.1"},
		{"nginx", "v0.9", "v0.9"},
		{"nginx", "0.9.0", "v0.9"},
		{"beta", ">0.0.0-0", "0.1.0-rc.1"},
	} {
		v, err := x.Find(tt.name, tt.constraint)
		if err != nil || v.Version != tt.want {
			t.Errorf("%s %q: %+v, %v, want %s", tt.name, tt.constraint, v, err, tt.want)
		}
	}
	for _, tt := range []struct{ name, constraint, want string }{
		{"ngnix", "", `there is no chart "ngnix" in the repository; similar names are nginx`},
		{"zzz", "", `there is no chart "zzz" in the repository`},
		{"empty", "", `the repository has no version of chart "empty"`},
		{"nothing", "1.0.0", `the repository has no version of chart "nothing" that is 1.0.0`},
		{"beta", "", `the repository has no stable version of chart "beta"; versions near to it are 0.1.0-rc.1`},
		{"nginx", "1.9.0", `the repository has no version of chart "nginx" that is 1.9.0; versions near to it are 2.0.0-beta.1, 1.10.0, 1.10.0+b, 1.2.0, v0.9`},
		{"nginx", "one", `"one" is no version and no constraint such as ^1.2 or >=1 <3: improper constraint: "one"`},
	} {
		if v, err := x.Find(tt.name, tt.constraint); err == nil || err.Error() != tt.want {
			t.Errorf("%s %q: %+v, %v\nwant %s", tt.name, tt.constraint, v, err, tt.want)
		}
	}
}

func TestVersions(t *testing.T) {
	x := parse(t, indexText(manyVersions))
	if got := x.Names(); !slices.Equal(got, []string{"beta", "empty", "nginx", "nothing"}) {
		t.Errorf("names %v", got)
	}
	versions, err := x.Versions("nginx")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range versions {
		got = append(got, v.Version)
		if v.APIVersion != "v1" {
			t.Errorf("%s: apiVersion %q", v.Version, v.APIVersion)
		}
	}
	if want := "2.0.0-beta.1 1.10.0 1.10.0+b 1.2.0 v0.9"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %v", got, want)
	}
	var skipped []string
	for _, err := range x.Skipped() {
		skipped = append(skipped, err.Error())
	}
	want := []string{
		`chart "nginx": validation: chart.metadata.version "not-a-version" is invalid: it must be a semantic version such as 1.2.3`,
		`chart "nginx": validation: chart.metadata.name "../nginx" is invalid: it names a directory and cannot hold a slash`,
		`chart "nginx": the entry is empty`,
	}
	if !slices.Equal(skipped, want) {
		t.Errorf("skipped %q", skipped)
	}
	var missing *ChartNotFoundError
	if _, err := x.Versions("x"); !errors.As(err, &missing) || missing.Chart != "x" {
		t.Errorf("error %v", err)
	}
}

// TestParseIndexRefuses lists what is no index, in all the ways to read one.
func TestParseIndexRefuses(t *testing.T) {
	one := "  a:\n  - name: a\n    version: 1.0.0\n"
	for _, text := range []string{
		"", "\n", "null", "[]", "text", "{}", "entries: {}\n", "apiVersion: v1\nentries: []\n",
		indexText("  a:\n  - name: a\n    name: b\n"),
		indexText(one + one),
		indexText(one) + "entries: {}\n",
		indexText(one) + "unknown: 1\n",
		indexText("  a:\n  - name: a\n    unknown: 1\n"),
		indexText("  a:\n  - name: a\n    Name: b\n    Version: [\n"),
		indexText("  a:\n  - name: a\n    version: 1\n"),
		indexText("  a:\n  - name: a\n    created: yesterday\n"),
		indexText("  a:\n  - name: a\n    annotations: {a: 1}\n"),
		indexText("  a: &a\n  - name: a\n  b: *c\n"),
		indexText(one) + "\x01\n",
		indexText(one) + "annotations:\n  a: \"\n",
		`{"apiVersion": "v1", "entries": []}`,
		`{"apiVersion": "v1", "entries": {"a": [{"name": 1}]}}`,
		`{"apiVersion": "v1"`,
	} {
		x, err := ParseIndex([]byte(text), IndexOptions{})
		var bad *IndexError
		if !errors.As(err, &bad) || x != nil {
			t.Errorf("%q: %v, error %v", text, x, err)
		}
	}
}

func TestReadIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.yaml")
	var bad *IndexError
	if _, err := ReadIndex(path, IndexOptions{}); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &bad) || bad.Path != path {
		t.Errorf("a file that is not there: %v", err)
	}
	text := indexText(manyVersions)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if x, err := ReadIndex(path, IndexOptions{}); err != nil || len(x.Names()) != 4 {
		t.Errorf("%v, %v", x, err)
	}
	var long *LimitError
	if _, err := ReadIndex(path, IndexOptions{MaxBytes: int64(len(text)) - 1}); !errors.As(err, &long) {
		t.Errorf("too long a file: %v", err)
	}
	if _, err := ParseIndex([]byte(text), IndexOptions{MaxBytes: int64(len(text)) - 1}); !errors.As(err, &long) {
		t.Errorf("too long a text: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadIndex(path, IndexOptions{}); !errors.As(err, &bad) || bad.Path != path {
		t.Errorf("an empty file: %v", err)
	}
}

// TestIndexConcurrently reads one index by several goroutines, each from another end.
func TestIndexConcurrently(t *testing.T) {
	x := parse(t, searched)
	y := parse(t, indexText("  a:"+scanned[0]+scanned[1][1:]))
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for _, index := range []*Index{x, y} {
				for _, name := range index.Names() {
					if i%2 == 0 {
						if _, err := index.Versions(name); err != nil {
							t.Error(err)
						}
					}
					if _, err := index.Find(name, ">0.0.0-0"); err != nil {
						t.Error(err)
					}
				}
				if _, err := Search(t.Context(), []SearchIn{{"r", index}}, "server", SearchOptions{Versions: i%3 == 0}); err != nil {
					t.Error(err)
				}
				if _, err := index.Encode(EncodeOptions{}); err != nil {
					t.Error(err)
				}
				index.Skipped()
			}
		})
	}
	all.Wait()
}
