package kube

import (
	"fmt"
	"maps"
	"strings"
)

// Owner is the release that objects belong to.
type Owner struct{ Release, Namespace string }

// The marks of objects that belong to a release, which Helm gives them.
const (
	releaseName      = "meta.helm.sh/release-name"
	releaseNamespace = "meta.helm.sh/release-namespace"
)

// ResourcePolicy is the annotation that says what becomes of an object that its release
// no longer has: with the value "keep" it stays.
const ResourcePolicy = "helm.sh/resource-policy"

// Kept reports whether an object is to stay when its release goes.
func (o *Object) Kept() bool {
	return strings.EqualFold(strings.TrimSpace(o.Annotation(ResourcePolicy)), "keep")
}

// OwnershipError is objects that are there and belong to nobody, or to somebody else.
type OwnershipError struct{ Objects []ForeignObject }

// ForeignObject is an object of another owner.
type ForeignObject struct {
	Object *Object
	Reason string
}

// Error has Helm's words for the first object, and then the others.
func (e *OwnershipError) Error() string {
	var b strings.Builder
	for i, f := range e.Objects {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s %q in namespace %q exists and cannot be imported into the current release: invalid ownership metadata; %s",
			f.Object.Kind, f.Object.Name, f.Object.Namespace, f.Reason)
	}
	b.WriteString("\nuse --take-ownership to take what is there over")
	return b.String()
}

// CheckOwnership makes sure that those of objs which are there belong to owner. The
// error is an *OwnershipError that names all which do not.
func CheckOwnership(live *Observed, objs []*Object, owner Owner) error {
	var foreign []ForeignObject
	for _, o := range objs {
		if l := live.Live(o); l != nil {
			if reason := owner.misses(l); reason != "" {
				foreign = append(foreign, ForeignObject{o, reason})
			}
		}
	}
	if len(foreign) > 0 {
		return &OwnershipError{Objects: foreign}
	}
	return nil
}

// misses says, in Helm's words, what a live object lacks to be the owner's; "" if it
// lacks nothing.
func (w Owner) misses(live map[string]any) string {
	var faults []string
	check := func(what, where, key, want string) {
		switch got, ok := lookup(live, "metadata", where, key).(string); {
		case !ok:
			faults = append(faults, fmt.Sprintf("%s validation error: missing key %q: must be set to %q", what, key, want))
		case got != want:
			faults = append(faults, fmt.Sprintf("%s validation error: key %q must equal %q: current value is %q", what, key, want, got))
		}
	}
	check("label", "labels", managedBy, "Helm")
	check("annotation", "annotations", releaseName, w.Release)
	check("annotation", "annotations", releaseNamespace, w.Namespace)
	return strings.Join(faults, "; ")
}

// mark returns the fields of an object with the marks of its owner and its namespace.
// What is changed is copied.
func (w Owner) mark(o *Object) map[string]any {
	fields := maps.Clone(o.Fields)
	meta, _ := fields["metadata"].(map[string]any)
	meta = maps.Clone(meta)
	if meta == nil {
		meta = map[string]any{}
	}
	if o.Namespace != "" {
		meta["namespace"] = o.Namespace
	} else {
		delete(meta, "namespace")
	}
	if w.Release != "" {
		meta["labels"] = with(meta["labels"], managedBy, "Helm")
		annotations := with(meta["annotations"], releaseName, w.Release)
		annotations[releaseNamespace] = w.Namespace
		meta["annotations"] = annotations
	}
	fields["metadata"] = meta
	return fields
}

func with(m any, key, value string) map[string]any {
	old, _ := m.(map[string]any)
	c := maps.Clone(old)
	if c == nil {
		c = map[string]any{}
	}
	c[key] = value
	return c
}
