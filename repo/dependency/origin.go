package dependency

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// kind says where a dependency comes from.
type kind int

const (
	inCharts kind = iota // it lies in charts/ already
	inDirectory
	inRegistry
	inRepository
)

// want is one dependency on its way into charts/.
type want struct {
	*chart.Dependency // with the URL of its repository
	kind              kind
	path              string     // of inDirectory and inCharts
	entry             repo.Entry // of inRepository
	unmanaged         bool       // entry is not in repositories.yaml

	constraint *semver.Constraints
	version    string         // that was chosen
	found      *repo.Resolved // where it is, nil until somebody looked
	findErr    error
}

const (
	localScheme    = "file://"
	registryScheme = "oci://"
	// unmanagedPrefix begins the names of the cached indexes of repositories that
	// repositories.yaml does not know. They are Helm's.
	unmanagedPrefix = "helm-manager-"
)

// wants says for each dependency of a chart at dir where it comes from. file is named in
// errors. Its dependencies stay as they are: the wants have copies.
func (j *job) wants(deps []*chart.Dependency, dir, file string) ([]*want, error) {
	wants := make([]*want, len(deps))
	var unknown []string
	for i, d := range deps {
		if err := check(d, file, i); err != nil {
			return nil, err
		}
		c := *d
		w := &want{Dependency: &c}
		wants[i] = w
		switch {
		case d.Repository == "":
			w.kind, w.path = inCharts, filepath.Join(dir, chartsDir, d.Name)
		case strings.HasPrefix(d.Repository, localScheme):
			w.kind, w.path = inDirectory, localPath(d.Repository, dir)
			if err := exists(w.path); err != nil {
				return nil, err
			}
		case strings.HasPrefix(d.Repository, registryScheme):
			w.kind = inRegistry
		case !j.repository(w):
			unknown = append(unknown, shown(d.Repository))
		}
	}
	if len(unknown) > 0 {
		return nil, &UnknownRepositoryError{Repositories: unknown}
	}
	return wants, nil
}

// check refuses names that would lead somewhere else, where they become paths and URLs.
// Those of Chart.yaml have been looked at by the loader, but for slashes; a lock is
// anybody's.
func check(d *chart.Dependency, file string, i int) error {
	if d == nil {
		return &InvalidError{File: file, Index: i, Reason: "is empty"}
	}
	for _, s := range []string{d.Name, d.Version, d.Repository} {
		if strings.IndexFunc(s, unicode.IsControl) >= 0 {
			return &InvalidError{File: file, Index: i, Name: d.Name, Reason: "has control characters in its name, version or repository"}
		}
	}
	if d.Name == "" || d.Name == "." || d.Name == ".." || strings.ContainsAny(d.Name, `/\`) {
		return &InvalidError{File: file, Index: i, Name: d.Name, Reason: "has a name that no chart can have"}
	}
	if err := d.Validate(); err != nil {
		return &InvalidError{File: file, Index: i, Name: d.Name, Reason: "is invalid", Err: err}
	}
	return nil
}

// repository finds the entry of repositories.yaml for a dependency, or makes one for a
// URL that is not there.
func (j *job) repository(w *want) bool {
	w.kind = inRepository
	name, isName := strings.CutPrefix(w.Repository, "@")
	if !isName {
		name, isName = strings.CutPrefix(w.Repository, "alias:")
	}
	for _, e := range j.opts.Repositories {
		if isName && e.Name == name || sameURL(e.URL, w.Repository) {
			w.entry = e
			if isName {
				w.Repository = e.URL
			}
			return true
		}
	}
	if u, err := url.ParseRequestURI(w.Repository); isName || err != nil || u.Scheme == "" {
		return false
	}
	sum := sha256.Sum256([]byte(w.Repository))
	w.entry = repo.Entry{Name: unmanagedPrefix + hex.EncodeToString(sum[:]), URL: w.Repository}
	w.unmanaged = true
	return true
}

// sameURL compares as Helm does: the paths cleaned, all else as it is.
func sameURL(a, b string) bool {
	u, errA := url.Parse(a)
	v, errB := url.Parse(b)
	if errA != nil || errB != nil {
		return a == b
	}
	for _, p := range []*url.URL{u, v} {
		p.Path = path.Clean("/" + strings.TrimPrefix(p.Path, "/"))
	}
	return u.String() == v.String()
}

// localPath is the directory of a file:// repository of the chart at dir.
func localPath(repository, dir string) string {
	p := filepath.FromSlash(strings.TrimPrefix(repository, localScheme))
	if filepath.IsAbs(p) || strings.HasPrefix(p, "/") {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}

func exists(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("directory %s not found: %w", path, os.ErrNotExist)
	}
	return err
}

// shown is a repository without what may be secret in its URL.
func shown(repository string) string {
	u, err := url.Parse(repository)
	switch {
	case err != nil:
		return "(a URL that cannot be read)"
	case u.User == nil && u.RawQuery == "":
		return repository
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
