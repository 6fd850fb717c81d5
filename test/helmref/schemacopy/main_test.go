package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestCopy checks that the copy is what this program makes of the module.
func TestCopy(t *testing.T) {
	t.Chdir("..")
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 20 {
		t.Fatalf("only %d files in the module", len(want))
	}
	tree := os.DirFS(folder)
	for name, text := range want {
		if got, err := fs.ReadFile(tree, name); err != nil || string(got) != string(text) {
			t.Errorf("%s is not what the program makes (%v): go generate ./chart/values", filepath.Join(folder, name), err)
		}
	}
	err = fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && want[path] == nil {
			t.Errorf("%s is not of the module", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestChangeRefuses checks that an edit which no longer fits is noticed.
func TestChangeRefuses(t *testing.T) {
	if _, err := change("draft.go", "v0.0.0", "package jsonschema\n"); err == nil {
		t.Error("a file without what is edited is accepted")
	}
}
