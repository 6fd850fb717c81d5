package status

import "math"

// noDeadline is the progress deadline of a Deployment that has none.
const noDeadline = math.MaxInt32

func deployment(obj map[string]any) Result {
	progressing := count(obj, noDeadline, "spec", "progressDeadlineSeconds") == noDeadline
	available := false
	all, _ := conditions(obj)
	for _, c := range all {
		switch {
		case c.kind == "Progressing" && c.reason == "ProgressDeadlineExceeded":
			return Result{Failed, c.reason, "Progress deadline exceeded"}
		case c.kind == "Progressing" && c.status == "True" && c.reason == "NewReplicaSetAvailable":
			progressing = true
		case c.kind == "Available" && c.status == "True":
			available = true
		}
	}
	want := count(obj, 1, "spec", "replicas")
	replicas := count(obj, 0, "status", "replicas")
	updated := count(obj, 0, "status", "updatedReplicas")
	ready := count(obj, 0, "status", "readyReplicas")
	usable := count(obj, 0, "status", "availableReplicas")
	switch {
	case want > replicas:
		return inProgress("LessReplicas", "Replicas: %d/%d", replicas, want)
	case want > updated:
		return inProgress("LessUpdated", "Updated: %d/%d", updated, want)
	case replicas > want:
		return inProgress("ExtraPods", "Pending termination: %d", replicas-want)
	case updated > usable:
		return inProgress("LessAvailable", "Available: %d/%d", usable, updated)
	case want > ready:
		return inProgress("LessReady", "Ready: %d/%d", ready, want)
	case !progressing:
		return inProgress("ReplicaSetNotAvailable", "ReplicaSet not Available")
	case !available:
		return inProgress("DeploymentNotAvailable", "Deployment not Available")
	}
	return current("Deployment is available. Replicas: %d", replicas)
}

func statefulSet(obj map[string]any) Result {
	if text(obj, "spec", "updateStrategy", "type") == "OnDelete" {
		return current("StatefulSet is using the ondelete update strategy")
	}
	want := count(obj, 1, "spec", "replicas")
	replicas := count(obj, 0, "status", "replicas")
	ready := count(obj, 0, "status", "readyReplicas")
	now := count(obj, 0, "status", "currentReplicas")
	updated := count(obj, 0, "status", "updatedReplicas")
	partition := count(obj, -1, "spec", "updateStrategy", "rollingUpdate", "partition")
	switch {
	case want > replicas:
		return inProgress("LessReplicas", "Replicas: %d/%d", replicas, want)
	case want > ready:
		return inProgress("LessReady", "Ready: %d/%d", ready, want)
	case replicas > want:
		return inProgress("ExtraPods", "Pending termination: %d", replicas-want)
	case partition != -1 && updated < want-partition:
		return inProgress("PartitionRollout", "updated: %d/%d", updated, want-partition)
	case partition != -1:
		return current("Partition rollout complete. updated: %d", updated)
	case want > now:
		return inProgress("LessCurrent", "current: %d/%d", now, want)
	case text(obj, "status", "currentRevision") != text(obj, "status", "updateRevision"):
		return inProgress("RevisionMismatch", "Waiting for updated revision to match current")
	}
	return current("All replicas scheduled as expected. Replicas: %d", replicas)
}

func replicaSet(obj map[string]any) Result {
	if isTrue(obj, "ReplicaFailure") {
		return inProgress("ReplicaFailure", "Replica Failure condition. Check Pods")
	}
	want := count(obj, 1, "spec", "replicas")
	replicas := count(obj, 0, "status", "replicas")
	ready := count(obj, 0, "status", "readyReplicas")
	usable := count(obj, 0, "status", "availableReplicas")
	labelled := count(obj, 0, "status", "fullyLabeledReplicas")
	switch {
	case want > labelled:
		return inProgress("LessLabelled", "Labelled: %d/%d", labelled, want)
	case want > usable:
		return inProgress("LessAvailable", "Available: %d/%d", usable, want)
	case want > ready:
		return inProgress("LessReady", "Ready: %d/%d", ready, want)
	case replicas > want:
		return inProgress("ExtraPods", "Pending termination: %d", replicas-want)
	}
	return current("ReplicaSet is available. Replicas: %d", replicas)
}

func daemonSet(obj map[string]any) Result {
	// The controller certainly sets both, so without them it has not seen the object.
	if _, found, _ := number(obj, "metadata", "generation"); !found {
		return inProgress("NoGeneration", "%s metadata.generation not found", text(obj, "kind"))
	}
	switch _, found, ok := number(obj, "status", "observedGeneration"); {
	case !ok:
		return malformed("status.observedGeneration")
	case !found:
		return inProgress("NoObservedGeneration", "%s status.observedGeneration not found", text(obj, "kind"))
	}
	want := count(obj, -1, "status", "desiredNumberScheduled")
	now := count(obj, 0, "status", "currentNumberScheduled")
	updated := count(obj, 0, "status", "updatedNumberScheduled")
	usable := count(obj, 0, "status", "numberAvailable")
	ready := count(obj, 0, "status", "numberReady")
	switch {
	case want == -1:
		return inProgress("NoDesiredNumber", "Missing .status.desiredNumberScheduled")
	case want > now:
		return inProgress("LessCurrent", "Current: %d/%d", now, want)
	case want > updated:
		return inProgress("LessUpdated", "Updated: %d/%d", updated, want)
	case want > usable:
		return inProgress("LessAvailable", "Available: %d/%d", usable, want)
	case want > ready:
		return inProgress("LessReady", "Ready: %d/%d", ready, want)
	}
	return current("All replicas scheduled as expected. Replicas: %d", want)
}
