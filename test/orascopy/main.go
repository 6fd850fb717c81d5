// Orascopy writes repo/oci/internal/oras: a copy of the packages of oras-go that
// hchart uses and of those that they use, changed so that loading them costs nothing.
// The README of the copy says what is changed and why.
//
// The versions are those of this module's go.mod. "go generate ./repo/oci" writes the
// copy anew; the test fails when the copy is not what this program makes.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

const (
	target = "github.com/hchart/hchart/repo/oci/internal/oras"
	// folder is where the copy is, seen from the folder of this program.
	folder = "../../repo/oci/internal/oras"
)

// origin is a module that parts are copied of.
type origin struct{ module, folder string }

// origins are the modules, and the folders of the copy that they go to.
func origins() []origin {
	return []origin{
		{"oras.land/oras-go/v2", ""},
		{"github.com/opencontainers/go-digest", "go-digest"},
		{"github.com/opencontainers/image-spec", "image-spec"},
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	files, err := generate()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pkg is what "go list" says of a package.
type pkg struct {
	ImportPath, Dir string
	Module          *struct{ Path, Dir, Version string }
}

// generate returns the files of the copy by their slashed paths.
func generate() (map[string][]byte, error) {
	packages, err := list()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	versions := map[string]string{}
	used := map[int]bool{}
	for _, p := range packages {
		from, ok := originOf(p)
		if !ok {
			continue
		}
		dir := path.Join(from.folder, strings.TrimPrefix(p.ImportPath, from.module))
		dir = strings.TrimPrefix(dir, "/")
		if err := copyPackage(files, p, dir, used); err != nil {
			return nil, err
		}
		if _, known := versions[from.module]; !known {
			license, err := os.ReadFile(filepath.Join(p.Module.Dir, "LICENSE"))
			if err != nil {
				return nil, err
			}
			files[path.Join(from.folder, "LICENSE")] = license
			versions[from.module] = p.Module.Version
		}
	}
	for i, e := range edits() {
		if !used[i] {
			return nil, fmt.Errorf("an edit is of %s, which is not in the copy", e.file)
		}
	}
	files["README.md"] = []byte(readme(versions))
	return files, nil
}

// copyPackage adds the files of one package, for all systems, to the copy.
func copyPackage(files map[string][]byte, p pkg, dir string, used map[int]bool) error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file := path.Join(dir, name)
		if omitted(file) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		if files[file], err = change(file, p.Module.Path+" "+p.Module.Version, string(text), used); err != nil {
			return err
		}
	}
	return nil
}

// originOf returns which of the modules a package is of.
func originOf(p pkg) (origin, bool) {
	for _, o := range origins() {
		if p.Module != nil && p.Module.Path == o.module {
			return o, true
		}
	}
	return origin{}, false
}

// list returns what packages.go imports, and what that imports.
func list() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Module", ".")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}
