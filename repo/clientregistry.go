package repo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// registryRef is the parts of oci://HOST/PATH/NAME[:TAG][@DIGEST].
type registryRef struct {
	ref, tag, digest string
}

func parseRegistryRef(u *url.URL) registryRef {
	var r registryRef
	r.ref, r.digest, _ = strings.Cut(u.Host+u.Path, "@")
	if i := strings.LastIndexByte(r.ref, ':'); i > strings.LastIndexByte(r.ref, '/') {
		r.ref, r.tag = r.ref[:i], r.ref[i+1:]
	}
	return r
}

// resolveRegistry finds a chart in a registry: by its digest, by its version as a tag, or
// the newest of its tags that a constraint allows.
func (c *Client) resolveRegistry(ctx context.Context, ref Ref, u *url.URL) (*Resolved, error) {
	shown := redacted(u)
	if c.opts.Registry == nil {
		return nil, &RefError{Ref: shown, Reason: "there is no client for registries (Options.Registry)"}
	}
	if u.User != nil {
		return nil, &RefError{Ref: shown, Reason: "a reference to a registry has no user name: 'registry login' takes it"}
	}
	r := parseRegistryRef(u)
	if r.ref == "" || !strings.Contains(r.ref, "/") {
		return nil, &RefError{Ref: shown, Reason: "it is not oci://HOST/PATH/NAME"}
	}
	version := ref.Version
	if version == "" {
		version = r.tag
	} else if r.tag != "" && strings.ReplaceAll(r.tag, "_", "+") != strings.ReplaceAll(version, "_", "+") {
		return nil, &RefError{Ref: shown, Reason: fmt.Sprintf("chart reference and version mismatch: %s is not %s", version, r.tag)}
	}
	if r.digest != "" {
		return c.resolveDigest(ctx, ref, r, version, shown)
	}
	if _, err := semver.NewVersion(version); err != nil {
		if version, err = c.tagFor(ctx, r.ref, version, ref.Access); err != nil {
			return nil, &RefError{Ref: shown, Err: err}
		}
	}
	found, err := c.opts.Registry.Resolve(ctx, r.ref, tagOf(version), ref.Access)
	if err != nil {
		return nil, err
	}
	return resolvedRegistry(found, ref.Access, r.ref+":"+version), nil
}

// tagOf is the tag of a version: a tag cannot have a "+".
func tagOf(version string) string { return strings.ReplaceAll(version, "+", "_") }

// resolveDigest finds a chart by its digest, which the tag must have too if there is one of
// that name.
func (c *Client) resolveDigest(ctx context.Context, ref Ref, r registryRef, version, shown string) (*Resolved, error) {
	if version != "" {
		tagged, err := c.opts.Registry.Resolve(ctx, r.ref, tagOf(version), ref.Access)
		if isContextError(err) {
			return nil, err
		}
		if err == nil && tagged.ManifestDigest != r.digest {
			return nil, &RefError{Ref: shown, Reason: fmt.Sprintf("chart reference digest mismatch: %s has the digest %s", version, tagged.ManifestDigest)}
		}
	}
	found, err := c.opts.Registry.Resolve(ctx, r.ref, r.digest, ref.Access)
	if err != nil {
		return nil, err
	}
	return resolvedRegistry(found, ref.Access, r.ref+"@"+r.digest), nil
}

// tagFor returns the newest version that a constraint allows.
func (c *Client) tagFor(ctx context.Context, ref, constraint string, access Access) (string, error) {
	tags, err := c.opts.Registry.Tags(ctx, ref, access)
	if err != nil {
		return "", err
	}
	if len(tags) == 0 {
		return "", errors.New("the registry has no version of it")
	}
	if constraint == "" {
		constraint = "*"
	}
	for _, t := range tags {
		if t == constraint {
			return t, nil
		}
	}
	allowed, err := semver.NewConstraint(constraint)
	if err != nil {
		return "", fmt.Errorf("version %q: %w", constraint, err)
	}
	for _, t := range tags {
		if v, err := semver.NewVersion(t); err == nil && allowed.Check(v) {
			return t, nil
		}
	}
	return "", fmt.Errorf("no version in the registry matches %q; the newest are %s", constraint, strings.Join(tags[:min(len(tags), 3)], ", "))
}

func resolvedRegistry(found *RegistryChart, access Access, place string) *Resolved {
	// Helm's name for the file: NAME-TAG.tgz, of a digest what comes of that rule.
	file := place[strings.LastIndexByte(place, '/')+1:]
	if i := strings.LastIndexByte(file, ':'); i >= 0 {
		file = file[:i] + "-" + file[i+1:] + ".tgz"
	}
	digest, _ := normalDigest(found.ArchiveDigest)
	return &Resolved{
		Name: found.Name, Version: found.Version, URL: "oci://" + place, File: file,
		Digest: digest, Access: access, Registry: found,
	}
}
