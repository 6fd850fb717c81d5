package oci

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/hchart/hchart/repo"
	digest "github.com/hchart/hchart/repo/oci/internal/oras/go-digest"
	ocispec "github.com/hchart/hchart/repo/oci/internal/oras/image-spec/specs-go/v1"
)

// PluginMediaType is the type of artifacts that are plugins.
const PluginMediaType = "application/vnd.helm.plugin.v1+json"

// Plugin is a plugin in a registry. Its layers have the names of files.
type Plugin struct {
	// Name is the last part of the repository's path.
	Name string
	// File is the name of the archive, NAME-VERSION.tgz.
	File string
	// Archive is what has the digest that the manifest names. Provenance is its signature,
	// nil if there is none.
	Archive, Provenance []byte
}

// NotPluginError is something in a registry that is no plugin.
type NotPluginError struct {
	Ref    string
	Reason string
}

func (e *NotPluginError) Error() string {
	return fmt.Sprintf("%s is not a plugin: %s", e.Ref, e.Reason)
}

// PullPlugin gets a plugin: HOST/PATH/NAME with :TAG, @DIGEST or both, of which the digest
// counts. Options.Limits bound its parts.
func (c *Client) PullPlugin(ctx context.Context, ref string, access repo.Access) (*Plugin, error) {
	whole, digested, _ := strings.Cut(strings.TrimPrefix(ref, "oci://"), "@")
	address, tag := splitTag(whole)
	if digested != "" {
		tag = digested
	}
	name, err := parseName(address)
	if err != nil {
		return nil, err
	}
	if tag == "" {
		return nil, &ReferenceError{Ref: shown(address), Reason: "a plugin needs a tag or a digest"}
	}
	if name, err = withReference(name, tag); err != nil {
		return nil, err
	}
	s, err := c.session(name.Registry, access)
	if err != nil {
		return nil, err
	}
	r := &resolver{session: s, repo: s.repository(name, c.opts.Limits), limits: c.opts.Limits, name: name, ref: full(name)}
	_, data, err := r.manifest(ctx, name.Reference)
	if err != nil {
		return nil, err
	}
	p := &Plugin{Name: path.Base(name.Repository)}
	archive, signature, err := readPluginManifest(r.ref, p.Name, data)
	if err != nil {
		return nil, err
	}
	p.File = archive.Annotations[ocispec.AnnotationTitle]
	if p.Archive, err = r.part(ctx, "archive", *archive, c.opts.Limits.ArchiveBytes, c.opts.Retries); err != nil {
		return nil, err
	}
	if signature != nil {
		p.Provenance, err = r.part(ctx, "provenance", *signature, c.opts.Limits.ProvenanceBytes, c.opts.Retries)
	}
	return p, err
}

// part gets a layer.
func (r *resolver) part(ctx context.Context, part string, desc ocispec.Descriptor, max int64, retries int) ([]byte, error) {
	if desc.Size > max {
		return nil, &LimitError{Ref: r.ref, Part: part, Limit: max}
	}
	var b bytes.Buffer
	err := r.download(ctx, desc, &b, retries)
	return b.Bytes(), err
}

// readPluginManifest finds the parts of a plugin in a manifest, by the names of their
// files.
func readPluginManifest(ref, name string, data []byte) (archive, signature *ocispec.Descriptor, err error) {
	fail := func(reason string) (_, _ *ocispec.Descriptor, err error) {
		return nil, nil, &NotPluginError{Ref: ref, Reason: reason}
	}
	var m ocispec.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return fail("its manifest is not JSON of that form")
	}
	kind := m.ArtifactType
	if kind == "" {
		kind = m.Config.MediaType // of manifests before OCI 1.1
	}
	if kind != PluginMediaType {
		return fail(fmt.Sprintf("its type is %s and not %s", mediaType(kind), PluginMediaType))
	}
	for i := range m.Layers {
		layer := &m.Layers[i]
		title := layer.Annotations[ocispec.AnnotationTitle]
		if layer.MediaType != ocispec.MediaTypeImageLayer && layer.MediaType != ocispec.MediaTypeImageLayerGzip ||
			!strings.HasPrefix(title, name+"-") || !plainWord(title) {
			continue
		}
		switch {
		case archive == nil && strings.HasSuffix(title, ".tgz"):
			archive = layer
		case signature == nil && strings.HasSuffix(title, ".tgz.prov"):
			signature = layer
		}
	}
	if archive == nil {
		return fail(fmt.Sprintf("its manifest has no layer with the name %s-VERSION.tgz", name))
	}
	for _, d := range []*ocispec.Descriptor{archive, signature} {
		if d != nil && (d.Digest.Validate() != nil || d.Digest.Algorithm() != digest.SHA256 || d.Size < 0) {
			return fail("its manifest names a part without a valid digest and size")
		}
	}
	return archive, signature, nil
}
