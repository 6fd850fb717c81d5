//go:build unix

package chart_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hchart/hchart/chart"
)

func TestIrregularFiles(t *testing.T) {
	dir := files{"Chart.yaml", minimal, ".helmignore", "ignored\n"}.write(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "ignored"), 0o644); err != nil {
		t.Skip(err)
	}
	load(t, dir, chart.LoadOptions{})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip(err)
	}
	_, err := chart.Load(context.Background(), dir, chart.LoadOptions{})
	check(t, "pipe", err, "pipe: cannot load irregular file", nil)
}
