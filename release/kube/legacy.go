package kube

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hchart/hchart/release/kube/status"
)

// isLegacy reports whether Helm 3 looked at objects of a kind and version when it waited
// (pkg/kube/ready.go).
func isLegacy(o *Object, jobs bool) bool {
	switch o.APIVersion + " " + o.Kind {
	case "v1 Pod", "v1 PersistentVolumeClaim", "v1 Service", "v1 ReplicationController",
		"apps/v1 Deployment", "apps/v1 DaemonSet", "apps/v1 StatefulSet", "apps/v1 ReplicaSet",
		"apiextensions.k8s.io/v1 CustomResourceDefinition", "apiextensions.k8s.io/v1beta1 CustomResourceDefinition":
		return true
	case "batch/v1 Job":
		return jobs
	}
	return false
}

// poll looks at all objects every two seconds until ctx ends.
func (w *waiter) poll(ctx context.Context) {
	followers := map[int]*follower{}
	groups := groupObjects(w.objs)
	for i, group := range groups {
		followers[i] = &follower{client: w.client, objs: group, unwatchable: true, seen: func(o *Object, live map[string]any) bool {
			r, err := w.client.legacy(ctx, o, live)
			if err != nil && ctx.Err() == nil && !transient(err) {
				w.fail(err)
			}
			if err == nil {
				w.set(o, r, live, r.Reason == "JobFailed")
			}
			return ctx.Err() == nil
		}}
	}
	err := w.client.parallel(ctx, len(groups), func(i int) error { return followers[i].run(ctx) })
	if err != nil && ctx.Err() == nil {
		w.fail(err)
	}
}

// legacy tells by Helm 3's rules whether an object is ready.
func (c *Client) legacy(ctx context.Context, o *Object, live map[string]any) (status.Result, error) {
	if live == nil {
		return status.Result{Status: status.NotFound, Message: "Resource not found"}, nil
	}
	why := ""
	var err error
	switch o.Kind {
	case "Pod":
		why = podUnready(live)
	case "Job":
		return legacyJob(live), nil
	case "Deployment":
		why, err = c.deploymentUnready(ctx, live)
	case "PersistentVolumeClaim":
		if phase := lookup(live, "status", "phase"); phase != "Bound" {
			why = fmt.Sprintf("PVC is not Bound. phase: %v", phase)
		}
	case "Service":
		why = serviceUnready(live)
	case "DaemonSet":
		why = daemonSetUnready(live)
	case "StatefulSet":
		why = statefulSetUnready(live)
	case "CustomResourceDefinition":
		_, clash := conditionMessage(live, "NamesAccepted", "False") // which is not for waiting to judge
		if !clash && !conditionTrue(live, "Established") {
			why = "it is not established"
		}
	case "ReplicationController", "ReplicaSet":
		why, err = c.podsUnready(ctx, live)
	}
	if why != "" {
		return status.Result{Status: status.InProgress, Reason: "NotReady", Message: why}, err
	}
	return status.Result{Status: status.Current, Message: "it is ready"}, err
}

const unobserved = "its controller has not seen the last change"

func podUnready(live map[string]any) string {
	if conditionTrue(live, "Ready") {
		return ""
	}
	return "pod is not ready"
}

func legacyJob(live map[string]any) status.Result {
	failed, limit := counted(live, "status", "failed"), counted(live, "spec", "backoffLimit")
	succeeded, completions := counted(live, "status", "succeeded"), counted(live, "spec", "completions")
	switch {
	case failed > limit || conditionTrue(live, "Failed"):
		return status.Result{Status: status.Failed, Reason: "JobFailed", Message: fmt.Sprintf("Job Failed. failed: %d", failed)}
	case succeeded < completions:
		return status.Result{Status: status.InProgress, Reason: "JobInProgress", Message: fmt.Sprintf("succeeded: %d/%d", succeeded, completions)}
	}
	return status.Result{Status: status.Current, Message: "Job Completed"}
}

func (c *Client) deploymentUnready(ctx context.Context, live map[string]any) (string, error) {
	if paused, _ := lookup(live, "spec", "paused").(bool); paused {
		return "", nil
	}
	if !observed(live) {
		return unobserved, nil
	}
	rs, err := c.newestReplicaSet(ctx, live)
	if err != nil {
		return "", err
	}
	if rs == nil || !observed(rs) {
		return "its ReplicaSet is not there yet", nil
	}
	replicas := counted(live, "spec", "replicas")
	ready, wanted := counted(rs, "status", "readyReplicas"), replicas-mayMiss(live, replicas)
	if ready < wanted {
		return fmt.Sprintf("Ready: %d/%d", ready, wanted), nil
	}
	return "", nil
}

// mayMiss is how many pods of a Deployment may be unavailable during an update.
func mayMiss(live map[string]any, replicas int64) int64 {
	if lookup(live, "spec", "strategy", "type") != "RollingUpdate" || replicas == 0 {
		return 0
	}
	update, _ := lookup(live, "spec", "strategy", "rollingUpdate").(map[string]any)
	surge, ok := share(update["maxSurge"], replicas, true)
	missing, also := share(update["maxUnavailable"], replicas, false)
	if !ok || !also {
		return 0
	}
	if surge == 0 && missing == 0 {
		missing = 1 // or nothing could move
	}
	return min(missing, replicas)
}

// share is a number, or a percentage of a whole.
func share(v any, whole int64, up bool) (int64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case int64:
		return v, true
	case string:
		percent, err := strconv.ParseInt(strings.TrimSuffix(v, "%"), 10, 32)
		if err != nil || !strings.HasSuffix(v, "%") {
			return 0, false
		}
		n := percent * whole
		if up {
			n += 99
		}
		return n / 100, true
	}
	return 0, false
}

func serviceUnready(live map[string]any) string {
	spec, _ := lookup(live, "spec").(map[string]any)
	ip, _ := spec["clusterIP"].(string)
	outside, _ := spec["externalIPs"].([]any)
	switch {
	case spec["type"] == "ExternalName":
	case ip == "":
		return "it has no cluster IP"
	case spec["type"] == "LoadBalancer" && len(outside) == 0 && lookup(live, "status", "loadBalancer", "ingress") == nil:
		return "the load balancer has no address"
	}
	return ""
}

func daemonSetUnready(live map[string]any) string {
	desired, updated := counted(live, "status", "desiredNumberScheduled"), counted(live, "status", "updatedNumberScheduled")
	missing, ok := share(lookup(live, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), desired, true)
	if !ok {
		missing = desired
	}
	ready := counted(live, "status", "numberReady")
	switch {
	case !observed(live):
		return unobserved
	case lookup(live, "spec", "updateStrategy", "type") != "RollingUpdate":
	case updated != desired:
		return fmt.Sprintf("Updated: %d/%d", updated, desired)
	case ready < desired-missing:
		return fmt.Sprintf("Ready: %d/%d", ready, desired-missing)
	}
	return ""
}

func statefulSetUnready(live map[string]any) string {
	replicas, ok := lookup(live, "spec", "replicas").(int64)
	if !ok {
		replicas = 1
	}
	partition := counted(live, "spec", "updateStrategy", "rollingUpdate", "partition")
	updated, ready := counted(live, "status", "updatedReplicas"), counted(live, "status", "readyReplicas")
	switch {
	case !observed(live):
		return unobserved
	case lookup(live, "spec", "updateStrategy", "type") != "RollingUpdate":
	case updated < replicas-partition:
		return fmt.Sprintf("Updated: %d/%d", updated, replicas-partition)
	case ready != replicas:
		return fmt.Sprintf("Ready: %d/%d", ready, replicas)
	case partition == 0 && lookup(live, "status", "currentRevision") != lookup(live, "status", "updateRevision"):
		return "Waiting for updated revision to match current"
	}
	return ""
}

// podsUnready looks at the pods of a ReplicaSet or ReplicationController.
func (c *Client) podsUnready(ctx context.Context, live map[string]any) (string, error) {
	if !observed(live) {
		return unobserved, nil
	}
	pods, err := c.PodsOf(ctx, live)
	for _, p := range pods {
		if why := podUnready(p); why != "" {
			return fmt.Sprintf("pod %v is not ready", lookup(p, "metadata", "name")), err
		}
	}
	return "", err
}

// counted is a whole number, 0 if it is not there.
func counted(live map[string]any, path ...string) int64 {
	n, _ := lookup(live, path...).(int64)
	return n
}
