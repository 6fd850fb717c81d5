package kube

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// collection deletes objects of one kind and namespace in one request, and returns those
// for which that is not safe or not possible.
func (a *applier) collection(ctx context.Context, objs []*Object, policy string, owner Owner) ([]*Object, error) {
	if len(objs) <= fewObjects || owner.Release == "" || !objs[0].resource.namespaced {
		return objs, nil
	}
	version, items, err := a.snapshot(ctx, objs[0])
	if err != nil {
		// Whatever is wrong shows again when they are deleted one by one.
		return objs, ctx.Err()
	}
	safe, selector := a.choose(objs, items, owner)
	if selector == "" || version == "" {
		return objs, nil
	}
	if a.opts.Guard != nil {
		if err := a.opts.Guard(ctx); err != nil {
			return nil, err
		}
	}
	query := url.Values{"labelSelector": {selector}, "resourceVersion": {version}, "resourceVersionMatch": {"Exact"}}
	body := map[string]any{"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}
	if err := a.client.call(ctx, http.MethodDelete, objs[0].resource.path(objs[0].Namespace, ""), query, body, nil); err != nil {
		return objs, ctx.Err()
	}
	var rest []*Object
	for _, o := range objs {
		if !safe[o.Name] {
			rest = append(rest, o)
			continue
		}
		ch := Change{Object: o, Action: Deleted}
		a.changes = append(a.changes, ch)
		if a.opts.Progress != nil {
			a.opts.Progress(ch)
		}
	}
	return rest, nil
}

// snapshot lists the metadata of all objects of a kind with the label of releases. There
// is no version if the list is longer than one answer.
func (a *applier) snapshot(ctx context.Context, o *Object) (version string, items []map[string]any, err error) {
	var l struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
			Continue        string `json:"continue"`
		} `json:"metadata"`
		Items []map[string]any `json:"items"`
	}
	const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
	query := url.Values{"labelSelector": {managedBy + "=Helm"}, "limit": {"5000"}}
	if err := a.client.exchange(ctx, http.MethodGet, o.resource.path(o.Namespace, ""), query, "", accept, nil, &l); err != nil {
		return "", nil, err
	}
	if l.Metadata.Continue != "" {
		return "", l.Items, nil
	}
	return l.Metadata.ResourceVersion, l.Items, nil
}

// choose says which of the listed objects may go in one request: those of objs that
// belong to the owner and are not to stay. The selector is all labels that they have in
// common; it is empty when another object has them too. What is listed of objs is noted.
func (a *applier) choose(objs []*Object, items []map[string]any, owner Owner) (safe map[string]bool, selector string) {
	wanted := map[string]*Object{}
	for _, o := range objs {
		if !o.Kept() {
			wanted[o.Name] = o
		}
	}
	safe = map[string]bool{}
	var common map[string]any
	var others []map[string]any
	for _, item := range items {
		name, _ := lookup(item, "metadata", "name").(string)
		labels, _ := lookup(item, "metadata", "labels").(map[string]any)
		if wanted[name] != nil {
			a.listed[wanted[name]] = item
		}
		current := &Object{Fields: item}
		if wanted[name] == nil || owner.misses(item) != "" || current.Kept() {
			others = append(others, labels)
			continue
		}
		safe[name] = true
		if common == nil {
			common = maps.Clone(labels)
		}
		maps.DeleteFunc(common, func(key string, value any) bool { return labels[key] != value })
	}
	for _, labels := range others {
		if hasAll(labels, common) {
			return nil, ""
		}
	}
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(common)) {
		value, _ := common[key].(string)
		terms = append(terms, key+"="+value)
	}
	return safe, strings.Join(terms, ",")
}

// hasAll reports whether labels has all of some.
func hasAll(labels, some map[string]any) bool {
	for key, value := range some {
		if labels[key] != value {
			return false
		}
	}
	return true
}
