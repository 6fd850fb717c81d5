package chart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
)

// packed is a chart with everything an archive can hold.
var packed = files{
	".helmignore", "*.bak\n",
	"Chart.lock", "dependencies:\n- name: db\n  repository: \"\"\n  version: 1.0.0\ndigest: abc\ngenerated: \"2020-01-02T03:04:05.678Z\"\n",
	"Chart.yaml", minimal + "# a comment\ndescription: The web\ndependencies:\n- name: db\n  version: 1.0.0\n",
	"README.md", "# web\n",
	"charts/db/Chart.yaml", "apiVersion: v1\nname: db\nversion: 1.0.0\n",
	"charts/db/requirements.yaml", "dependencies:\n- name: disk\n  version: 2.0.0\n",
	"charts/db/templates/db.yaml", "kind: DB\n",
	"charts/db/values.yaml", "b: 2\n",
	"charts/db/charts/disk/Chart.yaml", "apiVersion: v2\nname: disk\nversion: 2.0.0\ntype: library\n",
	"crds/c.yaml", "kind: CustomResourceDefinition\n",
	"ignored.bak", "",
	"templates/a.yaml", "kind: A\n",
	"templates/NOTES.txt", "thanks\n",
	"values.schema.json", "{}",
	"values.yaml", "# kept\na: 1\n",
}

// listing is the names and times in an archive.
func listing(t *testing.T, archive []byte) (names []string, times []time.Time) {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(zipped)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return names, times
		}
		if err != nil {
			t.Fatal(err)
		}
		names, times = append(names, h.Name), append(times, h.ModTime)
	}
}

func TestWriteArchive(t *testing.T) {
	ctx := context.Background()
	c := load(t, packed.write(t), chart.LoadOptions{})
	var first, second bytes.Buffer
	for _, w := range []io.Writer{&first, &second} {
		if err := chart.WriteArchive(ctx, c, w, chart.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two archives of a chart differ")
	}
	names, times := listing(t, first.Bytes())
	want := []string{
		"web/Chart.yaml", "web/Chart.lock", "web/values.yaml", "web/values.schema.json",
		"web/templates/NOTES.txt", "web/templates/a.yaml", "web/.helmignore", "web/README.md", "web/crds/c.yaml",
		"web/charts/db/Chart.yaml", "web/charts/db/values.yaml", "web/charts/db/templates/db.yaml",
		"web/charts/db/requirements.yaml", "web/charts/db/charts/disk/Chart.yaml",
	}
	if !slices.Equal(names, want) {
		t.Errorf("archive has\n%q, want\n%q", names, want)
	}
	if lock := times[1]; !lock.Equal(time.Date(2020, 1, 2, 3, 4, 6, 0, time.UTC)) {
		t.Errorf("time of Chart.lock: %v", lock)
	}

	again, err := chart.LoadArchive(ctx, &first, chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(again), describe(c); got != want {
		t.Errorf("loaded again:\n%swant\n%s", got, want)
	}
	if !reflect.DeepEqual(again.Metadata, c.Metadata) || !reflect.DeepEqual(again.Values, c.Values) || !reflect.DeepEqual(again.Lock, c.Lock) {
		t.Errorf("loaded again: %+v, want %+v", again.Metadata, c.Metadata)
	}
	if db := again.Dependencies()[0]; len(db.Metadata.Dependencies) != 1 || db.Metadata.Dependencies[0].Name != "disk" {
		t.Errorf("dependencies of a v1 chart, loaded again: %+v", db.Metadata.Dependencies)
	}
}

func TestWriteArchiveTimes(t *testing.T) {
	ctx := context.Background()
	at := time.Date(2001, 2, 3, 4, 5, 6, 700, time.FixedZone("", 3600))
	c := load(t, packed.write(t), chart.LoadOptions{})
	var stamped bytes.Buffer
	if err := chart.WriteArchive(ctx, c, &stamped, chart.WriteOptions{ModTime: at}); err != nil {
		t.Fatal(err)
	}
	_, times := listing(t, stamped.Bytes())
	for _, got := range times {
		if !got.Equal(at.Truncate(time.Second)) {
			t.Errorf("time %v, want %v", got, at)
		}
	}
	again, err := chart.LoadArchive(ctx, &stamped, chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Lock.Generated.Equal(at.Truncate(time.Second)) || c.Lock.Generated.Year() != 2020 {
		t.Errorf("generated %v in the archive, %v in the chart", again.Lock.Generated, c.Lock.Generated)
	}

	made := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "a", Version: "1.0.0"}}
	var plain bytes.Buffer
	if err := chart.WriteArchive(ctx, made, &plain, chart.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, times := listing(t, plain.Bytes()); times[0].Year() != 1980 {
		t.Errorf("time of a file without one: %v", times[0])
	}
}

func TestWriteArchiveRefuses(t *testing.T) {
	good := func() *chart.Chart {
		return &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "a", Version: "1.0.0"}}
	}
	named := func(name string) *chart.Chart {
		c := good()
		c.Metadata.Name = name
		return c
	}
	with := func(change func(*chart.Chart)) *chart.Chart {
		c := good()
		change(c)
		return c
	}
	for name, c := range map[string]*chart.Chart{
		"no metadata":            {},
		"name ../x":              named("../x"),
		"name ..":                named(".."),
		"name a/b":               named("a/b"),
		`name a\b`:               named(`a\b`),
		"name of a subchart":     with(func(c *chart.Chart) { c.AddDependency(named("../x")) }),
		"subchart without":       with(func(c *chart.Chart) { c.AddDependency(&chart.Chart{}) }),
		"version":                with(func(c *chart.Chart) { c.Metadata.Version = "../1" }),
		"type":                   with(func(c *chart.Chart) { c.Metadata.Type = "toy" }),
		"template that leaves":   with(func(c *chart.Chart) { c.Templates = []*chart.File{{Name: "templates/../../x"}} }),
		"file that leaves":       with(func(c *chart.Chart) { c.Files = []*chart.File{{Name: "/x"}} }),
		"schema that is no JSON": with(func(c *chart.Chart) { c.Schema = []byte("{") }),
	} {
		dir := t.TempDir()
		file, err := chart.Save(context.Background(), c, filepath.Join(dir, "out"), chart.WriteOptions{})
		if !as[*chart.ValidationError](err) && !as[*chart.ParseError](err) {
			t.Errorf("%s: wrote %q, error %v", name, file, err)
		}
		err = filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("left behind: %s", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSave(t *testing.T) {
	ctx := context.Background()
	c := load(t, packed.write(t), chart.LoadOptions{})
	dir := filepath.Join(t.TempDir(), "a", "b")
	file, err := chart.Save(ctx, c, dir, chart.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "web-1.2.3.tgz"); file != want {
		t.Errorf("wrote %s, want %s", file, want)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// A second attempt that fails leaves the first archive alone.
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := chart.Save(cancelled, c, dir, chart.WriteOptions{ModTime: time.Now()}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the archive has changed, error %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("directory has %v, error %v", entries, err)
	}
	if _, err := chart.Save(ctx, c, file, chart.WriteOptions{}); err == nil {
		t.Error("saved into a file")
	}
}

// TestSaveAsHelm compares our archives with those of "helm package".
func TestSaveAsHelm(t *testing.T) {
	v1 := files{
		"Chart.yaml", "name: web\nversion: 1.2.3\n",
		"requirements.lock", "digest: abc\n",
		"values.yaml", "a: 1\n", "templates/_h.tpl", "", "x", "",
	}
	for name, f := range map[string]files{"v2": packed, "v1": v1} {
		for _, epoch := range []string{"", "1700000000"} {
			dir, out := f.write(t), t.TempDir()
			t.Setenv("SOURCE_DATE_EPOCH", epoch)
			if epoch == "" {
				os.Unsetenv("SOURCE_DATE_EPOCH")
			}
			text, err := helm(t, "package", dir, "-d", filepath.Join(out, "helm"))
			if err != nil {
				t.Fatal(text)
			}
			var opts chart.WriteOptions
			if epoch != "" {
				opts.ModTime = time.Unix(1700000000, 0)
			}
			ours, err := chart.Save(context.Background(), load(t, dir, chart.LoadOptions{}), out, opts)
			if err != nil {
				t.Fatal(err)
			}
			a, err := os.ReadFile(ours)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(out, "helm", "web-1.2.3.tgz"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a, b) {
				t.Errorf("%s at %q: archives differ", name, epoch)
			}
			want, err := helm(t, "template", "r", filepath.Join(out, "helm", "web-1.2.3.tgz"))
			if err != nil {
				t.Fatal(want)
			}
			if got, err := helm(t, "template", "r", ours); err != nil || got != want {
				t.Errorf("%s: our archive renders\n%s\nwant\n%s", name, got, want)
			}
		}
	}
}

// TestVerdictsOfHelm runs the tables of bad charts through the reference.
func TestVerdictsOfHelm(t *testing.T) {
	refused := func(name, path string) {
		if out, err := helm(t, "show", "all", path); err == nil {
			t.Errorf("Helm accepts %s: %s", name, out)
		}
	}
	for _, tt := range badCharts {
		if !strings.Contains(tt.name, "bomb") {
			refused(tt.name, tt.files.write(t))
		}
	}
	for _, tt := range badMetadata {
		if tt.field != "apiVersion" { // which the loader fills in
			refused(tt.name, files{"Chart.yaml", tt.yaml}.write(t))
		}
	}
	for _, tt := range goodCharts {
		if out, err := helm(t, "show", "all", tt.files.write(t)); err != nil {
			t.Errorf("Helm refuses %s: %s", tt.name, out)
		}
	}
}
