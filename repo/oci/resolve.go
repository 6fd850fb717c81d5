package oci

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	digest "github.com/hchart/hchart/repo/oci/internal/oras/go-digest"
	ocispec "github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go/v1"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote"
)

// maxIndexed is how many manifests of an index are looked at.
const maxIndexed = 16

// dockerList is Docker's name for an index.
const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"

// Resolve returns the chart that a tag, version or digest stands for. An index stands for
// the first chart in it.
func (c *Client) Resolve(ctx context.Context, ref, tagOrDigest string, access repo.Access) (*repo.RegistryChart, error) {
	name, err := parseName(ref)
	if err != nil {
		return nil, err
	}
	if name, err = withReference(name, tagOrDigest); err != nil {
		return nil, err
	}
	s, err := c.session(name.Registry, access)
	if err != nil {
		return nil, err
	}
	r := &resolver{session: s, repo: s.repository(name, c.opts.Limits), limits: c.opts.Limits, name: name, ref: full(name)}
	return r.resolve(ctx)
}

// resolver looks at one reference.
type resolver struct {
	session *session
	repo    *remote.Repository
	limits  Limits
	name    registry.Reference
	ref     string // for messages
}

func (r *resolver) resolve(ctx context.Context) (*repo.RegistryChart, error) {
	desc, data, err := r.manifest(ctx, r.name.Reference)
	if err != nil {
		return nil, err
	}
	top := desc.Digest.String()
	if desc.MediaType != ocispec.MediaTypeImageIndex && desc.MediaType != dockerList {
		return r.chart(ctx, top, data)
	}
	var index ocispec.Index
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, &NotChartError{Ref: r.ref, Reason: "its index is not JSON of that form"}
	}
	first := error(&NotChartError{Ref: r.ref, Reason: "it is an index without a chart"})
	for i, m := range index.Manifests {
		if i == maxIndexed {
			break
		}
		if m.MediaType != ocispec.MediaTypeImageManifest {
			continue
		}
		_, data, err := r.manifest(ctx, m.Digest.String())
		if err != nil {
			return nil, err
		}
		found, err := r.chart(ctx, top, data)
		if err == nil {
			return found, nil
		}
		if i == 0 {
			first = err
		}
	}
	return nil, first
}

// manifest gets a manifest, whose digest holds when it is returned.
func (r *resolver) manifest(ctx context.Context, reference string) (ocispec.Descriptor, []byte, error) {
	desc, body, err := r.repo.Manifests().FetchReference(ctx, reference)
	if err != nil {
		return desc, nil, r.session.errorOf(ctx, r.ref, err)
	}
	defer body.Close()
	if desc.Size > r.limits.ManifestBytes {
		return desc, nil, &LimitError{Ref: r.ref, Part: "manifest", Limit: r.limits.ManifestBytes}
	}
	data, err := r.read(ctx, "manifest", desc, body)
	return desc, data, err
}

// chart reads a manifest and the configuration that it names.
func (r *resolver) chart(ctx context.Context, top string, data []byte) (*repo.RegistryChart, error) {
	m, err := readManifest(r.ref, data)
	if err != nil {
		return nil, err
	}
	if m.config.Size > r.limits.ConfigBytes {
		return nil, &LimitError{Ref: r.ref, Part: "configuration", Limit: r.limits.ConfigBytes}
	}
	if m.archive.Size > r.limits.ArchiveBytes {
		return nil, &LimitError{Ref: r.ref, Part: "archive", Limit: r.limits.ArchiveBytes}
	}
	config, err := r.blob(ctx, "configuration", m.config)
	if err != nil {
		return nil, err
	}
	meta, err := readConfig(r.ref, config)
	if err != nil {
		return nil, err
	}
	found := &repo.RegistryChart{
		Ref:            r.name.Registry + "/" + r.name.Repository,
		Name:           meta.Name,
		Version:        meta.Version,
		AppVersion:     meta.AppVersion,
		Description:    meta.Description,
		ManifestDigest: top,
		ArchiveDigest:  m.archive.Digest.Encoded(),
		Size:           m.archive.Size,
		MediaType:      m.archive.MediaType,
	}
	if m.provenance != nil {
		found.ProvenanceDigest, found.ProvenanceSize = m.provenance.Digest.String(), m.provenance.Size
	}
	return found, nil
}

// blob gets a small blob.
func (r *resolver) blob(ctx context.Context, part string, desc ocispec.Descriptor) ([]byte, error) {
	body, err := r.repo.Blobs().Fetch(ctx, desc)
	if err != nil {
		return nil, r.session.errorOf(ctx, r.ref+" ("+part+")", err)
	}
	defer body.Close()
	return r.read(ctx, part, desc, body)
}

// read reads what a descriptor promises, whose size somebody has looked at.
func (r *resolver) read(ctx context.Context, part string, desc ocispec.Descriptor, body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, desc.Size+1))
	if err != nil {
		return nil, r.session.errorOf(ctx, r.ref+" ("+part+")", err)
	}
	if int64(len(data)) != desc.Size {
		return nil, &DigestError{Ref: r.ref, Part: part, Want: desc.Digest.String()}
	}
	if got := desc.Digest.Algorithm().FromBytes(data); got != desc.Digest {
		return nil, &DigestError{Ref: r.ref, Part: part, Want: desc.Digest.String(), Got: got.String()}
	}
	return data, nil
}

// parts are what a chart's manifest names.
type parts struct {
	config, archive ocispec.Descriptor
	provenance      *ocispec.Descriptor
}

// readManifest finds the parts of a chart in a manifest.
func readManifest(ref string, data []byte) (parts, error) {
	var m ocispec.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return parts{}, &NotChartError{Ref: ref, Reason: "its manifest is not JSON of that form"}
	}
	if m.Config.MediaType != ConfigMediaType {
		return parts{}, &NotChartError{Ref: ref, Reason: fmt.Sprintf("its configuration is %s and not %s", mediaType(m.Config.MediaType), ConfigMediaType)}
	}
	found := parts{config: m.Config}
	for _, layer := range m.Layers {
		switch layer.MediaType {
		case ChartMediaType, LegacyChartMediaType:
			if found.archive.Digest == "" {
				found.archive = layer
			}
		case ProvenanceMediaType:
			if found.provenance == nil {
				found.provenance = &layer
			}
		}
	}
	if found.archive.Digest == "" {
		return parts{}, &NotChartError{Ref: ref, Reason: "its manifest has no layer with an archive (" + ChartMediaType + ")"}
	}
	for _, d := range []*ocispec.Descriptor{&found.config, &found.archive, found.provenance} {
		if d == nil {
			continue
		}
		if d.Digest.Validate() != nil || d.Size < 0 {
			return parts{}, &NotChartError{Ref: ref, Reason: "its manifest names a part without a valid digest and size"}
		}
	}
	if found.archive.Digest.Algorithm() != digest.SHA256 {
		return parts{}, &NotChartError{Ref: ref, Reason: "its archive has a digest that is not SHA-256"}
	}
	return found, nil
}

// readConfig reads the metadata that a configuration is.
func readConfig(ref string, data []byte) (*chart.Metadata, error) {
	var meta *chart.Metadata
	if err := json.Unmarshal(data, &meta); err != nil || meta == nil {
		return nil, &NotChartError{Ref: ref, Reason: "its configuration is not the metadata of a chart"}
	}
	for _, text := range []string{meta.Name, meta.Version} {
		if !plainWord(text) {
			return nil, &NotChartError{Ref: ref, Reason: "its configuration has no name and version that can be used"}
		}
	}
	return meta, nil
}

// plainWord reports whether a name or version can be part of a file's name and be shown.
func plainWord(s string) bool {
	if s == "" || s == "." || s == ".." || len(s) > 1024 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r == '/' || r == '\\' || unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
}

// mediaType is a media type as it can be shown.
func mediaType(s string) string {
	if s == "" {
		return "of no type"
	}
	if len(s) > 100 {
		s = s[:100]
	}
	return fmt.Sprintf("%q", s)
}
