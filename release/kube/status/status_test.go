package status_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// decode reads an object as package kube does: whole numbers are int64.
func decode(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var obj map[string]any
	if err := d.Decode(&obj); err != nil {
		return nil, err
	}
	return obj, integers(obj)
}

func integers(v any) (err error) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if n, ok := e.(json.Number); ok {
				v[k], err = n.Int64()
			} else {
				err = integers(e)
			}
			if err != nil {
				return err
			}
		}
	case []any:
		for _, e := range v {
			if err := integers(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestCompute has one object for each rule; test/kuberef compares random ones with
// kstatus.
func TestCompute(t *testing.T) {
	for _, tt := range []struct{ obj, want string }{
		{`{"apiVersion":"v1","kind":"ConfigMap"}`, "Current"},
		{`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}`, "Terminating"},
		{`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"deletionTimestamp":1}}`, "Unknown Malformed"},
		{`{"apiVersion":"x/v1","kind":"Thing","metadata":{"generation":2},"status":{"observedGeneration":1}}`, "InProgress LatestGenerationNotObserved"},
		{`{"apiVersion":"x/v1","kind":"Thing","status":{"conditions":[{"type":"Stalled","status":"True","reason":"No"}]}}`, "Failed No"},
		{`{"apiVersion":"x/v1","kind":"Thing","status":{"conditions":[{"type":"Reconciling","status":"True","reason":"Soon"}]}}`, "InProgress Soon"},
		{`{"apiVersion":"x/v1","kind":"Thing","status":{"conditions":[{"type":"Ready","status":"False","reason":"Later"}]}}`, "InProgress Later"},
		{`{"apiVersion":"x/v1","kind":"Thing","status":{"conditions":"none"}}`, "Unknown Malformed"},
		{`{"apiVersion":"x/v1","kind":"Thing"}`, "Current"},
		{`{"apiVersion":"v1","kind":"PersistentVolumeClaim","status":{"phase":"Pending"}}`, "InProgress NotBound"},
		{`{"apiVersion":"v1","kind":"Service","spec":{"type":"LoadBalancer"}}`, "InProgress NoIPAssigned"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}}`, "Failed PodUnschedulable"},
		{`{"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}}`, "InProgress PodNotScheduled"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}`, "Failed ContainerCrashLooping"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Failed"}}`, "Current"},
		{`{"apiVersion":"batch/v1","kind":"Job"}`, "InProgress JobNotStarted"},
		{`{"apiVersion":"batch/v1","kind":"Job","status":{"startTime":"2026-01-01T00:00:00Z"}}`, "Current"},
		{`{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":[{"type":"Failed","status":"True"}]}}`, "Failed JobFailed"},
		{`{"apiVersion":"apps/v1","kind":"Deployment"}`, "InProgress LessReplicas"},
		{`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":0},"status":{"conditions":[{"type":"Available","status":"True"}]}}`, "Current"},
		{`{"apiVersion":"apps/v1","kind":"Deployment","status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}`, "Failed ProgressDeadlineExceeded"},
		{`{"apiVersion":"apps/v1","kind":"StatefulSet","status":{"replicas":1,"readyReplicas":1,"currentReplicas":1,"currentRevision":"a","updateRevision":"b"}}`, "InProgress RevisionMismatch"},
		{`{"apiVersion":"apps/v1","kind":"DaemonSet"}`, "InProgress NoGeneration"},
		{`{"apiVersion":"apps/v1","kind":"ReplicaSet","status":{"conditions":[{"type":"ReplicaFailure","status":"True"}]}}`, "InProgress ReplicaFailure"},
		{`{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","status":{"conditions":[{"type":"NamesAccepted","status":"False","reason":"Taken"}]}}`, "Failed Taken"},
	} {
		obj, err := decode(tt.obj)
		if err != nil {
			t.Fatal(err)
		}
		r := status.Compute(obj, time.Date(2026, 1, 1, 0, 0, 10, 0, time.UTC))
		if got := strings.TrimSpace(fmt.Sprintf("%s %s", r.Status, r.Reason)); got != tt.want {
			t.Errorf("%s\n got %s (%s)\nwant %s", tt.obj, got, r.Message, tt.want)
		}
		if status.Plain(obj["apiVersion"].(string), obj["kind"].(string)) && tt.want != "Current" && obj["kind"] != "ConfigMap" {
			t.Errorf("%s is plain", tt.obj)
		}
	}
}

// TestCompleted checks how long Jobs, and the Pods of hooks, are waited for.
func TestCompleted(t *testing.T) {
	for _, tt := range []struct{ obj, completed, done string }{
		{`{"apiVersion":"batch/v1","kind":"Job","status":{"startTime":"2026-01-01T00:00:00Z"}}`, "InProgress", "InProgress"},
		{`{"apiVersion":"batch/v1","kind":"Job","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"conditions":[{"type":"Complete","status":"True"}]}}`, "Current", "Current"},
		{`{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":[{"type":"Failed","status":"True"}]}}`, "Failed", "Failed"},
		{`{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":{}}}`, "Unknown", "Unknown"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`, "Current", "InProgress"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Succeeded"}}`, "Current", "Current"},
		{`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Failed"}}`, "Current", "Failed"},
		{`{"apiVersion":"apps/v1","kind":"Deployment"}`, "InProgress", "Current"},
	} {
		obj, err := decode(tt.obj)
		if err != nil {
			t.Fatal(err)
		}
		if got := status.Completed(obj, time.Now()).Status; string(got) != tt.completed {
			t.Errorf("%s: completed: got %s, want %s", tt.obj, got, tt.completed)
		}
		if got := status.Done(obj).Status; string(got) != tt.done {
			t.Errorf("%s: done: got %s, want %s", tt.obj, got, tt.done)
		}
	}
}

// FuzzCompute checks that every object has a status, whatever its form.
func FuzzCompute(f *testing.F) {
	f.Add(`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","containerStatuses":[{"state":null},1]}}`)
	f.Add(`{"apiVersion":"apps/v1","kind":"Deployment","status":{"replicas":"3","conditions":[null,{"type":1}]}}`)
	f.Add(`{"kind":["odd"],"metadata":[],"status":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		obj, err := decode(text)
		if err != nil {
			t.Skip()
		}
		for _, kind := range []string{"", "Pod", "PersistentVolumeClaim", "Service", "Job", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CustomResourceDefinition"} {
			if kind != "" && obj != nil {
				obj["kind"] = kind
			}
			for _, r := range []status.Result{status.Compute(obj, time.Now()), status.Completed(obj, time.Now()), status.Done(obj)} {
				if r.Status == "" {
					t.Fatalf("no status for %s", text)
				}
			}
		}
	})
}

// Example tells how far a Deployment has come.
func Example() {
	live := map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"spec":   map[string]any{"replicas": int64(3)},
		"status": map[string]any{"replicas": int64(3), "updatedReplicas": int64(3), "availableReplicas": int64(1)},
	}
	r := status.Compute(live, time.Now())
	fmt.Println(r.Status, r.Reason, r.Message)
	// Output: InProgress LessAvailable Available: 1/3
}
