package repo

import (
	"net/url"
	"path/filepath"
	"strings"
)

// ResolveURL returns what ref means in the repository at base, as Helm has it: a relative
// one is below base, and takes its query along.
func ResolveURL(base, ref string) (string, error) {
	r, err := parseURL(ref)
	if err != nil {
		return "", err
	}
	if r.IsAbs() {
		return ref, nil
	}
	b, err := parseURL(base)
	if err != nil {
		return "", err
	}
	b.RawPath = strings.TrimSuffix(b.RawPath, "/") + "/"
	b.Path = strings.TrimSuffix(b.Path, "/") + "/"
	to := b.ResolveReference(r)
	to.RawQuery = b.RawQuery
	return to.String(), nil
}

// equalURL compares two URLs as Helm does, their paths cleaned.
func equalURL(a, b string) bool {
	u, err := url.Parse(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	v, err := url.Parse(b)
	if err != nil {
		return false
	}
	for _, w := range []*url.URL{u, v} {
		w.Path = filepath.ToSlash(filepath.Clean("/" + strings.TrimPrefix(w.Path, "/")))
	}
	return u.String() == v.String()
}
