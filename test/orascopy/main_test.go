package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestCopy checks that the copy is what this program makes of the modules.
func TestCopy(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 40 {
		t.Fatalf("only %d files in the copy", len(want))
	}
	tree := os.DirFS(folder)
	for name, text := range want {
		if got, err := fs.ReadFile(tree, name); err != nil || string(got) != string(text) {
			t.Errorf("%s is not what the program makes (%v): go generate ./repo/oci", filepath.Join(folder, name), err)
		}
	}
	err = fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && want[path] == nil {
			t.Errorf("%s is not of the modules", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestChangeRefuses checks that an edit which no longer fits is noticed.
func TestChangeRefuses(t *testing.T) {
	if _, err := change("registry/reference.go", "v0.0.0", "package registry\n", map[int]bool{}); err == nil {
		t.Error("a file without what is edited is accepted")
	}
}
