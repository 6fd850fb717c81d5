package chart

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"
)

// archiveChart reads the root chart from an archive; file is its path or empty.
func (l *loader) archiveChart(file string, r io.Reader) (*Chart, error) {
	files, err := l.readArchive(file, r)
	if err != nil {
		return nil, err
	}
	c, err := l.chart(files)
	if err == ErrMissingChartYAML { // of this archive, not of a subchart in it
		return nil, &ArchiveError{Archive: file, Reason: "holds no chart", Err: err}
	}
	return c, err
}

// readArchive reads the files of a gzipped tar, without the folder they lie in.
func (l *loader) readArchive(file string, r io.Reader) ([]*File, error) {
	// An archive is read to its end before those in it: they can have its buffers.
	if l.zipped == nil {
		l.zipped = bufio.NewReaderSize(nil, 32<<10)
	}
	l.zipped.Reset(r)
	if err := checkGzip(file, l.zipped); err != nil {
		return nil, err
	}
	if err := l.unzipped.Reset(l.zipped); err != nil {
		return nil, &ArchiveError{Archive: file, Reason: "does not appear to be a valid chart file", Err: err}
	}
	entries := tar.NewReader(&streamReader{loader: l, r: &l.unzipped})
	var files []*File
	seen := map[string]bool{}
	for {
		header, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, archiveFailure(file, "", err)
		}
		f, err := l.readEntry(header, entries)
		if err != nil {
			return nil, archiveFailure(file, header.Name, err)
		}
		if f == nil {
			continue
		}
		if seen[f.Name] {
			l.warn("the archive has %s more than once; the last one counts", f.Name)
		}
		seen[f.Name] = true
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, &ArchiveError{Archive: file, Reason: "holds no files"}
	}
	return files, nil
}

// archiveFailure says which archive and entry an error is about. Limits and
// the context's errors have nothing to do with the archive's format.
func archiveFailure(file, entry string, err error) error {
	var limit *LimitError
	var bad *ArchiveError
	switch {
	case errors.As(err, &limit):
		if limit.Name == "" {
			limit.Name = entry
		}
		return limit
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &bad):
		bad.Archive, bad.Entry = file, entry
		return bad
	}
	return &ArchiveError{Archive: file, Entry: entry, Reason: "cannot be read", Err: err}
}

// checkGzip looks at the first bytes, to tell a user who gave a values file in
// the place of a chart.
func checkGzip(file string, in *bufio.Reader) error {
	start, err := in.Peek(3)
	if err != nil && err != io.EOF {
		return &ArchiveError{Archive: file, Reason: "cannot be read", Err: err}
	}
	switch {
	case bytes.Equal(start, []byte("\x1f\x8b\x08")):
		return nil
	case strings.HasSuffix(file, ".yaml"), strings.HasSuffix(file, ".yml"):
		return &ArchiveError{
			Archive: file,
			Reason:  "seems to be a YAML file, but expected a gzipped archive (values files are given with -f)",
		}
	case len(start) == 0:
		return &ArchiveError{Archive: file, Reason: "does not appear to be a gzipped archive; it is empty"}
	}
	return &ArchiveError{Archive: file, Reason: "does not appear to be a gzipped archive"}
}

// streamReader counts what comes out of gzip: headers, padding and skipped
// entries cost time as well as files do.
type streamReader struct {
	*loader
	r io.Reader
}

func (s *streamReader) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if left := s.limits.ArchiveBytes - s.streamed; int64(len(p)) > left {
		if left <= 0 {
			return 0, &LimitError{Limit: "ArchiveBytes", Max: s.limits.ArchiveBytes}
		}
		p = p[:left]
	}
	n, err := s.r.Read(p)
	s.streamed += int64(n)
	return n, err
}

// readEntry reads one entry; nil stands for one that is no file.
func (l *loader) readEntry(header *tar.Header, r io.Reader) (*File, error) {
	if header.FileInfo().IsDir() {
		return nil, nil
	}
	switch header.Typeflag {
	case tar.TypeXGlobalHeader, tar.TypeXHeader:
		return nil, nil
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		return nil, &ArchiveError{Reason: "contains a device or pipe"}
	case tar.TypeSymlink, tar.TypeLink:
		// Helm reads links as empty files. A chart which was packed so
		// goes on rendering the same; its author gets to know.
		l.warn("the archive has a link in the place of a file, read as an empty file: %s -> %s",
			header.Name, header.Linkname)
	}
	name, err := entryName(header.Name)
	if err != nil {
		return nil, err
	}
	data, err := l.readFile(name, r, header.Size)
	if err != nil {
		return nil, err
	}
	return &File{Name: name, Data: bytes.TrimPrefix(data, []byte(utf8BOM)), ModTime: header.ModTime}, nil
}

// entryName removes the first folder from the name of an entry. Backslashes
// separate if there are any: some tools on Windows write them.
func entryName(entry string) (string, error) {
	separator := "/"
	if strings.ContainsRune(entry, '\\') {
		separator = `\`
	}
	top, rest, _ := strings.Cut(entry, separator)
	rest = strings.ReplaceAll(rest, separator, "/")
	if top == "" || path.IsAbs(rest) || isDrive(top) && len(top) == 2 {
		return "", &ArchiveError{Reason: "illegally contains an absolute path"}
	}
	name := path.Clean(rest)
	switch {
	case name == "." && top == chartFile, top == chartFile:
		return "", &ArchiveError{Reason: "has Chart.yaml outside of a base directory: pack the chart's folder, not its content"}
	case name == ".":
		return "", &ArchiveError{Reason: "illegally contains content outside the base directory"}
	case strings.HasPrefix(name, ".."):
		return "", &ArchiveError{Reason: "illegally references a parent directory"}
	case isDrive(name) && strings.HasPrefix(name[2:], "/"), strings.ContainsRune(name, 0):
		return "", &ArchiveError{Reason: "contains an illegally named file"}
	}
	return name, nil
}

// isDrive reports whether name starts like "c:".
func isDrive(name string) bool {
	return len(name) >= 2 && name[1] == ':' && ('a' <= name[0]|0x20 && name[0]|0x20 <= 'z')
}

// nestedArchive reads a subchart from an archive in charts/.
func (l *loader) nestedArchive(f *File, at string) (*Chart, error) {
	if l.nesting++; l.nesting > l.limits.Nesting {
		return nil, &LimitError{Limit: "Nesting", Max: int64(l.limits.Nesting), Name: at}
	}
	files, err := l.readArchive("", bytes.NewReader(f.Data))
	if err != nil {
		return nil, err
	}
	c, err := l.assemble(files, at)
	l.nesting--
	return c, err
}
