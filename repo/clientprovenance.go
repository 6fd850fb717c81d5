package repo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// newProvenance is an archive with the signature that is where the archive came from, nil
// if there is none.
func (c *Client) newProvenance(ctx context.Context, r *Resolved, a *Archive) *Archive {
	newer := &Archive{Path: a.Path, Digest: a.Digest}
	if strings.HasPrefix(r.URL, "oci://") {
		newer, _ = c.pull(ctx, r, true)
	} else {
		newer.Provenance, _ = c.fetchProvenance(ctx, r, a.Digest)
	}
	if newer == nil || newer.Provenance == nil {
		return nil
	}
	return newer
}

// verify asks opts.Verify.
func (c *Client) verify(r *Resolved, a *Archive, opts FetchOptions) error {
	if a.Provenance == nil {
		if a.NoProvenance != nil {
			return fmt.Errorf("there is no signature: %w", a.NoProvenance)
		}
		return errors.New("there is no signature")
	}
	archive, err := os.ReadFile(a.Path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(archive); hex.EncodeToString(sum[:]) != a.Digest {
		return errors.New("somebody changed the archive in the cache")
	}
	return opts.Verify(archive, a.Provenance, r.File)
}

// fetchProvenance gets the signature of an archive.
func (c *Client) fetchProvenance(ctx context.Context, r *Resolved, digest string) ([]byte, error) {
	address, err := provenanceURL(r.URL)
	if err != nil {
		return nil, err
	}
	data, err := c.get(ctx, address, r.Owner, r.Access, r.repository, c.opts.Limits.ProvenanceBytes)
	if err != nil {
		return nil, err
	}
	c.keepProvenance(digest, data)
	return data, nil
}

// Get returns what is at a URL that is neither a chart nor an index: a file of values, say.
// Limits.IndexBytes bounds it; access is for the server of the URL.
func (c *Client) Get(ctx context.Context, url string, access Access) ([]byte, error) {
	return c.get(ctx, url, "", access, "", c.opts.Limits.IndexBytes)
}

// get gets what is short enough to be held in memory.
func (c *Client) get(ctx context.Context, raw, owner string, access Access, repository string, max int64) ([]byte, error) {
	getter, err := c.getter(raw)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if getter != nil {
		data, err := getter.Get(ctx, raw, access)
		if err != nil {
			return nil, err
		}
		b.Write(data)
	} else {
		q, err := newRequest(raw, owner, access)
		if err != nil {
			return nil, err
		}
		q.repository = repository
		err = c.do(ctx, q, func(_ *http.Response, body io.Reader) (int64, error) {
			b.Reset()
			_, err := b.ReadFrom(io.LimitReader(body, max+1))
			return 0, err
		})
		if err != nil {
			return nil, err
		}
	}
	if int64(b.Len()) > max {
		return nil, &LimitError{What: Redact(raw), Max: max}
	}
	return b.Bytes(), nil
}

// provenanceURL is the URL of a signature: ".prov" behind the archive's name, which comes
// before a query.
func provenanceURL(raw string) (string, error) {
	u, err := parseURL(raw)
	if err != nil {
		return "", err
	}
	return (&url.URL{
		Scheme: u.Scheme, User: u.User, Host: u.Host, Path: u.Path + ".prov", RawPath: suffixed(u.RawPath, ".prov"),
		RawQuery: u.RawQuery,
	}).String(), nil
}

func suffixed(s, suffix string) string {
	if s == "" {
		return ""
	}
	return s + suffix
}

// cachedProvenance returns the signature that the cache has, or nil.
func (c *Client) cachedProvenance(digest string) []byte {
	data, err := readBounded(c.opts.Home.contentFile(digest, ".prov"), c.opts.Limits.ProvenanceBytes)
	if err != nil || len(data) == 0 {
		return nil
	}
	return data
}

// keepProvenance puts a signature into the cache. That it could not is no failure: nothing
// needs it there.
func (c *Client) keepProvenance(digest string, data []byte) {
	replaceFile(c.opts.Home.contentFile(digest, ".prov"), data) //nolint:errcheck
}
