package oci

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci/internal/oras/content"
	"github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go"
	ocispec "github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go/v1"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
)

// PushOptions say how a chart is pushed.
type PushOptions struct {
	Access repo.Access
	// Created is when the archive was made, now if it is zero. It is part of the manifest:
	// with the same time the same archive has the same digest.
	Created time.Time
	// Load are the limits for reading the archive.
	Load chart.LoadOptions
}

// PushResult is what was pushed.
type PushResult struct {
	// Ref is HOST/PATH/NAME:TAG.
	Ref            string
	Name, Version  string // of the chart
	ManifestDigest string // "sha256:…"
	ArchiveDigest  string // "sha256:…"
}

// Push brings an archive, and its provenance unless that is nil, to HOST/PATH/NAME, where
// NAME has to be that of the chart. The tag is its version; ref may have it as well, and
// must not have another.
func (c *Client) Push(ctx context.Context, ref string, archive, provenance []byte, opts PushOptions) (*PushResult, error) {
	ch, err := chart.LoadArchive(ctx, bytes.NewReader(archive), opts.Load)
	if err != nil {
		return nil, err
	}
	meta := ch.Metadata
	name, err := destination(ref, meta)
	if err != nil {
		return nil, err
	}
	if opts.Created.IsZero() {
		opts.Created = time.Now().UTC()
	}
	s, err := c.session(name.Registry, opts.Access)
	if err != nil {
		return nil, err
	}
	p, err := newPackage(meta, archive, provenance, opts.Created)
	if err != nil {
		return nil, err
	}
	// One token that is good for all requests, rather than a new one when it comes to
	// writing.
	ctx = auth.AppendRepositoryScope(ctx, name, auth.ActionPull, auth.ActionPush)
	if err := p.push(ctx, s.repository(name, c.opts.Limits), name.Reference); err != nil {
		return nil, s.errorOf(ctx, full(name), err)
	}
	return &PushResult{
		Ref: full(name), Name: meta.Name, Version: meta.Version,
		ManifestDigest: p.manifest.desc.Digest.String(),
		ArchiveDigest:  p.archive.Digest.String(),
	}, nil
}

// destination checks where a chart goes.
func destination(ref string, meta *chart.Metadata) (registry.Reference, error) {
	ref = strings.TrimPrefix(ref, "oci://")
	base, version := splitTag(ref)
	if version == "" {
		version = meta.Version
	}
	if !strings.HasSuffix(base+":"+version, "/"+meta.Name+":"+meta.Version) {
		return registry.Reference{}, &MismatchError{Ref: shown(ref), Name: meta.Name, Version: meta.Version}
	}
	name, err := parseName(base)
	if err != nil {
		return registry.Reference{}, err
	}
	return withReference(name, version)
}

// blob is something that is pushed.
type blob struct {
	desc ocispec.Descriptor
	data []byte
}

func newBlob(mediaType string, data []byte) blob {
	return blob{content.NewDescriptorFromBytes(mediaType, data), data}
}

// pack is a chart as a registry keeps it.
type pack struct {
	blobs    []blob
	archive  ocispec.Descriptor
	manifest blob
}

// newPackage makes the parts of a chart and the manifest that names them.
func newPackage(meta *chart.Metadata, archive, provenance []byte, created time.Time) (*pack, error) {
	configData, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	config := newBlob(ConfigMediaType, configData)
	layers := []blob{newBlob(ChartMediaType, archive)}
	p := &pack{archive: layers[0].desc}
	if provenance != nil {
		layers = append(layers, newBlob(ProvenanceMediaType, provenance))
	}
	// By digest, as Helm has them.
	slices.SortFunc(layers, func(a, b blob) int { return cmp.Compare(a.desc.Digest, b.desc.Digest) })
	m := ocispec.Manifest{
		Versioned:   specs.Versioned{SchemaVersion: 2},
		Config:      config.desc,
		Annotations: annotations(meta, created),
	}
	for _, layer := range layers {
		m.Layers = append(m.Layers, layer.desc)
	}
	data, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	p.blobs = append(layers, config)
	p.manifest = newBlob(ocispec.MediaTypeImageManifest, data)
	return p, nil
}

// push sends what the registry does not have yet, the manifest last.
func (p *pack) push(ctx context.Context, to *remote.Repository, tag string) error {
	for _, b := range p.blobs {
		there, err := to.Blobs().Exists(ctx, b.desc)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := to.Blobs().Push(ctx, b.desc, bytes.NewReader(b.data)); err != nil {
			return err
		}
	}
	return to.Manifests().PushReference(ctx, p.manifest.desc, bytes.NewReader(p.manifest.data), tag)
}
