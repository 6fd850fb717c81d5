// Package status tells from an object whether it has become what it was told to be.
//
//	r := status.Compute(live, time.Now())
//	if r.Status == status.Failed { … r.Reason, r.Message … }
//
// The rules are those of kstatus (github.com/fluxcd/cli-utils, pkg/kstatus/status,
// v1.2.2), which Helm 4 waits by; test/kuberef runs random objects through both. Two
// hold for every kind: an object whose controller has not seen its last change is in
// progress, and the conditions Reconciling and Stalled say what they say. The kinds of
// Kubernetes that run something have rules of their own. Everything else is current once
// it is there, unless it has the condition Ready and that is not true.
package status

import (
	"fmt"
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
	// Unknown is the status of an object that does not have the form it should.
	Unknown Status = "Unknown"
)

// Result is a status with its reason.
type Result struct {
	Status Status
	// Reason is a word for programs, where there is one: "LessReady".
	Reason string
	// Message is for people: "Ready: 1/3". Controllers wrote some of them.
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
	case "policy/PodDisruptionBudget":
		return current("AllowedDisruptions has been computed.")
	case "ConfigMap", "Secret", "batch/CronJob":
		return current("Resource is always ready")
	}
	return byReady(obj)
}

// Plain reports whether objects of a kind are current as soon as they are there, so that
// there is nothing to wait for.
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
// has to be there. (Helm's internal/statusreaders, v4.3.1.)
func Done(obj map[string]any) Result {
	switch kindOf(obj) {
	case "batch/Job":
		return completed(obj)
	case "Pod":
		switch phase := text(obj, "status", "phase"); phase {
		case "Succeeded":
			return current("pod %s succeeded", text(obj, "metadata", "name"))
		case "Failed":
			return Result{Failed, "PodFailed", fmt.Sprintf("pod %s failed", text(obj, "metadata", "name"))}
		default:
			return inProgress("PodInProgress", "Pod in progress")
		}
	}
	return current("Resource is current")
}

// Completed is Compute, but for Jobs, which have to be complete.
func Completed(obj map[string]any, now time.Time) Result {
	if kindOf(obj) != "batch/Job" {
		return Compute(obj, now)
	}
	return completed(obj)
}

// completed is the status of a Job that is to be complete, whatever else is with it.
func completed(obj map[string]any) Result {
	if _, ok := conditions(obj); !ok {
		return malformed("status.conditions")
	}
	if r, ok := ended(obj); ok {
		return r
	}
	return inProgress("JobInProgress", "Job in progress")
}

func kindOf(obj map[string]any) string {
	kind := text(obj, "kind")
	if group, _, ok := strings.Cut(text(obj, "apiVersion"), "/"); ok {
		return group + "/" + kind
	}
	return kind
}

// generic has the rules for every kind. It reports false if they say nothing.
func generic(obj map[string]any) (Result, bool) {
	switch deletion, found, ok := nested(obj, "metadata", "deletionTimestamp"); {
	case !ok:
		return malformed("metadata"), true
	case found && deletion != "":
		if _, ok := deletion.(string); !ok {
			return malformed("metadata.deletionTimestamp"), true
		}
		return Result{Status: Terminating, Message: "Resource scheduled for deletion"}, true
	}
	if r, ok := unobserved(obj); ok {
		return r, true
	}
	all, ok := conditions(obj)
	if !ok {
		return malformed("status.conditions"), true
	}
	for _, c := range all {
		switch {
		case c.kind == "Reconciling" && c.status == "True":
			return Result{InProgress, c.reason, c.message}, true
		case c.kind == "Stalled" && c.status == "True":
			return Result{Failed, c.reason, c.message}, true
		}
	}
	return Result{}, false
}

// unobserved compares the generation of an object with the one that its controller saw.
func unobserved(obj map[string]any) (Result, bool) {
	generation, found, ok := number(obj, "metadata", "generation")
	if !ok {
		return malformed("metadata.generation"), true
	}
	if !found {
		return Result{}, false
	}
	observed, found, ok := number(obj, "status", "observedGeneration")
	if !ok {
		return malformed("status.observedGeneration"), true
	}
	if found && generation != observed {
		return inProgress("LatestGenerationNotObserved", "%s generation is %d, but latest observed generation is %d",
			text(obj, "kind"), generation, observed), true
	}
	return Result{}, false
}

// byReady is the rule for kinds that have none: the condition Ready, if there is one.
func byReady(obj map[string]any) Result {
	all, _ := conditions(obj)
	for _, c := range all {
		switch {
		case c.kind != "Ready":
		case c.status == "True":
			return current("Resource is Ready")
		case c.status == "False" || c.status == "Unknown":
			return Result{InProgress, c.reason, c.message}
		}
	}
	return current("Resource is current")
}

func inProgress(reason, format string, args ...any) Result {
	return Result{InProgress, reason, fmt.Sprintf(format, args...)}
}

func current(format string, args ...any) Result {
	return Result{Status: Current, Message: fmt.Sprintf(format, args...)}
}

// malformed is the result for an object without the form it should have.
func malformed(place string) Result {
	return Result{Unknown, "Malformed", "the object's " + place + " does not have the form it should"}
}
