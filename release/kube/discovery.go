package kube

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The form of discovery in which one request tells the resources of all groups.
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

type groupList struct {
	Kind  string `json:"kind"`
	Items []struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
		Versions []struct {
			Version   string `json:"version"`
			Freshness string `json:"freshness"`
			Resources []struct {
				Resource     string `json:"resource"`
				ResponseKind struct {
					Group   string `json:"group"`
					Version string `json:"version"`
					Kind    string `json:"kind"`
				} `json:"responseKind"`
				Scope string `json:"scope"`
				// Subresources are part of what .Capabilities.APIVersions has.
				Subresources []struct {
					Subresource  string `json:"subresource"`
					ResponseKind struct {
						Group   string `json:"group"`
						Version string `json:"version"`
						Kind    string `json:"kind"`
					} `json:"responseKind"`
				} `json:"subresources"`
			} `json:"resources"`
		} `json:"versions"`
	} `json:"items"`
	// What servers without aggregated discovery answer.
	Versions []string `json:"versions"`
	Groups   []struct {
		Versions []struct {
			GroupVersion string `json:"groupVersion"`
		} `json:"versions"`
	} `json:"groups"`
}

// discover asks the server for all its kinds. The lock is held.
func (c *Client) discover(ctx context.Context) error {
	var found []*resource
	for _, root := range []string{"/api", "/apis"} {
		var l groupList
		if err := c.exchange(ctx, http.MethodGet, root, nil, "", aggregated, nil, &l); err != nil {
			return err
		}
		if l.Kind == "APIGroupDiscoveryList" {
			found = append(found, l.resources()...)
			continue
		}
		old, err := c.discoverEach(ctx, &l)
		if err != nil {
			return err
		}
		found = append(found, old...)
	}
	k := c.kinds
	k.at = time.Now()
	k.read, k.listing = true, found
	k.listing = append(k.listing, k.defined...)
	for _, r := range found {
		if !strings.Contains(r.plural, "/") {
			k.byKind[r.apiVersion()+" "+r.kind] = r
		}
	}
	return nil
}

func (l *groupList) resources() []*resource {
	var found []*resource
	for _, g := range l.Items {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if r.ResponseKind.Kind != "" {
					found = append(found, &resource{
						group: g.Metadata.Name, version: v.Version, kind: r.ResponseKind.Kind,
						plural: r.Resource, namespaced: r.Scope == "Namespaced", stale: v.Freshness == "Stale",
					})
				}
				for _, s := range r.Subresources {
					found = append(found, &resource{
						group: g.Metadata.Name, version: v.Version, kind: s.ResponseKind.Kind,
						plural: r.Resource + "/" + s.Subresource, namespaced: r.Scope == "Namespaced", stale: v.Freshness == "Stale",
					})
				}
			}
		}
	}
	return found
}

// discoverEach asks a server of the older kind, one group and version after the other.
// One that does not answer, such as a broken APIService, is passed over.
func (c *Client) discoverEach(ctx context.Context, l *groupList) ([]*resource, error) {
	paths := map[string]string{}
	var order []string
	for _, v := range l.Versions {
		order, paths[v] = append(order, v), "/api/"+v
	}
	for _, g := range l.Groups {
		for _, v := range g.Versions {
			order, paths[v.GroupVersion] = append(order, v.GroupVersion), "/apis/"+v.GroupVersion
		}
	}
	found := make([][]*resource, len(order))
	err := c.parallel(ctx, len(order), func(i int) error {
		var rl struct {
			Resources []struct {
				Name       string `json:"name"`
				Namespaced bool   `json:"namespaced"`
				Kind       string `json:"kind"`
			} `json:"resources"`
		}
		if err := c.call(ctx, http.MethodGet, paths[order[i]], nil, nil, &rl); err != nil {
			return ctx.Err()
		}
		group, version := splitAPIVersion(order[i])
		for _, r := range rl.Resources {
			found[i] = append(found[i], &resource{group: group, version: version, kind: r.Kind, plural: r.Name, namespaced: r.Namespaced})
		}
		return nil
	})
	return slices.Concat(found...), err
}
