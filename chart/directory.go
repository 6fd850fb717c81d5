package chart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxLinks bounds how many symbolic links one path may pass, as file systems do.
const maxLinks = 255

// treeReader finds the files of a chart directory in the order of a walk: names
// sorted within each directory, a directory's content in its place. They are
// read when the walk is over.
type treeReader struct {
	*loader
	fsys  fs.FS
	rules ignoreRules
	found []found
	open  []openDir // from the root to the directory being read

	ignoreFile *File // the root's .helmignore, which is read first
}

// found is a file of the walk: what it is called in the chart, and where it lies.
type found struct{ name, real string }

// openDir is a directory being read. Its path in the chart and the place its
// files really lie in differ below a link.
type openDir struct {
	name string
	real string
	info fs.FileInfo // set for what a link led to, and for the root
}

func (l *loader) readTree(fsys fs.FS) ([]*File, error) {
	t := &treeReader{loader: l, fsys: fsys}
	if err := t.readIgnore(); err != nil {
		return nil, err
	}
	info, err := fs.Stat(fsys, ".")
	if err != nil {
		return nil, err
	}
	return t.readFound(t.dir(openDir{name: ".", real: ".", info: info}))
}

// readIgnore reads the root's .helmignore, which has a say from the first file on.
func (t *treeReader) readIgnore() error {
	real := ignoreName
	info, err := fs.Lstat(t.fsys, ignoreName)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		real, info, err = t.follow(ignoreName, ignoreName)
	}
	var data []byte
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.Mode().IsRegular():
		if t.ignoreFile, err = t.read(ignoreName, real); err != nil {
			return err
		}
		data = t.ignoreFile.Data
	}
	t.rules, err = parseIgnore(data)
	return err
}

func (t *treeReader) dir(d openDir) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(t.fsys, d.real)
	if err != nil {
		return err
	}
	t.open = append(t.open, d)
	for _, e := range entries {
		name := below(d.name, e.Name())
		real := name
		if d.real != d.name {
			real = below(d.real, e.Name())
		}
		if err := t.entry(name, real, e.Type()); err != nil {
			return err
		}
	}
	t.open = t.open[:len(t.open)-1]
	return nil
}

// below is path.Join for a directory's path and the name of an entry.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// entry notes what is called name in the chart and lies at real.
func (t *treeReader) entry(name, real string, mode fs.FileMode) error {
	var info fs.FileInfo
	if mode&fs.ModeSymlink != 0 {
		link := real
		var err error
		if real, info, err = t.follow(name, link); err != nil {
			// An editor's lock file is a link to nowhere; .helmignore
			// lists such, and what is ignored cannot do harm.
			if t.rules.ignore(name, false) {
				return nil
			}
			return err
		}
		mode = info.Mode()
		if t.rules.ignore(name, mode.IsDir()) {
			return nil
		}
		target, _ := fs.ReadLink(t.fsys, link)
		t.warn("found symbolic link in chart, its target is used as if it were part of the chart: %s -> %s", name, target)
	} else if t.rules.ignore(name, mode.IsDir()) {
		return nil
	}
	if mode.IsDir() {
		return t.subdir(openDir{name: name, real: real, info: info})
	}
	if !mode.IsRegular() {
		return &fs.PathError{Op: "read", Path: name, Err: errIrregular}
	}
	t.found = append(t.found, found{name, real})
	// Reading will not get past this one: a walk through a whole home
	// directory would be for nothing.
	if len(t.found) > t.limits.Files {
		return &LimitError{Limit: "Files", Max: int64(t.limits.Files), Name: name}
	}
	return nil
}

var errIrregular = errors.New("cannot load irregular file: it is a device, socket or pipe")

// subdir reads a directory unless a link led back to one that is being read.
func (t *treeReader) subdir(d openDir) error {
	if d.info != nil {
		for _, o := range t.open {
			if o.real == d.real || o.info != nil && os.SameFile(o.info, d.info) {
				return &LinkError{Path: d.name, Reason: "leads back to a directory that contains it"}
			}
		}
	}
	if len(t.open) > maxLinks {
		return &LinkError{Path: d.name, Reason: fmt.Sprintf("is more than %d directories deep", maxLinks)}
	}
	return t.dir(d)
}

// follow finds where the link called name, lying at link, leads to. With links
// to the outside allowed the file system is asked to go there by the link's
// own path; else the path without links is worked out inside the root.
func (t *treeReader) follow(name, link string) (real string, info fs.FileInfo, err error) {
	real = link
	if t.outside {
		info, err = fs.Stat(t.fsys, link)
	} else if t.charts && t.root != "" {
		if err = staysInCharts(t.root, link); err == nil {
			info, err = fs.Stat(t.fsys, link)
		}
	} else if _, ok := t.fsys.(fs.ReadLinkFS); !ok {
		err = errors.New("the file system cannot say where links lead")
	} else {
		real, info, err = t.resolve(link)
	}
	if err == nil {
		return real, info, nil
	}
	target, _ := fs.ReadLink(t.fsys, link)
	switch {
	case errors.Is(err, errOutside):
		return "", nil, &LinkError{
			Path: name, Target: target,
			Reason: "leaves the chart and leads into no other chart: it is not followed unless links to the outside are allowed (--outside-links, LoadOptions.OutsideLinks)",
		}
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, &LinkError{Path: name, Target: target, Reason: "leads to nothing", Err: fs.ErrNotExist}
	}
	return "", nil, &LinkError{Path: name, Target: target, Reason: "cannot be followed", Err: err}
}

var (
	errOutside = errors.New("path leaves the chart")
	errTooDeep = errors.New("too many links")
	errNotDir  = errors.New("not a directory")
)

// staysInCharts reports errOutside for a link that leads out of dir and into
// nothing that is a chart or part of one.
func staysInCharts(dir, link string) error {
	root, err := filepath.Abs(dir) // ".." of a relative path says nothing
	if err != nil {
		return err
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(link)))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, target); err == nil && filepath.IsLocal(rel) {
		return nil
	}
	for at := target; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, chartFile)); err == nil && info.Mode().IsRegular() {
			return nil
		}
		if at == filepath.Dir(at) {
			return errOutside
		}
	}
}

// resolve replaces all links in the path of a link by what they lead to.
func (t *treeReader) resolve(link string) (string, fs.FileInfo, error) {
	rest := strings.Split(link, "/")
	at := "."
	var info fs.FileInfo
	for links := 0; len(rest) > 0; {
		elem := rest[0]
		rest = rest[1:]
		switch elem {
		case "", ".":
			continue
		case "..":
			if at == "." {
				return "", nil, errOutside
			}
			at, info = path.Dir(at), nil
			continue
		}
		next := path.Join(at, elem)
		var err error
		if info, err = fs.Lstat(t.fsys, next); err != nil {
			return "", nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			if len(rest) > 0 && !info.IsDir() {
				return "", nil, errNotDir
			}
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", nil, errTooDeep
		}
		target, err := fs.ReadLink(t.fsys, next)
		if err != nil {
			return "", nil, err
		}
		if path.IsAbs(target) || strings.ContainsRune(target, '\\') || len(target) > 1 && target[1] == ':' {
			return "", nil, errOutside
		}
		rest = slices.Concat(strings.Split(target, "/"), rest)
	}
	if info == nil {
		var err error
		if info, err = fs.Lstat(t.fsys, at); err != nil {
			return "", nil, err
		}
	}
	return at, info, nil
}
