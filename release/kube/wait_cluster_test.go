package kube_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/test/cluster"
)

// connect returns a client of a cluster, for a kubeconfig.
func connect(t *testing.T, kubeconfig string) *kube.Client {
	t.Helper()
	cfg, err := kube.LoadConfig(kube.ConfigOptions{File: kubeconfig})
	if err != nil {
		t.Fatal(err)
	}
	c, err := kube.New(cfg, kube.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// apply makes the objects of a manifest, or changes them.
func apply(t *testing.T, c *kube.Client, namespace, manifest string) []*kube.Object {
	t.Helper()
	objs, err := kube.ParseObjects(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Resolve(t.Context(), objs, namespace); err != nil {
		t.Fatal(err)
	}
	live, err := c.Observe(t.Context(), objs, kube.ObserveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plan := kube.Plan{Live: live, Target: objs}
	if _, err := c.Apply(t.Context(), plan, kube.ApplyOptions{ServerSide: true, ForceConflicts: true, Owner: kube.Owner{Release: "r", Namespace: namespace}}); err != nil {
		t.Fatal(err)
	}
	return objs
}

// workload writes a workload whose pods follow a play of the test cluster.
func workload(kind, name, annotations string) string {
	version, before, after := "apps/v1", "  selector: {matchLabels: {app: "+name+"}}\n", ""
	switch kind {
	case "Job":
		version, before, after = "batch/v1", "  backoffLimit: 0\n", "      restartPolicy: Never\n"
	case "StatefulSet":
		before += "  serviceName: s\n"
	case "Pod":
		return fmt.Sprintf("---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, annotations: {%s}}\nspec:\n  restartPolicy: Never\n  containers: [{name: c, image: i}]\n", name, annotations)
	}
	return fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata: {name: %s}\nspec:\n%s  template:\n    metadata: {labels: {app: %s}, annotations: {%s}}\n    spec:\n%s      containers: [{name: c, image: i}]\n",
		version, kind, name, before, name, annotations, after)
}

const (
	crash = "test.hchart.sh/pod: crash, test.hchart.sh/log: \"panic: no database\""
	fail  = "test.hchart.sh/pod: fail, test.hchart.sh/exit-code: \"3\""
	quota = `---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: "0"}}
`
	balancer = `---
apiVersion: v1
kind: Service
metadata: {name: b, annotations: {test.hchart.sh/after: 1500ms}}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`
	claim = `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: p}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`
)

// TestWaitOnCluster waits for what the controllers of Kubernetes make of objects.
func TestWaitOnCluster(t *testing.T) {
	cl := cluster.Need(t)
	long := 5 * time.Minute // longer than the test may take
	for _, tt := range []struct {
		name, first, manifest string
		opts                  kube.WaitOptions
		cause                 error
		says                  []string
	}{
		{"ready", "", workload("Deployment", "a", "") + workload("StatefulSet", "b", "") + workload("DaemonSet", "c", "") + claim + balancer,
			kube.WaitOptions{Timeout: long}, nil, nil},
		{"slow", "", workload("Deployment", "a", "test.hchart.sh/after: 2s"), kube.WaitOptions{Timeout: long}, nil, nil},
		{"legacy", "", workload("Deployment", "a", "") + workload("StatefulSet", "b", "") + workload("DaemonSet", "c", "") + claim + balancer,
			kube.WaitOptions{Timeout: long, Strategy: kube.WaitLegacy}, nil, nil},
		{"legacy, no address", "", balancer, kube.WaitOptions{Timeout: time.Second, Strategy: kube.WaitLegacy}, context.DeadlineExceeded, []string{"the load balancer has no address"}},
		{"hooks only", "", workload("Deployment", "a", "test.hchart.sh/pod: unready"), kube.WaitOptions{Timeout: long, Strategy: kube.WaitHookOnly}, nil, nil},
		{"too slow", "", workload("Deployment", "a", "test.hchart.sh/pod: unready"), kube.WaitOptions{Timeout: 2 * time.Second}, context.DeadlineExceeded,
			[]string{"resource Deployment/", "/a not ready. status: InProgress, message: Available: 0/1"}},
		{"crashes", "", workload("Deployment", "a", crash) + workload("Deployment", "b", ""), kube.WaitOptions{Timeout: long}, kube.ErrCannotSucceed,
			[]string{"is started again only after", `container "c": CrashLoopBackOff after`, "last exit code 7", "panic: no database"}},
		{"crashes, in a StatefulSet", "", workload("StatefulSet", "a", crash), kube.WaitOptions{Timeout: long}, kube.ErrCannotSucceed, []string{"last exit code 7"}},
		{"crashes no more", workload("Deployment", "a", crash), workload("Deployment", "a", "test.hchart.sh/after: 5s"), kube.WaitOptions{Timeout: long}, nil, nil},
		{"quota", quota, workload("Deployment", "a", ""), kube.WaitOptions{Timeout: long}, kube.ErrCannotSucceed, []string{"exceeded quota: q"}},
		{"image", "", workload("Deployment", "a", "test.hchart.sh/pod: pull"), kube.WaitOptions{Timeout: 2 * time.Second}, context.DeadlineExceeded, []string{"ImagePullBackOff"}},
		{"job begun", "", workload("Job", "a", "test.hchart.sh/after: 1h"), kube.WaitOptions{Timeout: long}, nil, nil},
		{"job done", "", workload("Job", "a", ""), kube.WaitOptions{Timeout: long, Jobs: true}, nil, nil},
		{"job failed", "", workload("Job", "a", fail) + workload("Deployment", "b", "test.hchart.sh/pod: unready"), kube.WaitOptions{Timeout: long, Jobs: true}, kube.ErrCannotSucceed,
			[]string{"Job Failed", "ended with exit code 3"}},
		{"hook done", "", workload("Job", "a", "") + workload("Pod", "b", "") + workload("Deployment", "c", "test.hchart.sh/pod: unready"), kube.WaitOptions{Timeout: long, Hook: true}, nil, nil},
		{"hook failed", "", workload("Pod", "b", fail), kube.WaitOptions{Timeout: long, Hook: true}, kube.ErrCannotSucceed, []string{"pod b failed", "ended with exit code 3"}},
		{"pod crashes", "", strings.Replace(workload("Pod", "b", crash), "Never", "Always", 1), kube.WaitOptions{Timeout: long}, kube.ErrCannotSucceed, []string{"last exit code 7"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, ns := connect(t, cl.Kubeconfig), cl.CreateNamespace(t)
			if tt.first != "" {
				apply(t, c, ns, tt.first)
				time.Sleep(4 * time.Second) // until it has failed, or its quota counts
			}
			objs := apply(t, c, ns, tt.manifest)
			changes := 0
			tt.opts.Progress = func(kube.Progress) { changes++ }
			err := c.Wait(t.Context(), objs, tt.opts)
			if tt.cause == nil && err != nil || !errors.Is(err, tt.cause) {
				t.Fatalf("got %v, want %v", err, tt.cause)
			}
			var wait *kube.WaitError
			for _, s := range tt.says {
				if !errors.As(err, &wait) || !strings.Contains(err.Error()+wait.Explain(), s) {
					t.Errorf("the error does not say %q:\n%v\n%s", s, err, wait.Explain())
				}
			}
			if changes == 0 && tt.opts.Strategy != kube.WaitHookOnly {
				t.Error("no progress was reported")
			}
		})
	}
}

// TestWaitDeletedOnCluster waits for objects to go, and names what holds them.
func TestWaitDeletedOnCluster(t *testing.T) {
	cl := cluster.Need(t)
	c, ns := connect(t, cl.Kubeconfig), cl.CreateNamespace(t)
	held := "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/held]}\n"
	objs := apply(t, c, ns, workload("Pod", "a", "test.hchart.sh/stop-after: 1s, test.hchart.sh/after: 1h")+workload("Pod", "b", "")+held)
	if _, err := c.Delete(t.Context(), objs, kube.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitDeleted(t.Context(), objs[:2], time.Minute); err != nil {
		t.Error(err)
	}
	err := c.WaitDeleted(t.Context(), objs, time.Second)
	var left *kube.WaitError
	if !errors.As(err, &left) || len(left.Objects) != 1 || !strings.Contains(err.Error(), "example.com/held") {
		t.Errorf("got %v", err)
	}
	cl.Must(t, "PATCH", "/api/v1/namespaces/"+ns+"/configmaps/held", `{"metadata":{"finalizers":null}}`)
	if err := c.WaitDeleted(t.Context(), objs, time.Minute); err != nil {
		t.Error(err)
	}
}
