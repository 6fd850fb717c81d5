package chart

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// UnpackOptions change how an archive is unpacked. The zero value works.
type UnpackOptions struct {
	// Limits bound what the archive may hold.
	Limits Limits
}

// Unpack writes the files of an archive into a new directory below dir that is named as the
// chart is, and returns its path. dir is made if need be. The directory appears when it is
// complete; one that is there already is an [*ExistsError].
//
// The files are written as they are, whether the chart is valid or not. Their names are
// held to the rules of [LoadArchive], and the chart's must be the name of a directory
// (*[ValidationError]).
func Unpack(ctx context.Context, r io.Reader, dir string, opts UnpackOptions) (string, error) {
	l := newLoader(ctx, LoadOptions{Limits: opts.Limits})
	files, err := l.readArchive("", r)
	if err != nil {
		return "", err
	}
	name, err := unpackedName(files)
	if err != nil {
		return "", err
	}
	to := filepath.Join(dir, name)
	if _, err := os.Lstat(to); err == nil {
		return "", &ExistsError{Path: to}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	partial := filepath.Join(dir, "."+name+"."+rand.Text()[:8])
	if err := os.Mkdir(partial, 0o755); err != nil {
		return "", err
	}
	err = writeTree(ctx, partial, files)
	if err == nil {
		err = os.Rename(partial, to)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(partial))
	}
	return to, nil
}

// ExistsError is something that is in the way.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("a file or directory with the name %s already exists", e.Path)
}

// unpackedName is the name of the chart, which must be the name of a directory.
func unpackedName(files []*File) (string, error) {
	name := ""
	for _, f := range files {
		if f.Name != chartFile {
			continue
		}
		m, err := ReadMetadata(f.Data)
		if err != nil {
			return "", err
		}
		name = m.Name
	}
	bad := func(reason string) error {
		return &ValidationError{Field: "name", Value: name, Reason: fmt.Sprintf("chart name %q %s", name, reason)}
	}
	switch {
	case name == "":
		return "", &ValidationError{Field: "name", Reason: "the archive does not say the chart's name"}
	case name == "." || name == "..":
		return "", bad("is no name of a directory")
	case strings.ContainsAny(name, `/\`) || name != filepath.Base(name) || !filepath.IsLocal(name):
		return "", bad("must be one part of a path")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", bad("has control characters")
	}
	return name, nil
}

// writeTree writes files below dir. Of several files of one name the last counts.
func writeTree(ctx context.Context, dir string, files []*File) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := filepath.FromSlash(f.Name)
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return &ArchiveError{Entry: f.Name, Reason: "cannot be unpacked", Err: err}
		}
		if err := writeBelow(root, name, f.Data); err != nil {
			return &ArchiveError{Entry: f.Name, Reason: "cannot be unpacked", Err: err}
		}
	}
	return nil
}

func writeBelow(root *os.Root, name string, data []byte) error {
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, bytes.NewReader(data))
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
