package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hchart/hchart/release/manifest"
)

// TestOutputFiles checks that no name leads out of the output directory.
func TestOutputFiles(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	for _, name := range []string{"../escape.yaml", "a/../../escape.yaml", "/escape.yaml", ".."} {
		var files outputFiles
		files.add("", manifest.Source{Path: name, Text: "x"})
		if err := files.write(dir); err == nil {
			t.Errorf("%s: no error", name)
		}
		files = outputFiles{}
		files.add("../../up", manifest.Source{Path: name, Text: "x"})
		if err := files.write(dir); err == nil {
			t.Errorf("%s below ../../up: no error", name)
		}
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: something was written beside the directory", entries, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v: something was left behind", left, err)
	}
}
