package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Lookup answers the template function lookup: an object, or with an empty name the
// list of those of the namespace, of all namespaces if that is empty. What is not there
// is an empty map, and so is a kind that is not in a version the cluster serves; a
// version that it does not serve is an error, as in Helm.
func (c *Client) Lookup(ctx context.Context, apiVersion, kind, namespace, name string) (map[string]any, error) {
	for _, part := range []string{namespace, name} {
		if part == "." || part == ".." || strings.ContainsAny(part, "/%") {
			return nil, fmt.Errorf("%q is not the name of an object", part)
		}
	}
	r, err := c.resource(ctx, apiVersion, kind)
	var missing *NoKindError
	if errors.As(err, &missing) && c.serves(apiVersion) {
		return map[string]any{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("unable to get apiresource from unstructured: %s, Kind=%s: %w", apiVersion, kind, err)
	}
	var live map[string]any
	err = c.call(ctx, http.MethodGet, r.path(namespace, name), nil, nil, &live)
	if IsNotFound(err) {
		return map[string]any{}, nil
	}
	if err != nil {
		return nil, err
	}
	if items, ok := live["items"].([]any); ok && name == "" {
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				c.complete(r, m)
			}
		}
	}
	return live, nil
}

// serves reports whether discovery has told of a version of a group.
func (c *Client) serves(apiVersion string) bool {
	c.kinds.mu.Lock()
	defer c.kinds.mu.Unlock()
	return slices.ContainsFunc(c.kinds.listing, func(r *resource) bool { return r.apiVersion() == apiVersion })
}

// CreateNamespace makes a namespace as Helm does, with its name as the label "name". It
// reports false when it is there already.
func (c *Client) CreateNamespace(ctx context.Context, name string) (bool, error) {
	body := map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": name, "labels": map[string]any{"name": name}},
	}
	err := c.call(ctx, http.MethodPost, "/api/v1/namespaces", url.Values{"fieldManager": {FieldManager}}, body, nil)
	if IsConflict(err) {
		return false, nil
	}
	return err == nil, err
}
