package player

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Object is a live object as JSON has it.
type Object map[string]any

// Objects are live objects by "Kind name", those of the cluster by "Kind/ name".
type Objects map[string]Object

// Snapshot returns the objects of a namespace that someone made: without those that a
// controller made for another object, and those that each namespace has. The records of
// releases are left out too: Records returns them.
func (c *Cluster) Snapshot(ctx context.Context, namespace string) (Objects, error) {
	return c.list(ctx, func(k kind) (string, bool) {
		return k.path + "/namespaces/" + namespace + "/" + k.name, k.namespaced
	})
}

// ClusterSnapshot returns the objects that are in no namespace.
func (c *Cluster) ClusterSnapshot(ctx context.Context) (Objects, error) {
	return c.list(ctx, func(k kind) (string, bool) { return k.path + "/" + k.name, !k.namespaced })
}

func (c *Cluster) list(ctx context.Context, path func(kind) (string, bool)) (Objects, error) {
	kinds, err := c.kinds()
	if err != nil {
		return nil, err
	}
	objects := Objects{}
	for _, k := range kinds {
		path, ok := path(k)
		if !ok || isControllers(k.kind) {
			continue
		}
		var list struct{ Items []Object }
		err := c.Do(ctx, http.MethodGet, path, "", &list)
		if missing, ok := errors.AsType[*answerError](err); ok && (missing.code == http.StatusNotFound || missing.code == http.StatusMethodNotAllowed) {
			continue // a kind whose definition was deleted since
		}
		if err != nil {
			return nil, err
		}
		for _, o := range list.Items {
			if !o.isMade(k.kind) {
				continue
			}
			o["kind"] = k.kind
			scope := " "
			if !k.namespaced {
				scope = "/ "
			}
			objects[k.kind+scope+o.Name()] = o
		}
	}
	return objects, nil
}

// isControllers reports whether only controllers make objects of a kind.
func isControllers(kind string) bool {
	switch kind {
	case "Event", "Endpoints", "EndpointSlice", "ControllerRevision", "Namespace", "Node", "APIService", "CSINode",
		"FlowSchema", "PriorityLevelConfiguration", "PodMetrics", "NodeMetrics", "IPAddress", "PersistentVolume", "Pod", "ReplicaSet":
		return true
	}
	return false
}

// isMade reports whether a program made an object, rather than a controller.
func (o Object) isMade(kind string) bool {
	for _, owner := range items(o.field("metadata", "ownerReferences")) {
		if owner["controller"] == true {
			return false
		}
	}
	switch kind {
	case "ConfigMap":
		return o.Name() != "kube-root-ca.crt"
	case "ServiceAccount":
		return o.Name() != "default"
	case "Secret":
		return !strings.HasPrefix(o.Name(), "sh.helm.release.")
	case "ClusterRole", "ClusterRoleBinding":
		return o.field("metadata", "labels", "kubernetes.io/bootstrapping") == nil && !strings.HasPrefix(o.Name(), "system:")
	}
	return true
}

// Name is metadata.name.
func (o Object) Name() string {
	name, _ := o.field("metadata", "name").(string)
	return name
}

// BelongsTo reports whether an object says that it belongs to a release.
func (o Object) BelongsTo(namespace, release string) bool {
	return o.field("metadata", "annotations", "meta.helm.sh/release-name") == release &&
		o.field("metadata", "annotations", "meta.helm.sh/release-namespace") == namespace
}

// field returns a field of objects within objects, nil if there is none.
func (o Object) field(path ...string) any {
	var v any = map[string]any(o)
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// items returns those items of a list that are objects.
func items(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Names are the keys, sorted.
func (s Objects) Names() []string { return slices.Sorted(maps.Keys(s)) }

// Without returns the objects that are not in another snapshot.
func (s Objects) Without(other Objects) Objects {
	out := Objects{}
	for name, o := range s {
		if _, ok := other[name]; !ok {
			out[name] = o
		}
	}
	return out
}

// Remove deletes objects, of a namespace or outside of any.
func (c *Cluster) Remove(ctx context.Context, objects Objects) error {
	kinds, err := c.kinds()
	if err != nil {
		return err
	}
	for _, o := range objects {
		for _, k := range kinds {
			namespace, _ := o.field("metadata", "namespace").(string)
			if k.kind != o["kind"] || k.namespaced != (namespace != "") {
				continue
			}
			path := k.path + "/"
			if k.namespaced {
				path += "namespaces/" + namespace + "/"
			}
			if err := c.Do(ctx, http.MethodDelete, path+k.name+"/"+o.Name(), "", nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Gone waits until none of the objects of a namespace is being deleted any more, and
// returns those that stay.
func (c *Cluster) Gone(ctx context.Context, namespace string) (Objects, error) {
	for {
		s, err := c.Snapshot(ctx, namespace)
		if err != nil {
			return nil, err
		}
		going := false
		for _, o := range s {
			going = going || o.field("metadata", "deletionTimestamp") != nil
		}
		if !going {
			return s, nil
		}
		if err := pause(ctx); err != nil {
			return s, err
		}
	}
}

// pause waits a little, or until the context ends.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}
