package kube

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// InstallCRDs makes the custom resource definitions of a chart's crds/ that are not
// there, and waits until the server serves what they define. Those that are there stay
// as they are, as in Helm: a definition may have objects that a new one would break.
func (c *Client) InstallCRDs(ctx context.Context, crds []*Object, opts ApplyOptions, timeout time.Duration) ([]Change, error) {
	live, err := c.Observe(ctx, crds, ObserveOptions{})
	if err != nil {
		return nil, err
	}
	var fresh []*Object
	for _, o := range crds {
		if live.Live(o) == nil {
			fresh = append(fresh, o)
		}
	}
	opts.Owner = Owner{}
	changes, err := c.Apply(ctx, Plan{Live: live, Target: fresh}, opts)
	if err != nil {
		return changes, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for _, o := range fresh {
		if err := c.established(ctx, o); err != nil {
			return changes, err
		}
	}
	return changes, nil
}

// Define makes the kinds known that definitions will bring once they are there, so that
// objects of them can be resolved before.
func (c *Client) Define(crds []*Object) {
	c.kinds.mu.Lock()
	defer c.kinds.mu.Unlock()
	for _, o := range crds {
		group, _ := lookup(o.Fields, "spec", "group").(string)
		kind, _ := lookup(o.Fields, "spec", "names", "kind").(string)
		plural, _ := lookup(o.Fields, "spec", "names", "plural").(string)
		versions, _ := lookup(o.Fields, "spec", "versions").([]any)
		if o.Kind != "CustomResourceDefinition" || group == "" || kind == "" || plural == "" {
			continue
		}
		for _, v := range versions {
			version, _ := lookup(v, "name").(string)
			r := &resource{group: group, version: version, kind: kind, plural: plural, namespaced: lookup(o.Fields, "spec", "scope") != "Cluster"}
			if served, _ := lookup(v, "served").(bool); served && c.kinds.byKind[r.apiVersion()+" "+kind] == nil {
				c.kinds.byKind[r.apiVersion()+" "+kind] = r
				c.kinds.defined = append(c.kinds.defined, r)
				c.kinds.listing = append(c.kinds.listing, r)
			}
		}
	}
}

// established waits until a definition is in use, and its resource listed by discovery.
func (c *Client) established(ctx context.Context, o *Object) error {
	if o.Kind != "CustomResourceDefinition" {
		return nil
	}
	for {
		var live map[string]any
		err := c.call(ctx, http.MethodGet, o.path(), nil, nil, &live)
		if err != nil && !IsNotFound(err) {
			return err
		}
		if conditionTrue(live, "Established") {
			return nil
		}
		if reason, ok := conditionMessage(live, "NamesAccepted", "False"); ok {
			return &ApplyError{Object: o, Action: "establish", Err: fmt.Errorf("its names are not accepted: %s", reason)}
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return fmt.Errorf("%s is not established: %w", o, ctx.Err())
		}
	}
}

func conditionTrue(live map[string]any, kind string) bool {
	_, ok := conditionMessage(live, kind, "True")
	return ok
}

// conditionMessage returns the message of a condition that has a status.
func conditionMessage(live map[string]any, kind, status string) (string, bool) {
	conditions, _ := lookup(live, "status", "conditions").([]any)
	for _, cond := range conditions {
		if lookup(cond, "type") == kind && lookup(cond, "status") == status {
			message, _ := lookup(cond, "message").(string)
			return message, true
		}
	}
	return "", false
}
