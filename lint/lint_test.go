package lint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goodChart is a Chart.yaml without a finding.
const goodChart = "apiVersion: v2\nname: web\nversion: 1.2.3\nicon: https://x.io/i.png\n"

// writeChart writes a chart to a directory of the test and returns its path. A
// Chart.yaml, a values.yaml and a template are added unless files has them; an
// empty text leaves one out.
func writeChart(t *testing.T, files map[string]string) string {
	t.Helper()
	all := map[string]string{
		"Chart.yaml":             goodChart,
		"values.yaml":            "{}\n",
		"templates/_helpers.tpl": "\n",
	}
	for name, text := range files {
		all[name] = text
	}
	dir := t.TempDir()
	for name, text := range all {
		if text == "" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lintDir lints a chart and returns its findings as "rule [SEVERITY] path:
// text", with DIR for the directory.
func lintDir(t *testing.T, dir string, user map[string]any, opts Options) []string {
	t.Helper()
	report, err := Run(context.Background(), dir, user, opts)
	if err != nil {
		t.Fatal(err)
	}
	if report.Err != nil {
		t.Fatal(report.Err)
	}
	var lines []string
	for _, f := range report.Findings {
		lines = append(lines, strings.ReplaceAll(fmt.Sprintf("%s %v", f.Rule, f), dir, "DIR"))
	}
	return lines
}

// findingCase is a chart and all that is found in it.
type findingCase struct {
	name  string
	files map[string]string
	want  []string
}

func testFindings(t *testing.T, cases []findingCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			got := lintDir(t, writeChart(t, tt.files), nil, Options{})
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestGoodChart(t *testing.T) {
	testFindings(t, []findingCase{{"nothing to complain of", nil, nil}})
}

func TestNoChart(t *testing.T) {
	dir := t.TempDir()
	summary, err := RunAll(context.Background(), []string{dir, filepath.Join(dir, "x.tgz")}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	chartYAML := filepath.Join(dir, "Chart.yaml")
	want := "==> Linting " + dir + "\nError unable to check Chart.yaml file in chart: stat " + chartYAML + ": no such file or directory\n\n" +
		"==> Linting " + dir + "/x.tgz\nError unable to open tarball: open " + dir + "/x.tgz: no such file or directory\n\n"
	if got := summary.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := summary.Verdict(), "2 chart(s) linted, 2 chart(s) failed"; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, writeChart(t, nil), nil, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestWithSubcharts(t *testing.T) {
	dir := writeChart(t, map[string]string{
		"Chart.yaml":                      goodChart + "dependencies: [{name: web, repository: \"\"}]\n",
		"charts/db/Chart.yaml":            goodChart,
		"charts/db/charts/sub/Chart.yaml": goodChart,
	})
	summary, err := RunAll(context.Background(), []string{dir}, nil, Options{WithSubcharts: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range summary.Reports {
		got = append(got, strings.TrimPrefix(r.Path, dir))
	}
	if want := []string{"", "/charts/db", "/charts/db/charts/sub"}; !slices.Equal(got, want) {
		t.Errorf("linted %q, want %q", got, want)
	}
}

// The caller's values stay as they are, although tables inside the copy change.
func TestUserValuesUnchanged(t *testing.T) {
	user := map[string]any{"a": map[string]any{"b": nil}}
	lintDir(t, writeChart(t, map[string]string{"values.yaml": "a: {b: 1, c: 2}\n"}), user, Options{})
	if table := user["a"].(map[string]any); len(table) != 1 {
		t.Errorf("the values were changed to %v", user)
	}
}

// checkStage runs one stage on a chart and compares what it finds.
func checkStage(t *testing.T, files map[string]string, stage func(*linter), want []string) {
	t.Helper()
	dir := writeChart(t, files)
	source, err := openSource(context.Background(), dir, Options{}.Load)
	if err != nil {
		t.Fatal(err)
	}
	l := &linter{ctx: context.Background(), source: source, user: map[string]any{}, report: &Report{}}
	stage(l)
	var got []string
	for _, f := range l.report.Findings {
		got = append(got, strings.ReplaceAll(fmt.Sprintf("%s %v", f.Rule, f), dir, "DIR"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
