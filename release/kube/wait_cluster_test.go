package kube_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// TestWaitAsHelm compares how waiting ends with how it ends in Helm, for objects that
// differ in what becomes of them.
func TestWaitAsHelm(t *testing.T) {
	cl := cluster.Need(t)
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM names no Helm to compare with")
	}
	const timeout = 6 * time.Second
	paused := strings.Replace(workload("Deployment", "a", "test.hchart.sh/pod: unready"), "spec:\n", "spec:\n  paused: true\n", 1)
	deadline := strings.Replace(workload("Deployment", "a", "test.hchart.sh/pod: unready"), "spec:\n", "spec:\n  progressDeadlineSeconds: 1\n", 1)
	for name, manifest := range map[string]string{
		"ready":           workload("Deployment", "a", "") + workload("StatefulSet", "b", "") + workload("DaemonSet", "c", "") + claim,
		"unready":         workload("Deployment", "a", "test.hchart.sh/pod: unready"),
		"unready set":     workload("StatefulSet", "a", "test.hchart.sh/pod: unready"),
		"unready daemons": workload("DaemonSet", "a", "test.hchart.sh/pod: unready"),
		"crash":           workload("Deployment", "a", crash),
		"paused":          paused,
		"deadline":        deadline,
		"slow":            workload("Deployment", "a", "test.hchart.sh/after: 2s"),
		"job":             workload("Job", "a", ""),
		"long job":        workload("Job", "a", "test.hchart.sh/after: 1h"),
		"failing job":     workload("Job", "a", fail),
		"pod done":        workload("Pod", "a", ""),
		"pod failed":      workload("Pod", "a", fail),
		"pod pending":     workload("Pod", "a", "test.hchart.sh/pod: never"),
		"balancer":        strings.Replace(balancer, "1500ms", "1h", 1),
		"quota":           quota + workload("StatefulSet", "a", ""),
	} {
		for _, flag := range []string{"--wait=watcher", "--wait=watcher --wait-for-jobs", "--wait=legacy", "--wait=legacy --wait-for-jobs"} {
			_, last, _ := strings.Cut(flag, " ")
			switch {
			case last != "" && !strings.Contains(name, "job"):
				continue
			case strings.Contains(flag, "legacy") && (name == "pod done" || name == "pod failed"):
				continue // these are ready for a moment, which one sees who looks then
			}
			t.Run(name+" "+flag, func(t *testing.T) {
				t.Parallel()
				c, ns, theirs := connect(t, cl.Kubeconfig), cl.CreateNamespace(t), cl.CreateNamespace(t)
				dir := t.TempDir()
				for file, text := range map[string]string{"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "templates/all.yaml": manifest} {
					path := filepath.Join(dir, file)
					if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
						t.Fatal(err)
					}
				}
				args := append([]string{"install", "r", dir, "--namespace", theirs, "--timeout", timeout.String()}, strings.Fields(flag)...)
				cmd := exec.CommandContext(t.Context(), helm, args...)
				cmd.Env = append(os.Environ(), "KUBECONFIG="+cl.Kubeconfig, "HELM_CONFIG_HOME="+dir, "HELM_CACHE_HOME="+dir, "HELM_DATA_HOME="+dir)
				var said []byte
				var want error
				done := make(chan bool)
				go func() {
					defer close(done)
					said, want = cmd.CombinedOutput()
				}()
				opts := kube.WaitOptions{Timeout: timeout, Jobs: strings.Contains(flag, "jobs")}
				if strings.Contains(flag, "legacy") {
					opts.Strategy = kube.WaitLegacy
				}
				got := c.Wait(t.Context(), apply(t, c, ns, manifest), opts)
				<-done
				if (got == nil) != (want == nil) {
					t.Errorf("we say %v, Helm says %v: %s", got, want, said)
				}
			})
		}
	}
}

// TestWaitWithFewRights waits for objects that one may read and neither list nor watch.
func TestWaitWithFewRights(t *testing.T) {
	cl := cluster.Need(t)
	ns := cl.CreateNamespace(t)
	objs := apply(t, connect(t, cl.Kubeconfig), ns, workload("Deployment", "a", "test.hchart.sh/after: 1s")+workload("Deployment", "b", ""))
	limited := connect(t, cl.UserKubeconfig(t))
	err := limited.Wait(t.Context(), objs, kube.WaitOptions{Timeout: time.Minute})
	if !kube.IsForbidden(err) {
		t.Errorf("without any right: %v", err)
	}
	rbac := "/apis/rbac.authorization.k8s.io/v1/namespaces/" + ns
	cl.Must(t, "POST", rbac+"/roles", `{"metadata":{"name":"r"},"rules":[{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get"]}]}`)
	cl.Must(t, "POST", rbac+"/rolebindings", `{"metadata":{"name":"r"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"limited"}]}`)
	for range 50 { // until the API server knows of the right
		if err = limited.Wait(t.Context(), objs, kube.WaitOptions{Timeout: time.Minute}); !kube.IsForbidden(err) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Error(err)
	}
}
