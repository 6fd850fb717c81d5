package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/hchart/hchart"

// pkg is what "go list" says of a package.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
	EmbedFiles []string
}

// own returns the path below the module: "chart/values", "" for the root.
func (p *pkg) own() string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") }

// loadPackages lists the packages of the module with all that they link, by
// import path. Tests are not among what is listed.
var loadPackages = sync.OnceValues(func() (map[string]*pkg, error) {
	// The list is made by another process, whose reads the cache of go test does
	// not see: walking the folders makes it watch them.
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,GoFiles,EmbedFiles", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(err.Error() + ": " + stderr.String())
	}
	packages := map[string]*pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages[p.ImportPath] = &p
	}
})

func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	p, err := loadPackages()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ownPackages returns the packages of this module.
func ownPackages(t *testing.T) []*pkg {
	t.Helper()
	var own []*pkg
	for path, p := range packages(t) {
		if path == module || strings.HasPrefix(path, module+"/") {
			own = append(own, p)
		}
	}
	if len(own) < 5 {
		t.Fatalf("only %d packages of %s found", len(own), module)
	}
	return own
}

// linkedBy returns how a package comes to link each of its dependencies: the
// import path of a package that imports it.
func linkedBy(all map[string]*pkg, root string) map[string]string {
	by := map[string]string{}
	queue := []string{root}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		p := all[path]
		if p == nil {
			continue
		}
		for _, imp := range p.Imports {
			if _, ok := by[imp]; !ok {
				by[imp] = path
				queue = append(queue, imp)
			}
		}
	}
	return by
}

// chain says by which imports root links path.
func chain(by map[string]string, root, path string) string {
	s := path
	for path != root && path != "" {
		path = by[path]
		s = path + " → " + s
	}
	return s
}
