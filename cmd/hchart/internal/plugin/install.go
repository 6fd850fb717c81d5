package plugin

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ExistsError is a plugin that is installed already.
type ExistsError struct{ Dir string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("plugin already exists: %s; update or uninstall it first", e.Dir)
}

// MissingManifestError is a directory or archive without a plugin.yaml.
type MissingManifestError struct{ Path string }

func (e *MissingManifestError) Error() string {
	return fmt.Sprintf("there is no %s in %s", manifestFile, e.Path)
}

// Directory is a directory of plugins.
type Directory string

// Free refuses names that no directory can have, and those that are taken.
func (d Directory) Free(name string) error {
	_, err := d.check(name)
	return err
}

// check is Free, and returns the directory that the plugin will have.
func (d Directory) check(name string) (string, error) {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\:") {
		return "", fmt.Errorf("%q cannot be the name of a plugin's directory", name)
	}
	dir := filepath.Join(string(d), name)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return "", &ExistsError{Dir: dir}
	}
	return dir, nil
}

// unique refuses a plugin whose name another one has: with two of them, none works.
func (d Directory) unique(p *Plugin) error {
	others, err := All([]string{string(d)}, "", nil)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Name() == p.Name() {
			return &ExistsError{Dir: other.Dir}
		}
	}
	return nil
}

// Link installs a directory as a link to it, so that changes take effect at once.
func (d Directory) Link(source string) (*Plugin, error) {
	dir, err := d.check(filepath.Base(source))
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(source)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is neither a directory with a %s nor an archive (.tgz, .tar.gz)", source, manifestFile)
	}
	if _, err := os.Stat(filepath.Join(source, manifestFile)); err != nil {
		return nil, &MissingManifestError{Path: source}
	}
	p, err := Load(source)
	if err != nil {
		return nil, err
	}
	if err := d.unique(p); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(source, dir); err != nil {
		return nil, err
	}
	return Load(dir)
}

// Archive is an archive of a plugin, and what belongs to it.
type Archive struct {
	Data []byte
	// Provenance is its signature, which is kept beside the plugin.
	Provenance []byte
	// Name is the name of the directory that the plugin gets.
	Name string
	// Strict wants plugin.yaml in a folder of that name. Otherwise it may be in any folder
	// of the archive, or in none.
	Strict bool
}

// Unpack installs an archive. The plugin appears at once when all of it is there and it
// has been found usable; a failure leaves nothing.
func (d Directory) Unpack(ctx context.Context, a Archive) (*Plugin, error) {
	return d.place(a.Name, func(beside string) (string, error) {
		if err := unpack(ctx, bytes.NewReader(a.Data), beside); err != nil {
			return "", err
		}
		if a.Strict {
			return filepath.Join(beside, a.Name), nil
		}
		return manifestFolder(beside)
	}, func(p *Plugin) error {
		file := filepath.Join(string(d), p.FileName())
		if err := put(file, a.Data); err != nil {
			return err
		}
		if len(a.Provenance) == 0 {
			return remove(file + ".prov") // of an earlier one
		}
		return put(file+".prov", a.Provenance)
	})
}

// manifestFolder returns the folder of an unpacked archive that has plugin.yaml.
func manifestFolder(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, manifestFile)); err == nil {
		return dir, nil
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", manifestFile))
	if err != nil || len(found) == 0 {
		return "", &MissingManifestError{Path: "the archive"}
	}
	return filepath.Dir(found[0]), nil
}

// place makes a plugin of what fill puts into a directory beside the plugins: the folder
// that it returns. ready is called before that becomes the plugin.
func (d Directory) place(name string, fill func(beside string) (string, error), ready func(*Plugin) error) (*Plugin, error) {
	dir, err := d.check(name)
	if err != nil {
		return nil, err
	}
	d.sweep()
	// Plugins are looked for one level below the directory: this is one level deeper.
	beside := filepath.Join(string(d), ".install-"+rand.Text()[:8])
	inner := filepath.Join(beside, "files")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(beside)
	folder, err := fill(inner)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(folder, manifestFile)); err != nil {
		return nil, &MissingManifestError{Path: filepath.Base(folder)}
	}
	p, err := Load(folder)
	if err != nil {
		return nil, named(err, dir)
	}
	if err := d.unique(p); err != nil {
		return nil, err
	}
	if err := ready(p); err != nil {
		return nil, err
	}
	if err := os.Rename(folder, dir); err != nil {
		return nil, err
	}
	return Load(dir)
}

// sweep removes what installations and removals left that were killed, once nobody can be
// at work on it any more.
func (d Directory) sweep() {
	for _, pattern := range []string{".install-*", ".remove-*"} {
		left, _ := filepath.Glob(filepath.Join(string(d), pattern))
		for _, dir := range left {
			if info, err := os.Lstat(dir); err == nil && info.IsDir() && time.Since(info.ModTime()) > 24*time.Hour {
				_ = os.RemoveAll(dir)
			}
		}
	}
}

// named makes an error name where the plugin was to be.
func named(err error, dir string) error {
	if e, ok := errors.AsType[*LoadError](err); ok {
		e.File = filepath.Join(dir, manifestFile)
	}
	return err
}

// Remove removes an installed plugin, of a link only the link, and its archive.
func (p *Plugin) Remove() error {
	info, err := os.Lstat(p.Dir)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if err := os.Remove(p.Dir); err != nil {
			return err
		}
	} else {
		// It is gone at once, not file by file.
		beside := filepath.Join(filepath.Dir(p.Dir), ".remove-"+rand.Text()[:8])
		if err := os.Mkdir(beside, 0o755); err != nil {
			return err
		}
		if err := os.Rename(p.Dir, filepath.Join(beside, "files")); err != nil {
			return errors.Join(err, os.Remove(beside))
		}
		if err := os.RemoveAll(beside); err != nil {
			return err
		}
	}
	if p.Version() == "" {
		return nil
	}
	file := filepath.Join(filepath.Dir(p.Dir), p.FileName())
	return errors.Join(remove(file), remove(file+".prov"))
}

// remove removes a file that need not be there.
func remove(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// put writes a file beside its place and renames it.
func put(path string, data []byte) error {
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8])
	if err := os.WriteFile(beside, data, 0o644); err != nil {
		return errors.Join(err, remove(beside))
	}
	if err := os.Rename(beside, path); err != nil {
		return errors.Join(err, remove(beside))
	}
	return nil
}
