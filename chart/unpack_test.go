package chart

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// packed is a gzipped tar of files, given as names and contents.
func packed(t *testing.T, files ...string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for i := 0; i+1 < len(files); i += 2 {
		h := &tar.Header{Name: files[i], Mode: 0o600, Size: int64(len(files[i+1]))}
		if err := errors.Join(w.WriteHeader(h)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestUnpack(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "deep/er")
	// The folder of the archive does not matter, the chart need not be valid, the last of
	// two files of one name counts, and links to elsewhere are not made.
	got, err := Unpack(ctx, packed(t, "any/Chart.yaml", "name: mine\n", "any/a/b", "1", "any/a/b", "2", "any/charts/x.tgz", "no archive"), dir, UnpackOptions{})
	if err != nil || got != filepath.Join(dir, "mine") {
		t.Fatal(got, err)
	}
	for name, want := range map[string]string{"Chart.yaml": "name: mine\n", "a/b": "2", "charts/x.tgz": "no archive"} {
		if data, err := os.ReadFile(filepath.Join(got, name)); err != nil || string(data) != want {
			t.Errorf("%s is %q, %v", name, data, err)
		}
	}
	var exists *ExistsError
	if _, err := Unpack(ctx, packed(t, "c/Chart.yaml", "name: mine\n"), dir, UnpackOptions{}); !errors.As(err, &exists) || exists.Path != got {
		t.Errorf("got %v", err)
	}
	// A link in the place of the directory is not followed.
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err == nil {
		if _, err := Unpack(ctx, packed(t, "c/Chart.yaml", "name: link\n"), dir, UnpackOptions{}); !errors.As(err, &exists) {
			t.Errorf("got %v", err)
		}
	}
	var limit *LimitError
	if _, err := Unpack(ctx, packed(t, "c/Chart.yaml", "name: c\n", "c/x", "12345"), dir, UnpackOptions{Limits: Limits{FileBytes: 4}}); !errors.As(err, &limit) {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Unpack(cancelled, packed(t, "c/Chart.yaml", "name: c\n"), dir, UnpackOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var left []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && path != dir {
			left = append(left, path)
		}
		return err
	})
	if err != nil || len(left) != 3 { // mine, a and charts
		t.Errorf("left %v, %v", left, err)
	}
}
