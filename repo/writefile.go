package repo

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile makes a file what r says, as one step: whoever reads path meanwhile, or
// after the power went off, finds what was there before or all of it.
func writeFile(path string, r io.Reader, mode fs.FileMode) error {
	dir, name := filepath.Split(path)
	partial := filepath.Join(dir, "."+name+"."+rand.Text()[:8])
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		// A name must not become that of a file whose content is yet to be written.
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(partial, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return nil
}

func writeFileBytes(path string, data []byte, mode fs.FileMode) error {
	return writeFile(path, bytes.NewReader(data), mode)
}
