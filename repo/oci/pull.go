package oci

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/hchart/hchart/repo"
	digest "github.com/hchart/hchart/repo/oci/internal/oras/go-digest"
	ocispec "github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go/v1"
)

// Pull writes the archive of a chart that Resolve found to w, and returns its provenance if
// there is one and it is wanted. If it returns an error, what w got is not the archive.
func (c *Client) Pull(ctx context.Context, ch *repo.RegistryChart, w io.Writer, provenance bool, access repo.Access) ([]byte, error) {
	name, err := parseName(ch.Ref)
	if err != nil {
		return nil, err
	}
	s, err := c.session(name.Registry, access)
	if err != nil {
		return nil, err
	}
	limits := c.opts.Limits
	if ch.Size > limits.ArchiveBytes {
		return nil, &LimitError{Ref: ch.Ref, Part: "archive", Limit: limits.ArchiveBytes}
	}
	r := &resolver{session: s, repo: s.repository(name, limits), limits: limits, name: name, ref: ch.Ref + "@" + ch.ManifestDigest}
	archive := ocispec.Descriptor{
		MediaType: ch.MediaType, Size: ch.Size,
		Digest: digest.NewDigestFromEncoded(digest.SHA256, ch.ArchiveDigest),
	}
	if archive.Digest.Validate() != nil || archive.Size < 0 {
		return nil, &NotChartError{Ref: r.ref, Reason: "its archive has no valid digest and size"}
	}
	if err := r.download(ctx, archive, w, c.opts.Retries); err != nil {
		return nil, err
	}
	if !provenance || ch.ProvenanceDigest == "" {
		return nil, nil
	}
	if ch.ProvenanceSize > limits.ProvenanceBytes {
		return nil, &LimitError{Ref: r.ref, Part: "provenance", Limit: limits.ProvenanceBytes}
	}
	return r.blob(ctx, "provenance", ocispec.Descriptor{
		MediaType: ProvenanceMediaType, Digest: digest.Digest(ch.ProvenanceDigest), Size: ch.ProvenanceSize,
	})
}

// download writes a blob to w. Where the connection breaks it goes on from there, as long
// as each attempt brings something.
func (r *resolver) download(ctx context.Context, desc ocispec.Descriptor, w io.Writer, retries int) error {
	d := &download{want: desc.Size, hash: sha256.New(), to: w}
	for attempt := 0; ; attempt++ {
		before := d.have
		err := r.attempt(ctx, desc, d)
		if err == nil {
			break
		}
		if d.failed != nil {
			return d.failed
		}
		if d.long {
			return &DigestError{Ref: r.ref, Part: "archive", Want: desc.Digest.String()}
		}
		if ctx.Err() != nil || d.have == before || attempt >= retries {
			return err
		}
	}
	if d.have < desc.Size {
		return &DigestError{Ref: r.ref, Part: "archive", Want: desc.Digest.String()}
	}
	if got := "sha256:" + hex.EncodeToString(d.hash.Sum(nil)); got != desc.Digest.String() {
		return &DigestError{Ref: r.ref, Part: "archive", Want: desc.Digest.String(), Got: got}
	}
	return nil
}

// attempt gets what is still missing.
func (r *resolver) attempt(ctx context.Context, desc ocispec.Descriptor, d *download) error {
	body, err := r.repo.Blobs().Fetch(ctx, desc)
	if err != nil {
		return r.session.errorOf(ctx, r.ref+" (archive)", err)
	}
	defer body.Close()
	if d.have > 0 {
		if seeker, ok := body.(io.Seeker); ok {
			_, err = seeker.Seek(d.have, io.SeekStart)
		} else {
			_, err = io.CopyN(io.Discard, body, d.have)
		}
		if err != nil {
			return r.session.errorOf(ctx, r.ref+" (archive)", err)
		}
	}
	_, err = io.Copy(d, body)
	return r.session.errorOf(ctx, r.ref+" (archive)", err)
}

// download is how far a blob has come.
type download struct {
	have, want int64
	hash       hash.Hash
	to         io.Writer
	failed     error // of to
	long       bool  // there is more than was promised
}

// Write passes on what was promised and refuses more.
func (d *download) Write(p []byte) (int, error) {
	if int64(len(p)) > d.want-d.have {
		d.long = true
		return 0, io.ErrShortWrite
	}
	n, err := d.to.Write(p)
	d.hash.Write(p[:n])
	d.have += int64(n)
	d.failed = err
	return n, err
}
