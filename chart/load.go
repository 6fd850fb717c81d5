package chart

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// Limits bound what loading a chart may use. A zero field means its default,
// which suits charts from people one does not know.
type Limits struct {
	// ArchiveBytes bounds the decompressed bytes of an archive together with
	// all archives nested in it, and the bytes read from a directory; default 100 MiB.
	ArchiveBytes int64
	// FileBytes bounds one file; default 5 MiB.
	FileBytes int64
	// Files bounds the number of files, those of all subcharts and nested
	// archives together; default 10,000.
	Files int
	// Nesting bounds archives in archives; default 8.
	Nesting int
}

func (l Limits) withDefaults() Limits {
	if l.ArchiveBytes == 0 {
		l.ArchiveBytes = 100 << 20
	}
	if l.FileBytes == 0 {
		l.FileBytes = 5 << 20
	}
	if l.Files == 0 {
		l.Files = 10_000
	}
	if l.Nesting == 0 {
		l.Nesting = 8
	}
	return l
}

// LoadOptions change how a chart is loaded. The zero value works.
type LoadOptions struct {
	Limits Limits
	// OutsideLinks follows symbolic links in a chart directory wherever they
	// lead, as Helm does, with a warning for each. Charts of a monorepo that
	// link to each other (charts/db -> ../../db) need it; a chart from
	// somebody else can then read any file of the machine. Without it a link
	// that is absolute or leaves the chart's root is a *LinkError.
	OutsideLinks bool
	// LinkedCharts follows links that leave the chart's root if they lead into
	// another chart: to a directory with a Chart.yaml or to something below
	// one. That serves monorepos and keeps the rest of the machine out. It is
	// no protection from links that are changed while the chart is read.
	LinkedCharts bool
}

// Load reads a chart from a directory or a .tgz file.
//
// In a directory, .helmignore says what is no part of the chart, and symbolic
// links are followed; see [LoadOptions] for those that leave the directory.
//
// The errors are those of the file system, of ctx, and *ParseError,
// *ValidationError, *LimitError, *ArchiveError, *LinkError, *UnsupportedError
// and [ErrMissingChartYAML], inside a *SubchartError for each level of charts/.
func Load(ctx context.Context, path string, opts LoadOptions) (*Chart, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return loadDir(ctx, path, opts)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return newLoader(ctx, opts).archiveChart(path, f)
}

func loadDir(ctx context.Context, dir string, opts LoadOptions) (*Chart, error) {
	d, err := openDisk(dir, opts.OutsideLinks || opts.LinkedCharts)
	if err != nil {
		return nil, err
	}
	defer d.close()
	l := newLoader(ctx, opts)
	l.root, l.disk = dir, d
	c, err := l.loadFS(d.fsys)
	if err == ErrMissingChartYAML { // of this directory, not of a subchart in it
		return nil, fmt.Errorf("unable to detect chart at %s: %w", dir, err)
	}
	return c, err
}

// LoadFS reads a chart whose Chart.yaml lies at the root of fsys. Symbolic
// links are followed by fsys.ReadLink if it has one (see [fs.ReadLinkFS]).
// The errors are those of [Load].
func LoadFS(ctx context.Context, fsys fs.FS, opts LoadOptions) (*Chart, error) {
	return newLoader(ctx, opts).loadFS(fsys)
}

func (l *loader) loadFS(fsys fs.FS) (*Chart, error) {
	// Looking first keeps a command that is run in the wrong place from
	// reading a whole home directory.
	switch info, err := fs.Lstat(fsys, chartFile); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrMissingChartYAML
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, ErrMissingChartYAML
	}
	files, err := l.readTree(fsys)
	if err != nil {
		return nil, err
	}
	return l.chart(files)
}

// LoadArchive reads a chart from a gzipped tar stream. Every entry lies in a
// folder, whose name does not matter. The errors are those of [Load].
func LoadArchive(ctx context.Context, r io.Reader, opts LoadOptions) (*Chart, error) {
	return newLoader(ctx, opts).archiveChart("", r)
}

// loader is the state of one call of a Load function, all nested archives
// included.
type loader struct {
	ctx      context.Context // of the call, which the loader does not outlive
	limits   Limits
	outside  bool
	charts   bool   // LinkedCharts
	root     string // the directory being read, empty for an fs.FS
	content  int64  // bytes of files read
	streamed int64  // bytes that came out of gzip, padding and headers included
	files    int
	nesting  int
	warnings []string
	disk     *disk // the same directory, for reading many of its files at once
	shared   *contents
	scratch  []byte // for files that may turn out to be known already

	zipped   *bufio.Reader // what archives are read through, nil before the first
	unzipped gzip.Reader
}

func newLoader(ctx context.Context, opts LoadOptions) *loader {
	return &loader{
		ctx:     ctx,
		limits:  opts.Limits.withDefaults(),
		outside: opts.OutsideLinks,
		charts:  opts.LinkedCharts,
		shared:  newContents(),
	}
}

func (l *loader) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

// addFile counts a file of size bytes against the limits before it is read.
func (l *loader) addFile(name string, size int64) error {
	if l.files++; l.files > l.limits.Files {
		return &LimitError{Limit: "Files", Max: int64(l.limits.Files), Name: name}
	}
	if size > l.limits.FileBytes {
		return &LimitError{Limit: "FileBytes", Max: l.limits.FileBytes, Name: name}
	}
	if size > l.limits.ArchiveBytes-l.content {
		return &LimitError{Limit: "ArchiveBytes", Max: l.limits.ArchiveBytes, Name: name}
	}
	return l.ctx.Err()
}

// maxTrustedSize is up to where a size that a header claims is allocated
// before the bytes have been seen.
const maxTrustedSize = 1 << 20

// readFile reads a file that claims to have size bytes, and no more than the
// limits allow when the claim is wrong.
func (l *loader) readFile(name string, r io.Reader, size int64) ([]byte, error) {
	if err := l.addFile(name, size); err != nil {
		return nil, err
	}
	known := l.shared.like(name, size)
	// One byte more than the claim lets a single read see the end.
	room := int(min(size, maxTrustedSize)) + 1
	var data []byte
	if known == nil {
		data = make([]byte, 0, room)
	} else {
		l.scratch = slices.Grow(l.scratch[:0], room)
		data = l.scratch
	}
	data, err := l.readAll(name, r, data)
	if err != nil {
		return nil, err
	}
	l.content += int64(len(data))
	if known != nil {
		return l.shared.pick(name, known, data), nil
	}
	return l.shared.add(name, data), nil
}

// readAll appends all of r to data, which is empty.
func (l *loader) readAll(name string, r io.Reader, data []byte) ([]byte, error) {
	bound := min(l.limits.FileBytes, l.limits.ArchiveBytes-l.content)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > bound {
			limit, maximum := "FileBytes", l.limits.FileBytes
			if bound < maximum {
				limit, maximum = "ArchiveBytes", l.limits.ArchiveBytes
			}
			return nil, &LimitError{Limit: limit, Max: maximum, Name: name}
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
