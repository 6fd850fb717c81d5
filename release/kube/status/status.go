// Package status tells from an object whether it has become what it was told to be.
//
// The rules are those of kstatus (github.com/fluxcd/cli-utils, pkg/kstatus/status,
// v1.2.2), which Helm 4 waits by. Two hold for every kind: an object whose controller
// has not seen its last change is in progress, and the conditions Reconciling and
// Stalled say what they say. The kinds of Kubernetes that run something have rules of
// their own. Everything else is current once it is there.
package status

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Status is how far an object has come.
type Status string

// The statuses, by kstatus' names.
const (
	Current     Status = "Current"
	InProgress  Status = "InProgress"
	Failed      Status = "Failed"
	Terminating Status = "Terminating"
	NotFound    Status = "NotFound"
	Unknown     Status = "Unknown"
)

// Result is a status with its reason.
type Result struct {
	Status Status
	// Reason is a word for programs, where there is one: "LessReady".
	Reason  string
	Message string
}

// Compute returns the status of an object as the API server returned it, decoded from
// JSON with whole numbers as int64. now is what ages are counted by.
func Compute(obj map[string]any, now time.Time) Result {
	if r, ok := generic(obj); ok {
		return r
	}
	switch kindOf(obj) {
	case "Pod":
		return pod(obj, now)
	case "Service":
		return service(obj)
	case "PersistentVolumeClaim":
		return claim(obj)
	case "apps/Deployment", "extensions/Deployment":
		return deployment(obj)
	case "apps/StatefulSet":
		return statefulSet(obj)
	case "apps/ReplicaSet", "extensions/ReplicaSet":
		return replicaSet(obj)
	case "apps/DaemonSet", "extensions/DaemonSet":
		return daemonSet(obj)
	case "batch/Job":
		return job(obj)
	case "apiextensions.k8s.io/CustomResourceDefinition":
		return definition(obj)
	}
	return byReady(obj)
}

// Plain reports whether objects of a kind are current as soon as they are there.
func Plain(apiVersion, kind string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	switch group {
	case "v1":
		switch kind {
		case "ConfigMap", "Secret", "ServiceAccount", "LimitRange", "ResourceQuota", "Endpoints":
			return true
		}
	case "rbac.authorization.k8s.io", "scheduling.k8s.io", "admissionregistration.k8s.io":
		return true
	case "networking.k8s.io":
		return kind == "NetworkPolicy" || kind == "IngressClass"
	case "storage.k8s.io":
		return kind == "StorageClass" || kind == "CSIDriver"
	}
	return false
}

// Done returns the status of a hook's object: Jobs and Pods have to end well, all else
// has to be there.
func Done(obj map[string]any, now time.Time) Result {
	switch kindOf(obj) {
	case "batch/Job":
		return Completed(obj, now)
	case "Pod":
		switch phase := text(obj, "status", "phase"); phase {
		case "Succeeded":
			return Result{Status: Current, Message: "Pod has completed successfully"}
		case "Failed":
			return Result{Failed, "PodFailed", "Pod has completed, but not successfully"}
		default:
			return Result{InProgress, "PodRunning", "Pod is in the phase " + phase}
		}
	}
	return Result{Status: Current, Message: "Resource is current"}
}

// Completed is Compute, but for Jobs, which have to be complete.
func Completed(obj map[string]any, now time.Time) Result {
	if kindOf(obj) != "batch/Job" {
		return Compute(obj, now)
	}
	if isTrue(obj, "Complete") {
		return Result{Status: Current, Message: "Job Completed. " + jobCounts(obj)}
	}
	if c, ok := condition(obj, "Failed"); ok && c.status == "True" {
		return Result{Failed, "JobFailed", strings.TrimSpace("Job Failed. " + jobCounts(obj) + " " + c.message)}
	}
	return Result{InProgress, "JobInProgress", "Job in progress"}
}

func kindOf(obj map[string]any) string {
	kind := text(obj, "kind")
	if group, _, ok := strings.Cut(text(obj, "apiVersion"), "/"); ok {
		return group + "/" + kind
	}
	return kind
}

func generic(obj map[string]any) (Result, bool) {
	if text(obj, "metadata", "deletionTimestamp") != "" {
		return Result{Status: Terminating, Message: "Resource scheduled for deletion"}, true
	}
	generation, ok := number(obj, "metadata", "generation")
	observed, seen := number(obj, "status", "observedGeneration")
	if ok && seen && generation != observed {
		return Result{InProgress, "LatestGenerationNotObserved",
			fmt.Sprintf("%s generation is %d, but latest observed generation is %d", text(obj, "kind"), generation, observed)}, true
	}
	for _, c := range conditions(obj) {
		switch {
		case c.kind == "Reconciling" && c.status == "True":
			return Result{InProgress, c.reason, c.message}, true
		case c.kind == "Stalled" && c.status == "True":
			return Result{Failed, c.reason, c.message}, true
		}
	}
	return Result{}, false
}

// byReady is the rule for kinds that have none: the condition Ready, if there is one.
func byReady(obj map[string]any) Result {
	if c, ok := condition(obj, "Ready"); ok {
		switch c.status {
		case "True":
			return Result{Status: Current, Message: "Resource is Ready"}
		case "False", "Unknown":
			return Result{InProgress, c.reason, c.message}
		}
	}
	return Result{Status: Current, Message: "Resource is current"}
}

func claim(obj map[string]any) Result {
	phase := text(obj, "status", "phase")
	if phase == "" {
		phase = "unknown"
	}
	if phase != "Bound" {
		return Result{InProgress, "NotBound", "PVC is not Bound. phase: " + phase}
	}
	return Result{Status: Current, Message: "PVC is Bound"}
}

func service(obj map[string]any) Result {
	if text(obj, "spec", "type") == "LoadBalancer" && text(obj, "spec", "clusterIP") == "" {
		return Result{InProgress, "NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer"}
	}
	return Result{Status: Current, Message: "Service is ready"}
}

func definition(obj map[string]any) Result {
	for _, c := range conditions(obj) {
		switch {
		case c.kind == "NamesAccepted" && c.status == "False",
			c.kind == "Established" && c.status == "False" && c.reason != "Installing":
			return Result{Failed, c.reason, c.message}
		case c.kind == "Established" && c.status == "True":
			return Result{Status: Current, Message: "CRD is established"}
		}
	}
	return Result{InProgress, "Installing", "Install in progress"}
}

func job(obj map[string]any) Result {
	for _, c := range conditions(obj) {
		switch {
		case c.kind == "Complete" && c.status == "True":
			return Result{Status: Current, Message: "Job Completed. " + jobCounts(obj)}
		case c.kind == "Failed" && c.status == "True":
			return Result{Failed, "JobFailed", "Job Failed. " + jobCounts(obj)}
		}
	}
	if text(obj, "status", "startTime") == "" {
		return Result{InProgress, "JobNotStarted", "Job not started"}
	}
	return Result{Status: Current, Message: "Job in progress. " + jobCounts(obj)}
}

func jobCounts(obj map[string]any) string {
	parallel := count(obj, 1, "spec", "parallelism")
	return fmt.Sprintf("succeeded: %d/%d, failed: %d", count(obj, 0, "status", "succeeded"),
		count(obj, parallel, "spec", "completions"), count(obj, 0, "status", "failed"))
}

// scheduleWindow is how long a pod may find no node before that counts as a failure.
const scheduleWindow = 15 * time.Second

func pod(obj map[string]any, now time.Time) Result {
	switch phase := text(obj, "status", "phase"); phase {
	case "Succeeded":
		return Result{Status: Current, Message: "Pod has completed successfully"}
	case "Failed":
		return Result{Status: Current, Message: "Pod has completed, but not successfully"}
	case "Running":
		if isTrue(obj, "Ready") {
			return Result{Status: Current, Message: "Pod is Ready"}
		}
		if names := crashing(obj); len(names) > 0 {
			return Result{Failed, "ContainerCrashLooping", "Containers in CrashLoop state: " + strings.Join(names, ",")}
		}
		return Result{InProgress, "PodRunningNotReady", "Pod is running but is not Ready"}
	case "Pending":
		if c, ok := condition(obj, "PodScheduled"); ok && c.status == "False" && c.reason == "Unschedulable" {
			created, err := time.Parse(time.RFC3339, text(obj, "metadata", "creationTimestamp"))
			if err == nil && now.Add(-scheduleWindow).Before(created) {
				return Result{InProgress, "PodNotScheduled", "Pod has not been scheduled"}
			}
			return Result{Failed, "PodUnschedulable", "Pod could not be scheduled"}
		}
		return Result{InProgress, "PodPending", "Pod is in the Pending phase"}
	case "":
		return Result{InProgress, "PodNotObserved", "Pod phase not available"}
	default:
		return Result{Status: Unknown, Message: "unknown phase " + phase}
	}
}

func crashing(obj map[string]any) []string {
	var names []string
	for _, s := range list(obj, "status", "containerStatuses") {
		if text(s, "state", "waiting", "reason") == "CrashLoopBackOff" {
			names = append(names, text(s, "name"))
		}
	}
	return names
}

// noDeadline is the progress deadline of a Deployment that has none.
const noDeadline = math.MaxInt32
