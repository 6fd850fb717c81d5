package player

import (
	"encoding/json"
	"strings"
)

// Normal returns an object as text, without what differs from run to run: identity,
// times, status, what controllers and the API server filled in. Within the text, the
// namespace is "NS". Of managedFields remain who set which fields in which way, but for
// those that controllers set.
func (o Object) Normal(namespace string) string {
	text, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	var n Object
	if err := json.Unmarshal(text, &n); err != nil {
		return err.Error()
	}
	delete(n, "status")
	delete(n, "apiVersion") // lists do not say it
	meta, _ := n["metadata"].(map[string]any)
	for _, key := range []string{"uid", "resourceVersion", "creationTimestamp", "generation", "selfLink"} {
		delete(meta, key)
	}
	meta["managedFields"] = managers(items(meta["managedFields"]))
	spec, _ := n["spec"].(map[string]any)
	switch n["kind"] {
	case "Deployment": // counts those sets of pods that the controller had time to make
		annotations, _ := meta["annotations"].(map[string]any)
		delete(annotations, "deployment.kubernetes.io/revision")
	case "Service":
		dropAll(spec, "clusterIP", "clusterIPs", "healthCheckNodePort")
		for _, port := range items(spec["ports"]) {
			delete(port, "nodePort")
		}
	case "Job":
		dropUIDs(n, spec)
	case "PersistentVolumeClaim":
		delete(spec, "volumeName")
		annotations, _ := meta["annotations"].(map[string]any)
		for key := range annotations {
			if strings.Contains(key, "kubernetes.io/") {
				delete(annotations, key)
			}
		}
	case "Lease":
		dropAll(spec, "acquireTime", "renewTime", "holderIdentity")
	}
	text, err = json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), namespace, "NS")
}

// dropUIDs drops the labels by which a Job finds its pods.
func dropUIDs(job Object, spec map[string]any) {
	delete(spec, "selector")
	for _, labels := range []any{job.field("metadata", "labels"), job.field("spec", "template", "metadata", "labels")} {
		labels, _ := labels.(map[string]any)
		dropAll(labels, "controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name")
	}
}

func dropAll(m map[string]any, keys ...string) {
	for _, key := range keys {
		delete(m, key)
	}
}

// managers are the managed fields by who manages them, in a fixed order, without times.
func managers(entries []map[string]any) any {
	out := map[string]any{}
	for _, e := range entries {
		manager, _ := e["manager"].(string)
		if e["subresource"] != nil && e["subresource"] != "" || strings.HasPrefix(manager, "kube-") || manager == "kwok" {
			continue
		}
		operation, _ := e["operation"].(string)
		out[manager+" "+operation] = e["fieldsV1"]
	}
	return out
}

// Text is a snapshot as text, each object normal.
func (s Objects) Text(namespace string) string {
	var b strings.Builder
	for _, name := range s.Names() {
		b.WriteString(strings.ReplaceAll(name, namespace, "NS") + "\n" + s[name].Normal(namespace) + "\n")
	}
	return b.String()
}
