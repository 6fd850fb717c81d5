package chart

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// Limits bound what loading a chart may use. A zero field means its default.
type Limits struct {
	// ArchiveBytes bounds the decompressed bytes of an archive together with
	// all archives nested in it, and the bytes read from a directory; default 100 MiB.
	ArchiveBytes int64
	// FileBytes bounds one file; default 5 MiB.
	FileBytes int64
	// Files bounds the number of files; default 10,000.
	Files int
	// Nesting bounds archives in archives; default 8.
	Nesting int
}

// LoadOptions change how a chart is loaded. The zero value works.
type LoadOptions struct {
	Limits Limits
}

// Load reads a chart from a directory or a .tgz file.
func Load(ctx context.Context, path string, opts LoadOptions) (*Chart, error) {
	return nil, errors.New("not written yet")
}

// LoadFS reads a chart whose Chart.yaml lies at the root of fsys.
func LoadFS(ctx context.Context, fsys fs.FS, opts LoadOptions) (*Chart, error) {
	return nil, errors.New("not written yet")
}

// LoadArchive reads a chart from a gzipped tar stream.
func LoadArchive(ctx context.Context, r io.Reader, opts LoadOptions) (*Chart, error) {
	return nil, errors.New("not written yet")
}
