package chart

import (
	"context"
	"hash/maphash"
	"os"
	"path/filepath"
	"testing"
)

// TestDiskReader: a link that comes after the walk leads nowhere, unless links
// are followed.
func TestDiskReader(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "web")
	for _, name := range []string{"web/a/b/file", "web/file", "secret/file"} {
		name = filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"a/link": "b/file", "out": "../secret", "a/out": "../../secret"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, follow := range []bool{false, true} {
		d, err := openDisk(dir, follow)
		if err != nil {
			t.Fatal(err)
		}
		defer d.close()
		r := d.reader()
		defer r.close()
		for _, tt := range []struct {
			path string
			want bool
		}{
			{"file", true}, {"a/b/file", true}, {"none", false}, {"a/b", false}, {"a/b/none", false}, {"none/file", false}, {"file/file", false},
			{"a/link", follow}, {"out/file", follow}, {"a/out/file", follow}, {"a/b/file", true}, {"file", true},
		} {
			f, ok := r.open(tt.path)
			if ok {
				f.close()
			}
			if ok != tt.want {
				t.Errorf("following %v: %s: %v", follow, tt.path, ok)
			}
		}
	}
}

// TestFileWithoutSize: files of /proc claim to be empty.
func TestFileWithoutSize(t *testing.T) {
	want, err := os.ReadFile("/proc/version")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, chartFile), []byte("name: web\nversion: 1.0.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/proc/version", filepath.Join(dir, "version")); err != nil {
		t.Fatal(err)
	}
	c, err := Load(context.Background(), dir, LoadOptions{OutsideLinks: true})
	if err != nil || len(c.Files) != 1 || string(c.Files[0].Data) != string(want) {
		t.Errorf("%v, %v", c, err)
	}
}

// TestPanicOfDecoder: a panic in one of the goroutines that read becomes one of
// the caller, who can recover.
func TestPanicOfDecoder(t *testing.T) {
	dir := t.TempDir()
	content := map[string]string{chartFile: "name: web\nversion: 1.0.0\n", valuesFile: "a: 1\n"}
	for name, text := range content {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d, err := openDisk(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	l := newLoader(context.Background(), LoadOptions{})
	l.disk = d
	values := []byte(content[valuesFile])
	l.shared.tables[maphash.Bytes(l.shared.seed, values)] = decoded{values, func() (map[string]any, error) { panic("decoder") }}
	defer func() {
		if p := recover(); p != "decoder" {
			t.Errorf("recovered %v", p)
		}
	}()
	_, err = l.loadFS(d.fsys)
	t.Errorf("no panic, but %v", err)
}

// TestHashCollision: two values files of one hash are still two.
func TestHashCollision(t *testing.T) {
	c := newContents()
	values := []byte("a: 1\n")
	c.tables[maphash.Bytes(c.seed, values)] = decoded{[]byte("b: 2\n"), nil}
	if got, err := c.values(values); err != nil || got["a"] != 1.0 {
		t.Errorf("%v, %v", got, err)
	}
}
