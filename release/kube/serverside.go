package kube

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// FieldManager is the name under which fields are managed: Helm's, so that the two
// programs can take turns.
const FieldManager = "helm"

// contentApply is the type of a server-side apply; JSON is YAML.
const contentApply = "application/apply-patch+yaml"

// query are the parameters of requests that write objects.
func (a *applier) query(more ...string) url.Values {
	q := url.Values{"fieldManager": {FieldManager}, "fieldValidation": {"Strict"}}
	if a.opts.DryRun {
		q.Set("dryRun", "All")
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// create makes an object that is not there.
func (a *applier) create(ctx context.Context, o *Object, target map[string]any) error {
	if a.opts.ServerSide {
		return a.patch(ctx, o, target)
	}
	return a.client.call(ctx, http.MethodPost, o.resource.path(o.Namespace, ""), a.query(), target, nil)
}

// patch sends an object for the server to merge.
func (a *applier) patch(ctx context.Context, o *Object, target map[string]any) error {
	text, err := json.Marshal(target)
	if err != nil {
		return err
	}
	force := "false"
	if a.opts.ForceConflicts {
		force = "true"
	}
	err = a.client.send(ctx, http.MethodPatch, o.path(), a.query("force", force), contentApply, text, nil)
	var status *StatusError
	if errors.As(err, &status) && status.HasCause("FieldManagerConflict") {
		return conflict(o, status)
	}
	return err
}

// conflict reads whom the fields belong to: conflict with "kubectl-edit" using apps/v1.
func conflict(o *Object, status *StatusError) error {
	e := &ConflictError{Object: o, err: status}
	for _, cause := range status.Causes {
		_, rest, _ := strings.Cut(cause.Message, "\"")
		manager, _, _ := strings.Cut(rest, "\"")
		e.Fields = append(e.Fields, FieldConflict{Field: cause.Field, Manager: manager})
	}
	return e
}

// serverSide brings an object up to date. Fields that were applied by the client are
// first made the server's to track, or those dropped since would stay for ever.
func (a *applier) serverSide(ctx context.Context, o *Object, live, target map[string]any) error {
	if fields, ok := adopted(live); ok {
		if err := a.adopt(ctx, o, live, fields); err != nil {
			return err
		}
	}
	return a.patch(ctx, o, target)
}

// adopt writes managed fields, if the object is still the one that was looked at;
// otherwise it looks again.
func (a *applier) adopt(ctx context.Context, o *Object, live map[string]any, fields []any) error {
	for attempt := 0; ; attempt++ {
		patch, err := json.Marshal([]any{
			map[string]any{"op": "replace", "path": "/metadata/managedFields", "value": fields},
			map[string]any{"op": "replace", "path": "/metadata/resourceVersion", "value": lookup(live, "metadata", "resourceVersion")},
		})
		if err != nil {
			return err
		}
		err = a.client.send(ctx, http.MethodPatch, o.path(), a.query(), "application/json-patch+json", patch, nil)
		if err == nil || !IsConflict(err) || attempt == retries {
			return err
		}
		if live, err = a.client.get(ctx, o); err != nil || live == nil {
			return err
		}
		var ok bool
		if fields, ok = adopted(live); !ok {
			return nil
		}
	}
}

// isApplied reports whether the server tracks what was applied under our name, and
// nothing that was written otherwise.
func isApplied(live map[string]any) bool {
	applied, updated := ours(live)
	return applied >= 0 && updated < 0
}

// ours finds the entries of our manager among the managed fields: the one for what it
// applied and the one for what it wrote otherwise; -1 if there is none.
func ours(live map[string]any) (applied, updated int) {
	applied, updated = -1, -1
	entries, _ := lookup(live, "metadata", "managedFields").([]any)
	for i, e := range entries {
		if lookup(e, "manager") != FieldManager {
			continue
		}
		if sub, _ := lookup(e, "subresource").(string); sub != "" {
			continue
		}
		switch lookup(e, "operation") {
		case "Apply":
			applied = i
		case "Update":
			updated = i
		}
	}
	return applied, updated
}

// adopted returns the managed fields of an object in which what our manager wrote
// counts as applied. It reports false if there is nothing to change.
func adopted(live map[string]any) ([]any, bool) {
	applied, updated := ours(live)
	if updated < 0 {
		return nil, false
	}
	entries, _ := lookup(live, "metadata", "managedFields").([]any)
	var out []any
	for i, e := range entries {
		entry, ok := e.(map[string]any)
		if !ok {
			return nil, false
		}
		c := map[string]any{}
		for k, v := range entry {
			c[k] = v
		}
		switch {
		case i == updated && applied >= 0:
			continue
		case i == updated:
			c["operation"] = "Apply"
		case i == applied:
			c["fieldsV1"] = union(entry["fieldsV1"], lookup(entries[updated], "fieldsV1"))
		}
		out = append(out, c)
	}
	return out, true
}

// union merges two trees of field names.
func union(a, b any) any {
	ma, _ := a.(map[string]any)
	mb, _ := b.(map[string]any)
	out := map[string]any{}
	for k, v := range ma {
		out[k] = v
	}
	for k, v := range mb {
		out[k] = union(out[k], v)
	}
	return out
}

// replace puts the manifest in the place of what is there.
func (a *applier) replace(ctx context.Context, o *Object, target map[string]any) error {
	for attempt := 0; ; attempt++ {
		live, err := a.client.get(ctx, o)
		if err != nil {
			return err
		}
		if live == nil {
			return a.create(ctx, o, target)
		}
		meta := map[string]any{}
		for k, v := range target["metadata"].(map[string]any) {
			meta[k] = v
		}
		meta["resourceVersion"] = lookup(live, "metadata", "resourceVersion")
		body := map[string]any{}
		for k, v := range target {
			body[k] = v
		}
		body["metadata"] = meta
		err = a.client.call(ctx, http.MethodPut, o.path(), a.query(), body, nil)
		if err == nil || !IsConflict(err) || attempt == retries {
			return err
		}
	}
}
