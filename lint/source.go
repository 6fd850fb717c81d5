package lint

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hchart/hchart/chart"
)

// source is where a chart lies. Lint looks at some files before the chart is
// loaded, because a chart with a fault in Chart.yaml cannot be loaded.
type source interface {
	// root is what findings about the chart's directory call it.
	root() string
	// isDir reports whether name, slash separated, is a directory; the error
	// is fs.ErrNotExist when there is nothing.
	isDir(name string) (bool, error)
	read(name string) ([]byte, error)
	load(ctx context.Context) (*chart.Chart, error)
}

// openSource looks for a chart at path. Archives are told by their names.
func openSource(ctx context.Context, path string, opts chart.LoadOptions) (source, error) {
	if isArchive(path) {
		return openArchive(ctx, path, opts)
	}
	if _, err := os.Stat(filepath.Join(path, chartFile)); err != nil {
		return nil, fmt.Errorf("unable to check Chart.yaml file in chart: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return &directory{path: abs, opts: opts}, nil
}

func isArchive(path string) bool {
	return strings.HasSuffix(path, ".tgz") || strings.HasSuffix(path, ".tar.gz")
}

// directory is a chart in a directory.
type directory struct {
	path string // absolute
	opts chart.LoadOptions
}

func (d *directory) root() string { return d.path }

func (d *directory) isDir(name string) (bool, error) {
	info, err := os.Stat(d.join(name))
	if err != nil {
		return false, err
	}
	return info.IsDir(), nil
}

func (d *directory) read(name string) ([]byte, error) { return os.ReadFile(d.join(name)) }

func (d *directory) load(ctx context.Context) (*chart.Chart, error) {
	return chart.Load(ctx, d.path, d.opts)
}

func (d *directory) join(name string) string {
	return filepath.Join(d.path, filepath.FromSlash(name))
}

// archive is a chart in a .tgz file, which is read once and not unpacked.
type archive struct {
	path  string // absolute
	chart *chart.Chart
}

func openArchive(ctx context.Context, path string, opts chart.LoadOptions) (source, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("unable to open tarball: %w", err)
	}
	defer f.Close()
	ch, err := chart.LoadArchive(ctx, f, opts)
	if err != nil {
		return nil, fmt.Errorf("unable to extract tarball: %w", err)
	}
	return &archive{path: abs, chart: ch}, nil
}

func (a *archive) root() string { return a.path }

func (a *archive) isDir(name string) (bool, error) {
	name = strings.TrimSuffix(name, "/")
	for _, f := range a.chart.Raw {
		if f.Name == name {
			return false, nil
		}
		if strings.HasPrefix(f.Name, name+"/") {
			return true, nil
		}
	}
	return false, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (a *archive) read(name string) ([]byte, error) {
	for _, f := range a.chart.Raw {
		if f.Name == name {
			return f.Data, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (a *archive) load(context.Context) (*chart.Chart, error) { return a.chart, nil }

// subcharts returns the charts below the charts/ directories of the given
// ones: directories with a Chart.yaml, at any depth, and archives.
func subcharts(paths []string) []string {
	var found []string
	for _, path := range paths {
		// What cannot be read is passed over: linting the parent complains.
		_ = filepath.WalkDir(filepath.Join(path, "charts"), func(path string, entry fs.DirEntry, _ error) error {
			switch {
			case entry == nil:
			case entry.Name() == chartFile:
				found = append(found, filepath.Dir(path))
			case isArchive(path):
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}
