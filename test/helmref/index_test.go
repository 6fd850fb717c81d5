package helmref

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/repo"
	helm "helm.sh/helm/v4/pkg/repo/v1"
)

// indexVersions are what random indexes take versions from: some are none, some differ in
// what does not count.
var indexVersions = []string{
	"1.0.0", "1.0.0", "1.0.1", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0-alpha", "1.0.0+a", "1.0.0+b", "v1.2.3", "1.2", "3", "01.2.3", "0.0.0",
	"\"1.0\"", "'2.0.0'", "1.0", "nonsense", "", "null", "1.2.3-", "1.2.3-01", "99999999999999999999.0.0",
}

// indexFields are further fields of a version, as programs and people write them.
var indexFields = []string{
	"apiVersion: v1", "apiVersion: v2", "apiVersion:", "appVersion: 1.27.0", "appVersion: 1.27", "appVersion: \"1.27\"", "appVersion: '1'",
	"created: \"2024-01-02T03:04:05.678901234+02:00\"", "created: 2024-01-02T03:04:05Z", "created: yesterday", "created:",
	"description: A text: of two", "description: A text\n      of two lines", "description: |\n      A text\n\n      of lines", "description: >-\n      folded\n      text",
	"description: \"tab\\t, \\u00e9, \\e[31m\"", "description: 'it''s'", "description: yes", "description: null", "description: é€",
	"digest: 0123456789abcdef", "digest: 1e3", "deprecated: true", "deprecated: \"true\"", "deprecated: no", "removed: true",
	"home: https://example.com/#x", "icon: \"\"", "keywords:\n    - a\n    - \"b\"", "keywords: []", "keywords:\n    - 1", "keywords: [a, b]",
	"annotations:\n      a/b: |\n        x\n      c: d", "annotations:\n      a: true", "annotations: {}", "annotations:\n      \"yes\": \"no\"",
	"maintainers:\n    - name: Jane\n      email: j@example.com\n    - name: Joe", "maintainers:\n    - null", "maintainers: []",
	"dependencies:\n    - name: a\n      repository: https://x\n      version: 1.x\n      tags:\n      - t", "dependencies:\n    - name: a\n    - name: a",
	"dependencies:\n    - name: a\n      alias: \"a b\"", "dependencies:\n    - name: a\n      import-values:\n      - data\n      - child: a\n        parent: b",
	"type: library", "type: other", "kubeVersion: '>=1.20'", "engine: gotpl", "tillerVersion: 2", "url: x", "checksum: y", "unknown: 1", "Home: x",
	"urls:\n    - a-1.tgz\n    - https://example.com/a-1.tgz", "urls: [a]", "urls:", "sources:\n      - x", "# comment", "home: x # comment", "condition: a.b",
}

// randomIndex makes an index of which most are valid.
func randomIndex(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nentries:\n")
	for _, name := range []string{"a", "b-c", "3d"}[:1+r.IntN(3)] {
		fmt.Fprintf(&b, "  %s:\n", name)
		for range r.IntN(16) {
			if r.IntN(60) == 0 {
				b.WriteString("  - null\n")
				continue
			}
			own := name
			if r.IntN(40) == 0 {
				own = []string{"..", "x/y", "other", "\"\"", "1"}[r.IntN(5)]
			}
			fmt.Fprintf(&b, "  - name: %s\n", own)
			if r.IntN(40) > 0 {
				fmt.Fprintf(&b, "    version: %s\n", indexVersions[min(r.IntN(len(indexVersions)), r.IntN(len(indexVersions)+10))])
			}
			if r.IntN(2) == 0 {
				for range r.IntN(3) {
					fmt.Fprintf(&b, "    %s\n", indexFields[r.IntN(len(indexFields))])
				}
			}
		}
	}
	fmt.Fprint(&b, []string{"", "generated: \"2024-01-02T03:04:05Z\"\n", "serverInfo: {}\n", "publicKeys:\n- a\n", "---\nx: y\n"}[min(r.IntN(5), r.IntN(5))])
	return b.String()
}

// TestIndex reads random indexes by both programs, and finds versions in them.
func TestIndex(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	defer slog.SetDefault(before)
	path := filepath.Join(t.TempDir(), "index.yaml")
	first := number(t, "HCHART_SEED", 1)
	valid, n := 0, number(t, "HCHART_CASES", 20000)/4
	for seed := first; seed < first+n; seed++ {
		text := randomIndex(rand.New(rand.NewPCG(uint64(seed), 11)))
		if seed%10 == 0 { // the same in JSON, if it has that form
			text = asJSONText(text)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if compareIndex(t, path) {
			valid++
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, text)
		}
	}
	if valid < n/10 {
		t.Errorf("only %d of %d indexes were valid", valid, n)
	}
}

// asJSONText is an index in JSON.
func asJSONText(text string) string {
	path, err := os.CreateTemp("", "index")
	if err != nil {
		return text
	}
	defer os.Remove(path.Name())
	path.WriteString(text)
	path.Close()
	x, err := helm.LoadIndexFile(path.Name())
	if err != nil {
		return text
	}
	data, err := json.Marshal(x)
	if err != nil {
		return text
	}
	return string(data)
}

// compareIndex reports whether an index is one.
func compareIndex(t *testing.T, path string) bool {
	want, wantErr := helm.LoadIndexFile(path)
	got, gotErr := repo.ReadIndex(path, repo.IndexOptions{})
	if (wantErr == nil) != (gotErr == nil) {
		t.Errorf("error %v, Helm's is %v", gotErr, wantErr)
	}
	if wantErr != nil || gotErr != nil {
		return false
	}
	if len(want.Entries) != len(got.Names()) {
		t.Errorf("charts %v, Helm has %d", got.Names(), len(want.Entries))
	}
	for name, versions := range want.Entries {
		ours, err := got.Versions(name)
		if err != nil {
			t.Error(err)
			continue
		}
		g, w := make([]string, len(ours)), make([]string, len(versions))
		for i, v := range ours {
			g[i] = fmt.Sprintf("%+v %v %v %v %v", jsonText(v.Metadata), v.URLs, v.Created.UTC(), v.Removed, v.Digest)
		}
		for i, v := range versions {
			w[i] = fmt.Sprintf("%+v %v %v %v %v", jsonText(v.Metadata), v.URLs, v.Created.UTC(), v.Removed, v.Digest)
		}
		if !slices.Equal(g, w) {
			t.Errorf("%s:\n%s\nHelm has\n%s", name, strings.Join(g, "\n"), strings.Join(w, "\n"))
		}
		for _, constraint := range []string{"", ">0.0.0-0", "1.0.0", "1.0.0+b", "^1.0.0", "1", "1.2", "v1.2.3", "*", "x y", "2.0.0-rc.1", "~1.9"} {
			compareFind(t, want, got, name, constraint)
		}
	}
	compareFind(t, want, got, "absent", "")
	return true
}

func compareFind(t *testing.T, want *helm.IndexFile, got *repo.Index, name, constraint string) {
	w, wantErr := want.Get(name, constraint)
	g, gotErr := got.Find(name, constraint)
	if (wantErr == nil) != (gotErr == nil) || wantErr == nil && (g.Version != w.Version || g.Digest != w.Digest || jsonText(g.Metadata) != jsonText(w.Metadata)) {
		t.Errorf("%s %q: %+v, %v, Helm finds %+v, %v", name, constraint, g, gotErr, w, wantErr)
	}
}

func jsonText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
