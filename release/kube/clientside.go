package kube

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// clientSide merges what the manifest says now into the live object, takes out what the
// earlier manifest said and this one does not, and writes the result if it is another.
// It reports whether it did.
func (a *applier) clientSide(ctx context.Context, o *Object, live map[string]any, old *Object, target map[string]any) (bool, error) {
	original := map[string]any{}
	if old != nil {
		original = a.opts.Owner.mark(old)
	}
	for attempt := 0; ; attempt++ {
		merged := mergeObject(original, target, live, o)
		if reflect.DeepEqual(merged, live) {
			return false, nil
		}
		// The live object's resourceVersion is part of it: a write in between is
		// a conflict.
		err := a.client.call(ctx, http.MethodPut, o.path(), a.query(), merged, nil)
		if err == nil || !IsConflict(err) || attempt == retries {
			return true, err
		}
		var got map[string]any
		if got, err = a.client.get(ctx, o); err != nil {
			return true, err
		}
		if got == nil {
			return true, a.create(ctx, o, target)
		}
		live = got
	}
}

// Merge is the three-way merge of an object as client-side apply does it: live, with what
// target says, without what original said and target does not. Lists of Kubernetes' own
// kinds whose items have a key (the name of a container, the port of a Service) are merged
// item by item, the others replaced; for custom resources all are replaced. What is
// changed is copied.
func Merge(original, target, live map[string]any) map[string]any {
	o := &Object{}
	o.APIVersion, _ = target["apiVersion"].(string)
	o.Kind, _ = target["kind"].(string)
	return mergeObject(original, target, live, o)
}

func mergeObject(original, target, live map[string]any, o *Object) map[string]any {
	m := merger{builtin: isBuiltin(o), kind: o.Kind}
	merged, _ := m.value(original, target, live, "").(map[string]any)
	if texts, ok := merged["stringData"].(map[string]any); ok && o.Kind == "Secret" && o.APIVersion == "v1" {
		// The server takes stringData for data and keeps none of it; keys that
		// are gone have to be taken out of data.
		data, _ := merged["data"].(map[string]any)
		data = maps.Clone(data)
		if before, ok := original["stringData"].(map[string]any); ok {
			for k := range before {
				if _, still := texts[k]; !still && lookup(target, "data", k) == nil {
					delete(data, k)
				}
			}
		}
		merged["data"] = data
	}
	return merged
}

// isBuiltin reports whether an object is of Kubernetes' own, whose lists are merged by
// keys; those of custom resources are replaced as a whole. Definitions are replaced too,
// and so is what has a group of Kubernetes' domain and is defined by others, as Gateways.
func isBuiltin(o *Object) bool {
	group, _ := splitAPIVersion(o.APIVersion)
	if !strings.Contains(group, ".") {
		return true
	}
	name, ok := strings.CutSuffix(group, ".k8s.io")
	return ok && slices.Contains([]string{"admissionregistration", "authentication", "authorization", "certificates", "coordination",
		"discovery", "events", "flowcontrol.apiserver", "internal.apiserver", "networking", "node", "rbac.authorization", "resource",
		"scheduling", "storage", "storagemigration"}, name)
}

type merger struct {
	builtin bool
	kind    string
}

// retains reports whether what is found under key is one of several alternatives, such
// as the kinds of a volume: what the target does not have goes, whoever made it
// (patchStrategy retainKeys in k8s.io/api).
func (m merger) retains(key string) bool {
	return m.builtin && (key == "volumes" || key == "resourceClaims" || key == "strategy" && m.kind == "Deployment")
}

// retain takes out of a merged mapping what the target does not have.
func retain(merged, target map[string]any) map[string]any {
	if len(target) > 0 {
		maps.DeleteFunc(merged, func(k string, _ any) bool { return target[k] == nil })
	}
	return merged
}

// value merges what is found under key.
func (m merger) value(original, target, live any, key string) any {
	switch t := target.(type) {
	case map[string]any:
		l, ok := live.(map[string]any)
		if !ok || m.kind == "PodDisruptionBudget" && key == "selector" { // replaced as a whole
			return without(t)
		}
		o, _ := original.(map[string]any)
		merged := m.mapping(o, t, l)
		if m.retains(key) {
			retain(merged, t)
		}
		return merged
	case []any:
		l, ok := live.([]any)
		o, _ := original.([]any)
		if !ok || !m.builtin {
			return target
		}
		if mergeKey := mergeKeyOf(key, t, l); mergeKey != "" && m.kind != "EndpointSlice" {
			return m.list(o, t, l, mergeKey, m.retains(key))
		}
		if key == "finalizers" || key == "podCIDRs" {
			return mergeWords(o, t, l)
		}
		return m.atomic(t, l, key)
	}
	return target
}

func (m merger) mapping(original, target, live map[string]any) map[string]any {
	out := maps.Clone(live)
	for k := range original {
		if _, ok := target[k]; !ok {
			delete(out, k)
		}
	}
	for k, v := range target {
		if v == nil {
			delete(out, k)
			continue
		}
		out[k] = m.value(original[k], v, live[k], k)
	}
	return out
}

// without copies a mapping without its nulls, which mean that there is nothing.
func without(t map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range t {
		switch v := v.(type) {
		case nil:
		case map[string]any:
			out[k] = without(v)
		default:
			out[k] = v
		}
	}
	return out
}

// atomic replaces a list, but for one that says the same with what the server adds.
func (m merger) atomic(target, live []any, key string) any {
	if covered(live, target, key) && onlyDefaults(live, target, key) {
		return live
	}
	return target
}

// list merges lists whose items are known by a key: in the order of target, then those
// that others added. With retains each item is one of several alternatives.
func (m merger) list(original, target, live []any, key string, retains bool) []any {
	before, now := byKey(original, key), byKey(live, key)
	wanted := map[any]bool{}
	var out []any
	for _, item := range target {
		t, ok := item.(map[string]any)
		if !ok {
			return target
		}
		id := t[key]
		wanted[id] = true
		l, there := now[id]
		if !there {
			out = append(out, without(t))
			continue
		}
		merged := m.mapping(before[id], t, l)
		if retains {
			retain(merged, t)
		}
		out = append(out, merged)
	}
	for _, item := range live {
		id := lookup(item, key)
		if _, dropped := before[id]; !wanted[id] && !dropped {
			out = append(out, item)
		}
	}
	return out
}

func byKey(list []any, key string) map[any]map[string]any {
	out := map[any]map[string]any{}
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out[m[key]] = m
		}
	}
	return out
}

// mergeWords merges lists of strings that are sets.
func mergeWords(original, target, live []any) []any {
	out := append([]any(nil), target...)
	has := func(list []any, v any) bool {
		for _, e := range list {
			if e == v {
				return true
			}
		}
		return false
	}
	for _, v := range live {
		if !has(out, v) && !has(original, v) {
			out = append(out, v)
		}
	}
	return out
}

// mergeKeyOf is the field that items of a list of Kubernetes' own kinds are known by
// (patchMergeKey in k8s.io/api; test/kuberef checks that there are no more), "" for lists that are replaced, and for those in which
// an item has no such field.
func mergeKeyOf(list string, target, live []any) string {
	for _, key := range mergeKeys(list) {
		if haveKey(target, key) && haveKey(live, key) {
			return key
		}
	}
	return ""
}

func mergeKeys(list string) []string {
	switch list {
	case "containers", "initContainers", "ephemeralContainers", "env", "volumes", "imagePullSecrets", "secrets",
		"webhooks", "matchConditions", "resourceClaims", "schedulingGates", "variables", "drivers", "evictionResponders":
		return []string{"name"}
	case "volumeMounts":
		return []string{"mountPath"}
	case "volumeDevices":
		return []string{"devicePath"}
	case "ports":
		return []string{"containerPort", "port"}
	case "hostAliases":
		return []string{"ip"}
	case "topologySpreadConstraints":
		return []string{"topologyKey"}
	case "ownerReferences":
		return []string{"uid"}
	}
	return nil
}

func haveKey(list []any, key string) bool {
	for _, item := range list {
		switch lookup(item, key).(type) {
		case string, int64:
		default:
			return false
		}
	}
	return true
}
