// Schemacopy writes chart/values/internal/jsonschema: a copy of the module that
// validates against JSON schemas, changed so that loading the package costs
// nothing. Its README says what is changed and why.
//
// The version is the one that go.mod of this module (test/helmref) asks for,
// which is that of Helm. "go generate ./chart/values" writes the copy anew;
// the test fails when the copy is not what this program makes.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	source = "github.com/santhosh-tekuri/jsonschema/v6"
	target = "github.com/hchart/hchart/chart/values/internal/jsonschema"
	// folder is where the copy is, seen from the folder of test/helmref.
	folder = "../../chart/values/internal/jsonschema"
)

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
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the files of the copy by their slashed paths.
func generate() (map[string][]byte, error) {
	dir, version, err := locate()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"README.md": []byte(readme(version))}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir() || !wanted(name):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".go") {
			if text, err = change(name, version, string(text)); err != nil {
				return err
			}
		}
		files[name] = text
		return nil
	})
	return files, err
}

// wanted reports whether a file of the module belongs into the copy.
func wanted(name string) bool {
	switch {
	case name == "LICENSE", strings.HasPrefix(name, "metaschemas/"):
		return true
	}
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// locate returns the folder of the module in the module cache, and its version.
func locate() (dir, version string, err error) {
	out, err := exec.Command("go", "mod", "download", "-json", source).Output()
	if err != nil {
		return "", "", fmt.Errorf("go mod download %s: %w", source, err)
	}
	var module struct{ Dir, Version string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", "", err
	}
	return module.Dir, module.Version, nil
}
