package umbrella

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
)

func TestServices(t *testing.T) {
	aliases, off, nested := 0, 0, 0
	names := map[string]bool{}
	for _, s := range services(100) {
		names[s.name()] = true
		nested += len(s.nested)
		if s.alias != "" {
			aliases++
		}
		if s.off {
			off++
		}
	}
	if len(names) != 100 || aliases != 12 || off != 3 || nested != 118 {
		t.Errorf("%d names, %d aliases, %d off, %d nested", len(names), aliases, off, nested)
	}
}

// TestWrite writes all charts twice: the same each time, with nothing left to
// be replaced.
func TestWrite(t *testing.T) {
	for name, write := range map[string]func(string) error{
		"umbrella": func(dir string) error { return Write(dir, 8) },
		"large":    WriteLarge,
	} {
		first, second := written(t, write), written(t, write)
		if len(first) < 20 || !maps.Equal(first, second) {
			t.Errorf("%s: %d files, then %d, or others", name, len(first), len(second))
		}
		for path, text := range first {
			if strings.Contains(text, "@NAME@") || text == "" {
				t.Errorf("%s: %s is not finished", name, path)
			}
		}
	}
}

func written(t *testing.T, write func(dir string) error) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
