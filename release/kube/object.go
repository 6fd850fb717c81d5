package kube

import (
	"context"
)

// Object is an object as a manifest describes it.
type Object struct {
	APIVersion, Kind string
	// Namespace is empty for kinds without one, once Resolve has seen the object.
	Namespace string
	Name      string
	// Fields is the whole object. It is not changed by this package.
	Fields map[string]any
	// Path is the template that wrote it, from the comment "# Source: "; empty if
	// there is none.
	Path string

	resource *resource
}

// String names the object: Deployment.apps default/web.
func (o *Object) String() string {
	group, _ := splitAPIVersion(o.APIVersion)
	s := o.Kind
	if group != "" {
		s += "." + group
	}
	s += " "
	if o.Namespace != "" {
		s += o.Namespace + "/"
	}
	return s + o.Name
}

// key tells objects apart, whatever version of its group an object is written in.
func (o *Object) key() string {
	group, _ := splitAPIVersion(o.APIVersion)
	if o.resource != nil { // of another group, if the kind has moved
		group = o.resource.group
	}
	return group + "/" + o.Kind + "/" + o.Namespace + "/" + o.Name
}

// Same reports whether two manifests describe the same object.
func (o *Object) Same(other *Object) bool { return o.key() == other.key() }

// Annotation returns an annotation of the manifest, "" if it is not there.
func (o *Object) Annotation(name string) string {
	s, _ := lookup(o.Fields, "metadata", "annotations", name).(string)
	return s
}

// Resolve finds the kinds of objects on the cluster and puts those without a namespace
// into the given one. The error is a *NoKindError for the first kind that is not there.
func (c *Client) Resolve(ctx context.Context, objs []*Object, namespace string) error {
	for _, o := range objs {
		if o.resource != nil {
			continue
		}
		r, err := c.resource(ctx, o.APIVersion, o.Kind)
		if err != nil {
			if missing, ok := err.(*NoKindError); ok {
				missing.Name = o.Name
			}
			return err
		}
		o.resource = r
		switch {
		case !r.namespaced:
			o.Namespace = ""
		case o.Namespace == "":
			o.Namespace = namespace
		}
	}
	return nil
}

// ResolveEarlier is Resolve for an object that was made some time ago: a version of its
// kind that the cluster does not have any more is replaced by one that it has. It reports
// false when there is none.
func (c *Client) ResolveEarlier(ctx context.Context, o *Object, namespace string) (bool, error) {
	err := c.Resolve(ctx, []*Object{o}, namespace)
	if missing, ok := err.(*NoKindError); !ok {
		return err == nil, err
	} else if len(missing.Served) > 0 {
		r, err := c.resource(ctx, missing.Served[0], o.Kind)
		if err != nil {
			return false, err
		}
		o.resource = r
		if !r.namespaced {
			o.Namespace = ""
		} else if o.Namespace == "" {
			o.Namespace = namespace
		}
		return true, nil
	}
	return false, nil
}

// path is the URL of the object.
func (o *Object) path() string { return o.resource.path(o.Namespace, o.Name) }

// lookup walks down a tree of maps, nil if the way ends.
func lookup(tree any, path ...string) any {
	for _, p := range path {
		m, ok := tree.(map[string]any)
		if !ok {
			return nil
		}
		tree = m[p]
	}
	return tree
}
