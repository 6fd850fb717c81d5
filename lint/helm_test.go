package lint

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
)

// The tests of this file compare with Helm, whose program the environment
// variable HCHART_HELM names. HCHART_CORPUS is a directory of charts to lint;
// without it the corpus that the conformance check unpacks is looked for.

func helmProgram(t *testing.T) string {
	t.Helper()
	program := os.Getenv("HCHART_HELM")
	if program == "" {
		t.Skip("HCHART_HELM is not set")
	}
	return program
}

func TestHelmCorpus(t *testing.T) {
	helm := helmProgram(t)
	charts := corpus(t)
	if len(charts) < 60 {
		t.Skipf("only %d charts found; unpack the corpus or set HCHART_CORPUS", len(charts))
	}
	for _, dir := range charts {
		t.Run(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			compareWithHelm(t, helm, nil, dir)
			files, _ := filepath.Glob(filepath.Join(dir, "ci", "*values.yaml"))
			for _, file := range files {
				compareWithHelm(t, helm, []string{"-f", file}, dir)
			}
		})
	}
}

func TestHelmFlags(t *testing.T) {
	helm := helmProgram(t)
	charts := corpus(t)
	for i, dir := range charts {
		if i%10 != 0 {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			compareWithHelm(t, helm, []string{"--with-subcharts"}, dir)
			compareWithHelm(t, helm, []string{"--strict", "--quiet"}, dir)
			compareWithHelm(t, helm, []string{"--kube-version", "1.22.0", "--skip-schema-validation"}, dir)
		})
	}
}

// TestHelmFaults compares charts with one fault each.
func TestHelmFaults(t *testing.T) {
	helm := helmProgram(t)
	for name, files := range faultyCharts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := writeChart(t, files)
			compareWithHelm(t, helm, nil, dir)
			compareWithHelm(t, helm, []string{"--strict"}, dir, dir)
			compareWithHelm(t, helm, []string{"--set", "a.b=null,a.c=1,x="}, dir, dir)
		})
	}
}

// corpus lists the charts of the corpus, without their subcharts.
func corpus(t *testing.T) []string {
	root := os.Getenv("HCHART_CORPUS")
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		root = filepath.Join(cache, "hchart-corpus")
	}
	var dirs []string
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil
		}
		if _, err := os.Stat(filepath.Join(path, "Chart.yaml")); err == nil {
			dirs = append(dirs, path)
			return fs.SkipDir
		}
		return nil
	})
	return dirs
}

// compareWithHelm lints charts with Helm and with this package.
func compareWithHelm(t *testing.T, helm string, flags []string, dirs ...string) {
	t.Helper()
	args := append(append([]string{"lint", "--namespace", "demo"}, flags...), dirs...)
	cmd := exec.CommandContext(t.Context(), helm, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG=/dev/null")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := false
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
		failed = true
	}
	want := stdout.String()
	if failed {
		want += errorLine(stderr.String())
	}
	got := lintAsCommand(t, flags, dirs)
	if g, w := normalized(got), normalized(want); g != w {
		t.Errorf("%v\n---- got\n%s---- want\n%s", args, g, w)
	}
}

// errorLine returns the verdict that Helm wrote to standard error.
func errorLine(stderr string) string {
	at := strings.LastIndex(stderr, "Error: ")
	if at < 0 {
		return stderr
	}
	return stderr[at:]
}

// lintAsCommand does what the command lint does with the flags.
func lintAsCommand(t *testing.T, flags, dirs []string) string {
	t.Helper()
	opts := Options{Namespace: "demo"}
	opts.Load.OutsideLinks = true
	var src values.Sources
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case "--strict":
			opts.Strict = true
		case "--quiet":
			opts.Quiet = true
		case "--with-subcharts":
			opts.WithSubcharts = true
		case "--skip-schema-validation":
			opts.SkipSchemaValidation = true
		case "--kube-version":
			i++
			version, err := engine.ParseKubeVersion(flags[i])
			if err != nil {
				t.Fatal(err)
			}
			opts.KubeVersion = version
		case "-f":
			i++
			src.Files = append(src.Files, flags[i])
		case "--set":
			i++
			src.Set = append(src.Set, flags[i])
		}
	}
	user, err := values.Read(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := RunAll(context.Background(), dirs, user, opts)
	if err != nil {
		t.Fatal(err)
	}
	text := summary.Text()
	switch {
	case summary.Failed() > 0:
		text += "Error: " + summary.Verdict() + "\n"
	case summary.Speaks():
		text += summary.Verdict() + "\n"
	}
	return text
}

// normalized cuts the texts of the engine's and the loader's errors, which are
// our own, and sorts the names of dependencies, which Helm lists as it happens.
func normalized(text string) string {
	var b strings.Builder
	cut := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "[") || strings.HasPrefix(line, "==> ") || line == "\n" || strings.HasPrefix(line, "Error") {
			cut = false
		}
		if cut {
			continue
		}
		if text, _, ok := strings.Cut(line, "validation: "); ok {
			line = text + "validation:\n"
		}
		if strings.HasPrefix(line, "[ERROR] templates/: ") && !strings.Contains(line, "values don't meet") && !strings.Contains(line, "not a directory") {
			line, cut = "[ERROR] templates/: \n", true
		}
		if before, list, ok := strings.Cut(line, "missing these dependencies: "); ok {
			names := strings.Split(strings.TrimSpace(list), ",")
			slices.Sort(names)
			line = before + "missing these dependencies: " + strings.Join(names, ",") + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// faultyCharts are the charts of this package's tables, by the names of their
// cases.
func faultyCharts() map[string]map[string]string {
	charts := map[string]map[string]string{}
	for _, cases := range [][]findingCase{templateCases(), valuesCases(), dependencyCases(), crdCases()} {
		for _, tt := range cases {
			charts[tt.name] = tt.files
		}
	}
	for name, files := range map[string]map[string]string{
		"broken values":           {"values.yaml": "a: b: c\n"},
		"values are a list":       {"values.yaml": "- a\n"},
		"values are a text":       {"values.yaml": "a\n"},
		"values with a separator": {"values.yaml": "a: b\n---\nc: d\n"},
		"broken lock":             {"Chart.lock": "a: b: c\n"},
		"broken subchart":         {"charts/db/Chart.yaml": "a: b: c\n"},
		"values of a subchart":    {"charts/db/Chart.yaml": goodChart, "charts/db/values.yaml": "- a\n"},
		"subchart without a name": {"charts/db/Chart.yaml": "apiVersion: v2\n"},
		"requirements":            {"requirements.yaml": "dependencies: [{name: db, version: 1.x, repository: \"\"}]\n"},
		"parse error":             {"templates/a.yaml": "{{ if }}"},
		"render error":            {"templates/a.yaml": "{{ .Values.a.b.c }}"},
		"wrong chart type":        {"Chart.yaml": goodChart + "type: plugin\n"},
		"library":                 {"Chart.yaml": goodChart + "type: library\n", "templates/a.yaml": "a: b: c"},
		"bad alias":               {"Chart.yaml": goodChart + "dependencies: [{name: db, alias: \"a b\"}]\n"},
		"kubeVersion":             {"Chart.yaml": goodChart + "kubeVersion: \"<1.10\"\n"},
		"nested nulls":            {"values.yaml": "a: {b: 1, c: {d: 1}}\nx: {y: 1}\n", "templates/a.yaml": "{{ .Values.a.b | required \"b\" }}: [{{ .Values.x }}]\nmetadata: {name: a{{ .Values.a.b }}}\n"},
	} {
		charts[name] = files
	}
	for _, tt := range chartFileCases() {
		charts[tt.name] = map[string]string{"Chart.yaml": tt.text}
	}
	return charts
}
