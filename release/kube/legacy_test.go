package kube

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var live map[string]any
	if err := decodeJSON([]byte(text), &live); err != nil {
		t.Fatal(err)
	}
	return live
}

// TestLegacy checks Helm 3's rules, one object for each.
func TestLegacy(t *testing.T) {
	const seen = `"generation":1`
	set := func(revision, readyPods string) string {
		return `{"metadata":{"generation":1,"annotations":{"deployment.kubernetes.io/revision":"` + revision + `"},"ownerReferences":[{"uid":"u"}]},"status":{"observedGeneration":1,"readyReplicas":` + readyPods + `}}`
	}
	deployment := func(spec string) string {
		return `{"kind":"Deployment","metadata":{` + seen + `,"uid":"u","namespace":"n","annotations":{"deployment.kubernetes.io/revision":"2"}},"spec":{"selector":{"matchLabels":{"a":"b"}},` + spec + `},"status":{"observedGeneration":1}}`
	}
	const rolling = `"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}`
	for _, tt := range []struct {
		name, live string
		others     []string // ReplicaSets, or pods
		want       status.Status
	}{
		{"pod", `{"kind":"Pod","status":{"conditions":[{"type":"Ready","status":"True"}]}}`, nil, status.Current},
		{"pod that completed", `{"kind":"Pod","status":{"phase":"Succeeded"}}`, nil, status.InProgress},
		{"job", `{"kind":"Job","spec":{"completions":2,"backoffLimit":6},"status":{"succeeded":2}}`, nil, status.Current},
		{"job, half", `{"kind":"Job","spec":{"completions":2,"backoffLimit":6},"status":{"succeeded":1}}`, nil, status.InProgress},
		{"job, no completions", `{"kind":"Job","spec":{"backoffLimit":6},"status":{}}`, nil, status.Current},
		{"job, failed too often", `{"kind":"Job","spec":{"completions":1,"backoffLimit":0},"status":{"failed":1}}`, nil, status.Failed},
		{"deployment", deployment(`"replicas":4,` + rolling), []string{set("1", "4"), set("2", "3")}, status.Current},
		{"deployment, too few", deployment(`"replicas":4,` + rolling), []string{set("1", "4"), set("2", "2")}, status.InProgress},
		{"deployment, all new pods wanted", deployment(`"replicas":4,"strategy":{"type":"Recreate"}`), []string{set("2", "3")}, status.InProgress},
		{"deployment, small", deployment(`"replicas":1,` + rolling), []string{set("2", "0")}, status.InProgress},
		{"deployment, nothing may surge or miss", deployment(`"replicas":1,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"10%","maxSurge":0}}`), []string{set("2", "0")}, status.Current},
		{"deployment, no new ReplicaSet", deployment(`"replicas":1,` + rolling), []string{set("1", "1")}, status.InProgress},
		{"deployment, paused", deployment(`"replicas":1,"paused":true`), nil, status.Current},
		{"claim", `{"kind":"PersistentVolumeClaim","status":{"phase":"Bound"}}`, nil, status.Current},
		{"claim, lost", `{"kind":"PersistentVolumeClaim","status":{"phase":"Lost"}}`, nil, status.InProgress},
		{"service", `{"kind":"Service","spec":{"clusterIP":"None"}}`, nil, status.Current},
		{"service without an address", `{"kind":"Service","spec":{}}`, nil, status.InProgress},
		{"service elsewhere", `{"kind":"Service","spec":{"type":"ExternalName"}}`, nil, status.Current},
		{"balancer", `{"kind":"Service","spec":{"type":"LoadBalancer","clusterIP":"1.2.3.4"},"status":{"loadBalancer":{}}}`, nil, status.InProgress},
		{"balancer with an address of its own", `{"kind":"Service","spec":{"type":"LoadBalancer","clusterIP":"1.2.3.4","externalIPs":["1.1.1.1"]}}`, nil, status.Current},
		{"balancer with an address", `{"kind":"Service","spec":{"type":"LoadBalancer","clusterIP":"1.2.3.4"},"status":{"loadBalancer":{"ingress":[{"ip":"1.1.1.1"}]}}}`, nil, status.Current},
		{"daemons", `{"kind":"DaemonSet","metadata":{` + seen + `},"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1}}},"status":{"observedGeneration":1,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberReady":2}}`, nil, status.Current},
		{"daemons, too few", `{"kind":"DaemonSet","metadata":{` + seen + `},"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"10%"}}},"status":{"observedGeneration":1,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberReady":1}}`, nil, status.InProgress},
		{"daemons, updated by hand", `{"kind":"DaemonSet","metadata":{` + seen + `},"spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"desiredNumberScheduled":3}}`, nil, status.Current},
		{"daemons, not seen", `{"kind":"DaemonSet","metadata":{` + seen + `},"status":{"observedGeneration":0}}`, nil, status.InProgress},
		{"set", `{"kind":"StatefulSet","metadata":{` + seen + `},"spec":{"replicas":2,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"updatedReplicas":2,"readyReplicas":2,"currentRevision":"a","updateRevision":"a"}}`, nil, status.Current},
		{"set, of two revisions", `{"kind":"StatefulSet","metadata":{` + seen + `},"spec":{"replicas":2,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"updatedReplicas":2,"readyReplicas":2,"currentRevision":"a","updateRevision":"b"}}`, nil, status.InProgress},
		{"set, partitioned", `{"kind":"StatefulSet","metadata":{` + seen + `},"spec":{"replicas":2,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}},"status":{"observedGeneration":1,"updatedReplicas":1,"readyReplicas":2,"currentRevision":"a","updateRevision":"b"}}`, nil, status.Current},
		{"definition", `{"kind":"CustomResourceDefinition","status":{"conditions":[{"type":"Established","status":"True"}]}}`, nil, status.Current},
		{"definition, new", `{"kind":"CustomResourceDefinition"}`, nil, status.InProgress},
		{"definition, names taken", `{"kind":"CustomResourceDefinition","status":{"conditions":[{"type":"NamesAccepted","status":"False"}]}}`, nil, status.Current},
		{"replicas", `{"kind":"ReplicaSet","metadata":{` + seen + `,"namespace":"n"},"spec":{"selector":{"matchLabels":{"a":"b"}}},"status":{"observedGeneration":1}}`, []string{`{"status":{"conditions":[{"type":"Ready","status":"True"}]}}`}, status.Current},
		{"replicas, one is not ready", `{"kind":"ReplicationController","metadata":{` + seen + `,"namespace":"n"},"spec":{"selector":{"a":"b"}},"status":{"observedGeneration":1}}`, []string{`{}`}, status.InProgress},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("labelSelector") != "a=b" {
					t.Errorf("asked for %s", r.URL)
				}
				say(w, items(tt.others...))
			}), nil)
			live := object(t, tt.live)
			o := &Object{Kind: live["kind"].(string)}
			r, err := c.legacy(t.Context(), o, live)
			if err != nil || r.Status != tt.want {
				t.Errorf("got %+v, %v, want %s", r, err, tt.want)
			}
		})
	}
}

// TestStuck checks for which containers there is no hope.
func TestStuck(t *testing.T) {
	deadline := time.Date(2026, 1, 1, 0, 5, 0, 0, time.UTC)
	for _, tt := range []struct {
		container string
		never     bool // no deadline
		want      string
	}{
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s restarting failed container=c pod=p"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}},"restartCount":6}`, false, "crashed 6 times"},
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 2m40s restarting failed container=c pod=p"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}},"restartCount":5}`, false, ""},
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s restarting failed container=c pod=p"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}},"restartCount":6}`, true, ""},
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"something else 5m0s"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}}}`, false, ""},
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off soon"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}}}`, false, ""},
		{`{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s"}}}`, false, ""},
		{`{"state":{"waiting":{"reason":"InvalidImageName"}}}`, true, "invalid image name"},
		{`{"state":{"waiting":{"reason":"ImagePullBackOff"}}}`, false, ""},
		{`{"state":{"running":{}}}`, false, ""},
		{`null`, false, ""},
	} {
		w := &waiter{deadline: deadline}
		if tt.never {
			w.deadline = time.Time{}
		}
		var s any
		if err := json.Unmarshal([]byte(tt.container), &s); err != nil {
			t.Fatal(err)
		}
		if got := w.stuck(s); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s:\n got %q, want %q", tt.container, got, tt.want)
		}
	}
}

// TestSelectorText checks how selectors are written in requests.
func TestSelectorText(t *testing.T) {
	for _, tt := range []struct{ selector, want string }{
		{`{"matchLabels":{"b":"2","a":"1"}}`, "a=1,b=2"},
		{`{"b":"2","a":"1"}`, "a=1,b=2"},
		{`{"matchExpressions":[{"key":"x","operator":"In","values":["1","2"]},{"key":"y","operator":"NotIn","values":["3"]},{"key":"z","operator":"Exists"},{"key":"w","operator":"DoesNotExist"}]}`, "!w,x in (1,2),y notin (3),z"},
		{`{"matchLabels":{"a":"1"},"matchExpressions":[{"key":"z","operator":"Exists"}]}`, "a=1,z"},
		{`{}`, ""},
		{`null`, ""},
	} {
		var selector any
		if err := json.Unmarshal([]byte(tt.selector), &selector); err != nil {
			t.Fatal(err)
		}
		if got := selectorText(selector); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.selector, got, tt.want)
		}
	}
}
