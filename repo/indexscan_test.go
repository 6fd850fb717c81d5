package repo

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// scanned are versions that the scanner has to take: what programs write.
var scanned = [...]string{`
  - apiVersion: v2
    appVersion: 1.27.0
    created: "2024-05-01T10:11:12.123456789Z"
    description: NGINX Open Source is a web server that can be also used as a
      reverse proxy, load balancer, and HTTP cache.
    digest: 0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9
    name: a
    version: 1.2.3
    urls:
    - https://charts.example.com/a-1.2.3.tgz
`, `
  - annotations:
      category: Infrastructure
      images: |
        - image: docker.io/example/nginx:1.27.0
          name: nginx

        - image: x
      artifacthub.io/changes: |-
        - "a"
      indented: |2-
          x
         y
      folded: >
        a
        b
      keep: |+
        text

      "true": "yes"
      'quoted': 'it''s'
      empty: ""
      nothing:
    name: a
    version: 1.0.0-rc.1+build.5
    keywords:
    - web
    - "http\n\u00e9\U0001F600\x41"
    - two
      lines
    sources: []
    dependencies: []
    maintainers: null
    urls: ~
`, `
  - name: "a"
    version: "1.0"
    icon: ""
    home:
    deprecated: true
    removed: false
    type: library
    maintainers:
    - name: Jane
      url:
`, `
  - name: a
    version: 1.0.0
    maintainers:
    - name: Jane Doe, Inc.
      email: jane@example.com
      url: https://example.com/#a
    -   name: Joe
    dependencies:
    - name: common
      repository: oci://registry.example.com/charts
      alias: other
      enabled: true
      tags:
        - x
      condition: common.enabled,global.common
      import-values:
      - data
      - child: a
        parent: b
      version: 2.x.x
`, `
  # a comment
  - name: a
    version: 1.0.0
    # another

    tags: "a: b # c"
    description: "two
      lines\
      more

      end"
  - version: 1.0.1
    name: a
    description: 'one

      two '
    urls:
    - a
`}

// TestScanIndex compares the scanner with the whole parser on what it has to take, bit
// by bit, and on what it must leave alone or may.
func TestScanIndex(t *testing.T) {
	taken := []string{
		"apiVersion: v1\nentries: {}\n", "apiVersion: v1\nentries:\n", "apiVersion: 'v1'\n",
		"apiVersion: v1\nentries:\n  a: []\n  b:\n  c:\n",
		"# comment\napiVersion: v1\nserverInfo: {}\npublicKeys: []\nannotations:\n  a: b\ngenerated: \"2024-01-02T03:04:05+02:00\"\n",
		"apiVersion: v1\nentries:\n    a:\n      -   name: a\n          version: 1.0.0\n",
		"apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0",
	}
	for _, e := range scanned {
		taken = append(taken, indexText("  a:"+e))
	}
	for _, text := range taken {
		if _, ok := scanIndex([]byte(text)); !ok {
			t.Errorf("not taken:\n%s", text)
		}
		compareScan(t, []byte(text))
	}
	// Line by line, so that each kind of value is taken or refused on its own.
	for _, e := range scanned {
		compareScan(t, []byte(indexText("  a:"+e)))
		lines := strings.SplitAfter(e, "\n")
		for i := range lines {
			for _, change := range []string{"", "    odd: 1\n", "\t\n", "\n", "# x\n", "      x\n", "   x: y\n", "  x: y\n", "    - z\n", "    version: 2.0.0\n",
				"    deprecated: yes\n", "    created: x\n", "    sources: [a]\n", "    home: x # y\n", "    home: 1\n", "    annotations: {a: 1}\n",
				"    url: \"\\q\"\n", "    url: a: b\n", "    maintainers:\n    - {}\n    -\n", "    dependencies:\n    - alias: \"a b\"\n", "    url: |\n      a\n     b\n",
				"    type: other\n", "    name: a/b\n", "    version: one\n", "    engine: !!str a\n", "    engine: &a b\n", "    engine: \x01\n", "    engine: \u2028\n",
				"    annotations:\n      a: b\n      a: c\n", "    annotations:\n      1: b\n", "    created: 2024-01-01\n", "    maintainers: ~\n", "    annotations: null\n", "    urls: {}\n", "    dependencies: nul\n",
			} {
				text := strings.Join(lines[:i], "") + change + strings.Join(lines[i:], "")
				compareScan(t, []byte(indexText("  a:"+text)))
				if i < len(lines) {
					text = strings.Join(lines[:i], "") + change + strings.Join(lines[i+1:], "")
					compareScan(t, []byte(indexText("  a:"+text)))
				}
			}
		}
	}
}

// scannedJSON is an index in JSON that the scanner has to take.
const scannedJSON = `{
  "serverInfo": {"contextPath": "/x", "n": [1, -20, true, null, {}]},
  "apiVersion": "v1", "generated": "2024-01-02T03:04:05.5Z", "unknown": {"a": [0]},
  "entries": {
    "a": [
      {"name": "a", "version": "1.0.0", "description": "text \u00e9 \ud83d\ude00 \/ \n", "keywords": ["x", "y\"z", null], "created": "2024-01-02T03:04:05+02:00",
       "urls": ["a-1.0.0.tgz"], "digest": null, "deprecated": true, "type": "library", "appVersion": "1", "whatever": 12,
       "annotations": {"a/b": "c", "a/b": "d"}, "maintainers": [{"name": "Jane", "email": null}], "home": "é",
       "dependencies": [{"name": "b", "alias": "c", "tags": ["t"], "enabled": false, "import-values": ["data", {"child": "x", "n": 1}]}]},
      {"name": "a", "version": "1.10.0", "keywords": [], "sources": null, "icon": ""},
      {"name": "a", "version": "1.2.0+b"},
      {"name": "b/c", "version": "1.2.0"},
      {"name": "a", "version": "one"},
      {"name": "\u0061", "version": "1.0.1"},
      {"version": "1.0.2"}, {},
      {"name": "a", "version": "1.1.0", "maintainers": [null]},
      {"name": "a", "version": "1.1.1", "dependencies": [{"alias": "a b"}]},
      {"name": "a", "version": "1.1.2", "type": "other"}
    ],
    "b": [], "c": null
  },
  "publicKeys": ["k"], "annotations": {"a": "b"}
}
`

// TestScanJSON does the same for JSON: with bytes changed, cut out and put in.
func TestScanJSON(t *testing.T) {
	for _, text := range []string{scannedJSON, `{"apiVersion":"v1","entries":{}}`, `{"apiVersion":"v1"}`} {
		if _, ok := scanIndex([]byte(text)); !ok {
			t.Errorf("not taken: %s", text)
		}
		compareScan(t, []byte(text))
	}
	for i := range len(scannedJSON) {
		for n, change := range []string{"", "\"", ",", ":", "{", "}", "[", "]", "null", "1", "0", "x", "\\", " ", "\x00", "\"a\":", "\"Name\":\"x\",", "\"name\":\"x\",", "e5"} {
			if (i+n)%5 != 0 {
				continue
			}
			compareScan(t, []byte(scannedJSON[:i]+change+scannedJSON[i:]))
			compareScan(t, []byte(scannedJSON[:i]+change+scannedJSON[i+1:]))
		}
	}
}

// compareScan checks that what the scanner takes is what the whole parser makes of it.
func compareScan(t *testing.T, data []byte) {
	t.Helper()
	got, ok := scanIndex(data)
	if !ok {
		return
	}
	want, err := parseWhole(data)
	if err != nil {
		t.Fatalf("taken: %q\nthough %v", data, err)
	}
	if !got.Generated.Equal(want.Generated) || !reflect.DeepEqual(got.Names(), want.Names()) {
		t.Fatalf("%q\n%v %v, want\n%v %v", data, got.Generated, got.Names(), want.Generated, want.Names())
	}
	for _, name := range got.Names() {
		c, d := got.charts[name], want.charts[name]
		g, w := c.valid(), d.valid()
		if len(g) != len(w) {
			t.Fatalf("%q\n%s: %d versions, want %d", data, name, len(g), len(w))
		}
		for i := range g {
			compareFields(t, data, g[i].block, w[i].version)
			v, err := g[i].decode()
			if err != nil {
				t.Fatalf("%q: %v", data, err)
			}
			if !v.Created.Equal(w[i].version.Created) {
				t.Fatalf("%q: created %v, want %v", data, v.Created, w[i].version.Created)
			}
			have := *v
			have.Created = w[i].version.Created
			if !reflect.DeepEqual(&have, w[i].version) {
				t.Fatalf("%q\n%+v, want\n%+v", data, &have, w[i].version)
			}
		}
	}
}

// compareFields checks the fields that are read without decoding all of a version.
func compareFields(t *testing.T, data []byte, b *block, want *ChartVersion) {
	t.Helper()
	if b.odd {
		return
	}
	for field, f := range map[string]struct {
		span
		want string
	}{
		"name": {b.name, want.Name}, "appVersion": {b.appVersion, want.AppVersion}, "description": {b.description, want.Description},
	} {
		if got, ok := b.scalar(f.span); ok && got != f.want {
			t.Fatalf("%q\n%s is %q, want %q", data, field, got, f.want)
		}
	}
	if b.certain && b.direct(b.version) != want.Version {
		t.Fatalf("%q\nversion is %q, want %q", data, b.direct(b.version), want.Version)
	}
	if got, ok := b.list(b.keywords); ok && strings.Join(got, "\n") != strings.Join(want.Keywords, "\n") {
		t.Fatalf("%q\nkeywords are %q, want %q", data, got, want.Keywords)
	}
}

func FuzzScanIndex(f *testing.F) {
	for _, e := range scanned {
		f.Add([]byte(indexText("  a:" + e)))
	}
	f.Add([]byte(indexText(manyVersions)))
	f.Add([]byte(scannedJSON))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			compareScan(t, data)
		}
	})
}

func BenchmarkScanIndex(b *testing.B) {
	data, err := os.ReadFile(os.Getenv("HCHART_BENCH_INDEX"))
	if err != nil {
		b.Skip("HCHART_BENCH_INDEX names no index")
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := scanIndex(data); !ok {
			b.Fatal("not taken")
		}
	}
}
