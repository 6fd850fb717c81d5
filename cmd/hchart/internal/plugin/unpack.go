package plugin

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of archives of plugins. Programs for several systems may be large.
const (
	maxUnpacked = 1 << 30
	maxEntries  = 20_000
)

// ArchiveError is an archive of a plugin that is refused.
type ArchiveError struct {
	// Entry is the name in the archive, empty if all of it is meant.
	Entry  string
	Reason string
	Err    error
}

func (e *ArchiveError) Error() string {
	s := "archive of a plugin: "
	if e.Entry != "" {
		s += fmt.Sprintf("%q: ", e.Entry)
	}
	s += e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ArchiveError) Unwrap() error { return e.Err }

// unpack writes the files of an archive into a directory, and nothing outside of it.
func unpack(ctx context.Context, archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	zipped, err := gzip.NewReader(archive)
	if err != nil {
		return &ArchiveError{Reason: "it is not compressed by gzip", Err: err}
	}
	in := tar.NewReader(zipped)
	left := int64(maxUnpacked)
	for n := 0; ; n++ {
		header, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &ArchiveError{Reason: "it is broken", Err: err}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if left -= header.Size; n >= maxEntries || left < 0 {
			return &ArchiveError{Entry: header.Name, Reason: fmt.Sprintf("more than %d files or %d bytes", maxEntries, int64(maxUnpacked))}
		}
		if err := unpackEntry(root, header, in); err != nil {
			return err
		}
	}
}

// unpackEntry writes a file or directory.
func unpackEntry(root *os.Root, header *tar.Header, content io.Reader) error {
	fail := func(reason string, err error) error {
		return &ArchiveError{Entry: header.Name, Reason: reason, Err: err}
	}
	switch header.Typeflag {
	case tar.TypeDir, tar.TypeReg:
	case tar.TypeXGlobalHeader, tar.TypeXHeader:
		return nil
	default:
		return fail("it is neither a file nor a directory", nil)
	}
	name, err := entryName(header.Name)
	if err != nil {
		return fail("it leaves the plugin", err)
	}
	if header.Typeflag == tar.TypeDir {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fail("it cannot be written", err)
	}
	// Whether it can be run is all that is taken over of the mode.
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, os.FileMode(header.Mode)&0o111|0o644)
	if errors.Is(err, os.ErrExist) {
		return fail("it is there twice", nil)
	}
	if err != nil {
		return fail("it cannot be written", err)
	}
	_, err = io.Copy(file, content)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fail("it cannot be read", err)
	}
	return nil
}

// entryName is the path of an entry below the directory. What could mean another place on
// any system is refused, not mended.
func entryName(name string) (string, error) {
	name = strings.ReplaceAll(name, `\`, "/")
	switch {
	case strings.ContainsAny(name, ":\x00"):
		return "", errors.New("it has a colon")
	case path.IsAbs(name):
		return "", errors.New("it is absolute")
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "", errors.New(`it has ".."`)
	}
	return filepath.FromSlash(path.Clean(name)), nil
}
