package chart

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// readFound reads what the walk found before it ended, with walkErr or without.
// The first error in the order of the walk is the one that counts.
func (t *treeReader) readFound(walkErr error) ([]*File, error) {
	if walkErr == nil && t.disk != nil {
		if files, ok := t.readAtOnce(); ok {
			return files, nil
		}
	}
	files := make([]*File, len(t.found))
	for i, f := range t.found {
		if t.isIgnoreFile(f) {
			files[i] = t.ignoreFile
			continue
		}
		var err error
		if files[i], err = t.read(f.name, f.real); err != nil {
			return nil, err
		}
	}
	return files, walkErr
}

// isIgnoreFile reports whether f has been read before the walk.
func (t *treeReader) isIgnoreFile(f found) bool { return t.ignoreFile != nil && f.name == ignoreName }

// read reads one file, with the errors that tell what is wrong with it.
func (t *treeReader) read(name, real string) (*File, error) {
	f, err := t.fsys.Open(real)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIrregular}
	}
	data, err := t.readFile(name, f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("error reading %s: %w", name, err)
	}
	return &File{Name: name, Data: bytes.TrimPrefix(data, []byte(utf8BOM)), ModTime: info.ModTime()}, nil
}

const (
	// maxReaders bounds the goroutines that read files. More than processors
	// are of use only where opening a file is slow.
	maxReaders = 8
	// readChunk is how many files a goroutine takes at a time: neighbours lie
	// in the same directory, which it then opens once.
	readChunk = 8
)

// batch is the reading of all files of a directory by several goroutines. It
// knows one case only: every file is regular, within the limits and as long as it
// says. Of everything else it just says no. Reading one after the other then
// finds the error which comes first, if there still is one.
type batch struct {
	*treeReader
	order  []int        // indices of found, in the order of reading
	files  []File       // by index of found
	next   atomic.Int64 // of order
	left   atomic.Int64 // bytes that may still be read
	failed atomic.Bool
}

// readAtOnce reads what the walk found; ok is false when that has to be done
// with care.
func (t *treeReader) readAtOnce() (files []*File, ok bool) {
	b := batch{treeReader: t, order: t.readOrder(), files: make([]File, len(t.found))}
	if t.loader.files+len(b.order) > t.limits.Files {
		return nil, false
	}
	allowed := t.limits.ArchiveBytes - t.content
	b.left.Store(allowed)
	var wg sync.WaitGroup
	for range min(maxReaders, runtime.GOMAXPROCS(0), len(b.order)/readChunk) - 1 {
		wg.Go(b.run)
	}
	b.run()
	wg.Wait()
	if b.failed.Load() {
		return nil, false
	}
	t.loader.files += len(b.order)
	t.content += allowed - b.left.Load()
	files = make([]*File, len(b.files))
	for i := range files {
		files[i] = &b.files[i]
		if t.isIgnoreFile(t.found[i]) {
			files[i] = t.ignoreFile
		}
	}
	return files, true
}

// readOrder puts values files first, the root's before others: they are decoded
// as soon as they are read, and the largest takes as long as all the rest.
func (t *treeReader) readOrder() []int {
	order := make([]int, 0, len(t.found))
	for i, f := range slices.Backward(t.found) {
		if isValues(f.name) {
			order = append(order, i)
		}
	}
	for i, f := range t.found {
		if !isValues(f.name) && !t.isIgnoreFile(f) {
			order = append(order, i)
		}
	}
	return order
}

// isValues reports whether a file is the values.yaml of the chart or of one of
// its subcharts.
func isValues(name string) bool {
	for name != valuesFile {
		rest, ok := strings.CutPrefix(name, chartsDir)
		if !ok || rest == "" || rest[0] == '_' || rest[0] == '.' {
			return false
		}
		_, name, _ = strings.Cut(rest, "/")
	}
	return true
}

// run reads files until none are left.
func (b *batch) run() {
	r := b.disk.reader()
	defer r.close()
	// What panics here does so again where the caller of Load can recover.
	defer func() {
		if recover() != nil {
			b.failed.Store(true)
		}
	}()
	var scratch []byte
	for {
		end := int(b.next.Add(readChunk))
		start := end - readChunk
		if start >= len(b.order) {
			return
		}
		for _, i := range b.order[start:min(end, len(b.order))] {
			if b.failed.Load() {
				return
			}
			if !b.read(r, i, &scratch) {
				b.failed.Store(true)
				return
			}
		}
	}
}

// read reads one file and decodes it when it is a values file; what is wrong
// with the values is said when their chart is assembled.
func (b *batch) read(r *diskReader, i int, scratch *[]byte) bool {
	if b.ctx.Err() != nil {
		return false
	}
	name := b.found[i].name
	f, ok := r.open(b.found[i].real)
	if !ok {
		return false
	}
	defer f.close()
	if f.size > b.limits.FileBytes || b.left.Add(-f.size) < 0 {
		return false
	}
	data, ok := b.content(name, f, scratch)
	if !ok {
		return false
	}
	data = bytes.TrimPrefix(data, []byte(utf8BOM))
	b.files[i] = File{Name: name, Data: data, ModTime: f.modTime}
	if isValues(name) {
		_, _ = b.shared.values(data)
	}
	return true
}

// content reads a file, or finds that it is known.
func (b *batch) content(name string, f diskFile, scratch *[]byte) (data []byte, ok bool) {
	known := b.shared.like(name, f.size)
	// One byte more than the size lets a single read see the end.
	if known == nil {
		data = make([]byte, f.size+1)
		if !readExactly(f, data) {
			return nil, false
		}
		return b.shared.add(name, data[:f.size]), true
	}
	*scratch = slices.Grow((*scratch)[:0], int(f.size)+1)
	data = (*scratch)[:f.size+1]
	if !readExactly(f, data) {
		return nil, false
	}
	return b.shared.pick(name, known, data[:f.size]), true
}

// readExactly fills buf but for its last byte, and reports whether r ended
// there. A read of a regular file that returns less than it was asked for has
// come to the end.
func readExactly(r io.Reader, buf []byte) bool {
	n := 0
	for {
		m, err := r.Read(buf[n:])
		n += m
		if err != nil && err != io.EOF {
			return false
		}
		if m == 0 || n >= len(buf)-1 {
			return n == len(buf)-1
		}
	}
}
