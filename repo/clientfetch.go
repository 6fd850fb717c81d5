package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// FetchOptions change what Fetch does. The zero value works.
type FetchOptions struct {
	// Provenance gets the signature as well.
	Provenance bool
	// Verify, if it is set, is given the archive, its signature and its name, and says
	// whether the signature holds. An archive without one, and one that Verify has an error
	// for, is a *ProvenanceError.
	Verify func(archive, provenance []byte, file string) error
}

// Fetch gets an archive into the content cache, unless it is there already.
//
// Errors are *[NotFoundError], *[AuthError], *[StatusError], *[RequestError],
// *[DigestError], *[LimitError] and *[ProvenanceError].
func (c *Client) Fetch(ctx context.Context, r *Resolved, opts FetchOptions) (*Archive, error) {
	key := fmt.Sprintf("%s\x00%s\x00%t\x00%s\x00%v", r.URL, r.Digest, opts.Provenance || opts.Verify != nil, r.Owner, r.Access)
	a, err := c.fetches.do(ctx, key, false, func() (*Archive, error) { return c.fetch(ctx, r, opts) })
	if err != nil || opts.Verify == nil {
		return a, err
	}
	err = c.verify(r, a, opts)
	if err != nil && a.oldProvenance {
		// The repository may have another signature than the cache.
		if newer := c.newProvenance(ctx, r, a); newer != nil {
			a, err = newer, c.verify(r, newer, opts)
		}
	}
	if err != nil {
		return nil, &ProvenanceError{File: r.File, Err: err}
	}
	return a, nil
}

func (c *Client) fetch(ctx context.Context, r *Resolved, opts FetchOptions) (*Archive, error) {
	a, err := c.fetchArchive(ctx, r, opts)
	if err != nil || a.Provenance != nil || !opts.Provenance && opts.Verify == nil {
		return a, err
	}
	if strings.HasPrefix(r.URL, "oci://") {
		if a.NoProvenance == nil {
			a.NoProvenance = errors.New("the registry has no signature of it")
		}
		return a, nil
	}
	a.Provenance, a.NoProvenance = c.fetchProvenance(ctx, r, a.Digest)
	return a, ctx.Err()
}

// fetchArchive gets the archive; of a registry the signature comes along.
func (c *Client) fetchArchive(ctx context.Context, r *Resolved, opts FetchOptions) (*Archive, error) {
	wanted := opts.Provenance || opts.Verify != nil
	if file, ok := c.cached(r.Digest); ok {
		a := &Archive{Path: file, Digest: r.Digest}
		if wanted {
			a.Provenance = c.cachedProvenance(r.Digest)
			a.oldProvenance = a.Provenance != nil
		}
		if a.Provenance != nil || !wanted || !strings.HasPrefix(r.URL, "oci://") {
			return a, nil
		}
	}
	if strings.HasPrefix(r.URL, "oci://") {
		return c.pull(ctx, r, wanted)
	}
	getter, err := c.getter(r.URL)
	if err != nil {
		return nil, err
	}
	if getter != nil {
		return c.fetchByGetter(ctx, getter, r)
	}
	q, err := newRequest(r.URL, r.Owner, r.Access)
	if err != nil {
		return nil, err
	}
	q.repository = r.repository
	file, digest, err := c.download(ctx, q, r.Digest)
	if err != nil {
		return nil, err
	}
	return &Archive{Path: file, Digest: digest}, nil
}

// pull gets an archive from a registry.
func (c *Client) pull(ctx context.Context, r *Resolved, provenance bool) (*Archive, error) {
	found := r.Registry
	if found == nil {
		u, err := parseURL(r.URL)
		if err != nil {
			return nil, err
		}
		again, err := c.resolveRegistry(ctx, Ref{Name: r.URL, Access: r.Access}, u)
		if err != nil {
			return nil, err
		}
		found = again.Registry
	}
	if found.Size > c.opts.Limits.ArchiveBytes {
		return nil, &LimitError{What: Redact(r.URL), Max: c.opts.Limits.ArchiveBytes}
	}
	var signature []byte
	a, err := c.store(Redact(r.URL), r.Digest, found.Size, func(w io.Writer) (err error) {
		signature, err = c.opts.Registry.Pull(ctx, found, w, provenance, r.Access)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(signature) > 0 {
		a.Provenance = signature
		c.keepProvenance(a.Digest, signature)
	}
	return a, nil
}

func (c *Client) fetchByGetter(ctx context.Context, g Getter, r *Resolved) (*Archive, error) {
	return c.store(Redact(r.URL), r.Digest, 0, func(w io.Writer) error {
		data, err := g.Get(ctx, r.URL, r.Access)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}

// store puts what write writes into the content cache.
func (c *Client) store(shown, want string, total int64, write func(io.Writer) error) (*Archive, error) {
	dir, err := c.partialDir()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, ".archive.")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone if all went well
	defer f.Close()
	hash := sha256.New()
	w := &boundedWriter{w: io.MultiWriter(f, hash), max: c.opts.Limits.ArchiveBytes, shown: shown, tell: func(n int64, end bool) {
		c.progress(Progress{URL: shown, Done: n, Total: total, Ended: end})
	}}
	defer w.end()
	if err := write(w); err != nil {
		return nil, err
	}
	digest := hex.EncodeToString(hash.Sum(nil))
	if want != "" && digest != want {
		return nil, &DigestError{URL: shown, Want: want, Got: digest}
	}
	if err := f.Chmod(0o644); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	file, err := c.adopt(f.Name(), digest)
	if err != nil {
		return nil, err
	}
	return &Archive{Path: file, Digest: digest}, nil
}

// boundedWriter is where an archive is written to.
type boundedWriter struct {
	w      io.Writer
	n, max int64
	shown  string
	tell   func(n int64, end bool)
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	if b.n += int64(len(p)); b.n > b.max {
		return 0, &LimitError{What: b.shown, Max: b.max}
	}
	b.tell(b.n, false)
	return b.w.Write(p)
}

func (b *boundedWriter) end() { b.tell(b.n, true) }
