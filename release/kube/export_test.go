package kube

import "strings"

// Known returns the paths of the kinds that are known now, in no namespace.
func (c *Client) Known() map[string]string {
	known := map[string]string{}
	for kind, r := range newKinds().byKind {
		known[kind] = r.path("n", "x")
	}
	return known
}

// Discovered returns the same of the kinds that the server told of.
func (c *Client) Discovered() map[string]string {
	c.kinds.mu.Lock()
	defer c.kinds.mu.Unlock()
	found := map[string]string{}
	for _, r := range c.kinds.listing {
		if !strings.Contains(r.plural, "/") {
			found[r.apiVersion()+" "+r.kind] = r.path("n", "x")
		}
	}
	return found
}
