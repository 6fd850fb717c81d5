package conformance

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVendoredArchives fails when a .tgz below testdata/charts no longer holds
// what its source in testdata/sources says. "hchart package" makes it anew.
func TestVendoredArchives(t *testing.T) {
	for archive, source := range map[string]string{
		"../../testdata/charts/myapp/charts/redis-17.0.0.tgz":    "../../testdata/sources/redis",
		"../../testdata/charts/archives/charts/packed-0.1.0.tgz": "../../testdata/sources/packed",
		"../../testdata/sources/packed/charts/boxed.tgz":         "../../testdata/sources/boxed",
	} {
		packed := readArchive(t, archive)
		err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(source, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			if got, ok := packed[name]; !ok || got != string(data) {
				t.Errorf("%s: %s is not that of %s", archive, name, source)
			}
			delete(packed, name)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name := range packed {
			t.Errorf("%s: %s is not in %s", archive, name, source)
		}
	}
}

// readArchive returns the files of an archive by their names below its folder.
func readArchive(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for tr := tar.NewReader(gz); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(h.Name, "/")
		files[name] = string(data)
	}
}

// TestPackaged packs each chart with "hchart package" and renders the archive:
// it has to give what the folder gives.
func TestPackaged(t *testing.T) {
	for _, chart := range chartNames(t) {
		t.Run(chart, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join(goldenDir, chart, "default.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			source, err := filepath.Abs(filepath.Join(chartsDir, chart))
			if err != nil {
				t.Fatal(err)
			}
			packed := hchart(t, renderLimit, dir, "", "package", source)
			if packed.exit != 0 {
				t.Fatalf("hchart package exits with %d:\n%s", packed.exit, packed.stderr)
			}
			archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
			if err != nil || len(archives) != 1 {
				t.Fatalf("hchart package made %v, %v", archives, err)
			}
			got := hchart(t, renderLimit, dir, "", "template", "rel", filepath.Base(archives[0]), "--namespace", "demo")
			if got.exit != 0 {
				t.Fatalf("hchart template exits with %d:\n%s", got.exit, got.stderr)
			}
			if d := diff(string(want), got.stdout); d != "" {
				t.Errorf("the archive renders to something else than its folder (-)\n%s", d)
			}
		})
	}
}
