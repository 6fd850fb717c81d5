package dependency

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/hchart/hchart/chart"
)

// readDeclared reads what Chart.yaml and the lock say. Nothing else of the chart is
// read: what is wrong in charts/ is no reason not to bring it up to date.
func readDeclared(ctx context.Context, dir string, opts chart.LoadOptions) (*chart.Chart, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("could not find %s: %w", dir, err)
	case !info.IsDir():
		return nil, &NotDirectoryError{Path: dir}
	}
	ch, err := chart.LoadFS(ctx, declaring{os.DirFS(dir)}, opts)
	var link *chart.LinkError
	if errors.As(err, &link) {
		// Whether links between charts are allowed is known to Load only.
		return chart.Load(ctx, dir, opts)
	}
	if errors.Is(err, chart.ErrMissingChartYAML) {
		return nil, fmt.Errorf("unable to detect chart at %s: %w", dir, err)
	}
	return ch, err
}

// declaring is a file system with only the files at its root that declare dependencies.
type declaring struct{ fs.FS }

func (d declaring) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(d.FS, name)
	if name != "." {
		return all, err
	}
	var some []fs.DirEntry
	for _, e := range all {
		switch e.Name() {
		case ".helmignore", "Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock":
			some = append(some, e)
		}
	}
	return some, err
}

func (d declaring) ReadLink(name string) (string, error)        { return fs.ReadLink(d.FS, name) }
func (d declaring) Lstat(name string) (fs.FileInfo, error)      { return fs.Lstat(d.FS, name) }
func (d declaring) Stat(name string) (fs.FileInfo, error)       { return fs.Stat(d.FS, name) }
func (d declaring) ReadFile(name string) (data []byte, _ error) { return fs.ReadFile(d.FS, name) }
