package repo

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// Resolve finds the chart that a reference names. It reads the cached indexes, and asks
// servers where there is none: for the index of Ref.Repo, and for what a registry has.
//
// Errors are *[RefError], *[RepositoryError], *[NoIndexError], *[ChartNotFoundError],
// *[VersionNotFoundError], and those of servers.
func (c *Client) Resolve(ctx context.Context, ref Ref) (*Resolved, error) {
	ref.Name, ref.Version = strings.TrimSpace(ref.Name), strings.TrimSpace(ref.Version)
	if ref.Repo != "" {
		return c.resolveIn(ctx, ref)
	}
	u, err := url.Parse(ref.Name)
	if err != nil {
		return nil, &RefError{Ref: Redact(ref.Name), Reason: "it is no URL that can be understood"}
	}
	switch {
	case u.Scheme == "oci":
		return c.resolveRegistry(ctx, ref, u)
	case u.IsAbs() && u.Host != "" && u.Path != "":
		return c.resolveURL(ctx, ref, u)
	case u.IsAbs():
		return nil, &RefError{Ref: redacted(u), Reason: "it is no URL of an archive"}
	}
	if u.User != nil { // //USER:PASSWORD@HOST/…
		return nil, &RefError{Ref: redacted(u), Reason: "it is no URL of an archive: it has no scheme"}
	}
	repository, name, ok := strings.Cut(u.Path, "/")
	if !ok || repository == "" || name == "" {
		return nil, &RefError{Ref: ref.Name, Reason: "it is neither a path that exists, nor REPOSITORY/NAME, nor a URL"}
	}
	return c.resolveNamed(ctx, ref, repository, name)
}

// resolveNamed finds a chart in a repository of repositories.yaml.
func (c *Client) resolveNamed(ctx context.Context, ref Ref, repository, name string) (*Resolved, error) {
	config, err := c.repositories(ctx)
	if err != nil {
		return nil, err
	}
	entry, ok := config.Get(repository)
	if !ok {
		var names []string
		for _, e := range config.Repositories {
			names = append(names, e.Name)
		}
		return nil, &RefError{
			Ref: ref.Name, Reason: "it is neither a path that exists nor a chart of a known repository",
			Err: &RepositoryError{Name: repository, Near: nearestNames(names, repository)},
		}
	}
	if entry.URL == "" {
		return nil, &RefError{Ref: ref.Name, Reason: "its repository has no URL in repositories.yaml"}
	}
	index, err := c.Index(ctx, repository)
	if err != nil {
		return nil, err
	}
	v, err := index.Find(name, ref.Version)
	if err != nil {
		return nil, &RefError{Ref: ref.Name, Reason: "not found in the cached index (try 'repo update')", Err: err}
	}
	return resolvedBy(entry, v, ref.Access)
}

// ResolveVersion returns where a version is that the index of a repository has. The
// repository need not be in repositories.yaml.
func ResolveVersion(e Entry, v *ChartVersion) (*Resolved, error) { return resolvedBy(e, v, Access{}) }

func resolvedBy(e Entry, v *ChartVersion, flags Access) (*Resolved, error) {
	r, err := resolvedVersion(v, e.URL)
	if err != nil {
		return nil, err
	}
	r.setOwner(e, flags)
	return r, nil
}

// resolveIn finds a chart in the repository at a URL.
func (c *Client) resolveIn(ctx context.Context, ref Ref) (*Resolved, error) {
	if strings.HasPrefix(ref.Repo, "oci://") {
		return nil, &URLError{URL: Redact(ref.Repo), Reason: "it is a registry and no repository: name the chart by oci://HOST/PATH/NAME"}
	}
	index, err := c.RemoteIndex(ctx, ref.Repo, ref.Access)
	if err != nil {
		return nil, err
	}
	v, err := index.Find(ref.Name, ref.Version)
	if err != nil {
		return nil, &RefError{Ref: ref.Name, Reason: "not found in " + Redact(ref.Repo), Err: err}
	}
	r, err := resolvedVersion(v, ref.Repo)
	if err != nil {
		return nil, err
	}
	r.Access, r.Owner = ref.Access, ref.Repo
	// As for a URL that the user gave, a repository that knows it comes before.
	if owner, ok := c.owner(ctx, r.URL); ok {
		r.setOwner(owner, ref.Access)
	}
	return r, nil
}

// resolveURL is for the URL of an archive. The credentials are those of the repository
// that has it, if there is one.
func (c *Client) resolveURL(ctx context.Context, ref Ref, u *url.URL) (*Resolved, error) {
	file, err := fileName(u)
	if err != nil {
		return nil, err
	}
	r := &Resolved{URL: ref.Name, File: file, Access: ref.Access, Owner: ref.Name}
	if _, err := c.getter(ref.Name); err != nil {
		return nil, err
	}
	if owner, ok := c.owner(ctx, ref.Name); ok {
		r.setOwner(owner, ref.Access)
	}
	return r, nil
}

func (r *Resolved) setOwner(owner Entry, flags Access) {
	r.Access, r.Owner, r.repository = mergeAccess(owner.Access, flags), owner.URL, owner.Name
	r.keepChecking(owner.Access, flags)
}

// keepChecking has the certificate of another server checked, even if that of the
// repository is not.
func (r *Resolved) keepChecking(entry, flags Access) {
	if !entry.InsecureSkipTLSVerify || flags.InsecureSkipTLSVerify {
		return
	}
	a, err := url.Parse(r.URL)
	if err != nil {
		return
	}
	if b, err := url.Parse(r.Owner); err != nil || origin(a) != origin(b) {
		r.Access.InsecureSkipTLSVerify = false
	}
}

// mergeAccess is what repositories.yaml says, and the flags where it says nothing.
func mergeAccess(entry, flags Access) Access {
	a := flags
	if entry.CertFile != "" || entry.KeyFile != "" || entry.CAFile != "" {
		a.CertFile, a.KeyFile, a.CAFile = entry.CertFile, entry.KeyFile, entry.CAFile
	}
	if entry.Username != "" && entry.Password != "" {
		a.Username, a.Password, a.PassCredentials = entry.Username, entry.Password, entry.PassCredentials
	}
	a.InsecureSkipTLSVerify = a.InsecureSkipTLSVerify || entry.InsecureSkipTLSVerify
	return a
}

// resolvedVersion is the archive of a version, by the first of its URLs, as Helm has it.
func resolvedVersion(v *ChartVersion, base string) (*Resolved, error) {
	id := v.Name + " " + v.Version
	if len(v.URLs) == 0 {
		return nil, &RefError{Ref: id, Reason: "the index gives no URL to download it from"}
	}
	raw, err := ResolveURL(base, v.URLs[0])
	if err != nil {
		return nil, err
	}
	u, err := parseURL(raw)
	if err != nil {
		return nil, err
	}
	r := &Resolved{Name: v.Name, Version: v.Version, URL: raw}
	if u.Scheme != "oci" {
		if r.File, err = fileName(u); err != nil {
			return nil, err
		}
	}
	if v.Digest != "" {
		digest, ok := normalDigest(v.Digest)
		if !ok {
			return nil, &RefError{Ref: id, Reason: "the index gives a digest that is no SHA-256"}
		}
		r.Digest = digest
	}
	return r, nil
}

// fileName is the last part of a URL's path, which becomes the name of a file.
func fileName(u *url.URL) (string, error) {
	name := path.Base(u.Path)
	if name == "." || name == ".." || name == "/" || strings.ContainsAny(name, "\\:\x00") || strings.ContainsFunc(name, isControl) {
		return "", &URLError{URL: redacted(u), Reason: "does not end with the name of an archive"}
	}
	return name, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// repositories reads repositories.yaml, once.
func (c *Client) repositories(ctx context.Context) (*Config, error) {
	return c.config.do(ctx, "", true, func() (*Config, error) {
		if c.opts.Home.Config == "" {
			return &Config{}, nil
		}
		config, err := ReadConfig(c.opts.Home.Config)
		if errors.Is(err, fs.ErrNotExist) {
			return &Config{}, nil
		}
		return config, err
	})
}
