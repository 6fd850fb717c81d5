package oci

import (
	"strings"

	digest "github.com/hchart/hchart/repo/oci/internal/oras/go-digest"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry"
)

// parseName reads HOST/PATH/NAME.
func parseName(ref string) (registry.Reference, error) {
	r, err := registry.ParseReference(strings.TrimPrefix(ref, "oci://"))
	if err != nil || r.Reference != "" {
		return registry.Reference{}, &ReferenceError{Ref: shown(ref), Reason: "it is not HOST/PATH/NAME with the path in small letters, digits and the characters . _ -"}
	}
	return r, nil
}

// splitTag splits HOST/PATH/NAME:TAG. The tag is empty if there is none.
func splitTag(ref string) (name, tag string) {
	i := strings.LastIndexByte(ref, ':')
	if i < 0 || strings.Contains(ref[i:], "/") {
		return ref, ""
	}
	return ref[:i], ref[i+1:]
}

// tagOf is the tag of a version: tags have no "+".
func tagOf(version string) string { return strings.ReplaceAll(version, "+", "_") }

// versionOf is the version that a tag stands for.
func versionOf(tag string) string { return strings.ReplaceAll(tag, "_", "+") }

// withReference returns name with a tag or a digest, checked.
func withReference(name registry.Reference, tagOrDigest string) (registry.Reference, error) {
	name.Reference = tagOrDigest
	if strings.Contains(tagOrDigest, ":") {
		if digest.Digest(tagOrDigest).Validate() != nil {
			return registry.Reference{}, &ReferenceError{Ref: shown(full(name)), Reason: "the digest is not ALGORITHM:DIGITS"}
		}
		return name, nil
	}
	name.Reference = tagOf(tagOrDigest)
	if name.ValidateReferenceAsTag() != nil {
		return registry.Reference{}, &ReferenceError{Ref: shown(full(name)), Reason: "a tag has letters, digits and the characters . _ -, at most 128 of them"}
	}
	return name, nil
}

// full is the reference for messages: HOST/PATH/NAME:TAG or HOST/PATH/NAME@DIGEST.
func full(r registry.Reference) string {
	s := r.Registry + "/" + r.Repository
	switch {
	case r.Reference == "":
		return s
	case strings.Contains(r.Reference, ":"):
		return s + "@" + r.Reference
	}
	return s + ":" + r.Reference
}

// shown is a reference as it can be shown: a user may have put a password into it, before
// an "@" or behind a "?".
func shown(ref string) string {
	ref = strings.TrimPrefix(ref, "oci://")
	ref, _, _ = strings.Cut(ref, "?")
	i := strings.LastIndexByte(ref, '@')
	if i >= 0 && digest.Digest(ref[i+1:]).Validate() == nil {
		return shown(ref[:i]) + ref[i:]
	}
	return ref[i+1:]
}
