package repo

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
)

// Index returns the cached index of a repository. The error for one that is not there is
// a *[NoIndexError].
func (c *Client) Index(ctx context.Context, name string) (*Index, error) {
	return c.indexes.do(ctx, indexKey(name), true, func() (*Index, error) {
		file := c.opts.Home.IndexFile(name)
		if !filepath.IsLocal(name + "-index.yaml") {
			return nil, &RepositoryError{Name: name}
		}
		x, err := ReadIndex(file, c.indexOptions())
		if err != nil {
			return nil, &NoIndexError{Repository: name, File: file, Err: err}
		}
		return x, nil
	})
}

// indexKey is what Client.indexes has the cached index of a repository under.
func indexKey(name string) string { return "name\x00" + name }

// RemoteIndex returns the index of the repository at a URL, which need not be in
// repositories.yaml. Nothing is written. Errors are *[NotARepositoryError].
func (c *Client) RemoteIndex(ctx context.Context, url string, access Access) (*Index, error) {
	key := fmt.Sprintf("url\x00%s\x00%v", url, access)
	return c.indexes.do(ctx, key, true, func() (*Index, error) {
		x, err := c.remoteIndex(ctx, url, access)
		return x, notARepository(url, err)
	})
}

func (c *Client) remoteIndex(ctx context.Context, url string, access Access) (*Index, error) {
	src := &indexSource{client: c, entry: Entry{URL: url, Access: access}}
	var err error
	if src.url, err = ResolveURL(url, "index.yaml"); err != nil {
		return nil, err
	}
	var b memoryFile
	if err := src.get(ctx, &b); err != nil {
		return nil, err
	}
	return ParseIndex(b.Bytes(), c.indexOptions())
}

// memoryFile is an index that is not written to the disk.
type memoryFile struct{ bytes.Buffer }

func (m *memoryFile) Seek(int64, int) (int64, error) { return 0, nil }

func (m *memoryFile) Truncate(int64) error { m.Reset(); return nil }

// getter returns what gets a URL, nil for HTTP, which a Client does itself.
func (c *Client) getter(raw string) (Getter, error) {
	u, err := parseURL(raw)
	if err != nil {
		return nil, err
	}
	if g, ok := c.opts.Getters[u.Scheme]; ok {
		return g, nil
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return nil, nil
	}
	return nil, &URLError{URL: redacted(u), Reason: fmt.Sprintf("has the scheme %q, which nothing here can get; a plugin may", u.Scheme)}
}
