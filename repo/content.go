package repo

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoHome says that a directory is needed that Options.Home does not name.
var ErrNoHome = errors.New("Options.Home names no directory for it") //nolint:staticcheck // the name of a field

// contentFile is where the content of a digest belongs, as Helm has it. ext is ".chart" or
// ".prov".
func (h Home) contentFile(digest, ext string) string {
	return filepath.Join(h.Content, digest[:2], digest+ext)
}

// IndexFile is where the index of a repository is cached.
func (h Home) IndexFile(repository string) string {
	return filepath.Join(h.Cache, repository+"-index.yaml")
}

// ChartsFile is where the names of a repository's charts are, one a line: shells complete
// them.
func (h Home) ChartsFile(repository string) string {
	return filepath.Join(h.Cache, repository+"-charts.txt")
}

// ValidatorFile is where a Client keeps what a server said of the index in IndexFile, to
// ask for a newer one only. Helm does not know it; whoever deletes the index may leave it.
func (h Home) ValidatorFile(repository string) string {
	return filepath.Join(h.Cache, repository+"-index.validator.json")
}

// normalDigest takes the name of an algorithm off a digest, as Helm does, and checks that
// a SHA-256 is left.
func normalDigest(digest string) (string, bool) {
	if _, after, ok := strings.Cut(digest, ":"); ok {
		digest = after
	}
	b, err := hex.DecodeString(digest)
	return strings.ToLower(digest), err == nil && len(b) == sha256.Size
}

// cached returns the archive of a digest if the cache has it. A file with other bytes than
// its name promises is not believed: Helm writes what it gets without a look.
func (c *Client) cached(digest string) (file string, ok bool) {
	if c.opts.Home.Content == "" || digest == "" {
		return "", false
	}
	file = c.opts.Home.contentFile(digest, ".chart")
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || info.Size() > c.opts.Limits.ArchiveBytes {
		return "", false
	}
	got, err := digestOf(file)
	return file, err == nil && got == digest
}

// digestOf returns the SHA-256 of a file.
func digestOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// adopt moves a complete file to its place in the cache.
func (c *Client) adopt(file, digest string) (string, error) {
	to := c.opts.Home.contentFile(digest, ".chart")
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return "", err
	}
	return to, os.Rename(file, to)
}

// partialDir is where downloads grow. It is part of the content cache because files are
// renamed from one to the other.
func (c *Client) partialDir() (string, error) {
	if c.opts.Home.Content == "" {
		return "", ErrNoHome
	}
	dir := filepath.Join(c.opts.Home.Content, "partial")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	c.sweep.Do(func() { removeOld(dir, 3*24*time.Hour) })
	return dir, nil
}

// removeOld removes what killed processes left and nobody came back for.
func removeOld(dir string, age time.Duration) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > age {
			os.Remove(filepath.Join(dir, e.Name())) //nolint:errcheck // the next one will try
		}
	}
}

// createBeside creates a file of a name that nobody else uses, to be renamed to file.
func createBeside(file string) (*os.File, error) {
	name := "." + filepath.Base(file) + "." + rand.Text()[:10]
	return os.OpenFile(filepath.Join(filepath.Dir(file), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
}

// replaceFile writes a file beside its place and renames it, making its directory.
func replaceFile(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := createBeside(file)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return finish(f, file, err)
}

// finish closes a file and renames it, or removes it if err or one of both says so.
func finish(f *os.File, file string, err error) error {
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
