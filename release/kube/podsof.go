package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// PodsOf lists up to 50 pods of a live workload, the newest first; a Pod is its own.
// Other kinds have none.
func (c *Client) PodsOf(ctx context.Context, live map[string]any) ([]map[string]any, error) {
	return c.podsWith(ctx, live, "")
}

// podsWith lists those pods of a workload that have a label, unless it is empty.
func (c *Client) podsWith(ctx context.Context, live map[string]any, label string) ([]map[string]any, error) {
	kind, _ := live["kind"].(string)
	namespace, _ := lookup(live, "metadata", "namespace").(string)
	if kind == "Pod" {
		return []map[string]any{live}, nil
	}
	selector := selectorText(lookup(live, "spec", "selector"))
	if selector == "" || !isWorkload(kind) {
		return nil, nil
	}
	if label != "" {
		selector += "," + label
	}
	items, err := c.labelled(ctx, "/api/v1/namespaces/"+namespace+"/pods", selector)
	sort.SliceStable(items, func(i, j int) bool {
		a, _ := lookup(items[i], "metadata", "creationTimestamp").(string)
		b, _ := lookup(items[j], "metadata", "creationTimestamp").(string)
		return a > b
	})
	return items, err
}

// labelled lists up to 50 objects under a path that have labels.
func (c *Client) labelled(ctx context.Context, path, selector string) ([]map[string]any, error) {
	var l objectList
	err := c.call(ctx, http.MethodGet, path, url.Values{"labelSelector": {selector}, "limit": {"50"}}, nil, &l)
	return l.Items, err
}

// newestPods lists the pods of the newest revision of a workload, none if it is not
// certain which they are. Older ones may fail as they like: they are on their way out.
func (c *Client) newestPods(ctx context.Context, live map[string]any) ([]map[string]any, error) {
	label := ""
	switch live["kind"] {
	case "Deployment":
		rs, err := c.newestReplicaSet(ctx, live)
		hash, _ := lookup(rs, "metadata", "labels", "pod-template-hash").(string)
		if err != nil || hash == "" {
			return nil, err
		}
		label = "pod-template-hash=" + hash
	case "StatefulSet":
		revision, _ := lookup(live, "status", "updateRevision").(string)
		if revision == "" || !observed(live) {
			return nil, nil
		}
		label = "controller-revision-hash=" + revision
	case "DaemonSet":
		generation, _ := lookup(live, "metadata", "annotations", "deprecated.daemonset.template.generation").(string)
		if generation == "" || !observed(live) {
			return nil, nil
		}
		label = "pod-template-generation=" + generation
	}
	pods, err := c.podsWith(ctx, live, label)
	return slices.DeleteFunc(pods, func(p map[string]any) bool {
		return lookup(p, "metadata", "deletionTimestamp") != nil
	}), err
}

// newestReplicaSet returns the ReplicaSet of the newest revision of a Deployment, nil if
// there is none yet.
func (c *Client) newestReplicaSet(ctx context.Context, live map[string]any) (map[string]any, error) {
	const revision = "deployment.kubernetes.io/revision"
	newest, _ := lookup(live, "metadata", "annotations", revision).(string)
	if newest == "" || !observed(live) {
		return nil, nil
	}
	namespace, _ := lookup(live, "metadata", "namespace").(string)
	sets, err := c.labelled(ctx, "/apis/apps/v1/namespaces/"+namespace+"/replicasets", selectorText(lookup(live, "spec", "selector")))
	for _, rs := range sets {
		if lookup(rs, "metadata", "annotations", revision) == newest && ownedBy(rs, live) {
			return rs, nil
		}
	}
	return nil, err
}

func ownedBy(obj, owner map[string]any) bool {
	owners, _ := lookup(obj, "metadata", "ownerReferences").([]any)
	uid := lookup(owner, "metadata", "uid")
	return slices.ContainsFunc(owners, func(o any) bool { return lookup(o, "uid") == uid })
}

// observed reports whether a controller has seen the last change of an object.
func observed(live map[string]any) bool {
	generation, ok := lookup(live, "metadata", "generation").(int64)
	seen, _ := lookup(live, "status", "observedGeneration").(int64)
	return ok && generation == seen
}

func isWorkload(kind string) bool {
	return slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"}, kind)
}

// selectorText writes a selector of an object as a list request wants it, empty for one
// that selects nothing in particular.
func selectorText(selector any) string {
	m, _ := selector.(map[string]any)
	labels, ok := m["matchLabels"].(map[string]any)
	expressions, _ := m["matchExpressions"].([]any)
	if !ok && expressions == nil {
		labels = m // of a ReplicationController
	}
	var parts []string
	for k, v := range labels {
		parts = append(parts, fmt.Sprintf("%s=%v", k, v))
	}
	for _, e := range expressions {
		key, _ := lookup(e, "key").(string)
		values, _ := lookup(e, "values").([]any)
		var of []string
		for _, v := range values {
			of = append(of, fmt.Sprint(v))
		}
		switch lookup(e, "operator") {
		case "In":
			parts = append(parts, key+" in ("+strings.Join(of, ",")+")")
		case "NotIn":
			parts = append(parts, key+" notin ("+strings.Join(of, ",")+")")
		case "Exists":
			parts = append(parts, key)
		case "DoesNotExist":
			parts = append(parts, "!"+key)
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

// containerStatuses are those of all containers of a pod.
func containerStatuses(pod map[string]any) []any {
	inits, _ := lookup(pod, "status", "initContainerStatuses").([]any)
	mains, _ := lookup(pod, "status", "containerStatuses").([]any)
	return slices.Concat(inits, mains)
}
