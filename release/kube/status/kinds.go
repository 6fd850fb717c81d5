package status

import (
	"fmt"
	"strings"
	"time"
)

func claim(obj map[string]any) Result {
	phase := "unknown"
	if v, _, _ := nested(obj, "status", "phase"); v != nil {
		if s, ok := v.(string); ok {
			phase = s
		}
	}
	if phase != "Bound" {
		return inProgress("NotBound", "PVC is not Bound. phase: %s", phase)
	}
	return current("PVC is Bound")
}

func service(obj map[string]any) Result {
	if text(obj, "spec", "type") == "LoadBalancer" && text(obj, "spec", "clusterIP") == "" {
		return inProgress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer")
	}
	return current("Service is ready")
}

func definition(obj map[string]any) Result {
	all, _ := conditions(obj)
	for _, c := range all {
		switch {
		case c.kind == "NamesAccepted" && c.status == "False",
			c.kind == "Established" && c.status == "False" && c.reason != "Installing":
			return Result{Failed, c.reason, c.message}
		case c.kind == "Established" && c.status == "True":
			return current("CRD is established")
		}
	}
	return inProgress("Installing", "Install in progress")
}

// job is content with a Job that has begun.
func job(obj map[string]any) Result {
	if r, ok := ended(obj); ok {
		return r
	}
	if text(obj, "status", "startTime") == "" {
		return inProgress("JobNotStarted", "Job not started")
	}
	return current("Job in progress. success:%d, active: %d, failed: %d", count(obj, 0, "status", "succeeded"),
		count(obj, 0, "status", "active"), count(obj, 0, "status", "failed"))
}

// ended is the result of a Job that is over; false while it is not.
func ended(obj map[string]any) (Result, bool) {
	wanted := count(obj, count(obj, 1, "spec", "parallelism"), "spec", "completions")
	all, _ := conditions(obj)
	for _, c := range all {
		switch {
		case c.kind == "Complete" && c.status == "True":
			return current("Job Completed. succeeded: %d/%d", count(obj, 0, "status", "succeeded"), wanted), true
		case c.kind == "Failed" && c.status == "True":
			return Result{Failed, "JobFailed", fmt.Sprintf("Job Failed. failed: %d/%d", count(obj, 0, "status", "failed"), wanted)}, true
		}
	}
	return Result{}, false
}

// scheduleWindow is how long a pod may find no node before that counts as a failure.
const scheduleWindow = 15 * time.Second

func pod(obj map[string]any, now time.Time) Result {
	switch phase := text(obj, "status", "phase"); phase {
	case "Succeeded":
		return current("Pod has completed successfully")
	case "Failed": // kstatus asks whether a pod has come to its end, not to which
		return current("Pod has completed, but not successfully")
	case "Running":
		if isTrue(obj, "Ready") {
			return current("Pod is Ready")
		}
		names, ok := crashing(obj)
		switch {
		case !ok:
			return malformed("status.containerStatuses")
		case len(names) > 0:
			return Result{Failed, "ContainerCrashLooping", "Containers in CrashLoop state: " + strings.Join(names, ",")}
		}
		return inProgress("PodRunningNotReady", "Pod is running but is not Ready")
	case "Pending":
		if c, ok := with(obj, "PodScheduled", "False"); ok && c.reason == "Unschedulable" {
			created, err := time.Parse(time.RFC3339, text(obj, "metadata", "creationTimestamp"))
			if err == nil && now.Add(-scheduleWindow).Before(created) {
				return inProgress("PodNotScheduled", "Pod has not been scheduled")
			}
			return Result{Failed, "PodUnschedulable", "Pod could not be scheduled"}
		}
		return inProgress("PodPending", "Pod is in the Pending phase")
	case "":
		return inProgress("PodNotObserved", "Pod phase not available")
	default:
		return Result{Unknown, "UnknownPhase", "unknown phase " + phase}
	}
}

// crashing returns the containers that have crashed and wait to be started again.
func crashing(obj map[string]any) ([]string, bool) {
	v, found, ok := nested(obj, "status", "containerStatuses")
	items, isList := v.([]any)
	if !ok || found && !isList {
		return nil, false
	}
	var names []string
	for _, item := range items {
		s, _ := item.(map[string]any)
		if text(s, "state", "waiting", "reason") == "CrashLoopBackOff" {
			names = append(names, text(s, "name"))
		}
	}
	return names, true
}
