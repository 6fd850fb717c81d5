package lint

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

// packChart writes a chart to an archive and returns its path.
func packChart(t *testing.T, files map[string]string) string {
	t.Helper()
	ch, err := chart.Load(context.Background(), writeChart(t, files), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := chart.Save(context.Background(), ch, t.TempDir(), chart.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestArchive(t *testing.T) {
	files := map[string]string{
		"Chart.yaml":           strings.Replace(goodChart, "icon", "home", 1),
		"templates/a.yaml":     "kind: A\nmetadata: {name: B}\n",
		"crds/a.yaml":          configMap,
		"charts/db/Chart.yaml": goodChart,
		"values.schema.json":   `{"required": ["a"]}`,
	}
	var want []string
	for _, line := range lintDir(t, writeChart(t, files), nil, Options{SkipSchemaValidation: true}) {
		want = append(want, strings.ReplaceAll(line, "DIR", "ARCHIVE"))
	}
	file := packChart(t, files)
	report, err := Run(context.Background(), file, nil, Options{SkipSchemaValidation: true})
	if err != nil || report.Err != nil {
		t.Fatal(err, report)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, strings.ReplaceAll(f.Rule+" "+f.String(), file, "ARCHIVE"))
	}
	if len(got) != 5 || !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if report, err = Run(context.Background(), file, nil, Options{}); err != nil || report.Worst() != Error {
		t.Errorf("with the schema: %v, %v", err, report.Findings)
	}
}

func TestNoArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.tgz")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := Run(context.Background(), file, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Err == nil || !strings.HasPrefix(report.Err.Error(), "unable to extract tarball: ") || !report.Failed(false) {
		t.Errorf("error %v", report.Err)
	}
}

func TestChartFileIsDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "Chart.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := lintDir(t, dir, nil, Options{})
	if len(got) < 2 || got[0] != "chart-is-file [ERROR] Chart.yaml: should be a file, not a directory" ||
		!strings.HasPrefix(got[1], "chart-parses [ERROR] Chart.yaml: unable to parse YAML\n\tread ") {
		t.Errorf("got %q", got)
	}
}
