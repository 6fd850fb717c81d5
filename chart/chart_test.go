package chart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
)

const minimal = "apiVersion: v2\nname: web\nversion: 1.2.3\n"

// entry is one entry of an archive made for a test.
type entry struct {
	name string
	data string
	kind byte // a tar.Type, 0 for a file
}

// tgz packs entries as they are.
func tgz(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Typeflag: e.kind, Size: int64(len(e.data))}
		switch e.kind {
		case tar.TypeSymlink, tar.TypeLink:
			h.Linkname = "/etc/passwd"
		case tar.TypeXGlobalHeader:
			h = &tar.Header{Typeflag: e.kind, PAXRecords: map[string]string{"comment": "from git"}}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// files are what a chart consists of: "name", "content", …
type files []string

func (f files) mapFS() fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(f); i += 2 {
		fsys[f[i]] = &fstest.MapFile{Data: []byte(f[i+1]), Mode: 0o644}
	}
	return fsys
}

func (f files) entries() []entry {
	var all []entry
	for i := 0; i < len(f); i += 2 {
		all = append(all, entry{name: "web/" + f[i], data: f[i+1]})
	}
	return all
}

// write puts the files into a new directory.
func (f files) write(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "web")
	for i := 0; i < len(f); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(f[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(f[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load reads a chart that must be good.
func load(t testing.TB, path string, opts chart.LoadOptions) *chart.Chart {
	t.Helper()
	c, err := chart.Load(context.Background(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// describe writes down what the loader made of each file.
func describe(c *chart.Chart) string {
	var b strings.Builder
	describeInto(&b, c)
	return b.String()
}

func describeInto(b *strings.Builder, c *chart.Chart) {
	names := func(what string, list []*chart.File) {
		for _, f := range list {
			b.WriteString(c.FullPath() + " " + what + " " + f.Name + "\n")
		}
	}
	names("template", c.Templates)
	names("file", c.Files)
	for _, d := range c.Dependencies() {
		describeInto(b, d)
	}
}

// helm runs the reference program; the test is skipped where there is none.
func helm(t *testing.T, args ...string) (string, error) {
	t.Helper()
	program := os.Getenv("HCHART_HELM")
	if program == "" {
		t.Skip("HCHART_HELM is not set")
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG=/dev/null")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
