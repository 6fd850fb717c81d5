package cli

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// putFile writes a file beside its place and moves it there when it is complete.
func putFile(path string, data []byte, mode os.FileMode) error {
	return putBeside(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// putBeside is putFile for what need not be in memory.
func putBeside(path string, mode os.FileMode, write func(io.Writer) error) error {
	partial := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8])
	out, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	err = write(out)
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
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
