package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// filesBelow reads all files of a directory; of archives their entries.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".tgz") {
			files[name], err = archiveText(data)
			return err
		}
		files[name] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// archiveText lists the entries of an archive with their contents, by name: Helm
// writes subcharts in the random order of a map. TestHelmPackage sees to the order.
func archiveText(data []byte) (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	var entries []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(entries)
			return strings.Join(entries, ""), nil
		}
		if err != nil {
			return "", err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return "", err
		}
		entries = append(entries, fmt.Sprintf("%s %o\n%s\n", h.Name, h.Mode, content))
	}
}

// differingFiles compares directories, but for what create writes, which is a
// chart of our own.
func differingFiles(got, want map[string]string) []string {
	var d []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[name]; !ok {
			d = append(d, fmt.Sprintf("the file %s is missing", name))
		} else if g != want[name] && !strings.HasPrefix(name, "new/") {
			d = append(d, fmt.Sprintf("the file %s differs\nours:\n%s\nHelm:\n%s", name, g, want[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			d = append(d, fmt.Sprintf("the file %s should not be there", name))
		}
	}
	return d
}

// tarball is a gzipped tar of files, given as names and contents, whatever the names are.
func tarball(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for i := 0; i+1 < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
