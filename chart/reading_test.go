package chart_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

// umbrella is a chart with subs subcharts, each with the same library in it.
func umbrella(subs int) files {
	f := files{"Chart.yaml", minimal, ".helmignore", "*.bak\n", "README.md", "\xEF\xBB\xBFRead me.\n", "x.bak", "old", "empty", ""}
	for i := range subs {
		dir := fmt.Sprintf("charts/sub%02d/", i)
		f = append(f,
			dir+"Chart.yaml", fmt.Sprintf("apiVersion: v2\nname: sub%02d\nversion: 1.0.0\n", i),
			dir+"values.yaml", fmt.Sprintf("number: %d\n", i),
			dir+"templates/a.yaml", fmt.Sprintf("kind: A%d\n", i%3),
			dir+"charts/lib/Chart.yaml", "apiVersion: v2\nname: lib\ntype: library\nversion: 1.0.0\n",
			dir+"charts/lib/values.yaml", "lib: {a: 1}\n",
			dir+"charts/lib/templates/_lib.tpl", strings.Repeat("{{ define `x` }}{{ end }}\n", 400),
		)
	}
	return append(f, "values.yaml", "root: true\n")
}

// TestReadAtOnce: many goroutines read a directory as one does that goes
// through a file system from file to file.
func TestReadAtOnce(t *testing.T) {
	dir := umbrella(30).write(t)
	for link, target := range map[string]string{"templates/link.yaml": "../charts/sub07/values.yaml", "linked": "charts/sub03/templates"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, link)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	want, err := chart.LoadFS(context.Background(), os.DirFS(dir), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]chart.LoadOptions{"root": {}, "linked charts": {LinkedCharts: true}, "outside links": {OutsideLinks: true}} {
		got := load(t, dir, opts)
		if len(got.Raw) != 30*6+7 || len(got.Warnings) != 2 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the charts differ: %d files, %d expected; warnings %q, want %q", name, len(got.Raw), len(want.Raw), got.Warnings, want.Warnings)
		}
	}
}

// TestFirstError: it does not matter who reads fastest.
func TestFirstError(t *testing.T) {
	dir := umbrella(30).write(t)
	big := strings.Repeat("x", 20_000)
	for _, name := range []string{"charts/sub09/templates/big", "charts/sub11/big", "zz"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(big), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	limits := chart.Limits{FileBytes: 15_000}
	for _, tt := range []struct{ link, want string }{
		{"", "charts/sub09/templates/big"},
		{"charts/sub10/nowhere", "charts/sub09/templates/big"},
		{"charts/sub08/nowhere", "charts/sub08/nowhere"},
	} {
		if tt.link != "" {
			if err := os.Symlink("none", filepath.Join(dir, tt.link)); err != nil {
				t.Skip(err)
			}
		}
		for range 20 {
			_, err := chart.Load(context.Background(), dir, chart.LoadOptions{Limits: limits})
			if got := faultyFile(err); got != tt.want {
				t.Fatalf("with a link at %q: error %v, want one about %s", tt.link, err, tt.want)
			}
		}
	}
}

// TestLimitsInOrder: which file exceeds a limit is a matter of the order of the
// files, and of nothing else.
func TestLimitsInOrder(t *testing.T) {
	dir := umbrella(20).write(t)
	whole := load(t, dir, chart.LoadOptions{})
	var total int64
	for _, f := range whole.Raw {
		total += int64(len(f.Data))
	}
	total += int64(len("\xEF\xBB\xBF")) // counts, though it is not kept
	for _, limits := range []chart.Limits{
		{Files: 1}, {Files: 50}, {Files: len(whole.Raw) - 1}, {ArchiveBytes: 300}, {ArchiveBytes: total / 2}, {ArchiveBytes: total - 1},
	} {
		_, want := chart.LoadFS(context.Background(), os.DirFS(dir), chart.LoadOptions{Limits: limits})
		for range 5 {
			_, err := chart.Load(context.Background(), dir, chart.LoadOptions{Limits: limits})
			if !as[*chart.LimitError](err) || err.Error() != want.Error() {
				t.Errorf("%+v: error %v, want %v", limits, err, want)
			}
		}
	}
	load(t, dir, chart.LoadOptions{Limits: chart.Limits{Files: len(whole.Raw), ArchiveBytes: total}})
}

func faultyFile(err error) string {
	var limit *chart.LimitError
	var link *chart.LinkError
	switch {
	case errors.As(err, &limit):
		return limit.Name
	case errors.As(err, &link):
		return link.Path
	}
	return ""
}

// TestSharedContent: what an umbrella has a hundred times is kept once, and no
// file can be written over by what somebody appends to another.
func TestSharedContent(t *testing.T) {
	f := umbrella(10)
	archive := tgz(t, f.entries()...)
	fromArchive, err := chart.LoadArchive(context.Background(), bytes.NewReader(archive), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*chart.Chart{"archive": fromArchive, "directory": load(t, f.write(t), chart.LoadOptions{})} {
		places := map[*byte]bool{}
		numbers := map[any]bool{}
		for _, sub := range c.Dependencies() {
			numbers[sub.Values["number"]] = true
			lib := sub.Dependencies()[0]
			if lib.Values["lib"] == nil {
				t.Errorf("%s: values %v", name, lib.Values)
			}
			data := lib.Templates[0].Data
			places[&data[0]] = true
			if cap(data) != len(data) {
				t.Errorf("%s: there is room behind a shared file", name)
			}
		}
		if len(places) != 1 {
			t.Errorf("%s: the library is kept %d times", name, len(places))
		}
		if len(numbers) != 10 {
			t.Errorf("%s: values of subcharts: %v", name, numbers)
		}
	}
}

func TestLoadDirectoryCancelled(t *testing.T) {
	dir := umbrella(5).write(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := chart.Load(ctx, dir, chart.LoadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
