package kuberef

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	kstatus "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hchart/hchart/release/kube/status"
)

// maker makes random objects that are near the borders of the rules.
type maker struct{ *rand.Rand }

// often reports true in most cases, so that objects come far in the rules.
func (m maker) often() bool { return m.IntN(10) > 0 }

// few is a number of pods.
func (m maker) few() int64 { return one(m.Rand, int64(2), 2, 2, 2, 1, 3, 0) }

// set puts a value somewhere, mostly.
func (m maker) set(obj map[string]any, v any, path ...string) {
	if !m.often() {
		return
	}
	if m.IntN(200) == 0 {
		v = one[any](m.Rand, nil, "odd", int64(7), true, []any{}, map[string]any{})
	}
	for _, p := range path[:len(path)-1] {
		next, ok := obj[p].(map[string]any)
		if !ok {
			next = map[string]any{}
			obj[p] = next
		}
		obj = next
	}
	obj[path[len(path)-1]] = v
}

func (m maker) condition() any {
	c := map[string]any{}
	kind := one(m.Rand, "Ready", "Progressing", "Available", "PodScheduled", "Complete", "Failed", "NamesAccepted", "Established", "ReplicaFailure", "Other")
	if m.IntN(12) == 0 {
		kind = one(m.Rand, "Reconciling", "Stalled")
	}
	m.set(c, kind, "type")
	m.set(c, one(m.Rand, "True", "True", "False", "Unknown", "odd"), "status")
	m.set(c, one(m.Rand, "NewReplicaSetAvailable", "ProgressDeadlineExceeded", "Unschedulable", "Installing", "Why"), "reason")
	m.set(c, "the message", "message")
	if m.IntN(100) == 0 {
		return one[any](m.Rand, nil, "odd", int64(1))
	}
	return c
}

func (m maker) containers() []any {
	var all []any
	for i := range m.IntN(3) {
		s := map[string]any{"name": fmt.Sprintf("c%d", i)}
		s["state"] = one[any](m.Rand, map[string]any{"running": map[string]any{}},
			map[string]any{"waiting": map[string]any{"reason": "CrashLoopBackOff"}},
			map[string]any{"waiting": map[string]any{"reason": "ImagePullBackOff"}})
		all = append(all, s)
	}
	return all
}

func (m maker) object(now time.Time) map[string]any {
	kinds := [][2]string{
		{"v1", "Pod"}, {"v1", "Service"}, {"v1", "PersistentVolumeClaim"}, {"v1", "ConfigMap"}, {"v1", "Secret"}, {"v1", "Namespace"},
		{"apps/v1", "Deployment"}, {"extensions/v1beta1", "Deployment"}, {"apps/v1", "StatefulSet"}, {"apps/v1", "DaemonSet"},
		{"apps/v1", "ReplicaSet"}, {"batch/v1", "Job"}, {"batch/v1", "CronJob"}, {"policy/v1", "PodDisruptionBudget"},
		{"apiextensions.k8s.io/v1", "CustomResourceDefinition"}, {"example.com/v1", "Thing"}, {"example.com/v1", "Deployment"},
	}
	k := one(m.Rand, kinds...)
	obj := map[string]any{"apiVersion": k[0], "kind": k[1]}
	m.set(obj, "it", "metadata", "name")
	m.set(obj, now.Add(-time.Duration(m.IntN(4)*10)*time.Second).UTC().Format(time.RFC3339), "metadata", "creationTimestamp")
	m.set(obj, int64(3), "metadata", "generation")
	m.set(obj, one(m.Rand, int64(3), 3, 3, 3, 2), "status", "observedGeneration")
	if m.IntN(20) == 0 {
		m.set(obj, "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
	for _, f := range []string{"replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "fullyLabeledReplicas",
		"desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady", "succeeded", "failed", "active"} {
		m.set(obj, m.few(), "status", f)
	}
	m.set(obj, m.few(), "spec", "replicas")
	m.set(obj, one(m.Rand, int64(600), 2147483647), "spec", "progressDeadlineSeconds")
	m.set(obj, m.few(), "spec", "completions")
	m.set(obj, m.few(), "spec", "parallelism")
	m.set(obj, one(m.Rand, "ClusterIP", "LoadBalancer"), "spec", "type")
	m.set(obj, one(m.Rand, "", "10.0.0.1"), "spec", "clusterIP")
	if m.IntN(3) == 0 {
		m.set(obj, one(m.Rand, "RollingUpdate", "OnDelete"), "spec", "updateStrategy", "type")
		m.set(obj, m.few(), "spec", "updateStrategy", "rollingUpdate", "partition")
	}
	m.set(obj, one(m.Rand, "a", "a", "b"), "status", "currentRevision")
	m.set(obj, "a", "status", "updateRevision")
	m.set(obj, one(m.Rand, "Running", "Running", "Pending", "Pending", "Succeeded", "Failed", "Bound", "", "odd"), "status", "phase")
	if m.IntN(2) == 0 {
		m.set(obj, "2026-01-01T00:00:00Z", "status", "startTime")
	}
	m.set(obj, m.containers(), "status", "containerStatuses")
	var conditions []any
	for range m.IntN(5) {
		conditions = append(conditions, m.condition())
	}
	m.set(obj, conditions, "status", "conditions")
	return obj
}

// TestStatus compares the status of random objects with that of kstatus. A case is a
// thousand of them.
func TestStatus(t *testing.T) {
	seen := map[string]bool{}
	forCases(t, 30, func(t *testing.T, r *rand.Rand, _ int) {
		for range 1000 {
			now := time.Now()
			obj := maker{r}.object(now)
			got := compareStatus(t, obj, now)
			seen[fmt.Sprintf("%v %v", obj["kind"], got.Status)] = true
		}
	})
	for _, kind := range []string{"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CustomResourceDefinition"} {
		for _, s := range []string{"Current", "InProgress", "Failed"} {
			if !seen[kind+" "+s] {
				t.Errorf("no %s came out as %s: the objects are not random enough", kind, s)
			}
		}
	}
}

func compareStatus(t *testing.T, obj map[string]any, now time.Time) status.Result {
	t.Helper()
	got := status.Compute(obj, now)
	want, err := kstatus.Compute(&unstructured.Unstructured{Object: obj})
	if err != nil {
		if got.Status != status.Unknown {
			t.Fatalf("%s\n got %+v\nwant an error: %v", indented(obj), got, err)
		}
		return got
	}
	reason := ""
	if len(want.Conditions) > 0 {
		reason = want.Conditions[0].Reason
	}
	if string(got.Status) != string(want.Status) || got.Message != want.Message || got.Reason != reason {
		t.Fatalf("%s\n got %+v\nwant %+v", indented(obj), got, want)
	}
	return got
}

func indented(obj map[string]any) string {
	text, err := json.MarshalIndent(obj, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
