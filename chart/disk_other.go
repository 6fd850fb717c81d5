//go:build !linux

package chart

import (
	"io/fs"
	"time"
)

// diskReader opens files of a disk for one goroutine.
type diskReader struct{ fsys fs.FS }

// diskFile is an open regular file.
type diskFile struct {
	fs.File
	size    int64
	modTime time.Time
}

func (d *disk) reader() *diskReader { return &diskReader{d.fsys} }

func (r *diskReader) close() {}

// open opens a regular file; ok is false for whatever reason it cannot.
func (r *diskReader) open(real string) (diskFile, bool) {
	f, err := r.fsys.Open(real)
	if err != nil {
		return diskFile{}, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return diskFile{}, false
	}
	return diskFile{f, info.Size(), info.ModTime()}, true
}

func (f diskFile) close() { f.File.Close() }
