package deps

import (
	"os"
	"strings"
	"testing"
)

// room is a package, with those below it, and what of this module it imports.
type room struct {
	path    string
	imports []string // "/..." at the end stands for the packages below
}

// rooms are the table of docs/architecture.md. A package belongs to the room
// with the longest path; packages of one room may import each other.
func rooms() []room {
	return []room{
		{path: "chart", imports: []string{"chart/yaml"}},
		{path: "chart/yaml"},
		{path: "chart/values", imports: []string{"chart"}},
		{path: "engine", imports: []string{"chart", "chart/values", "chart/yaml"}},
		{path: "engine/internal/eval", imports: []string{"engine/internal/common"}},
		{path: "engine/internal/funcs", imports: []string{"engine/internal/common", "chart/yaml"}},
		{path: "engine/internal/common", imports: []string{"engine/internal/version", "chart/yaml"}},
		{path: "engine/internal/version"},
		{path: "release/manifest", imports: []string{"chart/yaml"}},
		{path: "hooks", imports: []string{"release/manifest"}},
		{path: "release", imports: []string{"chart"}}, // and the stores below it
		{path: "release/kube", imports: []string{"chart/yaml"}},
		{path: "release/deploy", imports: []string{"chart", "chart/values", "engine", "release", "release/...", "hooks"}},
		{path: "repo", imports: []string{"chart", "chart/yaml"}}, // and the packages below it
		{path: "lint", imports: []string{"chart", "chart/values", "chart/yaml", "engine", "release/manifest"}},
		{path: "cmd", imports: []string{"chart", "chart/values", "engine", "release", "release/...", "hooks", "repo", "repo/...", "lint"}},
		{path: "test", imports: []string{"chart", "chart/values", "engine", "release", "release/...", "hooks", "repo", "repo/...", "lint"}},
	}
}

// roomOf returns the room that a package of this module belongs to.
func roomOf(path string) (room, bool) {
	var best room
	found := false
	for _, r := range rooms() {
		if below(path, r.path) && (!found || len(r.path) > len(best.path)) {
			best, found = r, true
		}
	}
	return best, found
}

func below(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// allows reports whether the table lets a package of r import another.
func (r room) allows(path string) bool {
	if other, _ := roomOf(path); other.path == r.path {
		return true
	}
	// What an internal folder holds serves the room that it lies in.
	if parent, _, ok := strings.Cut(path, "/internal/"); ok && parent == r.path {
		return true
	}
	for _, allowed := range r.imports {
		if dir, ok := strings.CutSuffix(allowed, "/..."); ok && below(path, dir) || path == allowed {
			return true
		}
	}
	return false
}

// TestImports checks each import of the module against the table.
func TestImports(t *testing.T) {
	for _, p := range ownPackages(t) {
		r, ok := roomOf(p.own())
		if !ok {
			t.Errorf("package %s has no room in the table", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if path, ok := strings.CutPrefix(imp, module+"/"); ok && !r.allows(path) {
				t.Errorf("%s imports %s, which the table does not allow", p.ImportPath, path)
			}
		}
	}
}

// TestTableRefuses checks the table's reading on imports that are wrong.
func TestTableRefuses(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"chart/values", "chart", true},
		{"chart", "chart/values", false},
		{"chart", "chart/yaml", true},
		{"chart/yaml", "chart", false},
		{"engine", "engine/internal/eval", true},
		{"engine/internal/eval", "chart", false},
		{"engine/internal/eval", "engine", false},
		{"release/manifest", "release", false},
		{"release/secrets", "release", true},
		{"release/secrets", "release/kube", false},
		{"release/deploy", "release/kube", true},
		{"release/kube", "chart", false},
		{"hooks", "release/kube", false},
		{"lint", "engine", true},
		{"lint", "release/deploy", false},
		{"repo/oci", "repo", true},
		{"chart", "lint", false},
		{"cmd/hchart/internal/cli", "release/deploy", true},
	} {
		r, ok := roomOf(tt.from)
		if !ok || r.allows(tt.to) != tt.want {
			t.Errorf("%s (room %q) imports %s: allowed is %v", tt.from, r.path, tt.to, !tt.want)
		}
	}
}

// TestLinks checks what the packages bring into a program that uses them. A
// controller that only renders wants neither a client of Kubernetes nor an
// HTTP stack.
func TestLinks(t *testing.T) {
	all := packages(t)
	for _, p := range ownPackages(t) {
		own := p.own()
		renders := false
		for _, dir := range []string{"chart", "engine", "release/manifest", "lint"} {
			renders = renders || below(own, dir)
		}
		cluster := below(own, "release/kube") || below(own, "release/deploy") || below(own, "cmd") || below(own, "test")
		by := linkedBy(all, p.ImportPath)
		for linked := range by {
			switch {
			case strings.HasPrefix(linked, "helm.sh/"):
				t.Errorf("Helm is linked: %s", chain(by, p.ImportPath, linked))
			case !cluster && strings.HasPrefix(linked, "k8s.io/"):
				t.Errorf("a client of Kubernetes is linked: %s", chain(by, p.ImportPath, linked))
			case renders && (linked == "net/http" || linked == "plugin"):
				t.Errorf("%s is linked: %s", linked, chain(by, p.ImportPath, linked))
			}
		}
	}
}

// TestRequirements checks that the module requires no part of Helm, not even
// for its tests: the comparison with Helm has a module of its own.
func TestRequirements(t *testing.T) {
	for _, name := range []string{"../../go.mod", "../../go.sum"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "helm.sh/helm") {
			t.Errorf("%s mentions helm.sh/helm", name)
		}
	}
}
