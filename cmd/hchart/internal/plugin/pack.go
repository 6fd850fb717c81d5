package plugin

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// FileName is the name of the plugin's archive, NAME-VERSION.tgz.
func (p *Plugin) FileName() string { return p.Name() + "-" + p.Version() + ".tgz" }

// LinkError is a link, device or pipe, which archives of plugins cannot have.
type LinkError struct{ Path string }

func (e *LinkError) Error() string {
	return fmt.Sprintf("%s is neither a file nor a directory, and archives of plugins hold nothing else", e.Path)
}

// Pack writes an archive with the files of the plugin in a folder of its name, as Helm
// writes it. Whose the files are is left out, and so are those that skip returns true for.
// All files get the time modTime unless it is zero.
func (p *Plugin) Pack(ctx context.Context, w io.Writer, modTime time.Time, skip func(path string) bool) error {
	zipped := gzip.NewWriter(w)
	out := tar.NewWriter(zipped)
	err := filepath.WalkDir(p.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !d.IsDir() && skip(file) {
			return nil
		}
		return p.packFile(out, file, modTime)
	})
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return zipped.Close()
}

// packFile writes an entry of the archive.
func (p *Plugin) packFile(out *tar.Writer, file string, modTime time.Time) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return &LinkError{Path: file}
	}
	name, err := filepath.Rel(p.Dir, file)
	if err != nil {
		return err
	}
	if modTime.IsZero() {
		modTime = info.ModTime()
	}
	header := &tar.Header{
		Name: path.Join(p.Name(), filepath.ToSlash(name)), Mode: int64(info.Mode().Perm()), ModTime: modTime.Truncate(time.Second),
		Typeflag: tar.TypeDir,
	}
	if info.IsDir() {
		header.Name += "/"
		return out.WriteHeader(header)
	}
	header.Typeflag, header.Size = tar.TypeReg, info.Size()
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := io.CopyN(out, in, info.Size()); err != nil {
		return fmt.Errorf("%s changed while it was read: %w", file, err)
	}
	return nil
}
