package chart_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

// goodCharts are loaded from an fs.FS and from an archive, with the same result.
var goodCharts = []struct {
	name     string
	files    files
	want     string // describe
	warnings []string
}{
	{
		name: "kinds of files",
		files: files{
			"Chart.lock", "digest: abc\n",
			"Chart.yaml", minimal,
			"README.md", "",
			"charts/_off/x", "",
			"charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n",
			"charts/db/charts/deep/Chart.yaml", "apiVersion: v7\nname: deep\nversion: 1.0.0\n",
			"charts/db/charts/deep/templates/x.yaml", "",
			"charts/db/signed.prov", "",
			"charts/db/templates/db.yaml", "",
			"charts/old.tgz.prov", "",
			"crds/c.yaml", "",
			"templates/NOTES.txt", "",
			"templates/_help.tpl", "",
			"templates/sub/a.yaml", "",
			"values.schema.json", "{}",
			"values.yaml", "a: 1\n",
		},
		want: "web template templates/NOTES.txt\nweb template templates/_help.tpl\nweb template templates/sub/a.yaml\n" +
			"web file README.md\nweb file charts/db/signed.prov\nweb file charts/old.tgz.prov\nweb file crds/c.yaml\n" +
			"web/charts/db template templates/db.yaml\n" +
			"web/charts/db/charts/deep template templates/x.yaml\n",
	},
	{
		name: "subcharts sorted by folder",
		files: files{
			"Chart.yaml", minimal,
			"charts/b/Chart.yaml", "name: first\nversion: 1.0.0\n", "charts/b/b", "",
			"charts/c/Chart.yaml", "name: second\nversion: 1.0.0\n", "charts/c/c", "",
			"charts/a/Chart.yaml", "name: third\nversion: 1.0.0\n", "charts/a/a", "",
		},
		want: "web/charts/third file a\nweb/charts/first file b\nweb/charts/second file c\n",
	},
	{
		name: "v1 keeps requirements as files",
		files: files{
			"Chart.yaml", "name: web\nversion: 1.2.3\n",
			"requirements.lock", "digest: abc\n",
			"requirements.yaml", "dependencies:\n- name: db\n",
		},
		want: "web file requirements.lock\nweb file requirements.yaml\n",
	},
	{
		name: "v2 warns of requirements",
		files: files{
			"Chart.yaml", minimal,
			"requirements.lock", "digest: abc\n",
			"requirements.yaml", "dependencies:\n- name: db\n",
		},
		warnings: []string{
			`requirements.lock: Dependency locking is handled in Chart.lock since apiVersion "v2"; we recommend moving it there`,
			`requirements.yaml: Dependencies are handled in Chart.yaml since apiVersion "v2"; we recommend moving it there`,
		},
	},
	{
		name:  "byte order marks",
		files: files{"Chart.yaml", "\xEF\xBB\xBF" + minimal, "values.yaml", "\xEF\xBB\xBFa: 1\n", "x", "\xEF\xBB\xBF"},
		want:  "web file x\n",
	},
}

func TestLoad(t *testing.T) {
	for _, tt := range goodCharts {
		t.Run(tt.name, func(t *testing.T) {
			ctx := context.Background()
			fromArchive, err := chart.LoadArchive(ctx, bytes.NewReader(tgz(t, tt.files.entries()...)), chart.LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			fromFS, err := chart.LoadFS(ctx, tt.files.mapFS(), chart.LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for from, c := range map[string]*chart.Chart{
				"archive": fromArchive, "fs": fromFS,
				"directory":                load(t, tt.files.write(t), chart.LoadOptions{}),
				"directory with outsiders": load(t, tt.files.write(t), chart.LoadOptions{OutsideLinks: true}),
			} {
				if got := describe(c); got != tt.want {
					t.Errorf("%s:\n%s\nwant\n%s", from, got, tt.want)
				}
				if !reflect.DeepEqual(c.Warnings, tt.warnings) {
					t.Errorf("%s: warnings %q, want %q", from, c.Warnings, tt.warnings)
				}
				if len(c.Raw) != len(tt.files)/2 {
					t.Errorf("%s: %d raw files, want %d", from, len(c.Raw), len(tt.files)/2)
				}
				for _, f := range c.Raw {
					if bytes.HasPrefix(f.Data, []byte("\xEF\xBB\xBF")) {
						t.Errorf("%s: %s starts with a byte order mark", from, f.Name)
					}
				}
			}
		})
	}
}

func TestLoadContent(t *testing.T) {
	c, err := chart.LoadFS(context.Background(), goodCharts[0].files.mapFS(), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Metadata.APIVersion != "v2" || c.Metadata.Name != "web" || c.Lock.Digest != "abc" || string(c.Schema) != "{}" {
		t.Errorf("metadata %+v, lock %+v, schema %s", c.Metadata, c.Lock, c.Schema)
	}
	if !reflect.DeepEqual(c.Values, map[string]any{"a": 1.0}) {
		t.Errorf("values %v", c.Values)
	}
	db := c.Dependencies()[0]
	if db.Parent() != c || db.Metadata.APIVersion != "v1" || db.Values != nil {
		t.Errorf("subchart %+v", db)
	}
}

func TestLoadNestedArchive(t *testing.T) {
	inner := tgz(t, entry{name: "x/Chart.yaml", data: "name: db\nversion: 1.0.0\n"}, entry{name: "x/values.yaml", data: "b: 2"})
	dir := files{"Chart.yaml", minimal, "charts/db-1.0.0.tgz", string(inner)}.write(t)
	c := load(t, dir, chart.LoadOptions{})
	if deps := c.Dependencies(); len(deps) != 1 || deps[0].Name() != "db" || deps[0].Values["b"] != 2.0 {
		t.Errorf("dependencies %v", deps)
	}
}

// badCharts are charts whose loading fails, and how.
var badCharts = []struct {
	name  string
	files files
	want  string // part of the message
	is    func(error) bool
}{
	{"no Chart.yaml", files{"values.yaml", ""}, "Chart.yaml file is missing", is(chart.ErrMissingChartYAML)},
	{"Chart.yaml is not YAML", files{"Chart.yaml", minimal + "a: b: c\n"},
		"cannot load Chart.yaml at line 4: error converting YAML to JSON: yaml: line 4: mapping values", as[*chart.ParseError]},
	{"Chart.yaml has wrong type", files{"Chart.yaml", minimal + "keywords: 1\n"},
		"cannot load Chart.yaml at line 4: error unmarshaling JSON", as[*chart.ParseError]},
	{"apiVersion", files{"Chart.yaml", "apiVersion: v3\n"}, `unsupported chart version: apiVersion "v3"`, as[*chart.UnsupportedError]},
	{"values are not YAML", files{"Chart.yaml", minimal, "values.yaml", "a: 1\n---\nb: 2\nc: [\n"},
		"cannot load values.yaml at line ", as[*chart.ParseError]},
	{"values are a list", files{"Chart.yaml", minimal, "values.yaml", "- a\n"},
		"json: cannot unmarshal array into Go value of type map[string]interface {}", as[*chart.ParseError]},
	{"lock", files{"Chart.yaml", minimal, "Chart.lock", "generated: x\n"}, "cannot load Chart.lock", as[*chart.ParseError]},
	{"requirements", files{"Chart.yaml", minimal, "requirements.yaml", "x\n"}, "cannot load requirements.yaml", as[*chart.ParseError]},
	{"values of a subchart", files{"Chart.yaml", minimal, "charts/db/Chart.yaml", minimal, "charts/db/values.yaml", "x\n"},
		"error unpacking subchart db in web: cannot load charts/db/values.yaml", as[*chart.SubchartError]},
	{"file in charts/", files{"Chart.yaml", minimal, "charts/README.md", ""},
		"error unpacking subchart README.md in web: Chart.yaml file is missing", is(chart.ErrMissingChartYAML)},
	{"folder named as an archive", files{"Chart.yaml", minimal, "charts/db.tgz/Chart.yaml", minimal},
		"expected", as[*chart.ArchiveError]},
	{"archive that is none", files{"Chart.yaml", minimal, "charts/db.tgz", "hello"},
		"does not appear to be a gzipped archive", as[*chart.ArchiveError]},
	{"alias bomb in Chart.yaml", files{"Chart.yaml", aliasBomb("keywords")}, "aliases expand", as[*chart.ParseError]},
}

func is(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }

func as[T error](err error) bool { return errors.As(err, new(T)) }

// aliasBomb is 600 KB of YAML that stands for 15 GB.
func aliasBomb(key string) string {
	return "x: &a " + strings.Repeat("x", 500_000) + "\n" + minimal + key + ": [" + strings.Repeat("*a,", 30_000) + "]\n"
}

func TestLoadErrors(t *testing.T) {
	for _, tt := range badCharts {
		t.Run(tt.name, func(t *testing.T) {
			_, err := chart.LoadFS(context.Background(), tt.files.mapFS(), chart.LoadOptions{})
			check(t, "fs", err, tt.want, tt.is)
			_, err = chart.LoadArchive(context.Background(), bytes.NewReader(tgz(t, tt.files.entries()...)), chart.LoadOptions{})
			check(t, "archive", err, tt.want, tt.is)
		})
	}
}

func check(t *testing.T, what string, err error, want string, is func(error) bool) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want %q", what, err, want)
	} else if is != nil && !is(err) {
		t.Errorf("%s: error %v has type %T", what, err, err)
	}
}

func TestParseErrorLine(t *testing.T) {
	dir := files{"Chart.yaml", minimal, "values.yaml", "a: 1\nb: 2\n---\nc: 3\nd: x: y\n"}.write(t)
	_, err := chart.Load(context.Background(), dir, chart.LoadOptions{})
	var parse *chart.ParseError
	if !errors.As(err, &parse) || parse.File != "values.yaml" || parse.Line != 5 {
		t.Errorf("error %v", err)
	}
}

func TestLoadPaths(t *testing.T) {
	ctx := context.Background()
	dir := files{"Chart.yaml", minimal, "values.yaml", "a: 1\n"}.write(t)
	if _, err := chart.Load(ctx, filepath.Join(dir, "values.yaml"), chart.LoadOptions{}); !as[*chart.ArchiveError](err) ||
		!strings.Contains(err.Error(), "seems to be a YAML file") {
		t.Errorf("values file in place of a chart: %v", err)
	}
	if _, err := chart.Load(ctx, filepath.Join(dir, "none"), chart.LoadOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := chart.Load(ctx, filepath.Dir(dir), chart.LoadOptions{}); !errors.Is(err, chart.ErrMissingChartYAML) ||
		!strings.Contains(err.Error(), filepath.Dir(dir)) {
		t.Errorf("no chart in the directory: %v", err)
	}
	link := filepath.Join(filepath.Dir(dir), "link")
	if err := os.Symlink("web", link); err != nil {
		t.Skip(err)
	}
	if c := load(t, link, chart.LoadOptions{}); c.Name() != "web" {
		t.Errorf("through a link: %v", c)
	}
}

func TestLoadCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := files{"Chart.yaml", minimal}
	if _, err := chart.LoadFS(ctx, f.mapFS(), chart.LoadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("fs: %v", err)
	}
	if _, err := chart.LoadArchive(ctx, bytes.NewReader(tgz(t, f.entries()...)), chart.LoadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("archive: %v", err)
	}
}

func FuzzChartYAML(f *testing.F) {
	for _, tt := range badCharts {
		if len(tt.files[1]) < 1000 {
			f.Add([]byte(tt.files[1]))
		}
	}
	for _, tt := range badMetadata {
		f.Add([]byte(tt.yaml))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := chart.ReadMetadata(data)
		if err != nil {
			if !as[*chart.ParseError](err) {
				t.Fatalf("error of type %T: %v", err, err)
			}
			return
		}
		// The loader must agree with ReadMetadata and Validate.
		_, loadErr := chart.LoadFS(t.Context(), files{"Chart.yaml", string(data)}.mapFS(), chart.LoadOptions{})
		if m.APIVersion == "" {
			m.APIVersion = "v1"
		}
		if loadErr == nil && m.Validate() != nil {
			t.Fatalf("loaded, but invalid: %v", m.Validate())
		}
		if loadErr != nil && m.Validate() == nil && !as[*chart.UnsupportedError](loadErr) {
			t.Fatalf("valid, but not loaded: %v", loadErr)
		}
	})
}
