package dependency

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

const nestedCharts = `
-- app/Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: mid, version: "*", repository: "file://../mid"}
-- mid/Chart.yaml --
apiVersion: v2
name: mid
version: 1.0.0
dependencies:
- {name: leaf, version: "*", repository: "file://../leaf"}
- {name: web, version: ^1, repository: "https://main.example"}
- {name: queue, version: ^1, repository: "oci://reg.example/team"}
- {name: filled, version: "*", repository: "https://main.example"}
- {name: lost, version: "*", repository: ""}
-- mid/charts/filled/Chart.yaml --
apiVersion: v2
name: filled
version: 0.1.0
-- leaf/Chart.yaml --
apiVersion: v2
name: leaf
version: 1.0.0
dependencies:
- {name: db, version: "*", repository: "@main"}
`

// subcharts are the names of a chart's subcharts and of theirs.
func subcharts(c *chart.Chart) []string {
	var names []string
	for _, d := range c.Dependencies() {
		names = append(names, d.FullPath()+" "+d.Metadata.Version)
		names = append(names, subcharts(d)...)
	}
	slices.Sort(names)
	return names
}

// TestNested fills in what local charts lack, in the archive and not in their directories.
func TestNested(t *testing.T) {
	dir := write(t, nestedCharts)
	s := newFakeSource(t)
	s.add("https://main.example", "web", "1.2.0", "1.1.0")
	s.add("https://main.example", "db", "3.0.0")
	s.push("oci://reg.example/team/queue", "1.0.0")
	before := tree(t, filepath.Join(dir, "mid"))
	opts := Options{Source: s, Repositories: entries("main", "https://main.example"), VerifyLock: true}
	if _, err := Update(t.Context(), filepath.Join(dir, "app"), opts); err != nil {
		t.Fatal(err)
	}
	ch, err := chart.Load(t.Context(), filepath.Join(dir, "app", "charts", "mid-1.0.0.tgz"), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"mid/charts/filled 0.1.0", "mid/charts/leaf 1.0.0", "mid/charts/leaf/charts/db 3.0.0",
		"mid/charts/queue 1.0.0", "mid/charts/web 1.2.0",
	}
	if got := subcharts(ch); !slices.Equal(got, want) {
		t.Errorf("the archive has %v, want %v", got, want)
	}
	if !reflect.DeepEqual(before, tree(t, filepath.Join(dir, "mid"))) {
		t.Error("the local chart was changed")
	}
	// What came from elsewhere is summed, too.
	sums, err := os.ReadFile(filepath.Join(dir, "app", sumsFile))
	if err != nil || strings.Count(string(sums), "sha256:") != 3 {
		t.Errorf("sums %s, %v", sums, err)
	}

	// A lock of the local chart is kept to.
	mid := filepath.Join(dir, "mid")
	if err := os.RemoveAll(filepath.Join(mid, "charts", "filled")); err != nil {
		t.Fatal(err)
	}
	s.add("https://main.example", "filled", "0.2.0", "0.1.0")
	s.indexes["https://main.example"] = strings.Replace(s.indexes["https://main.example"], "version: 1.2.0", "version: 1.2.0, removed: false", 1)
	locked, err := chart.Load(t.Context(), mid, chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	deps := locked.Metadata.Dependencies
	lock := []*chart.Dependency{
		{Name: "leaf", Repository: deps[0].Repository, Version: "1.0.0"}, {Name: "web", Repository: deps[1].Repository, Version: "1.1.0"},
		{Name: "queue", Repository: deps[2].Repository, Version: "1.0.0"}, {Name: "filled", Repository: deps[3].Repository, Version: "0.1.0"},
		{Name: "lost", Version: "*"},
	}
	digest, err := Digest(deps, lock)
	if err != nil {
		t.Fatal(err)
	}
	text := "digest: " + digest + "\ndependencies:\n"
	for _, d := range lock {
		text += "- {name: " + d.Name + ", repository: \"" + d.Repository + "\", version: \"" + d.Version + "\"}\n"
	}
	if err := os.WriteFile(filepath.Join(mid, "Chart.lock"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Update(t.Context(), filepath.Join(dir, "app"), opts); err != nil {
		t.Fatal(err)
	}
	if ch, err = chart.Load(t.Context(), filepath.Join(dir, "app", "charts", "mid-1.0.0.tgz"), chart.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := subcharts(ch); !slices.Contains(got, "mid/charts/web 1.1.0") || !slices.Contains(got, "mid/charts/filled 0.1.0") {
		t.Errorf("the archive has %v", got)
	}
}

func TestCycle(t *testing.T) {
	dir := write(t, `
-- a/Chart.yaml --
apiVersion: v2
name: a
version: 1.0.0
dependencies:
- {name: b, version: "*", repository: "file://../b"}
-- b/Chart.yaml --
apiVersion: v2
name: b
version: 1.0.0
dependencies:
- {name: c, version: "*", repository: "file://../c"}
-- c/Chart.yaml --
apiVersion: v2
name: c
version: 1.0.0
dependencies:
- {name: b, version: "*", repository: "file://../b"}
`)
	var cycle *CycleError
	if _, err := Update(t.Context(), filepath.Join(dir, "a"), Options{}); !errors.As(err, &cycle) || len(cycle.Paths) != 3 {
		t.Errorf("the error is %v", err)
	}
}
